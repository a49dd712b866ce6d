// SPDX-License-Identifier: EUPL-1.2
// Random numbers that are the same on every machine, for a seed and a label.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace urna::synth {

// A stream of 32-bit words, read little-endian from the ChaCha20 key stream (64-bit counter from 0,
// nonce 0) under the key
//   SHA-256("urna synth v1\n" SEED "\n" LABEL)        (SEED in decimal)
// Labels make independent streams, so that asking one more question of one stream changes no other.
// Everything drawn from it is integer arithmetic: libraries differ in their distributions and in
// the last bit of logarithms. For test data only, never for a secret.
class Random {
 public:
  Random(std::uint64_t seed, std::string_view label);

  [[nodiscard]] std::uint32_t word();
  // Uniform in 0 … n-1. Precondition: n > 0. Unbiased (Lemire 2019, "Fast Random Integer Generation
  // in an Interval", algorithm 5, on 32-bit words).
  [[nodiscard]] std::uint32_t below(std::uint32_t n);
  // Uniform in low … high. Precondition: low <= high, high - low < 2^32 - 1.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);
  // True in `percent` of 100 draws.
  [[nodiscard]] bool percent(std::uint32_t percent) { return below(100) < percent; }
  // Uniform choice. Precondition: not empty, fewer than 2^32 items.
  template <typename T>
  [[nodiscard]] const T& pick(std::span<const T> items) {
    return items[below(static_cast<std::uint32_t>(items.size()))];
  }

 private:
  void refill();

  static constexpr std::size_t block_bytes = 4096;  // a multiple of ChaCha20's 64
  std::array<unsigned char, 32> key_{};
  std::array<unsigned char, block_bytes> block_{};
  std::size_t used_ = block_bytes;
  std::uint64_t counter_ = 0;
};

// 64 random bits for any number, by SipHash-2-4 under the first half of the key named above. Where
// Random must be read in order, Lots answers for person 7 without asking for persons 1 to 6, so
// that the same person has the same age and sex in every pool.
class Lots {
 public:
  Lots(std::uint64_t seed, std::string_view label);
  [[nodiscard]] std::uint64_t of(std::uint64_t number) const;

 private:
  std::array<unsigned char, 16> key_{};
};

}  // namespace urna::synth
