// SPDX-License-Identifier: EUPL-1.2
// Equal Shares on thousands of small random instances: equal to the definition, within the budget,
// blind to the order of ballots and to the names of projects.
#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "count/rules/equal_shares.h"
#include "test/oracle/equal_shares_oracle.h"
#include "test/oracle/small_instance.h"

namespace urna::count {
namespace {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  // Uniform enough for a test; the same on every machine.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }

 private:
  std::mt19937 engine_;
};

struct Drawn {
  Instance instance;
  std::vector<oracle::SmallBallot> ballots;
  std::vector<std::int64_t> costs;
  std::int64_t budget = 0;
  VoteType type = VoteType::approval;
};

// Small numbers on purpose: equal costs, equal support and money spent to the last grosz occur all
// the time.
Drawn draw(Random& random) {
  constexpr VoteType types[] = {VoteType::approval, VoteType::choose_one, VoteType::ordinal,
                                VoteType::cumulative, VoteType::scoring};
  Drawn drawn;
  drawn.type = types[random.below(5)];
  const std::uint32_t projects = 1 + random.below(7);
  const std::uint32_t cost_scale = 1 + random.below(30);
  for (std::uint32_t p = 0; p < projects; ++p) {
    drawn.costs.push_back(random.below(20) == 0 ? 0 : 1 + random.below(cost_scale));
  }
  drawn.budget = 1 + random.below(3 * cost_scale);
  const std::uint32_t groups = 1 + random.below(8);
  for (std::uint32_t g = 0; g < groups; ++g) {
    oracle::SmallBallot ballot;
    ballot.count = 1 + random.below(4);
    for (std::uint32_t p = 0; p < projects; ++p) {
      if (random.below(2) == 0) ballot.projects.push_back(static_cast<std::uint16_t>(p));
    }
    for (std::size_t i = ballot.projects.size(); i > 1; --i) {
      std::swap(ballot.projects[i - 1],
                ballot.projects[random.below(static_cast<std::uint32_t>(i))]);
    }
    if (drawn.type == VoteType::choose_one)
      ballot.projects.resize(std::min<std::size_t>(1, ballot.projects.size()));
    if (drawn.type != VoteType::choose_one && !ballot.projects.empty() && random.below(10) == 0) {
      ballot.projects.push_back(ballot.projects.front());  // named twice
    }
    if (drawn.type == VoteType::cumulative || drawn.type == VoteType::scoring) {
      for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
        ballot.points.push_back(static_cast<std::int32_t>(random.below(5)));
      }
    }
    drawn.ballots.push_back(std::move(ballot));
  }
  drawn.instance = oracle::small_instance(drawn.type, drawn.budget, drawn.costs, drawn.ballots);
  return drawn;
}

EqualSharesOptions draw_options(Random& random, VoteType type) {
  EqualSharesOptions options;
  const bool points = type != VoteType::approval && type != VoteType::choose_one;
  options.satisfaction = static_cast<Satisfaction>(random.below(points ? 3 : 2));
  options.ordinal = random.below(2) == 0 ? OrdinalPoints::descending : OrdinalPoints::borda;
  options.completion = random.below(2) == 0 ? Completion::none : Completion::add1;
  options.add1_stop = random.below(2) == 0 ? Add1Stop::overshoot : Add1Stop::exhaustive;
  options.add1_start = random.below(2) == 0 ? Add1Start::exact : Add1Start::integer;
  options.add1_step = Money{1 + random.below(250)};
  return options;
}

TiePolicy draw_ties(Random& random) {
  constexpr const char* policies[] = {"id", "file", "cost", "cost-desc", "votes", "draw:any seed"};
  return *parse_tie_policy(policies[random.below(6)]);
}

std::vector<ProjectIndex> sorted(std::vector<ProjectIndex> projects) {
  std::sort(projects.begin(), projects.end());
  return projects;
}

TEST(EqualSharesProperty, EqualsTheDefinition) {
  Random random(20211207);
  std::size_t ties_met = 0;
  for (int round = 0; round < 6000; ++round) {
    const Drawn drawn = draw(random);
    const Instance& instance = drawn.instance;
    const EqualSharesOptions options = draw_options(random, drawn.type);
    const TieOrder ties(instance, tally(instance), draw_ties(random));
    const auto expected = oracle::equal_shares_oracle(instance, ties, options);
    const Result<Outcome> outcome = equal_shares(instance, ties, options);
    ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
    std::vector<ProjectIndex> paid_for;
    for (const ProjectIndex p : outcome->winners) {
      if (instance.projects[p].cost > Money{}) paid_for.push_back(p);
    }
    ASSERT_EQ(oracle::ids(instance, paid_for), oracle::ids(instance, expected.winners))
        << "round " << round;
    ASSERT_EQ(*outcome->money_per_voter, expected.money_per_voter) << "round " << round;
    ASSERT_EQ(outcome->add1_steps, expected.add1_steps) << "round " << round;
    ASSERT_EQ(outcome->ties.size(), expected.ties.size()) << "round " << round;
    for (std::size_t t = 0; t < expected.ties.size(); ++t) {
      ASSERT_EQ(sorted(outcome->ties[t].projects), sorted(expected.ties[t])) << "round " << round;
      ++ties_met;
    }
    ASSERT_LE(outcome->total_cost, instance.budget) << "round " << round;
  }
  EXPECT_GT(ties_met, 500U);  // the test would be empty without them
}

