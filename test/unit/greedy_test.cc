// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/greedy.h"

#include <gtest/gtest.h>

#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::ids;
using oracle::small_instance;

constexpr std::int64_t withdrawn = 999'999'999;

// A pool of which only totals matter: projects A, B, … with costs and votes.
struct Pool {
  Pool(std::int64_t budget, const std::vector<std::int64_t>& costs,
       const std::vector<std::int64_t>& votes)
      : instance(small_instance(VoteType::approval, budget, costs)) {
    for (const std::int64_t n : votes) {
      totals.votes.push_back(n);
      totals.points.push_back(n);
    }
  }
  [[nodiscard]] Outcome count(const GreedyOptions& options = {}, TieKind ties = TieKind::id) const {
    return greedy(instance, totals, TieOrder(instance, totals, {ties, {}}), options);
  }
  [[nodiscard]] std::string winners(const GreedyOptions& options = {},
                                    TieKind ties = TieKind::id) const {
    return ids(instance, count(options, ties).winners);
  }
  Instance instance;
  Tally totals;
};

GreedyOptions with(Misfit misfit) {
  GreedyOptions options;
  options.misfit = misfit;
  return options;
}

TEST(Greedy, GoesDownTheRankingAndSkipsWhatDoesNotFit) {
  const Pool pool(100, {60, 50, 30, 20}, {9, 8, 7, 6});
  const Outcome outcome = pool.count();
  EXPECT_EQ(ids(pool.instance, outcome.winners), "A C");
  EXPECT_EQ(outcome.total_cost, Money{90 * 100});
  EXPECT_TRUE(outcome.ties.empty());

  const Reason& first = outcome.reasons[{0}];
  EXPECT_EQ(first.code, ReasonCode::won_in_order);
  EXPECT_EQ(first.rank, 1U);
  EXPECT_EQ(first.value, 9);
  EXPECT_EQ(first.money_before, Money{100 * 100});
  const Reason& second = outcome.reasons[{1}];
  EXPECT_EQ(second.code, ReasonCode::lost_no_money);
  EXPECT_EQ(second.rank, 2U);
  EXPECT_EQ(second.money_before, Money{40 * 100});
}

TEST(Greedy, StopsAtTheFirstThatDoesNotFit) {
  const Pool pool(100, {60, 50, 30, 20}, {9, 8, 7, 6});
  const Outcome outcome = pool.count(with(Misfit::stop));
  EXPECT_EQ(ids(pool.instance, outcome.winners), "A");
  EXPECT_EQ(outcome.reasons[{1}].code, ReasonCode::lost_no_money);
  EXPECT_EQ(outcome.reasons[{2}].code, ReasonCode::lost_after_stop);
  EXPECT_EQ(outcome.reasons[{2}].other, ProjectIndex{1});
  EXPECT_EQ(outcome.reasons[{2}].money_before, Money{40 * 100});
}

TEST(Greedy, EightyPercentRuleIsInclusiveAndStops) {
  const Pool exactly(100, {60, 50, 10}, {9, 8, 7});  // 40 left of 50
  const Outcome outcome = exactly.count(with(Misfit::fund_at_80_percent));
  EXPECT_EQ(ids(exactly.instance, outcome.winners), "A B");
  EXPECT_EQ(outcome.total_cost, Money{110 * 100});
  EXPECT_EQ(outcome.reasons[{1}].code, ReasonCode::won_over_budget);
  EXPECT_EQ(outcome.reasons[{2}].code, ReasonCode::lost_after_stop);
  EXPECT_EQ(Pool(100, {60, 51, 10}, {9, 8, 7}).winners(with(Misfit::fund_at_80_percent)), "A");
}

TEST(Greedy, ThresholdIsInclusive) {
  const Pool pool(100, {10, 10, 10}, {5, 4, 6});
  GreedyOptions options;
  options.threshold = 5;
  const Outcome outcome = pool.count(options);
  EXPECT_EQ(ids(pool.instance, outcome.winners), "C A");
  EXPECT_EQ(outcome.reasons[{1}].code, ReasonCode::lost_threshold);
  EXPECT_EQ(outcome.reasons[{1}].value, 4);
  EXPECT_EQ(outcome.reasons[{1}].threshold, 5);
  EXPECT_EQ(outcome.reasons[{1}].rank, 0U);
}

TEST(Greedy, BelowThresholdNeverStops) {
  GreedyOptions options = with(Misfit::stop);
  options.threshold = 5;
  options.rank = GreedyRank::votes_per_cost;
  // B is densest, dear and below the threshold.
  EXPECT_EQ(Pool(4, {3, 5, 1}, {6, 4, 1}).winners(options), "A");
}

TEST(Greedy, WithdrawnProjectNeitherWinsNorStops) {
  const Pool pool(100, {withdrawn, 50}, {9, 8});
  const Outcome outcome = pool.count(with(Misfit::stop));
  EXPECT_EQ(ids(pool.instance, outcome.winners), "B");
  EXPECT_EQ(outcome.reasons[{0}].code, ReasonCode::lost_withdrawn);
}

