// SPDX-License-Identifier: EUPL-1.2
#include "server/language.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "server/blanks.h"

namespace urna::server {
namespace {

constexpr std::size_t max_value_bytes = 512;

bool same_letters(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

// A weight "q=0.7" in thousandths; none if it is malformed.
std::optional<int> weight_of(std::string_view parameter) {
  const std::string_view text = trimmed(parameter);
  if (text.size() < 3 || text.size() > 7 || !same_letters(text.substr(0, 2), "q="))
    return std::nullopt;
  const std::string_view digits = text.substr(2);
  if ((digits[0] != '0' && digits[0] != '1') || (digits.size() > 1 && digits[1] != '.'))
    return std::nullopt;
  int thousandths = (digits[0] - '0') * 1000;
  int unit = 100;
  for (const char c : digits.substr(std::min<std::size_t>(2, digits.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += (c - '0') * unit;
    unit /= 10;
  }
  if (thousandths > 1000) return std::nullopt;
  return thousandths;
}

std::optional<Language> language_of(std::string_view range, Language any) {
  if (range == "*") return any;
  const std::string_view primary = range.substr(0, range.find('-'));
  if (same_letters(primary, "pl")) return Language::pl;
  if (same_letters(primary, "en")) return Language::en;
  return std::nullopt;
}

}  // namespace

std::string_view language_tag(Language language) { return language == Language::pl ? "pl" : "en"; }

Language preferred_language(std::string_view accept_language, Language otherwise) {
  Language best = otherwise;
  int best_weight = 0;
  if (accept_language.size() > max_value_bytes) return otherwise;
  while (!accept_language.empty()) {
    const std::size_t comma = accept_language.find(',');
    const std::string_view item = trimmed(accept_language.substr(0, comma));
    accept_language.remove_prefix(comma == std::string_view::npos ? accept_language.size()
                                                                  : comma + 1);
    const std::size_t semicolon = item.find(';');
    const std::optional<int> weight =
        semicolon == std::string_view::npos ? 1000 : weight_of(item.substr(semicolon + 1));
    const auto language = language_of(trimmed(item.substr(0, semicolon)), otherwise);
    if (!weight || !language || *weight <= best_weight) continue;
    best = *language;
    best_weight = *weight;
  }
  return best;
}

}  // namespace urna::server
