// SPDX-License-Identifier: EUPL-1.2
#include "protection/pesel.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/bytes.h"

namespace urna::protection {
namespace {

// What looks like a blank: ASCII ones and the no-break space that copying from a page brings.
bool has_blank(std::string_view text) {
  return text.find_first_of(" \t\r\n\v\f") != std::string_view::npos ||
         text.find("\xC2\xA0") != std::string_view::npos;
}

// Full-width (U+FF10 … FF19) and Arabic digits (U+0660 …, U+06F0 …): a person who sees "digits"
// needs to be told why they are refused.
bool has_wide_digit(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    if (i + 2 < text.size() && at(i) == 0xEF && at(i + 1) == 0xBC && at(i + 2) >= 0x90 &&
        at(i + 2) <= 0x99) {
      return true;
    }
    const bool arabic = at(i) == 0xD9 && at(i + 1) >= 0xA0 && at(i + 1) <= 0xA9;
    const bool persian = at(i) == 0xDB && at(i + 1) >= 0xB0 && at(i + 1) <= 0xB9;
    if (arabic || persian) return true;
  }
  return false;
}

Date birth_of(std::string_view digits) {
  const auto pair = [&](std::size_t at) {
    return static_cast<unsigned>(digits[at] - '0') * 10 +
           static_cast<unsigned>(digits[at + 1] - '0');
  };
  constexpr std::array<int, 5> centuries = {1900, 2000, 2100, 2200, 1800};
  const unsigned month = pair(2);
  const int year = centuries[month / 20] + static_cast<int>(pair(0));
  return {std::chrono::year(year), std::chrono::month(month % 20), std::chrono::day(pair(4))};
}

}  // namespace

Words describe(PeselFault fault) {
  switch (fault) {
    case PeselFault::empty:
      return {"Brak numeru PESEL", "There is no PESEL number"};
    case PeselFault::surrounded:
      return {"Numer PESEL zawiera odstęp albo znak końca wiersza",
              "The PESEL number has a blank or a line break in it"};
    case PeselFault::wide_digits:
      return {"Cyfry numeru PESEL nie są zwykłymi cyframi 0–9",
              "The digits of the PESEL number are not the plain digits 0 to 9"};
    case PeselFault::not_digits:
      return {"Numer PESEL zawiera coś innego niż cyfry",
              "The PESEL number has something other than digits in it"};
    case PeselFault::length:
      return {"Numer PESEL ma dokładnie 11 cyfr", "A PESEL number has exactly 11 digits"};
    case PeselFault::check_digit:
      return {"Cyfra kontrolna numeru PESEL się nie zgadza",
              "The check digit of the PESEL number is wrong"};
    case PeselFault::no_such_day:
      return {"Data urodzenia w numerze PESEL nie istnieje",
              "The birth date in the PESEL number does not exist"};
  }
  stop_on_broken_precondition("describe: a fault of a PESEL");
}

char pesel_check_digit(std::string_view digits) {
  if (digits.size() < 10 || !std::all_of(digits.begin(), digits.begin() + 10, is_digit)) {
    stop_on_broken_precondition("pesel_check_digit: ten digits");
  }
  constexpr std::array<unsigned, 10> weights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
  unsigned sum = 0;
  for (std::size_t i = 0; i < 10; ++i) sum += weights[i] * static_cast<unsigned>(digits[i] - '0');
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::optional<PeselFault> Pesel::find_fault(std::string_view text) {
  if (text.empty()) return PeselFault::empty;
  if (has_blank(text)) return PeselFault::surrounded;
  if (has_wide_digit(text)) return PeselFault::wide_digits;
  if (!std::ranges::all_of(text, is_digit)) return PeselFault::not_digits;
  if (text.size() != 11) return PeselFault::length;
  if (text[10] != pesel_check_digit(text)) return PeselFault::check_digit;
  if (!birth_of(text).ok()) return PeselFault::no_such_day;
  return std::nullopt;
}

Result<Pesel> Pesel::parse(std::string_view text) {
  if (const std::optional<PeselFault> fault = find_fault(text)) {
    return Error{ErrorCode::malformed,
                 std::string(describe(*fault).en),
                 {.field = "pesel"},
                 "see to the number in the document"};
  }
  return Pesel(text);
}

Pesel::Pesel(std::string_view digits) { std::ranges::copy(digits, digits_.begin()); }

Date Pesel::birth() const { return birth_of(digits()); }

}  // namespace urna::protection