TEST(Greedy, DearerThanThePoolIsToldApartAndStopsLikeAnyMisfit) {
  const Pool pool(100, {101, 50}, {9, 8});
  EXPECT_EQ(pool.winners(with(Misfit::skip)), "B");
  EXPECT_EQ(pool.winners(with(Misfit::stop)), "");
  EXPECT_EQ(pool.count().reasons[{0}].code, ReasonCode::lost_over_budget);
}

TEST(Greedy, OfAConflictGroupOnlyTheBestThatFits) {
  GreedyOptions options;
  options.conflicts = {{{0}, {1}, {2}}};
  const Pool pool(100, {101, 50, 40, 30}, {9, 8, 7, 6});
  const Outcome outcome = pool.count(options);
  EXPECT_EQ(ids(pool.instance, outcome.winners), "B D");  // A does not fit, so it excludes nobody
  EXPECT_EQ(outcome.reasons[{2}].code, ReasonCode::lost_conflict);
  EXPECT_EQ(outcome.reasons[{2}].other, ProjectIndex{1});
}

TEST(Greedy, ExcludedProjectDoesNotStop) {
  GreedyOptions options = with(Misfit::stop);
  options.conflicts = {{{0}, {1}}};
  EXPECT_EQ(Pool(100, {50, 90, 30}, {9, 8, 7}).winners(options), "A C");
}

TEST(Greedy, CompletesWhatAnotherRuleFunded) {
  GreedyOptions options;
  options.already_funded = {{1}};
  options.conflicts = {{{1}, {2}}};
  const Pool pool(100, {60, 50, 10, 40}, {9, 8, 7, 6});
  const Outcome outcome = pool.count(options);
  EXPECT_EQ(ids(pool.instance, outcome.winners), "D");
  EXPECT_EQ(outcome.total_cost, Money{40 * 100});
  EXPECT_EQ(outcome.reasons[{2}].other, ProjectIndex{1});
}

TEST(Greedy, ProjectWithoutVotesStandsLast) {
  EXPECT_EQ(Pool(100, {10, 20}, {0, 1}).winners(), "B A");
  GreedyOptions options;
  options.threshold = 1;
  EXPECT_EQ(Pool(100, {10, 20}, {0, 1}).winners(options), "B");
}

TEST(Greedy, DensityComparesFractionsExactly) {
  GreedyOptions options;
  options.rank = GreedyRank::votes_per_cost;
  // 333333333/999999998 > 333333332/999999997, which doubles with 7 digits would not tell apart.
  const Pool pool(999'999'998, {999'999'997, 999'999'998}, {333'333'332, 333'333'333});
  EXPECT_EQ(pool.winners(options), "B");
}

TEST(Greedy, FreeProjectWithVotesHasInfiniteDensity) {
  GreedyOptions options;
  options.rank = GreedyRank::votes_per_cost;
  const Pool pool(10, {1, 0, 0, 10}, {1'000, 1, 0, 5});
  EXPECT_EQ(pool.winners(options), "B A C");
}

TEST(Greedy, RanksByPointsWhenAsked) {
  Pool pool(10, {10, 10}, {5, 4});
  pool.totals.points = PerProject<std::int64_t>(2);
  pool.totals.points[{1}] = 7;
  GreedyOptions options;
  options.rank = GreedyRank::points;
  EXPECT_EQ(pool.winners(options), "B");
  EXPECT_EQ(pool.count(options).reasons[{1}].value, 7);
}

TEST(GreedyTies, FollowTheOrderAndAreRecorded) {
  const Pool pool(100, {60, 50, 10}, {5, 5, 9});
  EXPECT_EQ(pool.winners({}, TieKind::id), "C A");
  EXPECT_EQ(pool.winners({}, TieKind::cost), "C B");
  const Outcome outcome = pool.count({}, TieKind::cost);
  ASSERT_EQ(outcome.ties.size(), 1U);
  EXPECT_EQ(outcome.ties[0].criterion, TieCriterion::votes);
  EXPECT_EQ(outcome.ties[0].round, 0U);
  EXPECT_EQ(ids(pool.instance, outcome.ties[0].projects), "B A");
  EXPECT_TRUE(outcome.ties[0].decisive);
}

TEST(GreedyTies, AreNotDecisiveWhenAllFitOrNoneDoes) {
  EXPECT_FALSE(Pool(100, {60, 40}, {5, 5}).count().ties.at(0).decisive);
  EXPECT_FALSE(Pool(100, {90, 20, 20}, {9, 5, 5}).count().ties.at(0).decisive);
  // Under `stop` one that does not fit decides whether its equal comes before it.
  const Pool mixed(100, {90, 20, 5}, {9, 5, 5});
  EXPECT_FALSE(mixed.count(with(Misfit::skip)).ties.at(0).decisive);
  EXPECT_TRUE(mixed.count(with(Misfit::stop)).ties.at(0).decisive);
}

TEST(GreedyTies, BetweenExcludedProjectsAreNotDecisive) {
  GreedyOptions options;
  options.conflicts = {{{0}, {1}, {2}}};
  EXPECT_FALSE(Pool(100, {10, 60, 60}, {9, 5, 5}).count(options).ties.at(0).decisive);
}

}  // namespace
}  // namespace urna::count
