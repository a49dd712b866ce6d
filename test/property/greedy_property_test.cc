// SPDX-License-Identifier: EUPL-1.2
// Greedy on thousands of small random pools: equal to the oracle, and what must hold of any rule.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

#include "count/rules/greedy.h"
#include "test/oracle/greedy_oracle.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using oracle::small_instance;

constexpr int pools = 20'000;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t upto(std::int64_t max) {  // 0 … max
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(max + 1));
  }
  bool one_in(std::int64_t n) { return upto(n - 1) == 0; }
  template <typename Items>
  void shuffle(Items& items) {
    std::shuffle(items.begin(), items.end(), engine_);
  }

 private:
  std::mt19937_64 engine_;
};

struct Pool {
  Instance instance;
  Tally tally;
  GreedyOptions options;
  TiePolicy policy;
};

Pool random_pool(Random& random) {
  const auto size = static_cast<std::size_t>(1 + random.upto(6));
  std::vector<std::int64_t> costs;
  for (std::size_t i = 0; i < size; ++i)
    costs.push_back(random.one_in(20) ? withdrawn_cost.grosze / 100 : random.upto(12));
  Pool pool;
  pool.instance = small_instance(VoteType::approval, random.upto(30), costs);
  for (std::size_t i = 0; i < size; ++i) {
    pool.tally.votes.push_back(random.upto(4));
    pool.tally.points.push_back(random.upto(4));
  }
  constexpr std::array ranks = {GreedyRank::votes, GreedyRank::points, GreedyRank::votes_per_cost,
                                GreedyRank::points_per_cost};
  constexpr std::array misfits = {Misfit::skip, Misfit::stop, Misfit::fund_at_80_percent};
  constexpr std::array kinds = {TieKind::id,        TieKind::file,  TieKind::cost,
                                TieKind::cost_desc, TieKind::votes, TieKind::draw};
  pool.options.rank = ranks[static_cast<std::size_t>(random.upto(3))];
  pool.options.misfit = misfits[static_cast<std::size_t>(random.upto(2))];
  pool.policy.kind = kinds[static_cast<std::size_t>(random.upto(5))];
  if (pool.policy.kind == TieKind::draw) pool.policy.seed = "seed";
  if (random.one_in(2)) pool.options.threshold = random.upto(3);
  for (std::int64_t groups = random.upto(4) - 2; groups > 0; --groups) {
    std::vector<ProjectIndex> group;
    for (const ProjectIndex p : pool.instance.indices())
      if (random.one_in(2)) group.push_back(p);
    pool.options.conflicts.push_back(group);
  }
  if (random.one_in(4)) {
    Money money = pool.instance.budget;
    for (const ProjectIndex p : pool.instance.indices()) {
      if (!random.one_in(3) || pool.instance.projects[p].cost > money) continue;
      money -= pool.instance.projects[p].cost;
      pool.options.already_funded.push_back(p);
    }
  }
  return pool;
}

PerProject<std::uint32_t> ranks_of(const Instance& instance, const TieOrder& ties) {
  PerProject<std::uint32_t> ranks(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) ranks[p] = ties.rank(p);
  return ranks;
}

// Does any order of the group, all else equal, fund another set? By trying them all.
bool decides(const Pool& pool, const PerProject<std::uint32_t>& ranks,
             const std::vector<ProjectIndex>& group) {
  const auto funded = [&](const PerProject<std::uint32_t>& order) {
    auto winners = oracle::greedy_oracle(pool.instance, pool.tally, order, pool.options);
    std::sort(winners.begin(), winners.end());
    return winners;
  };
  const auto reference = funded(ranks);
  std::vector<std::size_t> places(group.size());
  std::iota(places.begin(), places.end(), 0U);
  while (std::next_permutation(places.begin(), places.end())) {
    PerProject<std::uint32_t> order = ranks;
    for (std::size_t i = 0; i < group.size(); ++i) order[group[i]] = ranks[group[places[i]]];
    if (funded(order) != reference) return true;
  }
  return false;
}

TEST(GreedyProperty, EqualsTheOracleWithTiesTrulyDecisive) {
  Random random(1);
  int decisive = 0;
  for (int i = 0; i < pools; ++i) {
    const Pool pool = random_pool(random);
    const TieOrder ties(pool.instance, pool.tally, pool.policy);
    const Outcome outcome = greedy(pool.instance, pool.tally, ties, pool.options);
    const auto ranks = ranks_of(pool.instance, ties);
    ASSERT_EQ(outcome.winners,
              oracle::greedy_oracle(pool.instance, pool.tally, ranks, pool.options))
        << "pool " << i;
    const auto groups = oracle::greedy_tied_groups(pool.instance, pool.tally, ranks, pool.options);
    ASSERT_EQ(outcome.ties.size(), groups.size()) << "pool " << i;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      ASSERT_EQ(outcome.ties[g].projects, groups[g]) << "pool " << i;
      if (groups[g].size() > 5) continue;  // 120 orders are enough
      const bool expected = decides(pool, ranks, groups[g]);
      ASSERT_EQ(outcome.ties[g].decisive, expected) << "pool " << i << " tie " << g;
      decisive += expected ? 1 : 0;
    }
  }
  EXPECT_GT(decisive, pools / 20) << "the pools must contain decisive ties for this to mean much";
}

