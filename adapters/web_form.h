// SPDX-License-Identifier: EUPL-1.2
// Names and values as a query or a form (application/x-www-form-urlencoded).
#pragma once

#include <string>
#include <string_view>

namespace urna::adapters {

// Appends the text with everything but letters, digits, '-', '.', '_' and '~' as %XX
// (RFC 3986 section 2.3), which forms and queries both understand.
inline void append_percent_encoded(std::string& target, std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      target += c;
    } else {
      target += '%';
      target += digits[octet >> 4U];
      target += digits[octet & 0x0FU];
    }
  }
}

// Appends "name=value", after '&' unless the text is empty or ends in '?'.
inline void append_parameter(std::string& target, std::string_view name, std::string_view value) {
  if (!target.empty() && target.back() != '?') target += '&';
  append_percent_encoded(target, name);
  target += '=';
  append_percent_encoded(target, value);
}

}  // namespace urna::adapters
