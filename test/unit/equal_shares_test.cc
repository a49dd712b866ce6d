// SPDX-License-Identifier: EUPL-1.2
// Equal Shares on instances small enough to follow by hand.
#include "count/rules/equal_shares.h"

#include <gtest/gtest.h>

#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::ids;
using oracle::small_instance;

Outcome counted(const Instance& instance, const EqualSharesOptions& options) {
  const TieOrder ties(instance, tally(instance), {});
  Result<Outcome> outcome = equal_shares(instance, ties, options);
  EXPECT_TRUE(outcome.ok());
  return *std::move(outcome);
}

const ProjectIndex a{0};
const ProjectIndex b{1};
const ProjectIndex c{2};

// 6 voters, 120 units: 20 each. A (60, four voters): 15 each. Then B (40): its three voters hold
// 5, 5 and 20, so two give all and one gives... 30 < 40: not affordable. C (20) has two voters
// with 20 and 5: the poorer gives 5, the other 15.
Instance followed_by_hand() {
  return small_instance(
      VoteType::approval, 120, {60, 40, 20},
      {{{0}, {}, 1}, {{0, 1}, {}, 2}, {{0, 2}, {}, 1}, {{1}, {}, 1}, {{2}, {}, 1}});
}

TEST(EqualShares, FollowsTheRoundsOfTheDefinition) {
  const Instance instance = followed_by_hand();
  const Outcome outcome = counted(instance, {});
  EXPECT_EQ(ids(instance, outcome.winners), "A C");
  EXPECT_EQ(*outcome.money_per_voter, rational(20));
  EXPECT_EQ(outcome.reasons[a].code, ReasonCode::won_by_shares);
  EXPECT_EQ(outcome.reasons[a].price, rational(15));
  EXPECT_EQ(outcome.reasons[a].paid_by, 4U);
  EXPECT_EQ(outcome.reasons[a].round, 1U);
  EXPECT_EQ(outcome.reasons[c].price, rational(15));
  EXPECT_EQ(outcome.reasons[c].paid_by, 2U);
  EXPECT_EQ(outcome.reasons[b].code, ReasonCode::lost_supporters_money);
  EXPECT_EQ(outcome.reasons[b].money_before, (Money{3000}));
  EXPECT_TRUE(outcome.ties.empty());
}

// With 21 each B's voters hold 6, 6 and 21: still 33 < 40. With 22: 36; 23: 39; 24 each: A costs
// 15, 9 + 9 + 24 = 42 >= 40, so B is funded and everything is: 120 in all.
TEST(EqualShares, Add1RaisesUntilEverythingIsFunded) {
  const Instance instance = followed_by_hand();
  EqualSharesOptions options;
  options.completion = Completion::add1;
  const Outcome outcome = counted(instance, options);
  EXPECT_EQ(outcome.winners.size(), 3U);
  EXPECT_EQ(*outcome.money_per_voter, rational(24));
  EXPECT_EQ(outcome.add1_steps, 4U);
}

TEST(EqualShares, UtilitarianCompletionSpendsTheRest) {
  const Instance instance = followed_by_hand();
  EqualSharesOptions options;
  options.completion = Completion::utilitarian;
  const Outcome outcome = counted(instance, options);
  EXPECT_EQ(ids(instance, outcome.winners), "A C B");
  EXPECT_EQ(outcome.reasons[b].code, ReasonCode::won_by_completion);
  EXPECT_EQ(outcome.reasons[b].money_before, (Money{4000}));
}

// The supporters hold exactly the cost: affordable, and nobody keeps anything.
TEST(EqualShares, MoneySpentToTheLastGroszIsEnough) {
  const Instance instance = small_instance(VoteType::approval, 9, {9}, {{{0}, {}, 3}});
  EXPECT_EQ(ids(instance, counted(instance, {}).winners), "A");
  const Instance dearer = small_instance(VoteType::approval, 9, {10}, {{{0}, {}, 3}});
  EXPECT_TRUE(counted(dearer, {}).winners.empty());
}

