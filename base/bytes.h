// SPDX-License-Identifier: EUPL-1.2
// Byte strings: views, big-endian numbers, hexadecimal and base64 text. For public bytes.
//
// A byte string is a std::string or std::string_view; a fixed size is std::array<std::uint8_t, N>.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna {

// The same bytes under the other name; nothing is copied. The view lives as long as its source.
[[nodiscard]] inline std::string_view view_of(std::span<const std::uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}
[[nodiscard]] inline std::span<const std::uint8_t> octets_of(std::string_view bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

// Ends the program, in release builds too, with a line on stderr naming the broken precondition.
// For errors of the program, never for input.
[[noreturn]] void stop_on_broken_precondition(const char* precondition);

// A copy of exactly N bytes. Precondition (else the program stops): bytes.size() == N.
template <std::size_t N>
[[nodiscard]] std::array<std::uint8_t, N> array_of(std::string_view bytes) {
  if (bytes.size() != N) stop_on_broken_precondition("array_of: as many bytes as the array holds");
  std::array<std::uint8_t, N> octets{};
  std::copy(bytes.begin(), bytes.end(), octets.begin());
  return octets;
}

// Appends `value` in exactly `count` bytes, most significant first.
// Precondition (else the program stops): count <= 8 and the value fits.
void append_big_endian(std::string& bytes, std::uint64_t value, std::size_t count);

// The number whose bytes, most significant first, are these; 0 for none.
// Precondition (else the program stops): at most 8 bytes.
[[nodiscard]] std::uint64_t big_endian(std::string_view bytes);

// Two lower-case hexadecimal digits for each byte.
[[nodiscard]] std::string to_hex(std::string_view bytes);

// The inverse of to_hex(). Error: malformed for anything else, upper-case digits included.
[[nodiscard]] Result<std::string> from_hex(std::string_view text);

// Base 64 of RFC 4648 section 4: the standard alphabet, padded, no line breaks.
[[nodiscard]] std::string to_base64(std::string_view bytes);

// The inverse of to_base64(). Error: malformed for anything else: missing padding, unused bits that
// are not zero, blanks.
[[nodiscard]] Result<std::string> from_base64(std::string_view text);

// Base 64 of RFC 4648 section 5: '-' and '_' for '+' and '/', not padded.
[[nodiscard]] std::string to_base64url(std::string_view bytes);

// The inverse of to_base64url(). Error: malformed for anything else: padding, the other alphabet,
// unused bits that are not zero, blanks.
[[nodiscard]] Result<std::string> from_base64url(std::string_view text);

// Whether the bytes are UTF-8 (RFC 3629): shortest forms only, no surrogates, at most U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes);

}  // namespace urna
