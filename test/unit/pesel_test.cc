// SPDX-License-Identifier: EUPL-1.2
// PESEL numbers: what is read, and that each kind of wrong one is told what is wrong with it.
#include "protection/pesel.h"

#include <gtest/gtest.h>
#include <string>

#include "base/date.h"

namespace urna::protection {
namespace {

using Fault = PeselFault;

std::string with_check(std::string ten) { return ten + pesel_check_digit(ten); }

TEST(Pesel, ReadsTheBirthDateOfEveryCentury) {
  const auto birth = [](std::string ten) {
    return to_iso_string(Pesel::parse(with_check(std::move(ten))).value().birth());
  };
  EXPECT_EQ(birth("2581010123"), "1825-01-01");
  EXPECT_EQ(birth("8392310123"), "1883-12-31");
  EXPECT_EQ(birth("4405140145"), "1944-05-14");
  EXPECT_EQ(birth("0022290123"), "2000-02-29");
  EXPECT_EQ(birth("1041010123"), "2110-01-01");
  EXPECT_EQ(birth("9972310123"), "2299-12-31");
  EXPECT_EQ(Pesel::parse("44051401458").value().digits(), "44051401458");
}

TEST(Pesel, SaysWhatIsWrong) {
  EXPECT_EQ(Pesel::find_fault(""), Fault::empty);
  EXPECT_EQ(Pesel::find_fault("44051401458\n"), Fault::surrounded);
  EXPECT_EQ(Pesel::find_fault(" 44051401458"), Fault::surrounded);
  EXPECT_EQ(Pesel::find_fault("440514 01458"), Fault::surrounded);
  EXPECT_EQ(Pesel::find_fault("44051401458\xC2\xA0"), Fault::surrounded);
  EXPECT_EQ(Pesel::find_fault("44051401458\r\n"), Fault::surrounded);
  EXPECT_EQ(Pesel::find_fault("４４０５１４０１４５８"), Fault::wide_digits);
  EXPECT_EQ(Pesel::find_fault("4405140145８"), Fault::wide_digits);
  EXPECT_EQ(Pesel::find_fault("٤٤٠٥١٤٠١٤٥٨"), Fault::wide_digits);
  EXPECT_EQ(Pesel::find_fault("4405140145O"), Fault::not_digits);
  EXPECT_EQ(Pesel::find_fault(std::string("44051401458\0", 12)), Fault::not_digits);
  EXPECT_EQ(Pesel::find_fault("4405140145"), Fault::length);
  EXPECT_EQ(Pesel::find_fault("440514014580"), Fault::length);
  EXPECT_EQ(Pesel::find_fault("44051401459"), Fault::check_digit);
  EXPECT_EQ(Pesel::find_fault(with_check("0002300123")), Fault::no_such_day);
  EXPECT_EQ(Pesel::find_fault(with_check("9902290123")), Fault::no_such_day);
  EXPECT_EQ(Pesel::find_fault(with_check("0013010123")), Fault::no_such_day);
  EXPECT_EQ(Pesel::find_fault(with_check("0000010123")), Fault::no_such_day);
  EXPECT_EQ(Pesel::find_fault("44051401458"), std::nullopt);
}

TEST(Pesel, ErrorsDoNotRepeatTheNumber) {
  const Result<Pesel> refused = Pesel::parse("44051401459");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place.field, "pesel");
  EXPECT_EQ(refused.error().to_string().find("4405140"), std::string::npos);
}

TEST(Dates, AreReadStrictly) {
  EXPECT_EQ(to_iso_string(parse_date("2024-02-29").value()), "2024-02-29");
  for (const char* wrong : {"2023-02-29", "2024-2-29", "2024-02-30", "2024-13-01", "24-01-01", "",
                            "2024-02-29 ", "2024/02/29", "２024-02-29", "2024-00-10"}) {
    EXPECT_FALSE(parse_date(wrong).ok()) << wrong;
  }
  EXPECT_EQ(to_iso_string(date_of(951'782'400)), "2000-02-29");
  EXPECT_EQ(unix_seconds_of(parse_date("2000-02-29").value()), 951'782'400U);
}

TEST(Dates, AgeIsInCompletedYears) {
  const Date leap = parse_date("2008-02-29").value();
  EXPECT_EQ(age_on(leap, parse_date("2024-02-28").value()), 15);
  EXPECT_EQ(age_on(leap, parse_date("2024-02-29").value()), 16);
  EXPECT_EQ(age_on(leap, parse_date("2026-02-28").value()), 17);
  EXPECT_EQ(age_on(leap, parse_date("2026-03-01").value()), 18);
  EXPECT_EQ(age_on(leap, parse_date("2007-03-01").value()), -1);
}

}  // namespace
}  // namespace urna::protection
