// SPDX-License-Identifier: EUPL-1.2
// Where a case stands by what is known; who may what; the board read for looking.
#include <gtest/gtest.h>

#include "desk/board_view.h"
#include "desk/cases.h"
#include "desk/roles.h"
#include "test/unit/election_sample.h"

namespace urna::desk {
namespace {

using cases::Answer;
using election::Standing;

constexpr std::uint64_t hour = 3600;
constexpr std::uint64_t asked_at = 1'780'000'000 / hour * hour;
constexpr std::uint64_t until = asked_at + 7 * 24 * hour;

class CaseStates : public testing::Test {
 protected:
  CaseStates() {
    for (std::uint8_t k = 1; k <= 3; ++k) {
      cases::CaseVoter voter;
      voter.pseudonym[0] = k;
      voter.node = "v" + std::to_string(k);
      file.voters.push_back(voter);
      voters.push_back({voter, {{{10U + k}, {}, {0}, 2, Standing::untouched, true}}});
    }
    happened(event_received, R"({"version":1})");
  }
  void happened(std::string_view kind, std::string content) {
    events.push_back(
        {"e", "ABCDE-FGHJK", events.size(), std::string(kind), "someone", 1, std::move(content)});
  }
  // A proposal that was carried out, and what it did.
  void carried(std::string_view action, std::vector<std::uint64_t> ballots, Standing standing,
               std::optional<std::uint64_t> appeal = {}) {
    for (CaseVoterView& voter : voters) {
      for (SeenBallot& ballot : voter.ballots) {
        if (std::ranges::find(ballots, ballot.index.value) != ballots.end())
          ballot.standing = standing;
      }
    }
    CaseProposal one;
    one.action = action;
    one.ballots = std::move(ballots);
    one.appeal = appeal;
    one.proposal.row.state = ProposalState::done;
    one.proposal.signatures = {{"p", "anna", "", "", 500}, {"p", "jan", "", "", 700}};
    proposals.push_back(std::move(one));
  }
  [[nodiscard]] CaseStanding standing(std::uint64_t now = asked_at) const {
    return standing_of(file, events, proposals, voters, now);
  }

  cases::CaseFile file;
  std::vector<CaseEventRow> events;
  std::vector<CaseProposal> proposals;
  std::vector<CaseVoterView> voters;
};

TEST_F(CaseStates, FollowTheWayOfACase) {
  EXPECT_EQ(standing().state, CaseState::received);
  carried(action_freeze, {11, 12}, Standing::frozen);
  EXPECT_EQ(standing().state, CaseState::frozen);
  EXPECT_EQ(standing().undecided, (std::vector<std::uint64_t>{11, 12}));
  file.asked = asked_at;
  file.answer_until = until;
  EXPECT_EQ(standing(until - 1).state, CaseState::frozen);
  EXPECT_EQ(standing(until).state, CaseState::heard);
  EXPECT_EQ(standing(until).hearing_ended, until);
  happened(event_opinion, R"({"advice":"uphold","text":"t"})");
  EXPECT_EQ(standing(until).state, CaseState::advised);
  EXPECT_EQ(standing(until).advice, "uphold");
  carried(action_annul, {11}, Standing::annulled);
  EXPECT_EQ(standing(until).state, CaseState::advised) << "one is undecided";
  EXPECT_EQ(standing(until).decided, 0U);
  carried(action_uphold, {12}, Standing::upheld);
  EXPECT_EQ(standing(until).state, CaseState::decided);
  EXPECT_EQ(standing(until).decided, 700U);
  happened(event_appeal, R"({"ballots":[11],"filed":800})");
  EXPECT_EQ(standing(until).state, CaseState::appealed);
  carried(action_uphold, {11}, Standing::restored, 2);
  EXPECT_EQ(standing(until).state, CaseState::decided);
  happened(event_closed, "{}");
  EXPECT_EQ(standing(until).state, CaseState::closed);
}

TEST_F(CaseStates, AnAppealThatIsRefusedIsDecidedToo) {
  carried(action_freeze, {11}, Standing::frozen);
  carried(action_annul, {11}, Standing::annulled);
  happened(event_appeal, R"({"ballots":[11],"filed":800})");
  // A decision from before the appeal, or about another one, does not end it.
  carried(action_keep, {11}, Standing::annulled, 7);
  EXPECT_EQ(standing().state, CaseState::appealed);
  carried(action_keep, {11}, Standing::annulled, 1);
  EXPECT_EQ(standing().state, CaseState::decided);
}

TEST_F(CaseStates, ProposalsThatAreNotCarriedOutChangeNothing) {
  carried(action_freeze, {11}, Standing::untouched);
  for (const ProposalState state : {ProposalState::open, ProposalState::confirmed,
                                    ProposalState::withdrawn, ProposalState::refused}) {
    proposals.back().proposal.row.state = state;
    EXPECT_EQ(standing().state, CaseState::received);
  }
}

TEST_F(CaseStates, HearingIsOverWhenEverybodySpoke) {
  file.asked = asked_at;
  file.answer_until = until;
  file.voters[0].answer = Answer::mine;
  file.voters[0].answered = asked_at + hour;
  file.voters[1].answer = Answer::not_mine;
  file.voters[1].answered = asked_at + 2 * hour;
  file.voters[2].answer = Answer::undelivered;
  EXPECT_FALSE(standing(until - 1).hearing_over)
      << "the question reached nobody: that is no answer";
  file.voters[2].reclaimed = true;
  EXPECT_TRUE(standing(asked_at + 3 * hour).hearing_over);
  EXPECT_EQ(standing(asked_at + 3 * hour).hearing_ended, asked_at + 2 * hour);
}

TEST_F(CaseStates, NobodyAskedIsNobodyHeard) {
  carried(action_freeze, {11}, Standing::frozen);
  EXPECT_FALSE(standing(until * 2).hearing_over);
  EXPECT_EQ(standing(until * 2).state, CaseState::frozen);
}

TEST_F(CaseStates, ANewerFileOpensACaseAgain) {
  happened(event_dismissed, R"({"reason":"no-proof","grounds":"g"})");
  EXPECT_EQ(standing().state, CaseState::dismissed);
  happened(event_received, R"({"version":2})");
  EXPECT_EQ(standing().state, CaseState::received);
}

TEST_F(CaseStates, ABallotThatIsNotSeenIsNotDecided) {
  carried(action_freeze, {11, 99}, Standing::frozen);
  carried(action_uphold, {11, 99}, Standing::upheld);
  EXPECT_EQ(standing().undecided, std::vector<std::uint64_t>{99});
}

TEST(Roles, TheOfficerAdvisesAndDecidesNothing) {
  for (const Right right : {Right::look, Right::prepare, Right::decide, Right::advise}) {
    EXPECT_EQ(may(Role::dpo, right), right == Right::look || right == Right::advise);
    EXPECT_EQ(may(Role::official, right), right != Right::advise);
    EXPECT_EQ(may(Role::administrator, right), right == Right::look || right == Right::prepare);
  }
}

// ---- The board

using namespace election::sample;

class Boards_ : public testing::Test {
 protected:
  Boards_() {
    view.add("no entry at all");
    ballot(1, 0);
    ballot(2, 0);
    ballot(1, 0);  // again: the later one counts
    ballot(1, 1);
  }
  void ballot(std::uint8_t person, std::uint16_t pool, std::uint8_t level = 2) {
    election::Ballot one;
    one.edition = edition.hash;
    one.pool = {pool};
    one.certificate.pseudonym.octets[0] = person;
    one.certificate.level = level;
    one.certificate.pools = {{0}, {1}};
    one.ciphertext.assign(election::pair_bytes, '\0');
    one.proof.assign(election::pair_bytes, '\0');
    one.counter = view.size();
    one.previous.emplace();
    const std::string bytes = election::encode(one);
    ASSERT_TRUE(election::decode_entry(bytes)) << election::decode_entry(bytes).error().to_string();
    hashes[view.size()] = election::entry_hash(bytes);
    view.add(bytes);
  }
  void freeze(std::uint64_t index) {
    view.add(election::encode(election::Freeze{
        edition.hash, {{{index}, hashes.at(index)}}, "ABCDE-FGHJK", "suspicion", {}}));
  }
  void annul(std::uint64_t index) {
    view.add(election::encode(
        election::Annulment{edition.hash, {index}, hashes.at(index), "stolen-identity", two()}));
  }
  static election::TwoOfficials two() {
    return {election::OfficialSignature{{0}, {}}, election::OfficialSignature{{1}, {}}};
  }
  static election::Pseudonym person(std::uint8_t k) {
    election::Pseudonym pseudonym;
    pseudonym.octets[0] = k;
    return pseudonym;
  }

