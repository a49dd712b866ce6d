// SPDX-License-Identifier: EUPL-1.2
// The measures of an outcome: by hand, against their definitions, and what Equal Shares guarantees.
#include "count/analysis/analysis.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "count/rules/equal_shares.h"
#include "count/tally.h"
#include "test/oracle/analysis_oracle.h"
#include "test/oracle/random_instance.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::ids;
using oracle::small_instance;

void expect_equal(const Spread& spread, const Spread& expected) {
  EXPECT_EQ(spread.mean, expected.mean);
  EXPECT_EQ(spread.minimum, expected.minimum);
  EXPECT_EQ(spread.quartile1, expected.quartile1);
  EXPECT_EQ(spread.median, expected.median);
  EXPECT_EQ(spread.quartile3, expected.quartile3);
  EXPECT_EQ(spread.maximum, expected.maximum);
  EXPECT_EQ(spread.gini, expected.gini);
}

TEST(Analysis, FourVotersByHand) {
  // A costs 10, B 20, C 5; A and B are funded. Funded projects per ballot: 2, 1, 0, 0.
  const Instance instance =
      small_instance(VoteType::approval, 30, {10, 20, 5},
                     {{{0, 1}, {}, 1}, {{1, 1, 2}, {}, 1}, {{2}, {}, 1}, {{}, {}, 1}});
  const Analysis analysis = analyse(instance, {{0}, {1}}, Satisfaction::cost);
  EXPECT_EQ(analysis.ballots, 4U);
  EXPECT_EQ(analysis.excluded, 2U);
  EXPECT_EQ(analysis.funded_projects.mean, rational(3, 4));
  EXPECT_EQ(analysis.funded_projects.quartile1, 0);
  EXPECT_EQ(analysis.funded_projects.median, 0);  // index floor(1.5) = 1
  EXPECT_EQ(analysis.funded_projects.quartile3, 1);
  EXPECT_EQ(analysis.funded_projects.maximum, 2);
  // Differences of the six pairs: 1, 2, 2, 1, 1, 0, each twice: 14 / (2 * 4 * 3).
  EXPECT_EQ(analysis.funded_projects.gini, rational(7, 12));
  EXPECT_EQ(analysis.funded_cost.mean, rational(50, 4));
  EXPECT_EQ(analysis.funded_cost.maximum, 30);
}

TEST(Analysis, CategoriesShareCostsAndVotes) {
  Instance instance = small_instance(VoteType::approval, 100, {10, 6, 1},
                                     {{{0}, {}, 3}, {{1}, {}, 2}, {{2}, {}, 1}});
  instance.projects[{0}].categories = {"sport", "zieleń", "szkoły"};
  instance.projects[{1}].categories = {"sport"};
  instance.projects[{0}].district = "Ochota";
  const Analysis analysis = analyse(instance, {{0}}, Satisfaction::cost);
  ASSERT_EQ(analysis.by_category.size(), 4U);
  const ShareOfMoney& sport = analysis.by_category[0];
  EXPECT_EQ(sport.label, "sport");
  EXPECT_EQ(sport.proposed, Money{933});  // 10/3 + 6
  EXPECT_EQ(sport.funded, Money{333});
  EXPECT_EQ(sport.votes_share, rational(3, 6));  // (3/3 + 2) of 6
  EXPECT_EQ(sport.projects, 2U);
  EXPECT_EQ(sport.projects_funded, 1U);
  EXPECT_EQ(analysis.by_category[3].label, "");
  EXPECT_EQ(analysis.by_category[3].proposed, Money{100});
  ASSERT_EQ(analysis.by_district.size(), 2U);
  EXPECT_EQ(analysis.by_district[0].label, "Ochota");
  EXPECT_EQ(analysis.by_district[0].funded, Money{1000});
  EXPECT_EQ(analysis.by_district[1].projects, 2U);
}

TEST(Analysis, NoBallots) {
  const Instance instance = small_instance(VoteType::approval, 10, {1});
  const Analysis analysis = analyse(instance, {{0}}, Satisfaction::cost);
  EXPECT_EQ(analysis.ballots, 0U);
  EXPECT_EQ(analysis.funded_projects.gini, 0);
  EXPECT_EQ(analysis.by_category[0].votes_share, 0);
  EXPECT_TRUE(analysis.ejr_plus_violations.empty());
}

TEST(Analysis, QuartersThatGotNothing) {
  // Three quarters of the voters name A, a quarter names B; each project costs a quarter of the
  // money, and everything goes elsewhere.
  const Instance instance =
      small_instance(VoteType::approval, 8, {2, 2, 4}, {{{0}, {}, 3}, {{1}, {}, 1}});
  const Analysis analysis = analyse(instance, {{2}}, Satisfaction::cardinality);
  ASSERT_EQ(analysis.ejr_plus_violations.size(), 2U);
  EXPECT_EQ(analysis.ejr_plus_violations[0].project, ProjectIndex{0});
  EXPECT_EQ(analysis.ejr_plus_violations[0].voters, 3U);
  EXPECT_EQ(analysis.ejr_plus_violations[0].level, 3);  // their 6 pay for three times A
  EXPECT_EQ(analysis.ejr_plus_violations[1].level, 1);
  // In money: their 6 are 6 of satisfaction each; B's supporter could have 2.
  const Analysis money = analyse(instance, {{2}}, Satisfaction::cost);
  ASSERT_EQ(money.ejr_plus_violations.size(), 2U);
  EXPECT_EQ(money.ejr_plus_violations[0].level, 6);
  EXPECT_EQ(money.ejr_plus_violations[1].level, 2);
  // With A funded, B's supporter alone still could have paid for B.
  const Analysis with_a = analyse(instance, {{0}}, Satisfaction::cardinality);
  ASSERT_EQ(with_a.ejr_plus_violations.size(), 1U);
  EXPECT_EQ(with_a.ejr_plus_violations[0].project, ProjectIndex{1});
}

