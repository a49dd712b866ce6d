// SPDX-License-Identifier: EUPL-1.2
// Freezing, annulling and upholding, against the sentences of docs/protocol.md section 7.2 taken
// word by word.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <vector>

#include "election/contests.h"

namespace urna::election {
namespace {

using Pair = std::array<OfficialNumber, 2>;

enum class Act { freeze, annulment, upholding };
struct Done {
  Act act;
  Pair by;
};

TwoOfficials signed_by(Pair officials) {
  return {OfficialSignature{officials[0], {}}, OfficialSignature{officials[1], {}}};
}
Freeze freeze_of(std::vector<NamedBallot> ballots) {
  return {{}, std::move(ballots), "ABCDE-FGHJK", "complaint", {}};
}
Annulment annulment_of(EntryIndex ballot, Pair by) {
  return {{}, ballot, {}, "stolen-identity", signed_by(by)};
}
Upholding upholding_of(EntryIndex ballot, Lifted ends, Pair by) {
  return {{}, ballot, {}, ends, "ABCDE-FGHJK", "voter-confirmed", signed_by(by)};
}

// Slow and obvious: all that was ever recorded about each ballot.
class Model {
 public:
  [[nodiscard]] bool may_freeze(EntryIndex ballot) const { return about(ballot).empty(); }
  [[nodiscard]] bool may_annul(EntryIndex ballot) const {
    return std::ranges::none_of(about(ballot),
                                [](const Done& done) { return done.act == Act::annulment; });
  }
  [[nodiscard]] bool may_uphold(EntryIndex ballot, Lifted ends, Pair by,
                                std::size_t officials) const {
    const std::vector<Done> before = about(ballot);
    if (before.empty()) return false;
    const Done& last = before.back();
    if (ends == Lifted::freeze) return last.act == Act::freeze;
    if (last.act != Act::annulment) return false;
    int again = 0;
    for (const OfficialNumber one : by) {
      for (const OfficialNumber other : last.by) again += one == other ? 1 : 0;
    }
    return officials >= 4 ? again == 0 : again <= 1;
  }
  void record(EntryIndex ballot, Act act, Pair by = {}) { history_[ballot].push_back({act, by}); }
  [[nodiscard]] bool frozen(EntryIndex ballot) const {
    const std::vector<Done> before = about(ballot);
    return !before.empty() && before.back().act == Act::freeze;
  }
  [[nodiscard]] bool annulled(EntryIndex ballot) const {
    const std::vector<Done> before = about(ballot);
    return !before.empty() && before.back().act == Act::annulment;
  }
  [[nodiscard]] std::size_t longest() const {
    std::size_t longest = 0;
    for (const auto& [ballot, acts] : history_) longest = std::max(longest, acts.size());
    return longest;
  }

