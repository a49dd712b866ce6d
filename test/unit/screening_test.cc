// SPDX-License-Identifier: EUPL-1.2
// What the publication filter finds in text, and what it leaves alone.
#include <gtest/gtest.h>

#include "protection/pesel.h"
#include "screening/detect.h"
#include "screening/files.h"

namespace urna::screening {
namespace {

std::string kinds_in(std::string_view text, Form form = Form::plain, const Rules& rules = {}) {
  std::string kinds;
  for (const Finding& one : find_personal_data(text, form, rules)) {
    if (!kinds.empty()) kinds += ' ';
    kinds += id_of(one.kind);
  }
  return kinds;
}

// A number that belongs to nobody: born in 1825.
std::string pesel() {
  const std::string ten = "2581140135";
  return ten + protection::pesel_check_digit(ten);
}

TEST(ScreeningTest, FindsPeselHoweverItIsWritten) {
  const std::string p = pesel();
  ASSERT_FALSE(protection::Pesel::find_fault(p));
  const auto part = [&](std::size_t at, std::size_t size) { return p.substr(at, size); };
  std::string wide, hidden, spelled, arabic;
  for (const char c : p) {
    wide += std::string("\xEF\xBC") + static_cast<char>(0x90 + (c - '0'));
    arabic += std::string("\xD9") + static_cast<char>(0xA0 + (c - '0'));
    hidden += std::string(1, c) + "\xE2\x80\x8B";
    spelled += std::string(1, c) + " ";
  }
  for (const std::string& text :
       {p, "PESEL:" + p, "PESEL" + p, "nr " + p + ".", part(0, 6) + " " + part(6, 5),
        part(0, 6) + "-" + part(6, 5), part(0, 6) + "\xE2\x80\x93" + part(6, 5),
        part(0, 6) + "\xC2\xA0" + part(6, 5),
        part(0, 2) + " " + part(2, 2) + " " + part(4, 2) + " " + part(6, 5), wide, arabic, hidden,
        spelled, "1. " + p, "\"" + p + "\",1", part(0, 6) + "\xC2\xAD" + part(6, 5),
        part(0, 6) + "/" + part(6, 5), "12 " + part(0, 6) + " " + part(6, 5) + " 7"}) {
    EXPECT_EQ(kinds_in(text), "pesel") << text;
  }
  EXPECT_EQ(kinds_in("<b>" + part(0, 6) + "</b><i>" + part(6, 5) + "</i>", Form::html), "pesel");
  EXPECT_EQ(kinds_in("&#" + std::to_string(static_cast<int>(p[0])) + ";" + part(1, 10), Form::html),
            "pesel");
  EXPECT_EQ(kinds_in("{\"a\":\"\\u003" + part(0, 1) + part(1, 10) + "\"}", Form::json), "pesel");
  EXPECT_EQ(kinds_in("<!-- " + p + " -->", Form::html), "pesel");
  // UTF-16 with its mark.
  std::string utf16 = "\xFF\xFE";
  for (const char c : p) utf16 += std::string(1, c) + std::string(1, '\0');
  EXPECT_EQ(kinds_in(utf16), "pesel");
}

TEST(ScreeningTest, LeavesOtherNumbersAlone) {
  const std::string p = pesel();
  std::string wrong = p;
  wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
  for (const std::string& text :
       {wrong, "0." + p, p + "1", "a" + p + "f", "1" + p, std::string("44059901355"),
        std::string("100 200 300 400"), std::string("123 456 789 zł"), std::string("1234567"),
        std::string("2026-11-28T09:30:00Z"), std::string("600 000 000"),
        std::string("501 234 567 PLN"), std::string("501234567")}) {
    EXPECT_EQ(kinds_in(text), "") << text;
  }
}

TEST(ScreeningTest, FindsTelephonesAddressesDocumentsAccounts) {
  for (const char* text : {"+48 501 234 567", "+48501234567", "501 234 567", "501-234-567",
                           "tel. 501234567", "Telefon: 34 123 45 67", "0048 501234567",
                           "(34) 123 45 67", "kom.501234567", "(+48) 501 234 567"}) {
    EXPECT_EQ(kinds_in(text), "phone") << text;
  }
  for (const char* text : {"anna.nowak@gmail.com", "anna.nowak (at) wp.pl", "a_n+1@poczta.onet.pl",
                           "mailto:anna@nowak.pl"}) {
    EXPECT_EQ(kinds_in(text), "email") << text;
  }
  for (const char* text : {"anna@example.org", "anna@vote.example", "urna@1.2.3", "@scope/name",
                           "a@b", "user@localhost"}) {
    EXPECT_EQ(kinds_in(text), "") << text;
  }
  for (const char* text : {"Nowak Anna, ul. Długa 5/7", "Jan;Lis;ul. Długa 5", "ul. Długa 5 m. 7",
                           "al. Wolności 12, 42-200 Częstochowa", "zam. ul. Długa 5",
                           "os. Tysiąclecia 4 lok. 3", "ulica 3 Maja 5/12, 42-200 C."}) {
    EXPECT_EQ(kinds_in(text), "home") << text;
  }
  for (const char* text : {"przy ul. Długiej 5", "Szkoła nr 3, ul. Długa 5/7",
                           "Remont ul. Jana Pawła II 12", "91-231 Łódź ul. Ratajska 2/4"}) {
    EXPECT_EQ(kinds_in(text), "") << text;
  }
  Rules places;
  places.places = true;
  EXPECT_EQ(kinds_in("przy ul. Długiej 5", Form::plain, places), "place");
  EXPECT_EQ(kinds_in("dz. nr 12/345 obręb 7"), "");
  // The specimen of the Polish identity card, and one digit off.
  EXPECT_EQ(kinds_in("ABA300000"), "document");
  EXPECT_EQ(kinds_in("ABA 300000"), "document");
  EXPECT_EQ(kinds_in("ABA400000"), "");
  EXPECT_EQ(kinds_in("61109010140000071219812874"), "account");
  EXPECT_EQ(kinds_in("PL61 1090 1014 0000 0712 1981 2874"), "account");
  EXPECT_EQ(kinds_in("PL61 1090 1014 0000 0712 1981 2875"), "");
}

TEST(ScreeningTest, FindsNamesOfAList) {
  const Result<NameList> names = NameList::parse(
      "first_name,last_name,pesel\nŁukasz,Żółkiewski-Nowak,\n\"Anna Maria\",Kowal,\n");
  ASSERT_TRUE(names);
  Rules rules;
  rules.names = *names;
  for (const char* text :
       {"Łukasz Żółkiewski-Nowak", "ŻÓŁKIEWSKI-NOWAK Łukasz", "lukasz zolkiewski nowak",
        "Kowal, Anna", "Anna Maria Kowal", "Kowal Anna Maria", "Pani Anna\nKowal mówi"}) {
    EXPECT_EQ(kinds_in(text, Form::plain, rules), "name") << text;
  }
  for (const char* text : {"Anna. Kowal", "Kowal", "Łukasz Nowak", "Annakowal"}) {
    EXPECT_EQ(kinds_in(text, Form::plain, rules), "") << text;
  }
  const Result<NameList> plain = NameList::parse("Jan Lis\n\n# x\n");
  ASSERT_TRUE(plain);
  rules.names = *plain;
  EXPECT_EQ(kinds_in("LIS JAN", Form::plain, rules), "name");
}

TEST(ScreeningTest, TellsPlaceAndShapeAndNeverTheDatum) {
  const std::string p = pesel();
  const std::string text = "Anna Nowak\n  " + p + ", tel. 501-234-567\n";
  const std::vector<Finding> found = find_personal_data(text, Form::plain, {});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_EQ(found[0].column, 3U);
  EXPECT_EQ(found[0].shape, "###########");
  EXPECT_EQ(found[1].shape, "###-###-###");
  const Status refused = refuse_personal_data("list.csv", text);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  const std::string told = refused.error().to_string();
  EXPECT_EQ(told.find(p), std::string::npos);
  EXPECT_EQ(told.find("Nowak"), std::string::npos);
  EXPECT_NE(told.find("list.csv:2:3"), std::string::npos) << told;
}

TEST(ScreeningTest, WhatIsAllowedPasses) {
  const Result<Allowed> allowed = Allowed::parse(
      "# the office\n+48 34 370 71 00\nurzad@miasto.pl\nsha256:" + std::string(64, 'a') + "\n");
  ASSERT_TRUE(allowed);
  Rules rules;
  rules.allowed = *allowed;
  EXPECT_EQ(kinds_in("tel. +48 34 370 71 00, urzad@miasto.pl", Form::plain, rules), "");
  EXPECT_EQ(kinds_in("tel. +48 34 370 71 01", Form::plain, rules), "phone");
  EXPECT_TRUE(allowed->has_file(std::string(64, 'a')));
  EXPECT_FALSE(allowed->has_file(std::string(64, 'b')));
}

TEST(ScreeningTest, AMisreadDigitIsNoWayOut) {
  std::string wrong = pesel();
  wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
  EXPECT_TRUE(find_personal_data(wrong, Form::plain, {}, Origin::written).empty());
  EXPECT_EQ(find_personal_data(wrong, Form::plain, {}, Origin::picture).size(), 1U);
}

}  // namespace
}  // namespace urna::screening