  Edition edition{{pool("north", 5, approval(1, 3)), pool("south", 4, approval(1, 1, true))}};
  BoardView view{std::make_shared<const election::Manifest>(edition.manifest), edition.hash};
  std::map<std::uint64_t, election::EntryHash> hashes;
};

TEST_F(Boards_, FindsBallotsByPseudonym) {
  const std::vector<SeenBallot> ballots = view.ballots_of(person(1));
  ASSERT_EQ(ballots.size(), 3U);
  EXPECT_EQ(ballots[0].index.value, 1U);
  EXPECT_EQ(ballots[0].hash, hashes.at(1));
  EXPECT_EQ(ballots[2].pool.value, 1U);
  EXPECT_TRUE(view.ballots_of(person(9)).empty());
  EXPECT_EQ(view.owner({2}), person(2));
  EXPECT_EQ(view.owner({0}), std::nullopt);
}

TEST_F(Boards_, ToldByPoolWhatAnnulmentsChange) {
  ASSERT_EQ(edition.manifest.repeats, election::RepeatPolicy::last);
  EXPECT_FALSE(view.ballots_of(person(1))[0].counts);
  EXPECT_TRUE(view.ballots_of(person(1))[1].counts);
  EXPECT_EQ(view.pools()[0].counting, 2U);
  EXPECT_EQ(view.pools()[0].differing, 0U);
  freeze(2);
  EXPECT_EQ(view.pools()[0].frozen, 1U);
  EXPECT_EQ(view.pools()[0].counting, 2U) << "a freeze decides nothing";
  annul(2);
  EXPECT_EQ(view.pools()[0].annulled, 1U);
  EXPECT_EQ(view.pools()[0].counting, 1U);
  EXPECT_EQ(view.pools()[0].differing, 1U);
  annul(3);  // in its place the one before counts: one ballot in the place of another
  EXPECT_TRUE(view.ballots_of(person(1))[0].counts);
  EXPECT_EQ(view.pools()[0].differing, 2U);
  EXPECT_EQ(view.pools()[1].differing, 0U);
  EXPECT_EQ(view.ballots_of(person(2))[0].standing, Standing::annulled);
}

TEST_F(Boards_, WhatABoardWouldRefuseChangesNothing) {
  annul(2);
  annul(2);
  freeze(2);
  EXPECT_EQ(view.size(), 8U);
  EXPECT_EQ(view.pools()[0].annulled, 1U);
  EXPECT_EQ(view.pools()[0].frozen, 0U);
}

}  // namespace
}  // namespace urna::desk
