// SPDX-License-Identifier: EUPL-1.2
// Cards of paper: drawn and committed to, typed by two people, judged one by one, compared.
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <set>

#include "base/bytes.h"
#include "cards/card_file.h"
#include "cards/typed.h"
#include "test/unit/election_sample.h"

namespace urna::cards {
namespace {

using election::BatchNumber;
using election::PointNumber;
using election::PoolNumber;
namespace sample = election::sample;

constexpr std::string_view plan =
    R"({"batch": 4, "points": [{"name": "Urząd", "cards": {"north": 6, "south": 3}},
                               {"name": "Biblioteka", "cards": {"north": 2}}]})";

class Cards : public testing::Test {
 protected:
  Cards() : cards(draw_cards(plan).value()) {
    election::PaperVoting paper{cards.points, {}};
    for (const Batch& batch : cards.batches) {
      paper.batches.push_back(
          {PointNumber{static_cast<std::uint16_t>(batch.point == "Urząd" ? 0 : 1)},
           PoolNumber{static_cast<std::uint16_t>(batch.pool == "north" ? 0 : 1)},
           static_cast<std::uint32_t>(batch.serials.size()),
           election::root_of_cards(batch.serials)});
    }
    edition.manifest.paper = paper;
  }
  [[nodiscard]] std::string serial(std::size_t batch, std::size_t card) const {
    return election::to_text(cards.batches[batch].serials[card]);
  }
  [[nodiscard]] std::vector<JudgedCard> judged(const std::string& text) const {
    const auto typed = read_typed(text);
    EXPECT_TRUE(typed.ok()) << typed.error().to_string();
    return typed ? judge(*typed, cards, edition.manifest) : std::vector<JudgedCard>();
  }

  sample::Edition edition{{sample::pool("north", 5, sample::approval(1, 2)),
                           sample::pool("south", 4, sample::points(2, {1, 3, 1, 4}, true))}};
  CardFile cards;
};

TEST_F(Cards, AreDrawnInBatchesAndCommittedTo) {
  ASSERT_EQ(cards.batches.size(), 4U);
  EXPECT_EQ(cards.batches[0].serials.size(), 4U);
  EXPECT_EQ(cards.batches[1].serials.size(), 2U);
  EXPECT_EQ(cards.batches[2].pool, "south");
  EXPECT_EQ(cards.batches[3].point, "Biblioteka");
  std::set<election::CardSerial> all;
  for (const Batch& batch : cards.batches) all.insert(batch.serials.begin(), batch.serials.end());
  EXPECT_EQ(all.size(), 11U);

  const boost::json::value told = boost::json::parse(commitments_json(cards));
  EXPECT_EQ(told.at("points").as_array().size(), 2U);
  for (std::size_t b = 0; b < cards.batches.size(); ++b) {
    EXPECT_EQ(told.at("batches").at(b).at("root").as_string(),
              to_hex(view_of(election::root_of_cards(cards.batches[b].serials))));
    // The commitments tell no serial number.
    for (const election::CardSerial& one : cards.batches[b].serials) {
      EXPECT_EQ(commitments_json(cards).find(to_hex(view_of(one))), std::string::npos);
      EXPECT_EQ(commitments_json(cards).find(election::to_text(one)), std::string::npos);
    }
  }
  EXPECT_TRUE(check(edition.manifest));
  EXPECT_TRUE(check_cards(cards, edition.manifest));
  EXPECT_FALSE(check_cards(draw_cards(plan).value(), edition.manifest));
  EXPECT_FALSE(check_cards(cards, election::Manifest()));

  const SecretBytes bytes = encode(cards);
  EXPECT_EQ(decode_cards(bytes.view()).value(), cards);
  EXPECT_FALSE(decode_cards(std::string(bytes.view()) + "x"));
  EXPECT_FALSE(decode_cards(bytes.view().substr(1)));
}