 private:
  [[nodiscard]] std::vector<Done> about(EntryIndex ballot) const {
    const auto found = history_.find(ballot);
    return found == history_.end() ? std::vector<Done>() : found->second;
  }
  std::map<EntryIndex, std::vector<Done>> history_;
};

TEST(Contests, AreThoseOfTheModel) {
  std::mt19937_64 random(7);  // NOLINT: the same acts every time
  const auto any = [&](std::uint64_t below) { return random() % below; };
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::size_t longest = 0;
  for (int run = 0; run < 400; ++run) {
    Contests contests;
    Model model;
    const std::size_t officials = 2 + any(4);
    const std::uint64_t ballots = 1 + any(6);
    for (int step = 0; step < 60; ++step) {
      const EntryIndex ballot{any(ballots)};
      Pair by{OfficialNumber{static_cast<std::uint8_t>(any(officials))},
              OfficialNumber{static_cast<std::uint8_t>(any(officials - 1))}};
      if (by[1] >= by[0]) ++by[1].value;
      std::ranges::sort(by);
      bool expected = false;
      bool may = false;
      switch (any(4)) {
        case 0: {
          std::vector<NamedBallot> named;
          for (std::uint64_t b = 0; b < ballots; ++b) {
            if (EntryIndex{b} == ballot || any(8) == 0) named.push_back({{b}, {}});
          }
          const Freeze freeze = freeze_of(named);
          expected = std::ranges::all_of(
              named, [&](const NamedBallot& one) { return model.may_freeze(one.index); });
          may = contests.check(freeze).ok();
          if (!may) break;
          contests.apply(freeze);
          for (const NamedBallot& one : named) model.record(one.index, Act::freeze);
          break;
        }
        case 1: {
          const Annulment annulment = annulment_of(ballot, by);
          expected = model.may_annul(ballot);
          may = contests.check(annulment).ok();
          if (!may) break;
          contests.apply(annulment);
          model.record(ballot, Act::annulment, by);
          break;
        }
        default: {
          const Lifted ends = any(2) == 0 ? Lifted::freeze : Lifted::annulment;
          const Upholding upholding = upholding_of(ballot, ends, by);
          expected = model.may_uphold(ballot, ends, by, officials);
          may = contests.check(upholding, officials).ok();
          if (!may) break;
          contests.apply(upholding);
          model.record(ballot, Act::upholding, by);
        }
      }
      ASSERT_EQ(may, expected) << "run " << run << ", step " << step;
      ++(may ? accepted : refused);
      for (std::uint64_t b = 0; b < ballots; ++b) {
        ASSERT_EQ(contests.frozen().contains({b}), model.frozen({b}));
        ASSERT_EQ(contests.standing({b}) == Standing::frozen, model.frozen({b}));
        ASSERT_EQ(contests.standing({b}) == Standing::annulled, model.annulled({b}));
      }
    }
    longest = std::max(longest, model.longest());
  }
  EXPECT_GT(accepted, 1'000U);
  EXPECT_GT(refused, 1'000U);
  // Every dispute ends: freeze, upholding, annulment, upholding, and nothing more.
  EXPECT_EQ(longest, 4U);
}

TEST(Contests, NothingSignedCanBePutInTwice) {
  Contests contests;
  const EntryIndex ballot{9};
  const Freeze freeze = freeze_of({{ballot, {}}});
  const Upholding upholding = upholding_of(ballot, Lifted::freeze, {{{0}, {1}}});
  const Annulment annulment = annulment_of(ballot, {{{0}, {1}}});
  const Upholding restoring = upholding_of(ballot, Lifted::annulment, {{{2}, {3}}});
  contests.apply(freeze);
  EXPECT_FALSE(contests.check(freeze));
  contests.apply(upholding);
  EXPECT_FALSE(contests.check(freeze));
  EXPECT_FALSE(contests.check(upholding, 4));
  ASSERT_TRUE(contests.check(annulment));
  contests.apply(annulment);
  // The decision to end the freeze is none about the annulment.
  EXPECT_FALSE(contests.check(upholding, 4));
  EXPECT_FALSE(contests.check(freeze));
  EXPECT_FALSE(contests.check(annulment));
  ASSERT_TRUE(contests.check(restoring, 4));
  contests.apply(restoring);
  EXPECT_EQ(contests.standing(ballot), Standing::restored);
  for (const Status& again : {contests.check(freeze), contests.check(annulment),
                              contests.check(upholding, 4), contests.check(restoring, 4)}) {
    EXPECT_FALSE(again);
  }
}

TEST(Contests, AnAppealIsForOthers) {
  const Pair annulled{{{0}, {2}}};
  EXPECT_FALSE(may_decide_appeal({{{0}, {2}}}, annulled, 2));
  EXPECT_FALSE(may_decide_appeal({{{0}, {2}}}, annulled, 3));
  EXPECT_TRUE(may_decide_appeal({{{0}, {1}}}, annulled, 3));
  EXPECT_FALSE(may_decide_appeal({{{0}, {1}}}, annulled, 4));
  EXPECT_FALSE(may_decide_appeal({{{2}, {3}}}, annulled, 4));
  EXPECT_TRUE(may_decide_appeal({{{1}, {3}}}, annulled, 4));
}

TEST(Contests, CaseNumbers) {
  EXPECT_TRUE(is_case_number("ABCDE-FGHJK"));
  EXPECT_TRUE(is_case_number("23456-789ZZ"));
  for (const char* wrong :
       {"", "ABCDE", "ABCDEFFGHJK", "ABCDE-FGHJ", "ABCDE-FGHJKL", "abcde-fghjk", "ABCDI-FGHJK",
        "ABCD0-FGHJK", "ABCDE-FGHJ1", "ABCDE-FGHJO", "-----------"})
    EXPECT_FALSE(is_case_number(wrong)) << wrong;
}

}  // namespace
}  // namespace urna::election
