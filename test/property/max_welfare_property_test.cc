// SPDX-License-Identifier: EUPL-1.2
// Maximum welfare on thousands of small random instances against all sets of projects.
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "count/rules/max_welfare.h"
#include "count/tally.h"
#include "test/oracle/max_welfare_oracle.h"
#include "test/oracle/random_instance.h"

namespace urna::count {
namespace {

using oracle::max_welfare_oracle;
using oracle::welfare_oracle;
using oracle::WelfareOracleOutcome;

// Projects that some but not all of the sets hold.
std::set<ProjectIndex> varying(const std::vector<std::vector<ProjectIndex>>& sets) {
  std::set<ProjectIndex> in_some, in_all(sets.front().begin(), sets.front().end());
  for (const auto& set : sets) {
    in_some.insert(set.begin(), set.end());
    std::erase_if(
        in_all, [&](ProjectIndex p) { return std::find(set.begin(), set.end(), p) == set.end(); });
  }
  std::erase_if(in_some, [&](ProjectIndex p) { return in_all.contains(p); });
  return in_some;
}

void expect_equal(const Instance& instance, const TieOrder& order, const Outcome& outcome,
                  const WelfareOracleOutcome& expected) {
  EXPECT_EQ(outcome.winners, expected.optima.front());
  EXPECT_LE(outcome.total_cost, instance.budget);
  if (expected.optima.size() == 1) {
    EXPECT_TRUE(outcome.ties.empty());
    return;
  }
  ASSERT_EQ(outcome.ties.size(), 1U);
  const TieEvent& tie = outcome.ties.front();
  EXPECT_EQ(tie.criterion, TieCriterion::welfare);
  EXPECT_TRUE(tie.decisive);
  EXPECT_EQ(std::set<ProjectIndex>(tie.projects.begin(), tie.projects.end()),
            varying(expected.optima));
  // Funded ones first, each part by the tie order.
  const PerProject<bool> won = outcome.selected(instance.projects.size());
  EXPECT_TRUE(
      std::is_sorted(tie.projects.begin(), tie.projects.end(), [&](ProjectIndex a, ProjectIndex b) {
        if (won[a] != won[b]) return bool{won[a]};
        return order.prefers(a, b);
      }));
}

void expect_true_reasons(const Instance& instance, const MaxWelfareOptions& options,
                         const Outcome& outcome) {
  const Tally merged = tally(instance, options.ordinal, Repeats::merged);
  const bool score = options.satisfaction == Satisfaction::score;
  const PerProject<bool> won = outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    const Reason& reason = outcome.reasons[p];
    EXPECT_EQ(reason.value, score ? merged.points[p] : merged.votes[p]);
    EXPECT_EQ(reason.code == ReasonCode::won_by_optimum, won[p]);
    if (won[p]) continue;
    if (instance.projects[p].cost == withdrawn_cost) {
      EXPECT_EQ(reason.code, ReasonCode::lost_withdrawn);
    } else if (instance.projects[p].cost > instance.budget) {
      EXPECT_EQ(reason.code, ReasonCode::lost_over_budget);
    } else if (reason.value == 0) {
      EXPECT_EQ(reason.code, ReasonCode::lost_no_support);
    } else {
      EXPECT_EQ(reason.code, ReasonCode::lost_optimum);
    }
  }
}

TEST(MaxWelfareProperty, IsTheBestOfAllSetsUnderEveryTiePolicy) {
  oracle::Random random(1957);
  constexpr VoteType types[] = {VoteType::approval, VoteType::choose_one, VoteType::ordinal,
                                VoteType::cumulative, VoteType::scoring};
  std::size_t several = 0, unique = 0;
  for (int round = 0; round < 6000; ++round) {
    const VoteType type = types[random.below(5)];
    oracle::RandomShape shape;
    shape.projects_max = 9;
    const Instance instance = oracle::random_instance(random, type, shape);
    const bool points = type != VoteType::approval && type != VoteType::choose_one;
    MaxWelfareOptions options;
    options.satisfaction = static_cast<Satisfaction>(random.below(points ? 3 : 2));
    options.ordinal = random.below(2) == 0 ? OrdinalPoints::descending : OrdinalPoints::borda;
    for (const TiePolicy& policy : oracle::every_tie_policy()) {
      const TieOrder order(instance, tally(instance, options.ordinal), policy);
      const Result<Outcome> outcome = max_welfare(instance, order, options);
      ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
      const WelfareOracleOutcome expected =
          max_welfare_oracle(instance, order, options.satisfaction, options.ordinal);
      expect_equal(instance, order, *outcome, expected);
      expect_true_reasons(instance, options, *outcome);
      ASSERT_FALSE(HasFailure()) << "instance " << round << ", ties by " << to_string(policy);
      ++(expected.optima.size() > 1 ? several : unique);
    }
  }
  EXPECT_GT(several, 1000U);
  EXPECT_GT(unique, 1000U);
}

TEST(MaxWelfareProperty, SixteenProjectsAtATime) {
  oracle::Random random(1969);
  for (int round = 0; round < 12; ++round) {
    const oracle::RandomShape shape{16, 30, 20, true};
    const Instance instance = oracle::random_instance(random, VoteType::approval, shape);
    const TieOrder order(instance, tally(instance), {});
    for (const Satisfaction satisfaction : {Satisfaction::cost, Satisfaction::cardinality}) {
      const Result<Outcome> outcome = max_welfare(instance, order, {satisfaction});
      ASSERT_TRUE(outcome.ok());
      expect_equal(instance, order, *outcome,
                   max_welfare_oracle(instance, order, satisfaction, OrdinalPoints::descending));
      ASSERT_FALSE(HasFailure()) << "instance " << round;
    }
  }
}

}  // namespace
}  // namespace urna::count
