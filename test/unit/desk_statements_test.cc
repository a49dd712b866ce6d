// SPDX-License-Identifier: EUPL-1.2
// What two officials sign at the desk: the statement says what the entries say, and what the board
// would refuse is refused before anybody signs.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <span>

#include "base/bytes.h"
#include "desk/statements.h"
#include "test/unit/election_sample.h"

namespace urna::desk {
namespace {

namespace json = boost::json;
using namespace election::sample;
using election::Phase;

class Statements : public testing::Test {
 protected:
  Statements() {
    snapshot.manifest = std::make_shared<const election::Manifest>(edition.manifest);
    snapshot.edition = edition.hash;
    snapshot.phase = Phase::voting;
    snapshot.opened = opening_time;
    term.opened = opening_time;
    term.closes = closing_time;
  }
  [[nodiscard]] Result<Statement> make(const Wish& wish) const {
    return statement_of(now, "proposal", snapshot, term, wish);
  }
  static Wish extending() {
    Wish wish;
    wish.action = action_extend;
    wish.closes = closing_time + 86'400;
    wish.reason_pl = "Awaria";
    wish.reason_en = "A failure";
    return wish;
  }
  static Wish annulling() {
    Wish wish;
    wish.action = action_annul;
    wish.reason = "stolen-identity";
    wish.grounds = "Zgłoszenie";
    wish.ballots = {{{12}, {}, {0}}, {{15}, {}, {1}}};
    return wish;
  }
  // The field of the refusal.
  std::string refused(const Wish& wish) const {
    const Result<Statement> made = make(wish);
    if (made) return "accepted";
    EXPECT_FALSE(made.error().remedy.empty());
    return made.error().place.field;
  }

