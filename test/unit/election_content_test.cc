// SPDX-License-Identifier: EUPL-1.2
// A ballot's content: layouts, bits, embedding, and every reason for which a plaintext is invalid.
#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

#include "election/ballot_content.h"
#include "election/embedding.h"
#include "election/plaintext.h"
#include "test/unit/election_sample.h"

namespace urna::election {
namespace {

using namespace sample;

BallotLayout layout(const BallotRule& rule, std::size_t projects) {
  return layout_of(rule, projects).value();
}

TEST(Layout, OfTheSectionsExamples) {
  const BallotLayout warsaw = layout(approval(1, 15), 150);
  EXPECT_EQ(warsaw.layout, Layout::list);
  EXPECT_EQ(warsaw.content_bits, 120U);
  EXPECT_EQ(warsaw.width, 1U);
  const BallotLayout czestochowa = layout(points(10, {1, 10, 0, 10}), 128);
  EXPECT_EQ(czestochowa.layout, Layout::pairs);
  EXPECT_EQ(czestochowa.content_bits, 120U);
  EXPECT_EQ(czestochowa.width, 1U);
  const BallotLayout ranked = layout(ranking(1, 20), 20);
  EXPECT_EQ(ranked.layout, Layout::list);
  EXPECT_EQ(ranked.content_bits, 100U);
  EXPECT_EQ(ranked.width, 1U);
  const BallotLayout mask = layout(approval(1, 232), 232);
  EXPECT_EQ(mask.layout, Layout::mask);
  EXPECT_EQ(mask.content_bits, 232U);
  EXPECT_EQ(mask.width, 1U);
  EXPECT_EQ(layout(approval(1, 233), 233).width, 2U);
  // A tie goes to the upper line of the table: 8 bits either way.
  EXPECT_EQ(layout(approval(1, 2), 8).layout, Layout::mask);
  // Three projects of two bits each, against two places of 2 + 1 bits.
  EXPECT_EQ(layout(points(1, {1, 3, 0, 3}), 3).layout, Layout::pairs);
  EXPECT_EQ(layout(points(2, {1, 1, 0, 3}), 6).layout, Layout::vector);
}

TEST(Layout, WidthHasALimit) {
  EXPECT_EQ(layout(approval(1, 14'848), 14'848).width, 64U);
  const auto wider = layout_of(approval(1, 14'849), 14'849);
  ASSERT_FALSE(wider);
  EXPECT_EQ(wider.error().code, ErrorCode::limit);
}

TEST(Layout, RulesThatContradictThemselves) {
  EXPECT_FALSE(layout_of(approval(0, 1), 5));
  EXPECT_FALSE(layout_of(approval(3, 2), 5));
  EXPECT_FALSE(layout_of(approval(1, 6), 5));
  EXPECT_FALSE(layout_of(points(1, {0, 1, 0, 1}), 5));
  EXPECT_FALSE(layout_of(points(1, {2, 1, 0, 1}), 5));
  EXPECT_FALSE(layout_of(points(1, {1, 1'000'001, 0, 1}), 5));
  EXPECT_FALSE(layout_of(points(1, {1, 1, 2, 1}), 5));
  EXPECT_FALSE(layout_of(points(1, {1, 1, 0, 1'000'000'001}), 5));
  BallotRule rule = approval(1, 2);
  rule.form = BallotForm::points;
  EXPECT_FALSE(layout_of(rule, 5));
}

BallotTerms terms_of_rule(const BallotRule& rule, std::size_t projects) {
  std::vector<Money> costs;
  for (std::size_t i = 1; i <= projects; ++i) costs.push_back({static_cast<std::int64_t>(100 * i)});
  return BallotTerms::of(rule, costs).value();
}

// Every content of the form over few projects, valid or not.
std::vector<BallotContent> all_contents(const BallotTerms& terms) {
  const std::size_t projects = terms.costs.size();
  std::vector<BallotContent> contents;
  const std::uint32_t most = terms.rule.points ? terms.rule.points->each_most : 1;
  std::vector<std::uint32_t> given(projects, 0);
  for (;;) {
    BallotContent content;
    for (std::size_t i = 0; i < projects; ++i) {
      if (given[i] == 0) continue;
      content.projects.push_back({static_cast<std::uint16_t>(i + 1)});
      if (terms.rule.points) content.points.push_back(given[i]);
    }
    do {
      contents.push_back(content);
    } while (terms.rule.form == BallotForm::ranking &&
             std::next_permutation(content.projects.begin(), content.projects.end()));
    std::size_t i = 0;
    while (i < projects && ++given[i] > most) given[i++] = 0;
    if (i == projects) return contents;
  }
}

TEST(Packing, EveryContentOfSmallPoolsComesBack) {
  std::size_t contents = 0;
  for (std::size_t projects = 1; projects <= 5; ++projects) {
    for (std::uint16_t most = 1; most <= projects; ++most) {
      for (const BallotRule& rule :
           {approval(1, most, true), ranking(1, most), points(most, {1, 1, 0, 2}, true),
            points(most, {1, 3, 0, 9}, true)}) {
        const BallotTerms terms = terms_of_rule(rule, projects);
        std::set<std::string> seen;
        for (const BallotContent& content : all_contents(terms)) {
          const bool dense =
              terms.layout.layout == Layout::mask || terms.layout.layout == Layout::vector;
          const Result<std::string> packed = pack_ballot(terms, content);
          ASSERT_EQ(packed.ok(), dense || content.projects.size() <= most);
          if (!packed) continue;
          ASSERT_EQ(packed->size(), 29 * terms.layout.width);
          ASSERT_TRUE(seen.insert(*packed).second);
          const ContentReading reading = unpack_ballot(terms, *packed);
          ASSERT_EQ(std::get<BallotContent>(reading), content);
          ++contents;
        }
      }
    }
  }
  EXPECT_GT(contents, 5'000U);
}

// Whatever bytes are read as a content pack to the same bytes: one encoding for each content.
TEST(Packing, EveryBitStringOfSmallPoolsIsOneContentOrInvalid) {
  for (const auto& [rule, projects] : {std::pair{approval(1, 1, true), 7},
                                       {approval(1, 2, true), 3},
                                       {approval(1, 3), 20},
                                       {ranking(1, 3), 5},
                                       {points(2, {1, 5, 0, 9}, true), 4},
                                       {points(1, {1, 5, 0, 9}), 9}}) {
    const BallotTerms terms = terms_of_rule(rule, static_cast<std::size_t>(projects));
    ASSERT_LE(terms.layout.content_bits, 16U);
    std::size_t read = 0;
    std::set<BallotContent, bool (*)(const BallotContent&, const BallotContent&)> contents(
        [](const BallotContent& a, const BallotContent& b) {
          return std::tie(a.projects, a.points) < std::tie(b.projects, b.points);
        });
    for (std::uint32_t bits = 0; bits < 1U << terms.layout.content_bits; ++bits) {
      std::string bytes(29, '\0');
      const std::uint32_t shifted = bits << (32 - terms.layout.content_bits);
      for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(shifted >> (24 - 8 * i));
      const ContentReading reading = unpack_ballot(terms, bytes);
      if (const auto* reason = std::get_if<InvalidReason>(&reading)) {
        EXPECT_TRUE(*reason == InvalidReason::project || *reason == InvalidReason::order);
        continue;
      }
      const BallotContent& content = std::get<BallotContent>(reading);
      EXPECT_TRUE(contents.insert(content).second);
      EXPECT_EQ(pack_ballot(terms, content).value(), bytes);
      ++read;
    }
    EXPECT_GT(read, 1U);
  }
}

TEST(Packing, BitsByHand) {
  // Approval, list of three numbers of five bits: 3, 17, 20.
  const BallotTerms list = terms_of_rule(approval(1, 3), 20);
  ASSERT_EQ(list.layout.layout, Layout::list);
  const std::string packed = pack_ballot(list, named({3, 17, 20})).value();
  EXPECT_EQ(to_hex(packed.substr(0, 3)), "1c6800");  // 00011 10001 10100
  // A mask: project 1 is the leftmost bit.
  const BallotTerms mask = terms_of_rule(approval(1, 4), 9);
  EXPECT_EQ(to_hex(pack_ballot(mask, named({1, 9})).value().substr(0, 2)), "8080");
  // Pairs: 4 bits of number, 2 of points.
  const BallotTerms pairs = terms_of_rule(points(2, {1, 3, 0, 6}), 9);
  ASSERT_EQ(pairs.layout.layout, Layout::pairs);
  EXPECT_EQ(to_hex(pack_ballot(pairs, given({{9, 3}})).value().substr(0, 2)), "9c00");
}

TEST(Packing, WhatALayoutCannotExpress) {
  const BallotTerms list = terms_of_rule(approval(1, 3), 20);
  EXPECT_FALSE(pack_ballot(list, named({2, 1})));
  EXPECT_FALSE(pack_ballot(list, named({1, 1})));
  EXPECT_FALSE(pack_ballot(list, named({0})));
  EXPECT_FALSE(pack_ballot(list, named({21})));
  EXPECT_FALSE(pack_ballot(list, named({1, 2, 3, 4})));
  EXPECT_FALSE(pack_ballot(list, given({{1, 1}})));
  const BallotTerms pairs = terms_of_rule(points(2, {1, 3, 0, 6}), 9);
  EXPECT_FALSE(pack_ballot(pairs, given({{1, 4}})));
  EXPECT_FALSE(pack_ballot(pairs, given({{1, 0}})));
  EXPECT_FALSE(pack_ballot(pairs, named({1})));
}

// ---- Embedding

TEST(Embedding, RoundTripAndTheSmallestCounter) {
  std::mt19937_64 random(1);
  unsigned most = 0;
  double attempts = 0;
  constexpr int rounds = 2000;
  for (int i = 0; i < rounds; ++i) {
    ElementData data{};
    for (std::uint8_t& octet : data) octet = static_cast<std::uint8_t>(random());
    const Result<group::Element> element = embed(data);
    ASSERT_TRUE(element);
    const group::ElementBytes encoding = element->encode();
    ASSERT_EQ(std::get<ElementData>(extract(encoding)), data);
    const unsigned k = (encoding[0] | unsigned{encoding[1]} << 8U) / 2;
    most = std::max(most, k);
    attempts += k;
    // No smaller one is an element; any greater one is refused for its counter.
    for (unsigned other = 1; other <= 40; ++other) {
      group::ElementBytes candidate = encoding;
      candidate[0] = static_cast<std::uint8_t>(2 * other);
      candidate[1] = 0;
      const bool decodes = group::Element::decode(candidate).ok();
      if (other < k) {
        ASSERT_FALSE(decodes);
      } else if (other > k && decodes) {
        ASSERT_EQ(std::get<InvalidReason>(extract(candidate)), InvalidReason::counter);
      }
    }
  }
  EXPECT_NEAR(attempts / rounds, 4, 0.4);
  EXPECT_LT(most, 100U);
}

TEST(Embedding, ZerosAreAnElementToo) {
  const Result<group::Element> element = embed({});
  ASSERT_TRUE(element);
  EXPECT_FALSE(element->is_identity());
}

TEST(Embedding, OtherElementsAreRefused) {
  EXPECT_EQ(std::get<InvalidReason>(extract({})), InvalidReason::encoding);  // the identity
  std::mt19937_64 random(2);
  std::size_t refused = 0;
  for (int i = 0; i < 200; ++i) {
    const auto reading = extract(group::mul_base(group::SecretScalar::random()).encode());
    if (std::holds_alternative<InvalidReason>(reading)) ++refused;
  }
  EXPECT_EQ(refused, 200U);
  group::ElementBytes bytes{};
  bytes[1] = 2;  // k = 256
  EXPECT_EQ(std::get<InvalidReason>(extract(bytes)), InvalidReason::encoding);
  bytes = {};
  bytes[0] = 2;
  bytes[31] = 1;
  EXPECT_EQ(std::get<InvalidReason>(extract(bytes)), InvalidReason::encoding);
  bytes = {};
  bytes[0] = 3;
  EXPECT_EQ(std::get<InvalidReason>(extract(bytes)), InvalidReason::encoding);
}

// ---- Plaintexts: the reasons in their order

// The elements of a ballot with these bytes.
std::string elements(std::string_view bytes) {
  std::string packed;
  for (std::size_t i = 0; i < bytes.size(); i += 29)
    packed += view_of(embed(array_of<29>(bytes.substr(i, 29))).value().encode());
  return packed;
}

// Bits as text of 0 and 1, spaces ignored, filled up with zeros.
std::string bytes_of_bits(std::string_view bits, std::size_t size = 29) {
  std::string bytes(size, '\0');
  std::size_t at = 0;
  for (const char c : bits) {
    if (c == ' ') continue;
    if (c == '1') bytes[at / 8] = static_cast<char>(bytes[at / 8] | 1 << (7 - at % 8));
    ++at;
  }
  return bytes;
}

std::string reading(const BallotTerms& terms, std::string_view bits) {
  const ContentReading read =
      read_plaintext(terms, elements(bytes_of_bits(bits, terms.layout.bytes())));
  if (const auto* reason = std::get_if<InvalidReason>(&read)) return std::string(name_of(*reason));
  std::string text = "valid";
  const auto& content = std::get<BallotContent>(read);
  for (std::size_t i = 0; i < content.projects.size(); ++i) {
    text += ' ' + std::to_string(content.projects[i].value);
    if (!content.points.empty()) text += ':' + std::to_string(content.points[i]);
  }
  return text;
}

TEST(Plaintext, ApprovalList) {
  BallotRule rule = approval(2, 3);
  rule.knapsack = Money{3000};
  const BallotTerms terms = terms_of_rule(rule, 20);  // three times five bits
  EXPECT_EQ(reading(terms, "00001 00010 00011"), "valid 1 2 3");
  EXPECT_EQ(reading(terms, "00001 00010 00000"), "valid 1 2");
  EXPECT_EQ(reading(terms, "00001 00010 00011 1"), "padding");
  EXPECT_EQ(reading(terms, "10101 00010 00011 1"), "padding");  // before project
  EXPECT_EQ(reading(terms, "10101 00000 00000"), "project");
  EXPECT_EQ(reading(terms, "00010 00001 11111"), "project");  // before order
  EXPECT_EQ(reading(terms, "00010 00001 00000"), "order");
  EXPECT_EQ(reading(terms, "00010 00010 00000"), "order");
  EXPECT_EQ(reading(terms, "00010 00000 00011"), "order");
  EXPECT_EQ(reading(terms, "00000 00010 00011"), "order");
  EXPECT_EQ(reading(terms, "00000 00000 00000"), "blank");
  EXPECT_EQ(reading(terms, "10100 00000 00000"), "length");
  EXPECT_EQ(reading(terms, "01010 10100 00000"), "valid 10 20");  // exactly the knapsack
  EXPECT_EQ(reading(terms, "01011 10100 00000"), "cost");
}

TEST(Plaintext, BlankWhereValidIsNotTestedFurther) {
  const BallotTerms terms = terms_of_rule(approval(2, 3, true), 20);
  EXPECT_EQ(reading(terms, ""), "valid");
  const BallotTerms pointed = terms_of_rule(points(2, {1, 5, 3, 9}, true), 9);
  EXPECT_EQ(reading(pointed, ""), "valid");
}

TEST(Plaintext, Mask) {
  const BallotTerms terms = terms_of_rule(approval(2, 4), 9);
  EXPECT_EQ(reading(terms, "110000000"), "valid 1 2");
  EXPECT_EQ(reading(terms, "1100000001"), "padding");
  EXPECT_EQ(reading(terms, "100000000"), "length");
  EXPECT_EQ(reading(terms, "111110000"), "length");
  EXPECT_EQ(reading(terms, "000000000"), "blank");
}

TEST(Plaintext, Ranking) {
  const BallotTerms terms = terms_of_rule(ranking(1, 3), 6);
  EXPECT_EQ(reading(terms, "110 001 010"), "valid 6 1 2");
  EXPECT_EQ(reading(terms, "110 001 110"), "order");
  EXPECT_EQ(reading(terms, "110 000 001"), "order");
  EXPECT_EQ(reading(terms, "111 000 000"), "project");
  EXPECT_EQ(reading(terms, "110 001 010 1"), "padding");
}

TEST(Plaintext, Vector) {
  // Up to 5 points each: three bits; 2 to 3 projects of 4; sum 4 to 9.
  const BallotTerms terms = terms_of_rule(
      [] {
        BallotRule rule = points(3, {2, 5, 5, 9});
        rule.fewest = 2;
        return rule;
      }(),
      4);
  ASSERT_EQ(terms.layout.layout, Layout::vector);
  EXPECT_EQ(reading(terms, "010 011 000 000"), "valid 1:2 2:3");
  EXPECT_EQ(reading(terms, "010 011 000 000 1"), "padding");
  EXPECT_EQ(reading(terms, "111 000 000 000"), "length");  // before points
  EXPECT_EQ(reading(terms, "010 010 010 010"), "length");
  EXPECT_EQ(reading(terms, "110 011 000 000"), "points");
  EXPECT_EQ(reading(terms, "001 010 000 000"), "points");  // before sum
  EXPECT_EQ(reading(terms, "010 010 000 000"), "sum");
  EXPECT_EQ(reading(terms, "101 101 000 000"), "sum");
  EXPECT_EQ(reading(terms, ""), "blank");
}

TEST(Plaintext, Pairs) {
  BallotRule rule = points(2, {1, 5, 2, 8});
  rule.knapsack = Money{1000};
  const BallotTerms terms = terms_of_rule(rule, 9);  // four bits and three bits, twice
  ASSERT_EQ(terms.layout.layout, Layout::pairs);
  EXPECT_EQ(reading(terms, "0001 011 0010 001"), "valid 1:3 2:1");
  EXPECT_EQ(reading(terms, "0001 011 0000 000"), "valid 1:3");
  EXPECT_EQ(reading(terms, "1010 011 0000 000"), "project");
  EXPECT_EQ(reading(terms, "0001 011 0000 001"), "project");  // points without a project
  EXPECT_EQ(reading(terms, "0001 000 0000 000"), "order");    // a project without points
  EXPECT_EQ(reading(terms, "0010 001 0001 001"), "order");
  EXPECT_EQ(reading(terms, "0001 001 0001 001"), "order");
  EXPECT_EQ(reading(terms, "0000 000 0001 011"), "order");
  EXPECT_EQ(reading(terms, "0001 110 0000 000"), "points");
  EXPECT_EQ(reading(terms, "0001 001 0000 000"), "sum");
  EXPECT_EQ(reading(terms, "0001 101 0010 100"), "sum");
  EXPECT_EQ(reading(terms, "0010 001 1001 001"), "cost");
  EXPECT_EQ(reading(terms, "0001 001 1001 001"), "valid 1:1 9:1");
}

TEST(Plaintext, EncodingAndCounterComeFirst) {
  const BallotTerms terms = terms_of_rule(ranking(1, 60), 100);
  ASSERT_EQ(terms.layout.width, 2U);
  const std::string good = elements(std::string(58, '\xFF'));  // project 127: invalid later
  EXPECT_EQ(std::get<InvalidReason>(read_plaintext(terms, good)), InvalidReason::padding);
  const std::string alien(view_of(group::Element::generator().encode()));
  EXPECT_EQ(std::get<InvalidReason>(read_plaintext(terms, good.substr(0, 32) + alien)),
            InvalidReason::encoding);
  // A greater counter for the same data.
  group::ElementBytes counter = array_of<32>(good.substr(0, 32));
  do {
    counter[0] = static_cast<std::uint8_t>(counter[0] + 2);
  } while (!group::Element::decode(counter));
  EXPECT_EQ(std::get<InvalidReason>(
                read_plaintext(terms, std::string(view_of(counter)) + good.substr(32))),
            InvalidReason::counter);
  // The first element's reason before the second's, whatever it is.
  EXPECT_EQ(std::get<InvalidReason>(read_plaintext(terms, std::string(view_of(counter)) + alien)),
            InvalidReason::counter);
  EXPECT_EQ(std::get<InvalidReason>(read_plaintext(terms, alien + std::string(view_of(counter)))),
            InvalidReason::encoding);
}

TEST(Content, EveryContentIsReadAsItWasChecked) {
  for (const BallotRule& rule : {approval(2, 3), ranking(2, 3), points(3, {1, 2, 2, 4})}) {
    BallotRule with_knapsack = rule;
    with_knapsack.knapsack = Money{800};
    const BallotTerms terms = terms_of_rule(with_knapsack, 5);
    std::set<std::string> outcomes;
    for (const BallotContent& content : all_contents(terms)) {
      const Result<std::string> packed = pack_ballot(terms, content);
      if (!packed) continue;
      const auto reason = check_content(terms, content);
      const ContentReading read = read_plaintext(terms, elements(*packed));
      if (reason) {
        EXPECT_EQ(std::get<InvalidReason>(read), *reason);
        outcomes.insert(std::string(name_of(*reason)));
      } else {
        EXPECT_EQ(std::get<BallotContent>(read), content);
        outcomes.insert("valid");
      }
    }
    EXPECT_GE(outcomes.size(), 4U);
  }
}

TEST(Content, ReasonsHaveNamesAndMeanings) {
  std::set<std::string_view> names;
  for (std::uint8_t code = 1; code <= invalid_reasons; ++code) {
    names.insert(name_of(InvalidReason{code}));
    EXPECT_FALSE(meaning_of(InvalidReason{code}).empty());
  }
  EXPECT_EQ(names.size(), invalid_reasons);
}

}  // namespace
}  // namespace urna::election
