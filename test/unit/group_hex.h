// SPDX-License-Identifier: EUPL-1.2
// Hexadecimal test vectors and seeded random inputs for the tests of the group.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace urna::group::testing {

template <std::size_t size>
std::array<std::uint8_t, size> from_hex(std::string_view text) {
  if (text.size() != 2 * size) throw std::invalid_argument("a test vector of another length");
  std::array<std::uint8_t, size> bytes{};
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] =
        static_cast<std::uint8_t>(std::stoul(std::string(text.substr(2 * i, 2)), nullptr, 16));
  return bytes;
}

template <std::size_t size>
std::string to_hex(const std::array<std::uint8_t, size>& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

// The same bytes in every run.
class RandomBytes {
 public:
  explicit RandomBytes(std::uint64_t seed) : engine_(seed) {}

  template <std::size_t size>
  std::array<std::uint8_t, size> next() {
    std::array<std::uint8_t, size> bytes{};
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
    return bytes;
  }
  std::uint64_t number() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace urna::group::testing