TEST(EqualSharesProperty, CompletionsStayWithinTheBudget) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    const Drawn drawn = draw(random);
    EqualSharesOptions options = draw_options(random, drawn.type);
    options.completion = static_cast<Completion>(random.below(5));
    options.support_filter = random.below(3) == 0;
    options.preference = static_cast<Preference>(random.below(3));
    const TieOrder ties(drawn.instance, tally(drawn.instance), draw_ties(random));
    const Result<Outcome> outcome = equal_shares(drawn.instance, ties, options);
    ASSERT_TRUE(outcome.ok());
    Money spent;
    for (const ProjectIndex p : outcome->winners) spent += drawn.instance.projects[p].cost;
    ASSERT_EQ(spent, outcome->total_cost);
    ASSERT_LE(spent, drawn.instance.budget);
    auto unique = sorted(outcome->winners);
    ASSERT_EQ(std::adjacent_find(unique.begin(), unique.end()), unique.end());
  }
}

TEST(EqualSharesProperty, OrderOfBallotsIsIrrelevant) {
  Random random(11);
  for (int round = 0; round < 1000; ++round) {
    const Drawn drawn = draw(random);
    const EqualSharesOptions options = draw_options(random, drawn.type);
    std::vector<oracle::SmallBallot> shuffled = drawn.ballots;
    for (std::size_t i = shuffled.size(); i > 1; --i) {
      std::swap(shuffled[i - 1], shuffled[random.below(static_cast<std::uint32_t>(i))]);
    }
    const Instance other = oracle::small_instance(drawn.type, drawn.budget, drawn.costs, shuffled);
    const TieOrder ties(drawn.instance, tally(drawn.instance), {});
    const TieOrder other_ties(other, tally(other), {});
    ASSERT_EQ(equal_shares(drawn.instance, ties, options)->winners,
              equal_shares(other, other_ties, options)->winners)
        << "round " << round;
  }
}

TEST(EqualSharesProperty, NamesOfProjectsAreIrrelevant) {
  Random random(13);
  for (int round = 0; round < 1000; ++round) {
    const Drawn drawn = draw(random);
    const EqualSharesOptions options = draw_options(random, drawn.type);
    // Renumber the projects; ties by file order follow the renumbering.
    const std::size_t count = drawn.costs.size();
    std::vector<std::uint16_t> place(count);
    for (std::size_t i = 0; i < count; ++i) place[i] = static_cast<std::uint16_t>(count - 1 - i);
    std::vector<std::int64_t> costs(count);
    for (std::size_t i = 0; i < count; ++i) costs[place[i]] = drawn.costs[i];
    std::vector<oracle::SmallBallot> ballots = drawn.ballots;
    for (oracle::SmallBallot& ballot : ballots) {
      for (std::uint16_t& p : ballot.projects) p = place[p];
    }
    const Instance other = oracle::small_instance(drawn.type, drawn.budget, costs, ballots);
    const TieOrder ties(drawn.instance, tally(drawn.instance), {});
    const TieOrder other_ties(other, tally(other), {});
    const Outcome first = *equal_shares(drawn.instance, ties, options);
    const Outcome second = *equal_shares(other, other_ties, options);
    const auto tie = [](const Outcome& outcome) { return !outcome.ties.empty(); };
    if (tie(first) || tie(second)) continue;  // the two tie orders differ
    std::vector<ProjectIndex> renamed;
    for (const ProjectIndex p : first.winners) {
      if (drawn.instance.projects[p].cost > Money{}) renamed.push_back({place[p.value]});
    }
    std::vector<ProjectIndex> paid_for;
    for (const ProjectIndex p : second.winners) {
      if (other.projects[p].cost > Money{}) paid_for.push_back(p);
    }
    // Add1's earlier steps may have met ties that the kept run does not show.
    if (options.completion == Completion::none) {
      ASSERT_EQ(renamed, paid_for) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace urna::count