constexpr VoteType types[] = {VoteType::approval, VoteType::choose_one, VoteType::ordinal,
                              VoteType::cumulative, VoteType::scoring};

Satisfaction draw_satisfaction(oracle::Random& random, VoteType type) {
  const bool points = type != VoteType::approval && type != VoteType::choose_one;
  return static_cast<Satisfaction>(random.below(points ? 3 : 2));
}

TEST(Analysis, FollowsTheDefinitions) {
  oracle::Random random(2023);
  std::size_t violations = 0, satisfied = 0;
  for (int round = 0; round < 2000; ++round) {
    const VoteType type = types[random.below(5)];
    const oracle::RandomShape shape{6, 5, 2, true};
    const Instance instance = oracle::random_instance(random, type, shape);
    const Satisfaction satisfaction = draw_satisfaction(random, type);
    std::vector<ProjectIndex> winners;
    for (const ProjectIndex p : instance.indices()) {
      if (random.below(2) == 0) winners.push_back(p);
    }
    const Analysis analysis = analyse(instance, winners, satisfaction);

    std::vector<Rational> projects, costs;
    std::uint64_t excluded = 0;
    for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
      const BallotGroup ballot = instance.profile.group(g);
      Rational named = 0, cost = 0;
      for (const ProjectIndex w : winners) {
        if (std::find(ballot.projects.begin(), ballot.projects.end(), w) == ballot.projects.end())
          continue;
        named += 1;
        cost += rational(instance.projects[w].cost.grosze, 100);
      }
      projects.insert(projects.end(), ballot.count, named);
      costs.insert(costs.end(), ballot.count, cost);
      excluded += named == 0 ? ballot.count : 0U;
    }
    EXPECT_EQ(analysis.excluded, excluded);
    expect_equal(analysis.funded_projects, oracle::spread_oracle(projects));
    expect_equal(analysis.funded_cost, oracle::spread_oracle(costs));

    const auto expected = oracle::ejr_plus_oracle(instance, winners, satisfaction);
    ASSERT_EQ(analysis.ejr_plus_violations.size(), expected.size()) << "instance " << round;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(analysis.ejr_plus_violations[i].project, expected[i].project);
      EXPECT_EQ(analysis.ejr_plus_violations[i].voters, expected[i].voters);
      EXPECT_EQ(analysis.ejr_plus_violations[i].level, expected[i].level);
    }
    ASSERT_FALSE(HasFailure()) << "instance " << round;
    ++(expected.empty() ? satisfied : violations);
  }
  EXPECT_GT(violations, 200U);
  EXPECT_GT(satisfied, 200U);
}

TEST(Analysis, EqualSharesNeverViolatesEjrPlus) {
  oracle::Random random(2021);
  std::size_t with_losers = 0;
  for (int round = 0; round < 3000; ++round) {
    const VoteType type = types[random.below(5)];
    const Instance instance = oracle::random_instance(random, type);
    EqualSharesOptions options;
    options.satisfaction = draw_satisfaction(random, type);
    const TieOrder ties(instance, tally(instance), {});
    const Result<Outcome> outcome = equal_shares(instance, ties, options);
    ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
    const Analysis analysis = analyse(instance, outcome->winners, options.satisfaction);
    EXPECT_TRUE(analysis.ejr_plus_violations.empty()) << "instance " << round;
    with_losers += outcome->winners.size() < instance.projects.size() ? 1U : 0U;
  }
  EXPECT_GT(with_losers, 1000U);
}

TEST(Analysis, ComparesOutcomesBallotByBallot) {
  // A costs 9; B and C cost 3. First {A, D}, second {B, C, D}.
  const Instance instance = small_instance(VoteType::approval, 12, {9, 3, 3, 0},
                                           {{{0, 1, 2}, {}, 4}, {{1, 3}, {}, 2}, {{0}, {}, 1}});
  const std::vector<ProjectIndex> first = {{3}, {0}}, second = {{1}, {2}, {3}};
  const Comparison number = compare(instance, first, second, Preference::cardinality);
  EXPECT_EQ(ids(instance, number.only_first), "A");
  EXPECT_EQ(ids(instance, number.only_second), "B C");
  EXPECT_EQ(ids(instance, number.both), "D");
  EXPECT_EQ(number.prefer_first, 1U);
  EXPECT_EQ(number.prefer_second, 6U);
  EXPECT_EQ(number.indifferent, 0U);
  const Comparison money = compare(instance, first, second, Preference::cost);
  EXPECT_EQ(money.prefer_first, 5U);
  EXPECT_EQ(money.prefer_second, 2U);
  const Comparison exclusion = compare(instance, first, second, Preference::exclusion);
  EXPECT_EQ(exclusion.prefer_first, 1U);
  EXPECT_EQ(exclusion.prefer_second, 0U);
  EXPECT_EQ(exclusion.indifferent, 6U);
}

}  // namespace
}  // namespace urna::count