  Edition edition{{pool("north", 5, approval(1, 3)), pool("south", 4, approval(1, 1, true))}};
  Snapshot snapshot;
  election::VotingTerm term;
  std::uint64_t now = closing_time - 60;
};

TEST_F(Statements, AnExtensionSaysWhatItsEntrySays) {
  const Result<Statement> made = make(extending());
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(made->sign_before, closing_time);
  ASSERT_EQ(made->entries.size(), 1U);
  const auto entry = election::decode_entry(made->entries[0]);
  ASSERT_TRUE(entry);
  const auto& extension = std::get<election::Extension>(*entry);
  EXPECT_EQ(extension.time, now);
  EXPECT_EQ(extension.replaces, closing_time);
  const json::object text = json::parse(made->text).as_object();
  EXPECT_EQ(text.at("reason_pl").as_string(), extension.reason_pl);
  EXPECT_EQ(text.at("body").as_string(), to_hex(signed_body(extension)));
  EXPECT_EQ(transcripts_of(made->text, made->entries, edition.hash)->size(), 1U);
  EXPECT_TRUE(is_repeatable(action_extend));
  EXPECT_FALSE(is_repeatable(action_close));
}

TEST_F(Statements, ExtensionsThatTheBoardWouldRefuse) {
  Wish wish = extending();
  wish.closes = closing_time;
  EXPECT_EQ(refused(wish), "closes");
  wish.closes = closing_time + 32 * 86'400;
  EXPECT_EQ(refused(wish), "closes");
  wish = extending();
  wish.reason_pl.clear();
  EXPECT_EQ(refused(wish), "reason_pl");
  wish = extending();
  wish.reason_en.assign(1025, 'x');
  EXPECT_EQ(refused(wish), "reason_en");
  now = closing_time;
  EXPECT_EQ(refused(extending()), "closes");
  now = closing_time - 60;
  term.extensions = election::extensions_max;
  EXPECT_EQ(refused(extending()), "closes");
  snapshot.phase = Phase::issuance;
  EXPECT_FALSE(make(extending()));
}

TEST_F(Statements, AnnulmentsAreAnEntryForEachBallotAndPublishNoGrounds) {
  const Result<Statement> made = make(annulling());
  ASSERT_TRUE(made) << made.error().to_string();
  ASSERT_EQ(made->entries.size(), 2U);
  const json::object text = json::parse(made->text).as_object();
  EXPECT_EQ(text.at("ballots").as_array().size(), 2U);
  EXPECT_EQ(text.at("ballots").at(1).at("pool").as_string(), "south");
  for (std::size_t k = 0; k < 2; ++k) {
    const auto entry = election::decode_entry(made->entries[k]);
    ASSERT_TRUE(entry);
    const auto& annulment = std::get<election::Annulment>(*entry);
    EXPECT_EQ(annulment.reason, "stolen-identity");
    EXPECT_EQ(text.at("bodies").at(k).as_string(), to_hex(signed_body(annulment)));
    EXPECT_EQ(made->entries[k].find("Zg"), std::string::npos);
  }
  EXPECT_EQ(transcripts_of(made->text, made->entries, edition.hash)->size(), 2U);
  EXPECT_EQ(split_entries(join_entries(made->entries)).value(), made->entries);

  // Both sign every entry.
  election::TwoOfficials both = {election::OfficialSignature{{1}, {}},
                                 election::OfficialSignature{{2}, {}}};
  const auto signed_entry = with_signatures(made->entries[0], both);
  ASSERT_TRUE(signed_entry);
  EXPECT_EQ(std::get<election::Annulment>(election::decode_entry(*signed_entry).value()).signatures,
            both);
}

TEST_F(Statements, OneEntryFreezesAllAndOneOfficialSignsIt) {
  Wish wish = annulling();
  wish.action = action_freeze;
  EXPECT_EQ(refused(wish), "case");
  wish.case_reference = "ABCDE-FGHJK";
  std::ranges::reverse(wish.ballots);
  const Result<Statement> made = make(wish);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(signers_of(action_freeze), 1U);
  ASSERT_EQ(made->entries.size(), 1U);
  const auto entry = election::decode_entry(made->entries[0]);
  ASSERT_TRUE(entry) << entry.error().to_string();
  const auto& freeze = std::get<election::Freeze>(*entry);
  EXPECT_EQ(freeze.case_number, "ABCDE-FGHJK");
  ASSERT_EQ(freeze.ballots.size(), 2U);
  EXPECT_EQ(freeze.ballots[0].index.value, 12U);
  const json::object text = json::parse(made->text).as_object();
  EXPECT_EQ(text.at("body").as_string(), to_hex(signed_body(freeze)));
  EXPECT_EQ(text.at("grounds").as_string(), "Zgłoszenie");
  EXPECT_EQ(made->entries[0].find("Zg"), std::string::npos);

  const std::array both = {election::OfficialSignature{{1}, {}},
                           election::OfficialSignature{{2}, {}}};
  EXPECT_FALSE(with_signatures(made->entries[0], both));
  const auto signed_entry = with_signatures(made->entries[0], std::span(both).first(1));
  ASSERT_TRUE(signed_entry);
  EXPECT_EQ(std::get<election::Freeze>(election::decode_entry(*signed_entry).value()).signature,
            both[0]);
  wish.ballots.assign(election::frozen_at_once_max + 1, {});
  EXPECT_EQ(refused(wish), "ballots");
}

TEST_F(Statements, AnUpholdingSaysWhatItEnds) {
  Wish wish = annulling();
  wish.action = action_uphold;
  wish.case_reference = "ABCDE-FGHJK";
  for (const election::Lifted ends : {election::Lifted::freeze, election::Lifted::annulment}) {
    wish.ends = ends;
    const Result<Statement> made = make(wish);
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_EQ(signers_of(action_uphold), 2U);
    ASSERT_EQ(made->entries.size(), 2U);
    const auto entry = election::decode_entry(made->entries[1]);
    ASSERT_TRUE(entry);
    const auto& upholding = std::get<election::Upholding>(*entry);
    EXPECT_EQ(upholding.ends, ends);
    EXPECT_EQ(upholding.case_number, "ABCDE-FGHJK");
    const json::object text = json::parse(made->text).as_object();
    EXPECT_EQ(text.at("bodies").at(1).as_string(), to_hex(signed_body(upholding)));
    EXPECT_EQ(text.at("ends").as_string(),
              ends == election::Lifted::freeze ? "freeze" : "annulment");
    EXPECT_FALSE(with_signatures(made->entries[0], {}));
  }
  wish.case_reference = "k-2026-7";
  EXPECT_EQ(refused(wish), "case");
  // Two officials cannot hear an appeal against themselves.
  wish.case_reference = "ABCDE-FGHJK";
  edition.manifest.officials.resize(2);
  snapshot.manifest = std::make_shared<const election::Manifest>(edition.manifest);
  EXPECT_EQ(refused(wish), "ends");
  wish.ends = election::Lifted::freeze;
  EXPECT_TRUE(make(wish));
}

TEST_F(Statements, AnnulmentsThatAreNotInOrder) {
  Wish wish = annulling();
  wish.reason = "Bo tak";
  EXPECT_EQ(refused(wish), "reason");
  wish = annulling();
  wish.grounds.clear();
  EXPECT_EQ(refused(wish), "grounds");
  wish = annulling();
  wish.case_reference = "K 7/2026";
  EXPECT_EQ(refused(wish), "case");
  wish.case_reference = "ABCDE-FGHJK";
  EXPECT_TRUE(make(wish));
  wish = annulling();
  wish.ballots.clear();
  EXPECT_EQ(refused(wish), "ballots");
  wish.ballots.assign(decisions_at_once_max + 1, {});
  EXPECT_EQ(refused(wish), "ballots");
  snapshot.phase = Phase::annulments;
  EXPECT_TRUE(make(annulling()));
  snapshot.phase = Phase::counted;
  EXPECT_FALSE(make(annulling()));
  wish = annulling();
  wish.action = "destroy";
  EXPECT_EQ(refused(wish), "action");
}

}  // namespace
}  // namespace urna::desk
