// SPDX-License-Identifier: EUPL-1.2
// The strict readings behind `urna check`: numbers, dates, ISO names, looks of text, voter ids.
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "count/pabulib/check/unicode_text.h"
#include "count/pabulib/check/values.h"
#include "count/pabulib/check/voter_ids.h"

namespace urna::count::pabulib::check {
namespace {

TEST(PabulibCheckValues, Numbers) {
  EXPECT_EQ(read_integer("-12").value, -12);
  EXPECT_EQ(read_integer("007").fault, Code::leading_zeros);
  EXPECT_EQ(read_integer("007").value, 7);
  for (const char* text : {"", "+5", "5.0", "1e3", "0x10", "٣", "99999999999999999999", "-"})
    EXPECT_EQ(read_integer(text).fault, Code::not_a_number) << text;
  for (const char* text :
       {"1 000", "1,000", "1,000,000", "1.000.000", "12'000", "1\u00A0000", "1 000.50", "1_000"})
    EXPECT_EQ(read_money(text).fault, Code::thousand_separator) << text;
  EXPECT_EQ(read_money("1.000").value, Money{100});
  EXPECT_EQ(read_money("12,5").value, Money{1250});
  EXPECT_EQ(read_money("12,5").fault, Code::comma_decimal);
  EXPECT_EQ(read_money("-3").fault, Code::negative_number);
  EXPECT_EQ(read_money("0.005").fault, Code::money_precision);
  EXPECT_EQ(read_money("inf").fault, Code::not_a_number);
  EXPECT_EQ(read_coordinate("-180", 180).value, -180);
  EXPECT_EQ(read_coordinate("180.1", 180).fault, Code::coordinate_range);
  EXPECT_EQ(read_coordinate("nan", 180).fault, Code::not_a_number);
}

TEST(PabulibCheckValues, DatesThatExist) {
  EXPECT_TRUE(read_date("29.02.2024"));
  EXPECT_TRUE(read_date("2024"));
  for (const char* text :
       {"29.02.2023", "1.02.2023", "00.01.2023", "01.13.2023", "01.01.23", "01/01/2023", "24", ""})
    EXPECT_FALSE(read_date(text)) << text;
}

TEST(PabulibCheckValues, NamesThatIsoLists) {
  for (const char* text : {"Poland", "poland", "PL", "POL", "United States", "US", "Worldwide",
                           "Netherlands", "South Korea", "Korea, Republic of", "Türkiye",
                           "Côte d'Ivoire", "Trinidad and Tobago", "Saint Lucia"})
    EXPECT_TRUE(is_country(text)) << text;
  for (const char* text : {"Polska", "Ruritania", "", "P", "Poland2"})
    EXPECT_FALSE(is_country(text)) << text;
  EXPECT_TRUE(is_language("pl") && is_language("en") && is_language("hu"));
  EXPECT_FALSE(is_language("PL") || is_language("xx") || is_language("pol"));
  EXPECT_TRUE(is_currency("PLN") && is_currency("HUF"));
  EXPECT_FALSE(is_currency("pln") || is_currency("ZZZ") || is_currency("€"));
}

TEST(PabulibCheckText, LooksOfText) {
  EXPECT_EQ(label_key("  Zielony   ŁAZARZ "), label_key("zielony lazarz"));
  EXPECT_NE(label_key("Парк"), label_key("Сад"));
  EXPECT_EQ(look_alike_skeleton("pаrk"), look_alike_skeleton("park"));  // the first а is Cyrillic
  EXPECT_TRUE(mixes_alphabets("pаrk"));
  EXPECT_FALSE(mixes_alphabets("парк-7"));
  EXPECT_EQ(find_hidden_character("👩‍👧 ok"), std::string_view::npos);
  EXPECT_EQ(find_hidden_character("a\u202Eb"), 1U);
  EXPECT_EQ(trimmed_unicode("\u2003 a b\u00A0"), "a b");
  EXPECT_EQ(trimmed_unicode(" \u3000"), "");
}

TEST(PabulibCheckVoterIds, RepeatsAreFoundExactly) {
  VoterIds ids;
  for (std::uint64_t i = 0; i < 200'000; ++i)
    ASSERT_EQ(ids.insert(std::to_string(i * 7), i), std::nullopt);
  for (std::uint64_t i = 0; i < 200'000; i += 997)
    EXPECT_EQ(ids.insert(std::to_string(i * 7), 1), std::optional(i));
  EXPECT_EQ(ids.insert("", 5), std::nullopt);
  EXPECT_EQ(ids.insert("", 6), std::optional<std::uint64_t>(5));
}

}  // namespace
}  // namespace urna::count::pabulib::check
