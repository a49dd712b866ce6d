// SPDX-License-Identifier: EUPL-1.2
// PESEL numbers: what their eleven digits say, and what is wrong with those that are none.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/date.h"
#include "base/result.h"
#include "protection/words.h"

namespace urna::protection {

// In the order in which they are looked for.
enum class PeselFault : std::uint8_t {
  empty,
  surrounded,   // blanks or line breaks before, after or inside
  wide_digits,  // digits of another script, such as full-width ones
  not_digits,
  length,
  check_digit,
  no_such_day,
};
// A whole sentence without a full stop, which names no digit.
[[nodiscard]] Words describe(PeselFault fault);

// Art. 15 of the Polish act on the population register: six digits of the birth date, the century
// added to the month (80: 1800s, 0: 1900s, 20: 2000s, 40: 2100s, 60: 2200s), four of a serial
// number and sex, a check digit. Not printable and not comparable by accident: a PESEL is a person.
class Pesel {
 public:
  // Exactly eleven ASCII digits; nothing is trimmed or converted, because what a form quietly
  // repairs in one place another place takes for a second person. Error: malformed with
  // describe(fault).en and field "pesel", never the text itself.
  [[nodiscard]] static Result<Pesel> parse(std::string_view text);
  // Why parse() refuses; nothing if it does not.
  [[nodiscard]] static std::optional<PeselFault> find_fault(std::string_view text);

  [[nodiscard]] Date birth() const;  // a day that exists, 1800 … 2299
  [[nodiscard]] std::string_view digits() const { return {digits_.data(), digits_.size()}; }

 private:
  explicit Pesel(std::string_view digits);
  std::array<char, 11> digits_{};
};

// The check digit for the first ten. Precondition (else the program stops): at least ten digits.
[[nodiscard]] char pesel_check_digit(std::string_view digits);

}  // namespace urna::protection
