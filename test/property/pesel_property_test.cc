// SPDX-License-Identifier: EUPL-1.2
// PESEL numbers against a slow model that knows no calendar but a list of every day and no formula
// but the one printed in the act.
#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

#include "base/date.h"
#include "protection/pesel.h"

namespace urna::protection {
namespace {

// The first six digits of everybody born on a day from 1800 to 2299, with that day, by walking
// through the calendar day by day.
std::map<std::string, std::string> all_days() {
  std::map<std::string, std::string> days;
  const std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto two = [](int number) {
    return std::string(1, static_cast<char>('0' + number / 10)) +
           static_cast<char>('0' + number % 10);
  };
  for (int year = 1800; year < 2300; ++year) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int added = year < 1900 ? 80 : year < 2000 ? 0 : year < 2100 ? 20 : year < 2200 ? 40 : 60;
    for (int month = 1; month <= 12; ++month) {
      const int length =
          lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
      for (int day = 1; day <= length; ++day) {
        days[two(year % 100) + two(month + added) + two(day)] =
            std::to_string(year) + "-" + two(month) + "-" + two(day);
      }
    }
  }
  return days;
}

// The weighted sum of all eleven digits is a multiple of ten.
bool sum_is_right(const std::string& digits) {
  const std::string weights = "13791379131";
  int sum = 0;
  for (std::size_t i = 0; i < 11; ++i) sum += (weights[i] - '0') * (digits[i] - '0');
  return sum % 10 == 0;
}

TEST(PeselProperty, AgreesWithTheModelOnEveryDayThereIs) {
  const std::map<std::string, std::string> days = all_days();
  ASSERT_EQ(days.size(), 182'621U);
  for (int first = 0; first < 1'000'000; ++first) {
    std::string six = std::to_string(first);
    six.insert(0, 6 - six.size(), '0');
    const std::string ten = six + "0123";
    const std::string eleven = ten + pesel_check_digit(ten);
    const auto day = days.find(six);
    const std::optional<PeselFault> fault = Pesel::find_fault(eleven);
    if (day == days.end()) {
      ASSERT_EQ(fault, PeselFault::no_such_day) << six;
    } else {
      ASSERT_EQ(fault, std::nullopt) << six;
      ASSERT_EQ(to_iso_string(Pesel::parse(eleven).value().birth()), day->second);
    }
  }
}

TEST(PeselProperty, AgreesWithTheModelOnRandomDigits) {
  const std::map<std::string, std::string> days = all_days();
  std::mt19937 generator(11);
  std::size_t valid = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string digits;
    for (int k = 0; k < 11; ++k) digits += static_cast<char>('0' + generator() % 10);
    const bool wanted = sum_is_right(digits) && days.contains(digits.substr(0, 6));
    ASSERT_EQ(!Pesel::find_fault(digits), wanted) << digits;
    valid += wanted ? 1 : 0;
  }
  EXPECT_GT(valid, 1000U);
}

TEST(PeselProperty, EverySingleWrongDigitIsNoticed) {
  const std::string good = "44051401458";
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string changed = good;
      changed[place] = digit;
      EXPECT_EQ(!Pesel::find_fault(changed), changed == good) << changed;
    }
  }
}

}  // namespace
}  // namespace urna::protection
