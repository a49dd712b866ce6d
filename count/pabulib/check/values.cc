// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "base/ascii.h"

namespace urna::count::pabulib::check {
namespace {

constexpr std::int64_t age_years_max = 120;

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// "1 000", "1,000,000", "1.000.000", "1'000" with an optional rest after the groups. A single group
// after a point is a decimal number ("1.000"); after a comma it is taken for a group.
bool is_grouped(std::string_view text) {
  for (const std::string_view separator : {" ", ",", ".", "'", "_", "\u00A0", "\u202F"}) {
    std::size_t groups = 0;
    std::size_t at = text.find(separator);
    if (at == 0 || at > 3 || at == std::string_view::npos || !all_digits(text.substr(0, at)))
      continue;
    while (text.substr(at).starts_with(separator) &&
           all_digits(text.substr(at + separator.size(), 3)) &&
           text.substr(at + separator.size()).size() >= 3) {
      at += separator.size() + 3;
      ++groups;
      if (at == text.size()) break;
    }
    const std::string_view rest = text.substr(at);
    const bool decimals = rest.size() > 1 && (rest[0] == '.' || rest[0] == ',') &&
                          rest[0] != separator[0] && all_digits(rest.substr(1));
    if (groups >= (separator == "." ? 2U : 1U) && (rest.empty() || decimals)) return true;
  }
  return false;
}

Code fault_of(std::string_view text) {
  const std::string_view unsigned_text = text.starts_with('-') ? text.substr(1) : text;
  if (is_grouped(unsigned_text)) return Code::thousand_separator;
  const std::size_t comma = unsigned_text.find(',');
  if (comma != std::string_view::npos && all_digits(unsigned_text.substr(0, comma)) &&
      all_digits(unsigned_text.substr(comma + 1)))
    return Code::comma_decimal;
  return Code::not_a_number;
}

bool has_leading_zeros(std::string_view digits) {
  return digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]);
}

}  // namespace

Reading<std::int64_t> read_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (!all_digits(digits)) return {std::nullopt, fault_of(text)};
  std::int64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{}) return {std::nullopt, Code::not_a_number};
  if (has_leading_zeros(digits)) return {value, Code::leading_zeros};
  return {value, std::nullopt};
}

Reading<std::int64_t> read_count(std::string_view text) {
  const Reading<std::int64_t> reading = read_integer(text);
  if (reading.value && *reading.value < 0) return {std::nullopt, Code::negative_number};
  return reading;
}

Reading<Money> read_money(std::string_view text) {
  if (text.starts_with('-') && read_money(text.substr(1)).value)
    return {std::nullopt, Code::negative_number};
  const std::size_t point = text.find_first_of(".,");
  const bool number = all_digits(text.substr(0, point)) &&
                      (point == std::string_view::npos || all_digits(text.substr(point + 1)));
  if (!number) return {std::nullopt, fault_of(text)};
  if (is_grouped(text)) return {std::nullopt, Code::thousand_separator};
  const Result<Money> money = parse_money(text);
  if (!money) return {std::nullopt, Code::money_precision};
  if (text.find(',') != std::string_view::npos) return {*money, Code::comma_decimal};
  if (has_leading_zeros(text)) return {*money, Code::leading_zeros};
  return {*money, std::nullopt};
}

Reading<double> read_coordinate(std::string_view text, double limit) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), ',', '.');
  double value = 0;
  const auto [stop, fault] =
      std::from_chars(plain.data(), plain.data() + plain.size(), value, std::chars_format::fixed);
  if (fault != std::errc{} || stop != plain.data() + plain.size() || !std::isfinite(value))
    return {std::nullopt, Code::not_a_number};
  if (std::abs(value) > limit) return {std::nullopt, Code::coordinate_range};
  if (plain != text) return {value, Code::comma_decimal};
  return {value, std::nullopt};
}

std::optional<DateSpan> read_date(std::string_view text) {
  using std::chrono::day, std::chrono::month, std::chrono::year;
  const auto number = [](std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
  };
  if (text.size() == 4 && all_digits(text)) {
    const year y(number(text));
    return DateSpan{y / std::chrono::January / 1, y / std::chrono::December / 31};
  }
  if (text.size() != 10 || text[2] != '.' || text[5] != '.' || !all_digits(text.substr(0, 2)) ||
      !all_digits(text.substr(3, 2)) || !all_digits(text.substr(6)))
    return std::nullopt;
  const std::chrono::year_month_day date(year(number(text.substr(6))),
                                         month(static_cast<unsigned>(number(text.substr(3, 2)))),
                                         day(static_cast<unsigned>(number(text.substr(0, 2)))));
  if (!date.ok()) return std::nullopt;
  return DateSpan{date, date};
}

Reading<std::int64_t> read_age(std::string_view text) {
  const std::size_t dash = text.find('-', 1);
  const Reading<std::int64_t> from = read_integer(text.substr(0, dash));
  if (!from.value) return {std::nullopt, Code::invalid_age};
  std::int64_t oldest = *from.value;
  if (dash != std::string_view::npos) {
    const Reading<std::int64_t> to = read_integer(text.substr(dash + 1));
    if (!to.value || *to.value < *from.value) return {std::nullopt, Code::invalid_age};
    oldest = *to.value;
  }
  if (*from.value < 0 || oldest > age_years_max) return {from.value, Code::unlikely_age};
  return {from.value, std::nullopt};
}

bool is_vote_type(std::string_view text) {
  constexpr std::array<std::string_view, 5> types = {"approval", "choose-1", "ordinal",
                                                     "cumulative", "scoring"};
  return std::find(types.begin(), types.end(), text) != types.end();
}

bool is_rule(std::string_view text) {
  constexpr std::array<std::string_view, 10> rules = {"greedy",
                                                      "greedy-no-skip",
                                                      "greedy-threshold",
                                                      "greedy-exclusive",
                                                      "greedy-custom",
                                                      "equalshares",
                                                      "equalshares/add1",
                                                      "unknown",
                                                      "equalshares-comparison",
                                                      "equalshares/add1-comparison"};
  return std::find(rules.begin(), rules.end(), text) != rules.end();
}

}  // namespace urna::count::pabulib::check
