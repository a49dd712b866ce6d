// SPDX-License-Identifier: EUPL-1.2
// Margins of greedy counts against every possible replacement of ballots in tiny pools.
#include <algorithm>
#include <array>
#include <functional>
#include <gtest/gtest.h>
#include <random>

#include "count/margin/margin.h"
#include "test/oracle/small_instance.h"
#include "test/sampled.h"

namespace urna::count {
namespace {

using oracle::small_instance;
using oracle::SmallBallot;

Outcome count(const Instance& instance, const TiePolicy& policy, const GreedyOptions& options) {
  const Tally votes = tally(instance);
  return greedy(instance, votes, TieOrder(instance, votes, policy), options);
}

PerProject<Margin> margins_of(const Instance& instance, const TiePolicy& policy,
                              const GreedyOptions& options) {
  const Tally votes = tally(instance);
  const TieOrder ties(instance, votes, policy);
  return greedy_margins(instance, votes, ties, options, greedy(instance, votes, ties, options));
}

TEST(GreedyMargin, TwoProjectsForOnePlace) {
  // A has 10 votes, B 4, and the money is enough for one. Six voters more for B would only tie (A
  // wins ties by id); four who change from A to B make 6 to 8.
  const Instance instance =
      small_instance(VoteType::choose_one, 10, {10, 10}, {{{0}, {}, 10}, {{1}, {}, 4}});
  const auto margins = margins_of(instance, {}, {});
  for (const ProjectIndex p : instance.indices()) {
    EXPECT_EQ(margins[p].at_least, 4U);
    EXPECT_EQ(margins[p].at_most, 4U);
    EXPECT_TRUE(margins[p].exact());
    EXPECT_EQ(margins[p].own, 7U);
  }
}

TEST(GreedyMargin, ProjectDearerThanThePoolNeverFlips) {
  const Instance instance =
      small_instance(VoteType::approval, 10, {11, 3}, {{{0, 1}, {}, 5}, {{0}, {}, 5}});
  const auto margins = margins_of(instance, {}, {});
  for (const ProjectIndex p : instance.indices()) {  // nor does B, which always fits
    EXPECT_TRUE(margins[p].never());
    EXPECT_TRUE(margins[p].exact());
    EXPECT_FALSE(margins[p].own.has_value());
  }
}

TEST(GreedyMargin, ThresholdIsADistance) {
  GreedyOptions options;
  options.threshold = 8;
  const Instance instance = small_instance(VoteType::approval, 100, {10, 10},
                                           {{{0, 1}, {}, 5}, {{0}, {}, 5}, {{}, {}, 5}});
  const auto margins = margins_of(instance, {}, options);
  EXPECT_EQ(margins[{0}].at_least, 3U);  // 10 votes: three withdrawn leave 7
  EXPECT_EQ(margins[{0}].at_most, 3U);
  EXPECT_EQ(margins[{0}].own, 3U);
  EXPECT_EQ(margins[{1}].at_least, 3U);  // 5 votes: three more
  EXPECT_EQ(margins[{1}].at_most, 3U);
  EXPECT_EQ(margins[{1}].own, 3U);
}

TEST(GreedyMargin, WithdrawnProjectHasNone) {
  const Instance instance =
      small_instance(VoteType::approval, 10, {999'999'999, 3}, {{{0, 1}, {}, 5}});
  const auto margins = margins_of(instance, {}, {});
  EXPECT_TRUE(margins[{0}].never());
  EXPECT_FALSE(margins[{0}].own.has_value());
}

TEST(GreedyMargin, LengthLimitOfTheBallotCountsForWaysToFlip) {
  // All ballots name one project and may not name two. Moving is possible, adding is not.
  Instance instance =
      small_instance(VoteType::approval, 10, {10, 10}, {{{0}, {}, 10}, {{1}, {}, 4}});
  instance.limits.length_max = 1;
  const auto margins = margins_of(instance, {}, {});
  EXPECT_EQ(margins[{1}].at_least, 4U);
  EXPECT_EQ(margins[{1}].at_most, 4U);
}

// Tiny random pools --------------------------------------------------------------------------

struct Tiny {
  Instance instance;
  std::vector<SmallBallot> ballots;   // one voter each
  std::vector<SmallBallot> possible;  // all that the ballot rule admits
  std::vector<std::int64_t> costs;
  std::int64_t budget = 0;
  GreedyOptions options;
  TiePolicy policy;
};

using Engine = std::mt19937_64;
std::int64_t upto(Engine& engine, std::int64_t max) {
  return static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(max + 1));
}

std::vector<SmallBallot> possible_ballots(VoteType type, std::uint16_t projects,
                                          const BallotLimits& limits) {
  std::vector<SmallBallot> all;
  if (type == VoteType::ordinal) {
    std::function<void(SmallBallot)> extend = [&](const SmallBallot& ballot) {
      const auto length = static_cast<std::int64_t>(ballot.projects.size());
      if (length == 0 || length >= limits.length_min.value_or(0)) all.push_back(ballot);
      if (length == limits.length_max.value_or(projects)) return;
      for (std::uint16_t p = 0; p < projects; ++p) {
        if (std::count(ballot.projects.begin(), ballot.projects.end(), p) != 0) continue;
        SmallBallot longer = ballot;
        longer.projects.push_back(p);
        extend(longer);
      }
    };
    extend({});
    return all;
  }
  const std::int64_t most = type == VoteType::cumulative ? *limits.points_sum_max : 1;
  std::vector<std::int32_t> points(projects, 0);
  std::function<void(std::uint16_t)> choose = [&](std::uint16_t p) {
    if (p < projects) {
      for (std::int32_t given = 0; given <= most; ++given) {
        points[p] = given;
        choose(static_cast<std::uint16_t>(p + 1));
      }
      points[p] = 0;
      return;
    }
    SmallBallot ballot;
    std::int64_t sum = 0;
    for (std::uint16_t q = 0; q < projects; ++q) {
      if (points[q] == 0) continue;
      ballot.projects.push_back(q);
      if (type == VoteType::cumulative) ballot.points.push_back(points[q]);
      sum += points[q];
    }
    const auto length = static_cast<std::int64_t>(ballot.projects.size());
    if (type == VoteType::choose_one && length > 1) return;
    if (type == VoteType::cumulative && sum > most) return;
    if (length > 0 && length < limits.length_min.value_or(0)) return;
    if (length > limits.length_max.value_or(projects)) return;
    all.push_back(ballot);
  };
  choose(0);
  return all;
}

Tiny random_tiny(Engine& engine, VoteType type) {
  Tiny tiny;
  const bool sets = type == VoteType::approval || type == VoteType::choose_one;
  const auto projects = static_cast<std::uint16_t>(sets ? 2 + upto(engine, 2) : 3);
  const auto voters = static_cast<std::size_t>(type == VoteType::choose_one ? 2 + upto(engine, 3)
                                               : projects == 4              ? 3
                                               : sets                       ? 2 + upto(engine, 2)
                                                                            : 2 + upto(engine, 1));
  for (std::uint16_t p = 0; p < projects; ++p) tiny.costs.push_back(upto(engine, 8));
  tiny.budget = upto(engine, 14);
  BallotLimits limits;
  if (type == VoteType::cumulative) limits.points_sum_max = 3;
  if (sets && upto(engine, 2) == 0) limits.length_max = 1 + upto(engine, 1);
  if (type == VoteType::ordinal && upto(engine, 1) == 0) limits.length_max = 2;
  if (upto(engine, 3) == 0 && limits.length_max.value_or(2) >= 2) limits.length_min = 2;
  if (type == VoteType::choose_one) limits = {};
  tiny.possible = possible_ballots(type, projects, limits);
  for (std::size_t v = 0; v < voters; ++v)
    tiny.ballots.push_back(tiny.possible[engine() % tiny.possible.size()]);
  tiny.instance = small_instance(type, tiny.budget, tiny.costs, tiny.ballots);
  tiny.instance.limits = limits;

  constexpr std::array ranks = {GreedyRank::votes, GreedyRank::votes_per_cost, GreedyRank::points,
                                GreedyRank::points_per_cost};
  constexpr std::array misfits = {Misfit::skip, Misfit::stop, Misfit::fund_at_80_percent};
  constexpr std::array kinds = {TieKind::id,        TieKind::file,  TieKind::cost,
                                TieKind::cost_desc, TieKind::votes, TieKind::draw};
  tiny.options.rank = ranks[engine() % ranks.size()];
  tiny.options.misfit = misfits[engine() % misfits.size()];
  tiny.policy = {kinds[engine() % kinds.size()], "seed"};
  if (upto(engine, 2) == 0) tiny.options.threshold = 1 + upto(engine, 3);
  if (upto(engine, 3) == 0) tiny.options.conflicts = {{{0}, {1}}};
  return tiny;
}

// The fewest replaced ballots that flip each project, by trying every profile; -1: none does.
PerProject<int> true_margins(const Tiny& tiny, const PerProject<bool>& funded) {
  PerProject<int> margins(tiny.costs.size(), -1);
  std::vector<SmallBallot> changed = tiny.ballots;
  std::function<void(std::size_t, int)> replace = [&](std::size_t v, int replaced) {
    if (v < changed.size()) {
      changed[v] = tiny.ballots[v];
      replace(v + 1, replaced);
      for (const SmallBallot& ballot : tiny.possible) {
        changed[v] = ballot;
        replace(v + 1, replaced + 1);
      }
      changed[v] = tiny.ballots[v];
      return;
    }
    if (replaced == 0) return;
    const Instance instance =
        small_instance(tiny.instance.vote_type, tiny.budget, tiny.costs, changed);
    const auto after = count(instance, tiny.policy, tiny.options).selected(tiny.costs.size());
    for (const ProjectIndex p : instance.indices())
      if (after[p] != funded[p] && (margins[p] < 0 || replaced < margins[p])) margins[p] = replaced;
  };
  replace(0, 0);
  return margins;
}

// The fewest ballots whose mark for p alone is changed, by trying all marks; -1: none flips it.
int true_own(const Tiny& tiny, ProjectIndex p, const PerProject<bool>& funded,
             std::int64_t highest) {
  const bool points =
      tiny.options.rank == GreedyRank::points || tiny.options.rank == GreedyRank::points_per_cost;
  const Tally cast = tally(tiny.instance);
  const TieOrder ties(tiny.instance, cast, tiny.policy);
  std::vector<std::int64_t> marks;
  for (std::size_t v = 0; v < tiny.ballots.size(); ++v) {
    const Tally one =
        tally(small_instance(tiny.instance.vote_type, tiny.budget, tiny.costs, {tiny.ballots[v]}));
    marks.push_back(points ? one.points[p] : one.votes[p]);
  }
  int fewest = -1;
  std::function<void(std::size_t, int, std::int64_t)> mark = [&](std::size_t v, int changed,
                                                                 std::int64_t total) {
    if (v < marks.size()) {
      for (std::int64_t given = 0; given <= highest; ++given)
        mark(v + 1, changed + (given != marks[v] ? 1 : 0), total + given);
      return;
    }
    Tally after = cast;
    (points ? after.points : after.votes)[p] = total;
    const TieOrder new_ties(tiny.instance, after, tiny.policy);
    const auto flags =
        greedy(tiny.instance, after, new_ties, tiny.options).selected(tiny.costs.size());
    if (flags[p] != funded[p] && (fewest < 0 || changed < fewest)) fewest = changed;
  };
  mark(0, 0, 0);
  return fewest;
}

class GreedyMarginByType : public testing::TestWithParam<VoteType> {};

TEST_P(GreedyMarginByType, BoundsHoldAgainstEveryReplacement) {
  Engine engine(7);
  int flippable = 0;
  int exact = 0;
  // Up to 8,000 profiles each.
  const int pools = test::sampled(GetParam() == VoteType::cumulative ? 120 : 400);
  for (int i = 0; i < pools; ++i) {
    const Tiny tiny = random_tiny(engine, GetParam());
    const auto funded = count(tiny.instance, tiny.policy, tiny.options).selected(tiny.costs.size());
    const auto margins = margins_of(tiny.instance, tiny.policy, tiny.options);
    const auto truth = true_margins(tiny, funded);
    for (const ProjectIndex p : tiny.instance.indices()) {
      const Margin& margin = margins[p];
      SCOPED_TRACE(testing::Message()
                   << "pool " << i << " project " << p.value << " true margin " << truth[p]);
      if (truth[p] < 0) {
        ASSERT_FALSE(margin.at_most.has_value());
        continue;
      }
      const auto true_margin = static_cast<std::uint64_t>(truth[p]);
      ASSERT_TRUE(margin.at_least.has_value());
      ASSERT_GE(*margin.at_least, 1U);
      ASSERT_LE(*margin.at_least, true_margin);
      if (margin.at_most) {
        ASSERT_GE(*margin.at_most, true_margin);
      }
      ++flippable;
      exact += margin.exact() ? 1 : 0;
    }
  }
  EXPECT_GT(flippable, pools / 2);
  EXPECT_GT(exact, flippable / 2) << "bounds so wide would be of little use";
}

TEST_P(GreedyMarginByType, OwnIsExact) {
  Engine engine(8);
  int flippable = 0;
  const int pools = test::sampled(400);
  for (int i = 0; i < pools; ++i) {
    const Tiny tiny = random_tiny(engine, GetParam());
    const bool points =
        tiny.options.rank == GreedyRank::points || tiny.options.rank == GreedyRank::points_per_cost;
    std::int64_t highest = 1;
    if (points && GetParam() == VoteType::cumulative) highest = 3;
    if (points && GetParam() == VoteType::ordinal)
      highest = tiny.instance.limits.length_max.value_or(3);
    const auto funded = count(tiny.instance, tiny.policy, tiny.options).selected(tiny.costs.size());
    const auto margins = margins_of(tiny.instance, tiny.policy, tiny.options);
    for (const ProjectIndex p : tiny.instance.indices()) {
      const int truth = true_own(tiny, p, funded, highest);
      SCOPED_TRACE(testing::Message() << "pool " << i << " project " << p.value);
      ASSERT_EQ(margins[p].own ? static_cast<int>(*margins[p].own) : -1, truth);
      flippable += truth > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(flippable, pools / 2);
}

INSTANTIATE_TEST_SUITE_P(Types, GreedyMarginByType,
                         testing::Values(VoteType::approval, VoteType::choose_one,
                                         VoteType::ordinal, VoteType::cumulative));

}  // namespace
}  // namespace urna::count
