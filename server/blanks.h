// SPDX-License-Identifier: EUPL-1.2
// Blanks around the values of headers (OWS, RFC 9110 section 5.6.3).
#pragma once

#include <string_view>

namespace urna::server {

[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace urna::server
