// SPDX-License-Identifier: EUPL-1.2
// Money: an exact amount in hundredths of the currency unit (grosze).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna {

// An amount of money in grosze (1/100 of the currency unit). Addition and subtraction of amounts
// that come from parse() cannot overflow: parse() admits at most money_limit_grosze, and an
// instance holds at most 65,535 projects.
struct Money {
  std::int64_t grosze = 0;

  friend constexpr auto operator<=>(Money, Money) = default;
  friend constexpr Money operator+(Money a, Money b) { return {a.grosze + b.grosze}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.grosze - b.grosze}; }
  constexpr Money& operator+=(Money b) { return *this = *this + b; }
  constexpr Money& operator-=(Money b) { return *this = *this - b; }
};

// 10^12 currency units: above any city's budget in any currency, and far from overflow.
inline constexpr std::int64_t money_limit_grosze = 100'000'000'000'000;

// Reads a decimal amount: digits, optionally followed by '.' or ',' and at most two significant
// decimals (further zeros are allowed). No sign, no exponent, no grouping. Errors: malformed (not
// such a number, or more precise than a grosz), limit (above 10^12 units). O(length).
[[nodiscard]] Result<Money> parse_money(std::string_view text);

// "1234" or "1234.50": the shortest of the two forms, readable by parse_money().
[[nodiscard]] std::string to_plain_string(Money amount);

}  // namespace urna
