// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/utf8.h"

#include <cstdint>

namespace urna::count::pabulib {
namespace {

// What may follow a first byte: how many bytes, and the bounds of the first of them, which exclude
// overlong forms, surrogates and too large code points (RFC 3629, section 4).
struct Tail {
  std::size_t length = 0;  // 0: not a first byte
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

constexpr Tail tail_after(std::uint8_t first) {
  if (first >= 0xC2 && first <= 0xDF) return {1};
  if (first == 0xE0) return {2, 0xA0, 0xBF};
  if (first == 0xED) return {2, 0x80, 0x9F};
  if (first >= 0xE1 && first <= 0xEF) return {2};
  if (first == 0xF0) return {3, 0x90, 0xBF};
  if (first >= 0xF1 && first <= 0xF3) return {3};
  if (first == 0xF4) return {3, 0x80, 0x8F};
  return {};
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::uint8_t first = at(i);
    if (first < 0x80) {
      ++i;
      continue;
    }
    const Tail tail = tail_after(first);
    if (tail.length == 0 || bytes.size() - i <= tail.length) return i;
    if (at(i + 1) < tail.low || at(i + 1) > tail.high) return i;
    for (std::size_t k = 2; k <= tail.length; ++k) {
      if (at(i + k) < 0x80 || at(i + k) > 0xBF) return i;
    }
    i += tail.length + 1;
  }
  return std::string_view::npos;
}

}  // namespace urna::count::pabulib