TEST(GreedyProperty, StaysWithinTheBudgetAndReasonsMatch) {
  Random random(2);
  for (int i = 0; i < pools; ++i) {
    const Pool pool = random_pool(random);
    const TieOrder ties(pool.instance, pool.tally, pool.policy);
    const Outcome outcome = greedy(pool.instance, pool.tally, ties, pool.options);
    Money spent;
    for (const ProjectIndex p : pool.options.already_funded)
      spent += pool.instance.projects[p].cost;
    Money added;
    bool beyond = false;
    for (const ProjectIndex p : outcome.winners) {
      const Reason& reason = outcome.reasons[p];
      beyond = beyond || reason.code == ReasonCode::won_over_budget;
      ASSERT_TRUE(reason.code == ReasonCode::won_in_order ||
                  reason.code == ReasonCode::won_over_budget);
      ASSERT_EQ(reason.money_before, pool.instance.budget - spent - added);
      added += pool.instance.projects[p].cost;
    }
    ASSERT_EQ(outcome.total_cost, added);
    ASSERT_EQ(spent + added > pool.instance.budget, beyond) << "pool " << i;
    for (const ProjectIndex p : pool.instance.indices()) {
      const Reason& reason = outcome.reasons[p];
      if (reason.code == ReasonCode::lost_no_money) {
        ASSERT_GT(pool.instance.projects[p].cost, reason.money_before);
        ASSERT_LE(pool.instance.projects[p].cost, pool.instance.budget);
      }
      if (reason.code == ReasonCode::lost_threshold) {
        ASSERT_LT(reason.value, reason.threshold);
      }
      if (reason.code == ReasonCode::lost_conflict || reason.code == ReasonCode::lost_after_stop) {
        ASSERT_TRUE(reason.other.has_value() && *reason.other != p);
      }
    }
  }
}

// Writing the projects in another order changes nothing, if ties do not look at that order.
TEST(GreedyProperty, OrderOfProjectsIsIrrelevant) {
  Random random(3);
  for (int i = 0; i < pools; ++i) {
    Pool pool = random_pool(random);
    if (pool.policy.kind == TieKind::file) pool.policy.kind = TieKind::id;
    const std::size_t size = pool.instance.projects.size();
    std::vector<ProjectIndex> place;  // new place of each old project
    for (const ProjectIndex p : pool.instance.indices()) place.push_back(p);
    random.shuffle(place);
    Pool moved = pool;
    moved.tally = Tally{PerProject<std::int64_t>(size), PerProject<std::int64_t>(size)};
    for (const ProjectIndex p : pool.instance.indices()) {
      moved.instance.projects[place[p.value]] = pool.instance.projects[p];
      moved.tally.votes[place[p.value]] = pool.tally.votes[p];
      moved.tally.points[place[p.value]] = pool.tally.points[p];
    }
    for (auto& group : moved.options.conflicts)
      for (ProjectIndex& p : group) p = place[p.value];
    for (ProjectIndex& p : moved.options.already_funded) p = place[p.value];

    const auto winners = [](const Pool& of) {
      const TieOrder ties(of.instance, of.tally, of.policy);
      return oracle::ids(of.instance, greedy(of.instance, of.tally, ties, of.options).winners);
    };
    ASSERT_EQ(winners(pool), winners(moved)) << "pool " << i;
  }
}

TEST(GreedyProperty, OrderOfBallotsIsIrrelevant) {
  Random random(4);
  for (int i = 0; i < 2'000; ++i) {
    const std::vector<std::int64_t> costs = {random.upto(9), random.upto(9), random.upto(9),
                                             random.upto(9)};
    std::vector<oracle::SmallBallot> ballots;
    for (std::int64_t n = random.upto(8); n >= 0; --n) {
      oracle::SmallBallot ballot;
      for (std::uint16_t p = 0; p < 4; ++p)
        if (random.one_in(2)) ballot.projects.push_back(p);
      ballots.push_back(ballot);
    }
    const std::int64_t budget = random.upto(20);
    const auto winners = [&] {
      const Instance instance = small_instance(VoteType::approval, budget, costs, ballots);
      const Tally votes = tally(instance);
      const TieOrder ties(instance, votes, {});
      return oracle::ids(instance, greedy(instance, votes, ties, {}).winners);
    };
    const std::string before = winners();
    random.shuffle(ballots);
    ASSERT_EQ(winners(), before) << "pool " << i;
  }
}

}  // namespace
}  // namespace urna::count
