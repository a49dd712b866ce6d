// SPDX-License-Identifier: EUPL-1.2
// Numbers, money and counted nouns as people write them in Polish and in English.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/rational.h"
#include "report/count_report.h"

namespace urna::report {

// Things that are counted in a sentence. Polish forms are nominative unless the name says so.
enum class Noun {
  vote,
  point,
  project,
  project_genitive,  // after "z": z 1 projektu, z 2 projektów
  ballot,
  ballot_accusative,  // after "change", "fill in differently": 1 kartę, 2 karty, 5 kart
  voter,
  supporter,
  step,
};

// "1 234 567" (narrow no-break spaces) in Polish, "1,234,567" in English.
[[nodiscard]] std::string format_integer(std::int64_t value, Language language);

// "1 234 567,50 zł" and "PLN 1,234,567.50"; whole amounts without decimals. `currency` is an ISO
// 4217 code or empty; nothing inside the result breaks across lines.
[[nodiscard]] std::string format_money(Money amount, std::string_view currency, Language language);

// An amount in currency units that need not be a whole number of hundredths, rounded to `decimals`
// places for reading.
[[nodiscard]] std::string format_amount(const Rational& units, unsigned decimals,
                                        std::string_view currency, Language language);

// "12,35" / "12.35".
[[nodiscard]] std::string format_decimal(const Rational& value, unsigned decimals,
                                         Language language);

// part/whole in per cent with one decimal: "12,3 %" / "12.3%". Zero if whole is not positive.
// Never shows 0 or 100 for a share that is not exactly that: "0.1" and "99.9" are then the ends.
[[nodiscard]] std::string format_percent(const Rational& part, const Rational& whole,
                                         Language language);

// "3." in Polish, "3rd" in English.
[[nodiscard]] std::string format_ordinal(std::uint64_t value, Language language);

// The number with its noun in the right form: "1 głos", "2 głosy", "5 głosów", "22 głosy".
[[nodiscard]] std::string format_count(Noun noun, std::int64_t value, Language language);

}  // namespace urna::report
