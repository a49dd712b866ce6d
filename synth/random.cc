// SPDX-License-Identifier: EUPL-1.2
#include "synth/random.h"

#include <algorithm>
#include <cassert>
#include <sodium/crypto_shorthash.h>
#include <sodium/crypto_stream_chacha20.h>
#include <string>

#include "base/sha256.h"

namespace urna::synth {
namespace {

Sha256Digest key_of(std::uint64_t seed, std::string_view label) {
  return sha256("urna synth v1\n" + std::to_string(seed) + "\n" + std::string(label));
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view label) : key_(key_of(seed, label)) {}

void Random::refill() {
  static constexpr std::array<unsigned char, crypto_stream_chacha20_NONCEBYTES> nonce{};
  block_.fill(0);
  crypto_stream_chacha20_xor_ic(block_.data(), block_.data(), block_.size(), nonce.data(), counter_,
                                key_.data());
  counter_ += block_bytes / 64;
  used_ = 0;
}

std::uint32_t Random::word() {
  if (used_ == block_bytes) refill();
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{block_[used_ + i]} << (8 * i);
  used_ += 4;
  return value;
}

std::uint32_t Random::below(std::uint32_t n) {
  assert(n > 0);
  std::uint64_t product = std::uint64_t{word()} * n;
  if (static_cast<std::uint32_t>(product) < n) {
    const std::uint32_t rejected = (0U - n) % n;  // 2^32 mod n
    while (static_cast<std::uint32_t>(product) < rejected) product = std::uint64_t{word()} * n;
  }
  return static_cast<std::uint32_t>(product >> 32U);
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  assert(low <= high);
  return low + below(static_cast<std::uint32_t>(high - low + 1));
}

Lots::Lots(std::uint64_t seed, std::string_view label) {
  const Sha256Digest digest = key_of(seed, label);
  std::copy_n(digest.begin(), key_.size(), key_.begin());
}

std::uint64_t Lots::of(std::uint64_t number) const {
  static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);
  std::array<unsigned char, 8> bytes{};
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(number >> (8 * i));
  std::array<unsigned char, 8> hash{};
  crypto_shorthash(hash.data(), bytes.data(), bytes.size(), key_.data());
  std::uint64_t lot = 0;
  for (unsigned i = 0; i < 8; ++i) lot |= std::uint64_t{hash[i]} << (8 * i);
  return lot;
}

}  // namespace urna::synth
