// SPDX-License-Identifier: EUPL-1.2
// Small readings of a cell's text: spaces around it, whole numbers, lists.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace urna::count::pabulib {

[[nodiscard]] constexpr bool is_space(char c) { return c == ' ' || c == '\t'; }

// Without the spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

[[nodiscard]] constexpr bool is_blank(std::string_view text) { return trimmed(text).empty(); }

// A decimal integer, spaces around it and decimals that are all zero ("3.0") allowed; nullopt for
// anything else and for what does not fit into 64 bits.
[[nodiscard]] inline std::optional<std::int64_t> whole_number(std::string_view text) {
  text = trimmed(text);
  const std::size_t point = text.find_first_of(".,");
  if (point != std::string_view::npos) {
    const std::string_view decimals = text.substr(point + 1);
    if (decimals.empty() || decimals.find_first_not_of('0') != std::string_view::npos)
      return std::nullopt;
    text = text.substr(0, point);
  }
  std::int64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

// The parts between commas without the spaces around them; empty parts are left out.
[[nodiscard]] inline std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trimmed(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

}  // namespace urna::count::pabulib
