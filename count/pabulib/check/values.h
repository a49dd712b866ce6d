// SPDX-License-Identifier: EUPL-1.2
// Strict readings of single values: numbers, money, dates, ages, and names that ISO lists.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/money.h"
#include "count/pabulib/check/finding.h"

namespace urna::count::pabulib::check {

// A value read as well as possible, and the code of what is wrong with the way it is written.
template <typename T>
struct Reading {
  std::optional<T> value;
  std::optional<Code> fault;
};

// [-]digits; faults: not_a_number, comma_decimal, thousand_separator, leading_zeros. "007" is read
// as 7; whatever else is faulty has no value.
[[nodiscard]] Reading<std::int64_t> read_integer(std::string_view text);

// The same with negative_number as a fault without value.
[[nodiscard]] Reading<std::int64_t> read_count(std::string_view text);

// digits[.digits] as money; faults: those of read_count() and money_precision. "12,50" has a value
// and the fault comma_decimal; "1,000" and "1 000" are thousand_separator without one.
[[nodiscard]] Reading<Money> read_money(std::string_view text);

// [-]digits[.digits] within ±`limit`; faults: not_a_number, comma_decimal (with a value),
// coordinate_range.
[[nodiscard]] Reading<double> read_coordinate(std::string_view text, double limit);

struct DateSpan {
  std::chrono::sys_days first, last;  // equal for a day; 1 January and 31 December for a year
};
// "DD.MM.YYYY" of a day that exists, or "YYYY"; else nullopt.
[[nodiscard]] std::optional<DateSpan> read_date(std::string_view text);

// A whole number of years, or a range "18-24".
[[nodiscard]] Reading<std::int64_t> read_age(std::string_view text);

// Names and codes as of the ICU data that this program runs with, plus the ISO 3166 short names
// that differ from ICU's; case does not matter. Also "Worldwide".
[[nodiscard]] bool is_country(std::string_view text);
// Two lower-case letters of ISO 639-1.
[[nodiscard]] bool is_language(std::string_view text);
// Three capitals of ISO 4217, historic currencies included.
[[nodiscard]] bool is_currency(std::string_view text);

[[nodiscard]] bool is_vote_type(std::string_view text);
[[nodiscard]] bool is_rule(std::string_view text);

}  // namespace urna::count::pabulib::check