TEST(EqualShares, EveryTieIsToldAndJudged) {
  // Two projects of one cost and support, money for one: the order decides.
  const Instance instance = small_instance(VoteType::approval, 10, {10, 10}, {{{0, 1}, {}, 2}});
  const Outcome outcome = counted(instance, {});
  EXPECT_EQ(ids(instance, outcome.winners), "A");
  ASSERT_EQ(outcome.ties.size(), 1U);
  EXPECT_EQ(outcome.ties[0].criterion, TieCriterion::price);
  EXPECT_EQ(ids(instance, outcome.ties[0].projects), "A B");
  EXPECT_TRUE(outcome.ties[0].decisive);
  // Money for both: the tie is met, and does not matter.
  const Instance ample = small_instance(VoteType::approval, 20, {10, 10}, {{{0, 1}, {}, 2}});
  const Outcome both = counted(ample, {});
  ASSERT_EQ(both.ties.size(), 1U);
  EXPECT_FALSE(both.ties[0].decisive);
}

TEST(EqualShares, PointsSetThePayments) {
  // 2 voters, 12 units: 6 each. A costs 8 with points 3 and 1: 2 per point would be 6 and 2.
  const Instance instance =
      small_instance(VoteType::cumulative, 12, {8}, {{{0}, {3}, 1}, {{0}, {1}, 1}});
  EqualSharesOptions options;
  options.satisfaction = Satisfaction::score;
  const Outcome outcome = counted(instance, options);
  EXPECT_EQ(ids(instance, outcome.winners), "A");
  EXPECT_EQ(outcome.reasons[a].price, rational(2));
}

TEST(EqualShares, TheFilterHoldsForTheCompletionToo) {
  // Swiecie: votes/voters < cost/(3*budget). B has 1 of 10 votes and costs a third of the budget.
  const Instance instance =
      small_instance(VoteType::approval, 30, {10, 10}, {{{0}, {}, 9}, {{1}, {}, 1}});
  EqualSharesOptions options;
  options.completion = Completion::utilitarian;
  EXPECT_EQ(ids(instance, counted(instance, options).winners), "A B");
  options.support_filter = true;
  const Outcome outcome = counted(instance, options);
  EXPECT_EQ(ids(instance, outcome.winners), "A");
  EXPECT_EQ(outcome.reasons[b].code, ReasonCode::lost_filter);
  EXPECT_EQ(outcome.reasons[b].threshold, 2);
}

TEST(EqualShares, ComparisonKeepsWhatMoreVotersPrefer) {
  // The ranking funds A (60 %), Equal Shares B and C for the others as well.
  const Instance instance = small_instance(VoteType::approval, 100, {100, 20, 20},
                                           {{{0}, {}, 6}, {{1}, {}, 2}, {{2}, {}, 2}});
  EqualSharesOptions options;
  options.completion = Completion::comparison;
  const Outcome outcome = counted(instance, options);
  EXPECT_EQ(ids(instance, outcome.winners), "A");  // six voters against four
  EXPECT_EQ(outcome.reasons[b].code, ReasonCode::lost_comparison);
  ASSERT_FALSE(outcome.notes.empty());
}

TEST(EqualShares, RefusesWhatItCannotCount) {
  const Instance instance = small_instance(VoteType::approval, 10, {10}, {{{0}, {}, 1}});
  const TieOrder ties(instance, tally(instance), {});
  EqualSharesOptions options;
  options.satisfaction = Satisfaction::score;
  EXPECT_EQ(equal_shares(instance, ties, options).error().code, ErrorCode::unsupported);
  options = {};
  options.add1_step = Money{0};
  EXPECT_EQ(equal_shares(instance, ties, options).error().code, ErrorCode::usage);
  // One supporter and a project far beyond the budget: Add1 would go on for long.
  const Instance far =
      small_instance(VoteType::approval, 10, {1000, 1}, {{{0}, {}, 1}, {{1}, {}, 1}});
  const TieOrder far_ties(far, tally(far), {});
  options = {};
  options.completion = Completion::add1;
  options.add1_steps_max = 100;
  EXPECT_EQ(equal_shares(far, far_ties, options).error().code, ErrorCode::limit);
  const Instance empty = small_instance(VoteType::approval, 10, {10});
  EXPECT_TRUE(equal_shares(empty, TieOrder(empty, tally(empty), {}), {})->winners.empty());
}

}  // namespace
}  // namespace urna::count
