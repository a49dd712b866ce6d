// SPDX-License-Identifier: EUPL-1.2
// Phragmen's rule on elections small enough to follow by hand.
#include "count/rules/phragmen.h"

#include <gtest/gtest.h>

#include "count/tally.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::ids;
using oracle::small_instance;

Outcome run(const Instance& instance) {
  Result<Outcome> outcome = phragmen(instance, TieOrder(instance, tally(instance), {}));
  EXPECT_TRUE(outcome.ok());
  return *std::move(outcome);
}

// A costs 2 and has voters 1, 2; B costs 3 and has 1, 2, 3; C costs 1 and has 4. In the first round
// each would load its supporters with 1.
Instance three_equal(std::int64_t budget) {
  return small_instance(VoteType::approval, budget, {2, 3, 1},
                        {{{0, 1}, {}, 2}, {{1}, {}, 1}, {{2}, {}, 1}});
}

TEST(Phragmen, LoadsAddUp) {
  const Instance instance = three_equal(6);
  const Outcome outcome = run(instance);
  EXPECT_EQ(ids(instance, outcome.winners), "A C B");
  EXPECT_EQ(outcome.total_cost, Money{600});
  EXPECT_EQ(outcome.reasons[{0}].price, rational(1));
  EXPECT_EQ(outcome.reasons[{2}].price, rational(1));
  // Voters 1 and 2 bear 1 each from A: (3 + 1 + 1 + 0) / 3.
  EXPECT_EQ(outcome.reasons[{1}].price, rational(5, 3));
  EXPECT_EQ(outcome.reasons[{1}].round, 3U);
  // C is equal to none in the second round: B would load 5/3 by then.
  ASSERT_EQ(outcome.ties.size(), 1U);
  EXPECT_EQ(ids(instance, outcome.ties[0].projects), "A B C");
  EXPECT_EQ(outcome.ties[0].round, 1U);
  EXPECT_FALSE(outcome.ties[0].decisive);  // all three are funded in any order
}

TEST(Phragmen, TieThatDecides) {
  const Instance instance = three_equal(5);
  const Outcome outcome = run(instance);
  EXPECT_EQ(ids(instance, outcome.winners), "A C");
  EXPECT_EQ(outcome.reasons[{1}].code, ReasonCode::lost_load_stop);
  EXPECT_EQ(outcome.reasons[{1}].round, 3U);
  EXPECT_EQ(outcome.reasons[{1}].other, ProjectIndex{1});
  ASSERT_EQ(outcome.ties.size(), 1U);
  EXPECT_TRUE(outcome.ties[0].decisive);  // B first would leave no money for A
}

TEST(Phragmen, StopsIfAnyOfTheEqualProjectsDoesNotFit) {
  // C loads its two voters with 1/2. Then A and B both load 1, and B costs 2 where 1 is left.
  const Instance instance =
      small_instance(VoteType::approval, 2, {1, 2, 1}, {{{0}, {}, 1}, {{1}, {}, 2}, {{2}, {}, 2}});
  const Outcome outcome = run(instance);
  EXPECT_EQ(ids(instance, outcome.winners), "C");
  EXPECT_TRUE(outcome.ties.empty());  // the order of ties chose nothing
  EXPECT_EQ(outcome.notes.size(), 1U);
  EXPECT_EQ(outcome.reasons[{0}].code, ReasonCode::lost_load_stop);
  EXPECT_EQ(outcome.reasons[{0}].round, 2U);
  EXPECT_EQ(outcome.reasons[{0}].other, ProjectIndex{1});
}

TEST(Phragmen, WhoCannotTakePart) {
  Instance instance = small_instance(VoteType::approval, 10, {11, 5, 0, 5, 4},
                                     {{{0, 2, 3}, {}, 3}, {{4, 4}, {}, 1}});
  instance.projects[{3}].cost = withdrawn_cost;
  const Outcome outcome = run(instance);
  EXPECT_EQ(ids(instance, outcome.winners), "C E");  // C is free and supported
  EXPECT_EQ(outcome.reasons[{0}].code, ReasonCode::lost_over_budget);
  EXPECT_EQ(outcome.reasons[{1}].code, ReasonCode::lost_no_support);
  EXPECT_EQ(outcome.reasons[{3}].code, ReasonCode::lost_withdrawn);
  EXPECT_EQ(outcome.reasons[{4}].price, rational(4));  // named twice by one voter: still one voter
}

TEST(Phragmen, SeparatesLoadsThatFloatingPointCannot) {
  // Loads k + 1/30001 and k + 1/30002 grosze for k = 10^9 differ by 10^-18 of themselves.
  Instance instance = small_instance(VoteType::choose_one, 1'000'000'000'000, {1, 1},
                                     {{{0}, {}, 30001}, {{1}, {}, 30002}});
  instance.projects[{0}].cost = Money{30001 * std::int64_t{1'000'000'000} + 1};
  instance.projects[{1}].cost = Money{30002 * std::int64_t{1'000'000'000} + 1};
  const Outcome outcome = run(instance);
  EXPECT_EQ(ids(instance, outcome.winners), "B A");
  EXPECT_TRUE(outcome.ties.empty());
}

TEST(Phragmen, ManyEqualProjectsWithOneVoterEachAreNotDecisive) {
  std::vector<std::int64_t> costs(300, 7);
  std::vector<oracle::SmallBallot> ballots;
  for (std::uint16_t p = 0; p < 300; ++p) ballots.push_back({{p}, {}, 1});
  const Instance instance = small_instance(VoteType::approval, 2100, costs, ballots);
  const Outcome outcome = run(instance);
  EXPECT_EQ(outcome.winners.size(), 300U);
  EXPECT_EQ(outcome.ties.size(), 299U);
  for (const TieEvent& tie : outcome.ties) EXPECT_FALSE(tie.decisive);
  EXPECT_TRUE(outcome.notes.empty());
}

TEST(Phragmen, NoBallots) {
  const Instance instance = small_instance(VoteType::approval, 10, {1, 2});
  EXPECT_TRUE(run(instance).winners.empty());
}

TEST(Phragmen, RefusesPoints) {
  const Instance instance = small_instance(VoteType::cumulative, 10, {1}, {{{0}, {3}, 1}});
  const Result<Outcome> outcome = phragmen(instance, TieOrder(instance, tally(instance), {}));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace urna::count
