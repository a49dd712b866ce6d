// SPDX-License-Identifier: EUPL-1.2
// The bound for Equal Shares against every possible change of one or two ballots.
#include <gtest/gtest.h>
#include <random>

#include "count/margin/margin.h"
#include "count/rules/equal_shares.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

using Ballots = std::vector<std::uint32_t>;  // sets of projects as bits

constexpr std::uint32_t projects = 3;

Instance instance_of(std::int64_t budget, const std::vector<std::int64_t>& costs,
                     const Ballots& ballots) {
  std::vector<oracle::SmallBallot> small;
  for (const std::uint32_t bits : ballots) {
    oracle::SmallBallot ballot;
    for (std::uint16_t p = 0; p < projects; ++p) {
      if ((bits >> p & 1U) != 0) ballot.projects.push_back(p);
    }
    small.push_back(ballot);
  }
  return oracle::small_instance(VoteType::approval, budget, costs, small);
}

PerProject<bool> funded(const Instance& instance, const EqualSharesOptions& options) {
  const TieOrder ties(instance, tally(instance), {});
  return equal_shares(instance, ties, options)->selected(projects);
}

// Calls `visit` with every way to replace exactly `count` of the ballots from `first` on.
template <typename Visit>
void replace(Ballots& ballots, std::size_t first, int count, const Visit& visit) {
  if (count == 0) {
    visit(ballots);
    return;
  }
  for (std::size_t i = first; i < ballots.size(); ++i) {
    const std::uint32_t kept = ballots[i];
    for (std::uint32_t bits = 0; bits < (1U << projects); ++bits) {
      ballots[i] = bits;
      replace(ballots, i + 1, count - 1, visit);
    }
    ballots[i] = kept;
  }
}

TEST(EqualSharesMargin, NoFewerChangedBallotsFlipAProject) {
  std::mt19937 random(4);
  std::size_t beyond_one = 0;
  std::size_t flips_seen = 0;
  for (int round = 0; round < 60; ++round) {
    EqualSharesOptions options;
    options.satisfaction = random() % 2 == 0 ? Satisfaction::cost : Satisfaction::cardinality;
    options.completion = static_cast<Completion>(random() % 5);
    if (random() % 2 == 0) options.completion = Completion::none;
    std::vector<std::int64_t> costs;
    for (std::uint32_t p = 0; p < projects; ++p)
      costs.push_back(1 + static_cast<std::int64_t>(random() % 12));
    const auto budget = 2 + static_cast<std::int64_t>(random() % 20);
    Ballots ballots;
    for (std::size_t v = 3 + random() % 5; v > 0; --v) {
      ballots.push_back(static_cast<std::uint32_t>(random() % (1U << projects)));
    }
    const Instance instance = instance_of(budget, costs, ballots);
    const TieOrder ties(instance, tally(instance), {});
    const Outcome outcome = *equal_shares(instance, ties, options);
    const PerProject<bool> before = outcome.selected(projects);
    const auto margins = equal_shares_margins(instance, ties, options, outcome);
    for (const int changed : {1, 2}) {
      replace(ballots, 0, changed, [&](const Ballots& other) {
        const PerProject<bool> after = funded(instance_of(budget, costs, other), options);
        for (const ProjectIndex p : instance.indices()) {
          if (after[p] == before[p]) continue;
          ++flips_seen;
          ASSERT_FALSE(margins[p].never()) << "round " << round;
          ASSERT_LE(*margins[p].at_least, static_cast<std::uint64_t>(changed))
              << "round " << round << " project " << p.value;
        }
      });
    }
    for (const Margin& margin : margins) {
      if (margin.at_least && *margin.at_least > 1) ++beyond_one;
    }
  }
  EXPECT_GT(flips_seen, 1000U);
  EXPECT_GT(beyond_one, 15U);  // the bound says more than nothing
}

}  // namespace
}  // namespace urna::count
