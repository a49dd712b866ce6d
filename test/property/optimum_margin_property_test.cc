// SPDX-License-Identifier: EUPL-1.2
// Margins of Phragmen's rule and of maximum welfare never promise more than is true: on tiny
// elections, against every other election with the same number of ballots.
#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "count/margin/margin.h"
#include "count/rules/max_welfare.h"
#include "count/rules/phragmen.h"
#include "count/tally.h"
#include "test/oracle/random_instance.h"

namespace urna::count {
namespace {

struct TinyBallot {
  std::vector<ProjectIndex> projects;
  std::vector<std::int32_t> points;
};

// An election whose ballots can be exchanged one by one.
struct Tiny {
  Instance instance;
  std::vector<TinyBallot> admitted;  // [0] is blank
  std::vector<std::size_t> cast;     // indices in `admitted`
};

Instance with_ballots(const Tiny& tiny, const std::vector<std::size_t>& cast) {
  Instance instance = tiny.instance;
  ProfileBuilder builder(instance.vote_type);
  for (const std::size_t b : cast) {
    EXPECT_TRUE(builder.add(tiny.admitted[b].projects, tiny.admitted[b].points));
  }
  instance.profile = std::move(builder).build();
  return instance;
}

constexpr std::size_t elections_max = 1'500;

using Count = std::function<Outcome(const Instance&)>;

// Fewest ballots changed over all elections in which the project's status differs; nothing if there
// is none.
PerProject<std::optional<std::uint64_t>> true_margins(const Tiny& tiny, const Count& count) {
  const std::size_t projects = tiny.instance.projects.size();
  const PerProject<bool> before = count(with_ballots(tiny, tiny.cast)).selected(projects);
  PerProject<std::optional<std::uint64_t>> margins(projects);
  std::vector<std::size_t> other(tiny.cast.size(), 0);
  while (true) {
    std::uint64_t changed = 0;
    for (std::size_t i = 0; i < other.size(); ++i) changed += other[i] != tiny.cast[i] ? 1U : 0U;
    const PerProject<bool> after = count(with_ballots(tiny, other)).selected(projects);
    for (const ProjectIndex p : tiny.instance.indices()) {
      if (before[p] == after[p]) continue;
      margins[p] = std::min(margins[p].value_or(changed), changed);
    }
    std::size_t i = 0;
    while (i < other.size() && ++other[i] == tiny.admitted.size()) other[i++] = 0;
    if (i == other.size()) return margins;
  }
}

// How often the bound says more than that one ballot is needed, over all calls.
struct Strength {
  std::size_t above_one = 0, never = 0, exact = 0;
};

void expect_sound(const PerProject<Margin>& proved, const Tiny& tiny, const Count& count,
                  Strength& strength) {
  const auto truth = true_margins(tiny, count);
  for (const ProjectIndex p : tiny.instance.indices()) {
    if (proved[p].never()) {
      EXPECT_FALSE(truth[p].has_value()) << "project " << p.value;
      ++strength.never;
      continue;
    }
    EXPECT_GE(*proved[p].at_least, 1U);
    if (truth[p]) {
      EXPECT_LE(*proved[p].at_least, *truth[p]) << "project " << p.value;
    }
    strength.above_one += *proved[p].at_least > 1 ? 1U : 0U;
    strength.exact += proved[p].at_least == truth[p] ? 1U : 0U;
  }
}

// Projects as random_instance() makes them; all ballots that the limits admit; some of them cast.
Tiny draw_tiny(oracle::Random& random, VoteType type, std::uint32_t projects_max,
               std::size_t ballots) {
  Tiny tiny;
  oracle::RandomShape shape;
  shape.projects_max = projects_max;
  tiny.instance = oracle::random_instance(random, type, shape);
  const auto projects = static_cast<std::uint32_t>(tiny.instance.projects.size());
  BallotLimits& limits = tiny.instance.limits;
  if (random.below(2) == 0) limits.length_max = 1 + random.below(projects);
  const bool points = type == VoteType::cumulative || type == VoteType::scoring;
  const std::int32_t most = points ? 2 : 1;
  if (points) limits.points_max = most;
  if (type == VoteType::cumulative) limits.points_sum_max = 1 + random.below(3);
  if (type == VoteType::scoring && random.below(2) == 0) limits.points_min = -1;
  const auto least = static_cast<std::int32_t>(limits.points_min.value_or(0));

  // A project is either not named, or named with points least … most (0 is worth nothing).
  const auto choices = static_cast<std::uint32_t>(points ? most - least + 1 : 2);
  std::uint32_t all = 1;
  for (std::uint32_t p = 0; p < projects; ++p) all *= choices;
  for (std::uint32_t code = 0; code < all; ++code) {
    TinyBallot ballot;
    std::int64_t sum = 0;
    std::uint32_t rest = code;
    for (std::uint16_t p = 0; p < projects; ++p, rest /= choices) {
      const auto given = static_cast<std::int32_t>(rest % choices) + (points ? least : 0);
      if (given == 0) continue;
      ballot.projects.push_back({p});
      if (points) ballot.points.push_back(given);
      sum += given;
    }
    const auto length = static_cast<std::int64_t>(ballot.projects.size());
    if (length > limits.length_max.value_or(length)) continue;
    if (type == VoteType::choose_one && length > 1) continue;
    if (sum > limits.points_sum_max.value_or(sum)) continue;
    do {
      tiny.admitted.push_back(ballot);
    } while (type == VoteType::ordinal &&
             std::next_permutation(ballot.projects.begin(), ballot.projects.end()));
  }
  const auto blank = std::find_if(tiny.admitted.begin(), tiny.admitted.end(),
                                  [](const TinyBallot& b) { return b.projects.empty(); });
  std::iter_swap(tiny.admitted.begin(), blank);
  // Draw from few kinds of ballots, so that large majorities occur too.
  const auto admitted = static_cast<std::uint32_t>(tiny.admitted.size());
  const std::size_t kinds[] = {random.below(admitted), random.below(admitted)};
  // All other elections are counted, so there must not be too many.
  std::size_t elections = admitted;
  for (std::size_t i = 1; i < ballots; ++i) {
    elections *= admitted;
    if (elections > elections_max) ballots = i;
  }
  for (std::size_t i = 0; i < ballots; ++i) tiny.cast.push_back(kinds[random.below(2)]);
  tiny.instance = with_ballots(tiny, tiny.cast);
  return tiny;
}

TEST(OptimumMarginProperty, PhragmenMarginsAreSound) {
  oracle::Random random(6);
  Strength strength;
  for (int round = 0; round < 600; ++round) {
    const bool one = random.below(3) == 0;
    const Tiny tiny = one ? draw_tiny(random, VoteType::choose_one, 3, 5)
                          : draw_tiny(random, VoteType::approval, 3, 4);
    const TiePolicy policy = oracle::every_tie_policy()[random.below(6)];
    const Count count = [&](const Instance& instance) {
      return *phragmen(instance, TieOrder(instance, tally(instance), policy));
    };
    const TieOrder order(tiny.instance, tally(tiny.instance), policy);
    expect_sound(phragmen_margins(tiny.instance, order, count(tiny.instance)), tiny, count,
                 strength);
    ASSERT_FALSE(HasFailure()) << "election " << round;
  }
  EXPECT_GT(strength.above_one, 20U);
  EXPECT_GT(strength.never, 20U);
  EXPECT_GT(strength.exact, 100U);
}

TEST(OptimumMarginProperty, MaxWelfareMarginsAreSound) {
  oracle::Random random(7);
  Strength strength;
  constexpr VoteType types[] = {VoteType::approval, VoteType::choose_one, VoteType::ordinal,
                                VoteType::cumulative, VoteType::scoring};
  for (int round = 0; round < 500; ++round) {
    const VoteType type = types[random.below(5)];
    const bool points = type != VoteType::approval && type != VoteType::choose_one;
    const Tiny tiny = draw_tiny(random, type, 3, points ? 3 : 4);
    MaxWelfareOptions options;
    options.satisfaction = static_cast<Satisfaction>(random.below(points ? 3 : 2));
    options.ordinal = random.below(2) == 0 ? OrdinalPoints::descending : OrdinalPoints::borda;
    const TiePolicy policy = oracle::every_tie_policy()[random.below(6)];
    const Count count = [&](const Instance& instance) {
      const TieOrder order(instance, tally(instance, options.ordinal), policy);
      return *max_welfare(instance, order, options);
    };
    const TieOrder order(tiny.instance, tally(tiny.instance, options.ordinal), policy);
    expect_sound(max_welfare_margins(tiny.instance, order, options, count(tiny.instance)), tiny,
                 count, strength);
    ASSERT_FALSE(HasFailure()) << "election " << round;
  }
  EXPECT_GT(strength.above_one, 20U);
  EXPECT_GT(strength.never, 20U);
  EXPECT_GT(strength.exact, 100U);
}

}  // namespace
}  // namespace urna::count