TEST_F(Cards, APlanSaysWhatItMeans) {
  for (const char* wrong :
       {"", "[]", "{}", R"({"points": []})", R"({"points": [{"name": "a"}]})",
        R"({"points": [{"name": "a", "cards": {}}]})",
        R"({"points": [{"name": "a", "cards": {"p": 0}}]})",
        R"({"points": [{"name": "a", "cards": {"p": -3}}]})",
        R"({"points": [{"name": "a", "cards": {"p": "3"}}]})",
        R"({"points": [{"name": "", "cards": {"p": 3}}]})",
        R"({"points": [{"name": "a", "cards": {"p": 3}}, {"name": "a", "cards": {"p": 3}}]})",
        R"({"points": [{"name": "a", "cards": {"p": 3}}], "batch": 0})",
        R"({"points": [{"name": "a", "cards": {"p": 3}}], "batch": 1001})",
        R"({"points": [{"name": "a", "cards": {"p": 3}}], "more": 1})"})
    EXPECT_FALSE(draw_cards(wrong)) << wrong;
  // What an edition cannot have would be drawn, printed, and never read again.
  const auto with_pool = [](const std::string& pool) {
    return R"({"points": [{"name": "a", "cards": {")" + pool + R"(": 3}}]})";
  };
  EXPECT_TRUE(draw_cards(with_pool(std::string(64, 'p'))));
  EXPECT_FALSE(draw_cards(with_pool(std::string(65, 'p'))));
  EXPECT_FALSE(draw_cards(with_pool("")));
  const auto with_points = [](std::size_t number) {
    std::string text = R"({"batch": 1000, "points": [)";
    for (std::size_t i = 0; i < number; ++i) {
      text += i == 0 ? "" : ",";
      text += R"({"name": ")" + std::to_string(i) + R"(", "cards": {"p": 1}})";
    }
    return text + "]}";
  };
  EXPECT_TRUE(decode_cards(encode(draw_cards(with_points(election::points_max)).value()).view()));
  EXPECT_EQ(draw_cards(with_points(election::points_max + 1)).error().code, ErrorCode::limit);
  EXPECT_EQ(
      draw_cards(R"({"points": [{"name": "a", "cards": {"p": 250}}]})").value().batches.size(), 3U);
}

TEST_F(Cards, EachPaperIsJudged) {
  const std::string text = "batch;card;serial;vote;points\n# box of the office\n\n1;1;" +
                           serial(0, 2) + ";A2, A1;\r\n" +     //
                           "1;2;" + serial(0, 2) + ";A3;\n" +  // a photocopy
                           "1;3;" + serial(0, 0) + ";unreadable\n" + "1;4;" + serial(0, 1) +
                           ";A1,A2,A3\n" +                           // one too many
                           "1;5;AAAA-AAAA-AAAA-AAAA;A1\n" +          // invented
                           "1;6;scribble;A1\n" +                     //
                           "1;7;" + serial(3, 0) + ";A1\n" +         // of the library
                           "1;8;" + serial(0, 3) + ";\n" +           // blank, which is not valid
                           "3;1;" + serial(2, 0) + ";A4,A1;3,1\n" +  //
                           "3;2;" + serial(2, 1) + ";A4,A1;3\n" +    // a number is missing
                           "3;3;" + serial(2, 2) + ";;\n" +          // blank, which is valid
                           "9;1;" + serial(0, 3) + ";A1\n";          // of no batch
  const std::vector<JudgedCard> all = judged(text);
  const std::vector<Fate> fates = {Fate::vote,
                                   Fate::used_before,
                                   Fate::unreadable,
                                   Fate::against_rule,
                                   Fate::never_issued,
                                   Fate::never_issued,
                                   Fate::of_another_batch,
                                   Fate::against_rule,
                                   Fate::vote,
                                   Fate::against_rule,
                                   Fate::vote,
                                   Fate::never_issued};
  ASSERT_EQ(all.size(), fates.size());
  for (std::size_t i = 0; i < fates.size(); ++i) {
    EXPECT_EQ(name_of(all[i].fate), name_of(fates[i])) << i;
    EXPECT_EQ(all[i].why.empty(), fates[i] == Fate::vote) << i;
  }
  EXPECT_EQ(all[0].content, sample::named({1, 2})) << "ascending, as on the page";
  EXPECT_EQ(all[8].content, sample::given({{1, 1}, {4, 3}}));
  EXPECT_NE(all[6].why.find("Biblioteka"), std::string::npos) << "a card leads to its point";

  const auto found = found_of(all, cards, edition.manifest);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)[0].used, (std::vector<bool>{true, true, true, true}));
  EXPECT_EQ((*found)[0].contents.size(), 1U);
  EXPECT_EQ((*found)[0].unfit, (std::array<std::uint64_t, 2>{1, 2}));
  EXPECT_EQ((*found)[0].refused, (std::array<std::uint64_t, 3>{2, 1, 1}));
  EXPECT_EQ((*found)[1].used, (std::vector<bool>{false, false}));
  EXPECT_EQ((*found)[2].contents.size(), 2U);
  EXPECT_EQ((*found)[3].refused[0], 1U) << "a batch that there is not is told of at the last one";
}

