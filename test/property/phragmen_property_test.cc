// SPDX-License-Identifier: EUPL-1.2
// Phragmen's rule on thousands of small random instances against the definition.
#include <algorithm>
#include <gtest/gtest.h>

#include "count/rules/phragmen.h"
#include "count/tally.h"
#include "test/oracle/phragmen_oracle.h"
#include "test/oracle/random_instance.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::Deviation;
using oracle::phragmen_oracle;
using oracle::PhragmenOracleOutcome;

std::vector<ProjectIndex> sorted(std::vector<ProjectIndex> projects) {
  std::sort(projects.begin(), projects.end());
  return projects;
}

void expect_equal_ties(const Instance& instance, const TieOrder& order, const Outcome& outcome,
                       const PhragmenOracleOutcome& expected) {
  std::size_t event = 0;
  for (std::size_t i = 0; i < expected.rounds.size(); ++i) {
    const std::vector<ProjectIndex>& tied = expected.rounds[i].tied;
    if (tied.size() < 2) continue;
    ASSERT_LT(event, outcome.ties.size());
    const TieEvent& tie = outcome.ties[event++];
    EXPECT_EQ(tie.criterion, TieCriterion::load);
    EXPECT_EQ(tie.round, i + 1);
    EXPECT_EQ(tie.projects, tied);
    bool decisive = false;
    for (const ProjectIndex instead : tied) {
      const auto other = phragmen_oracle(instance, order, Deviation{i + 1, instead});
      decisive = decisive || sorted(other.winners) != sorted(expected.winners);
    }
    EXPECT_EQ(tie.decisive, decisive) << "round " << i + 1;
  }
  EXPECT_EQ(event, outcome.ties.size());
}

void expect_true_reasons(const Instance& instance, const Outcome& outcome,
                         const PhragmenOracleOutcome& expected) {
  const Tally merged = tally(instance, OrdinalPoints::descending, Repeats::merged);
  for (std::size_t i = 0; i < expected.winners.size(); ++i) {
    const Reason& reason = outcome.reasons[expected.winners[i]];
    EXPECT_EQ(reason.code, ReasonCode::won_by_load);
    EXPECT_EQ(reason.round, i + 1);
    EXPECT_EQ(reason.price, expected.rounds[i].load);
  }
  const PerProject<bool> won = outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    if (won[p]) continue;
    const Reason& reason = outcome.reasons[p];
    if (instance.projects[p].cost == withdrawn_cost) {
      EXPECT_EQ(reason.code, ReasonCode::lost_withdrawn);
    } else if (instance.projects[p].cost > instance.budget) {
      EXPECT_EQ(reason.code, ReasonCode::lost_over_budget);
    } else if (merged.votes[p] == 0) {
      EXPECT_EQ(reason.code, ReasonCode::lost_no_support);
    } else {
      EXPECT_EQ(reason.code, ReasonCode::lost_load_stop);
      EXPECT_EQ(reason.round, expected.winners.size() + 1);
      ASSERT_TRUE(expected.stop && reason.other);
      const auto& tied = expected.stop->tied;
      EXPECT_NE(std::find(tied.begin(), tied.end(), *reason.other), tied.end());
      EXPECT_GT(instance.projects[*reason.other].cost + outcome.total_cost, instance.budget);
    }
  }
}

TEST(PhragmenProperty, FollowsTheDefinitionUnderEveryTiePolicy) {
  oracle::Random random(20221);
  std::size_t ties = 0, decisive = 0, stops = 0;
  for (int round = 0; round < 6000; ++round) {
    const VoteType type = random.below(4) == 0 ? VoteType::choose_one : VoteType::approval;
    const Instance instance = oracle::random_instance(random, type);
    const Tally votes = tally(instance);
    for (const TiePolicy& policy : oracle::every_tie_policy()) {
      const TieOrder order(instance, votes, policy);
      const PhragmenOracleOutcome expected = phragmen_oracle(instance, order);
      const Result<Outcome> outcome = phragmen(instance, order);
      ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
      ASSERT_EQ(outcome->winners, expected.winners)
          << "instance " << round << ", ties by " << to_string(policy);
      EXPECT_LE(outcome->total_cost, instance.budget);
      expect_equal_ties(instance, order, *outcome, expected);
      expect_true_reasons(instance, *outcome, expected);
      ASSERT_FALSE(HasFailure()) << "instance " << round << ", ties by " << to_string(policy);
      for (const TieEvent& tie : outcome->ties) {
        ++ties;
        decisive += tie.decisive ? 1U : 0U;
      }
      stops += expected.stop ? 1U : 0U;
    }
  }
  // The instances are of use only if they meet what they are meant to test.
  EXPECT_GT(ties, 1000U);
  EXPECT_GT(decisive, 100U);
  EXPECT_GT(ties - decisive, 100U);
  EXPECT_GT(stops, 1000U);
}

// Long runs on more projects, where the exact integers grow over many rounds.
TEST(PhragmenProperty, LongRunsFollowTheDefinition) {
  oracle::Random random(20222);
  std::size_t longest = 0;
  for (int round = 0; round < 60; ++round) {
    const oracle::RandomShape shape{40, 40, 1000, false};
    const Instance instance = oracle::random_instance(random, VoteType::approval, shape);
    const TieOrder order(instance, tally(instance), {});
    const PhragmenOracleOutcome expected = phragmen_oracle(instance, order);
    const Result<Outcome> outcome = phragmen(instance, order);
    ASSERT_TRUE(outcome.ok());
    ASSERT_EQ(outcome->winners, expected.winners) << "instance " << round;
    expect_true_reasons(instance, *outcome, expected);
    longest = std::max(longest, expected.winners.size());
  }
  EXPECT_GT(longest, 25U);
}

TEST(PhragmenProperty, OrderOfBallotsAndRepeatsDoNotMatter) {
  oracle::Random random(20223);
  for (int round = 0; round < 500; ++round) {
    const Instance instance = oracle::random_instance(random, VoteType::approval);
    ProfileBuilder backwards(VoteType::approval);
    for (std::size_t g = instance.profile.groups(); g > 0; --g) {
      const BallotGroup ballot = instance.profile.group(g - 1);
      std::vector<ProjectIndex> named(ballot.projects.begin(), ballot.projects.end());
      if (!named.empty()) named.push_back(named.front());
      ASSERT_TRUE(backwards.add(named, {}, ballot.count));
    }
    Instance other = instance;
    other.profile = std::move(backwards).build();
    const TieOrder order(instance, tally(instance), {});
    EXPECT_EQ(phragmen(instance, order)->winners, phragmen(other, order)->winners);
  }
}

}  // namespace
}  // namespace urna::count
