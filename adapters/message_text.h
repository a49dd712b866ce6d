// SPDX-License-Identifier: EUPL-1.2
// What text may go into a message: nothing that could end a header or a line unseen.
#pragma once

#include <algorithm>
#include <cstddef>
#include <sodium/utils.h>
#include <string_view>

#include "base/bytes.h"

namespace urna::adapters {

// Whether the text is UTF-8 of 1 to `bytes_max` bytes without control characters (C0, DEL, C1) and
// without the separators U+2028 and U+2029, which some programs take as line ends.
[[nodiscard]] inline bool is_one_line(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || !is_utf8(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (octet < 0x20U || octet == 0x7FU) return false;
    const std::string_view rest = text.substr(i);
    if (octet == 0xC2U && static_cast<unsigned char>(rest[1]) < 0xA0U) return false;
    if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) return false;
  }
  return true;
}

// Whether the text is 1 to 64 letters, digits, '-' and '_'.
[[nodiscard]] inline bool is_message_key(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

// Zeroes text where it lies; for strings of libraries.
template <typename Text>
void wipe_text(Text& text) {
  sodium_memzero(text.data(), text.size());
}

}  // namespace urna::adapters