TEST_F(Cards, FourHundredAndFifteenPhotocopies) {
  std::string text = "1;1;" + serial(0, 0) + ";A1\n";
  for (int k = 2; k <= 416; ++k) text += "1;" + std::to_string(k) + ";" + serial(0, 0) + ";A2\n";
  const auto found = found_of(judged(text), cards, edition.manifest);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)[0].contents.size(), 1U);
  EXPECT_EQ((*found)[0].refused, (std::array<std::uint64_t, 3>{0, 415, 0}));
}

TEST_F(Cards, TwoPeopleAreComparedPaperByPaper) {
  const std::string one = "1;1;" + serial(0, 0) + ";A1,A2\n1;2;" + serial(0, 1) + ";A3\n";
  std::string same = "1;2;" + serial(0, 1) + ";A3\n1;1;" + serial(0, 0) + ";A2,A1\n";
  std::ranges::replace(same, '-', ' ');
  EXPECT_TRUE(compare(judged(one), judged(same)).empty());
  const auto differs = [&](const std::string& other) {
    const std::vector<Difference> differences = compare(judged(one), judged(other));
    return differences.size() == 1 && differences[0].card == 2 ? differences[0].what : "";
  };
  const std::string first = "1;1;" + serial(0, 0) + ";A1,A2\n";
  EXPECT_NE(differs(first), "") << "one has left a paper out";
  EXPECT_NE(differs(first + "1;2;" + serial(0, 1) + ";A4\n"), "");
  EXPECT_NE(differs(first + "1;2;" + serial(0, 2) + ";A3\n"), "");
  EXPECT_NE(differs(first + "1;2;" + serial(0, 1) + ";unreadable\n"), "");
}

TEST_F(Cards, WhatIsNoLineIsRefusedWithItsNumber) {
  for (const char* wrong : {"1;1;AAAA", "1;1;AAAA;A1;;", "0;1;AAAA;A1", "x;1;AAAA;A1", "1;;AAAA;A1",
                            "1;-1;AAAA;A1", "1;1;AAAA;A1;x", "70000;1;AAAA;A1"}) {
    const auto read = read_typed("# first\n" + std::string(wrong) + "\n");
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_EQ(read.error().code, ErrorCode::malformed);
    EXPECT_EQ(read.error().place.line, 2U);
  }
  EXPECT_EQ(read_typed("1;1;AAAA;A1\n1;1;BBBB;A1\n").error().code, ErrorCode::conflict);
  EXPECT_TRUE(read_typed("").value().empty());
}

}  // namespace
}  // namespace urna::cards
