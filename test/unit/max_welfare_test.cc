// SPDX-License-Identifier: EUPL-1.2
// Maximum welfare and its knapsack on cases small enough to follow by hand, and on hard ones.
#include "count/rules/max_welfare.h"

#include <gtest/gtest.h>

#include "count/rules/knapsack.h"
#include "count/tally.h"
#include "test/oracle/random_instance.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::ids;
using oracle::small_instance;

Outcome run(const Instance& instance, const MaxWelfareOptions& options) {
  Result<Outcome> outcome = max_welfare(instance, TieOrder(instance, tally(instance), {}), options);
  EXPECT_TRUE(outcome.ok());
  return *std::move(outcome);
}

TEST(MaxWelfare, SatisfactionDecides) {
  // Votes 5, 3, 2. Cost: A 30 against B + C 15 + 10. Cardinality: 5 against 5, a tie.
  const Instance instance =
      small_instance(VoteType::approval, 10, {6, 5, 5}, {{{0}, {}, 5}, {{1}, {}, 3}, {{2}, {}, 2}});
  const Outcome cost = run(instance, {Satisfaction::cost});
  EXPECT_EQ(ids(instance, cost.winners), "A");
  EXPECT_TRUE(cost.ties.empty());
  EXPECT_EQ(cost.reasons[{0}].value, 5);
  ASSERT_EQ(cost.notes.size(), 1U);
  EXPECT_EQ(cost.notes[0], "The greatest total satisfaction is 30.");

  const Outcome cardinality = run(instance, {Satisfaction::cardinality});
  EXPECT_EQ(ids(instance, cardinality.winners), "A");
  ASSERT_EQ(cardinality.ties.size(), 1U);
  EXPECT_EQ(ids(instance, cardinality.ties[0].projects), "A B C");
  EXPECT_TRUE(cardinality.ties[0].decisive);
}

TEST(MaxWelfare, PointsCountOncePerBallot) {
  const Instance instance =
      small_instance(VoteType::cumulative, 5, {5, 5}, {{{0, 0}, {3, 3}, 1}, {{1}, {5}, 1}});
  EXPECT_EQ(ids(instance, run(instance, {Satisfaction::score}).winners), "B");
}

TEST(MaxWelfare, GroszeAndZeroCosts) {
  Instance instance =
      small_instance(VoteType::approval, 1, {0, 1, 1}, {{{0, 1}, {}, 2}, {{2}, {}, 1}});
  instance.projects[{1}].cost = Money{51};
  instance.projects[{2}].cost = Money{50};
  // Free projects bring a unit of cardinality, but no cost.
  EXPECT_EQ(ids(instance, run(instance, {Satisfaction::cardinality}).winners), "A B");
  const Outcome cost = run(instance, {Satisfaction::cost});
  EXPECT_EQ(ids(instance, cost.winners), "B");
  EXPECT_EQ(cost.reasons[{0}].code, ReasonCode::lost_optimum);
  EXPECT_EQ(cost.notes[0], "The greatest total satisfaction is 1.02.");
}

TEST(MaxWelfare, PrefersTheSmallestRanksAmongOptima) {
  // Any two of four: the first two by id, and all four vary.
  const Instance instance =
      small_instance(VoteType::approval, 2, {1, 1, 1, 1}, {{{0, 1, 2, 3}, {}, 3}});
  const Outcome outcome = run(instance, {Satisfaction::cardinality});
  EXPECT_EQ(ids(instance, outcome.winners), "A B");
  ASSERT_EQ(outcome.ties.size(), 1U);
  EXPECT_EQ(ids(instance, outcome.ties[0].projects), "A B C D");
}

TEST(MaxWelfare, RefusesScoreOfApprovals) {
  const Instance instance = small_instance(VoteType::approval, 2, {1}, {{{0}, {}, 1}});
  const auto outcome =
      max_welfare(instance, TieOrder(instance, tally(instance), {}), {Satisfaction::score});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::unsupported);
}

// Forty projects whose votes grow with their cost and leave no good bound.
Instance hard_instance() {
  oracle::Random random(40);
  std::vector<std::int64_t> costs;
  std::vector<oracle::SmallBallot> ballots;
  for (std::uint16_t p = 0; p < 40; ++p) {
    costs.push_back(100'000 + random.below(100'000));
    ballots.push_back({{p}, {}, static_cast<std::uint32_t>(costs.back() / 10 + 1000)});
  }
  return small_instance(VoteType::choose_one, 2'999'999, costs, ballots);
}

TEST(MaxWelfare, SaysHonestlyThatItGaveUp) {
  const Instance instance = hard_instance();
  const TieOrder ties(instance, tally(instance), {});
  MaxWelfareOptions options{Satisfaction::cardinality};
  options.states_max = 100;
  const auto given_up = max_welfare(instance, ties, options);
  ASSERT_FALSE(given_up.ok());
  EXPECT_EQ(given_up.error().code, ErrorCode::limit);
  EXPECT_NE(given_up.error().message.find("between"), std::string::npos);
  EXPECT_NE(given_up.error().remedy.find("100"), std::string::npos);
  options.states_max = 50'000'000;
  EXPECT_TRUE(max_welfare(instance, ties, options).ok());
}

TEST(Knapsack, BoundsOfASearchGivenUpEncloseTheOptimum) {
  oracle::Random random(41);
  for (int round = 0; round < 100; ++round) {
    std::vector<KnapsackItem> items;
    for (int i = 0; i < 30; ++i) {
      const std::int64_t weight = 500 + random.below(500);
      items.push_back({weight, weight + random.below(20)});
    }
    const Result<Knapsack> knapsack = Knapsack::create(items, 9'999);
    ASSERT_TRUE(knapsack.ok());
    std::uint64_t many = 50'000'000, few = 1 + random.below(300);
    const KnapsackAnswer best = knapsack->solve({}, many);
    ASSERT_EQ(best.verdict, KnapsackAnswer::Verdict::found);
    const KnapsackAnswer partial = knapsack->solve({}, few);
    EXPECT_LE(partial.value, best.value);
    EXPECT_GE(partial.upper, best.value);
    EXPECT_GE(knapsack->upper_bound({}), best.value);
  }
}

TEST(Knapsack, DemandsAndFloors) {
  const Result<Knapsack> knapsack = Knapsack::create({{6, 60}, {5, 45}, {5, 40}}, 10);
  ASSERT_TRUE(knapsack.ok());
  std::uint64_t states = 1000;
  EXPECT_EQ(knapsack->solve({}, states).value, 85);
  Knapsack::Question question;
  question.demands = {Demand::taken, Demand::none, Demand::none};
  EXPECT_EQ(knapsack->solve(question, states).value, 60);
  question.floor = 61;
  EXPECT_EQ(knapsack->solve(question, states).verdict, KnapsackAnswer::Verdict::none);
  question = {{Demand::taken, Demand::taken, Demand::none}};
  EXPECT_EQ(knapsack->solve(question, states).verdict, KnapsackAnswer::Verdict::none);
  EXPECT_EQ(knapsack->upper_bound(question.demands), -1);
  EXPECT_EQ(knapsack->with_less_room(1).solve({}, states).value, 60);
}

TEST(Knapsack, RefusesProductsBeyond128Bits) {
  const Int128 huge = Int128{1} << 100;
  const Result<Knapsack> knapsack = Knapsack::create({{std::int64_t{1} << 40, huge}}, 1);
  ASSERT_FALSE(knapsack.ok());
  EXPECT_EQ(knapsack.error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace urna::count
