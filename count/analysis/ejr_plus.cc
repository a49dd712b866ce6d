// SPDX-License-Identifier: EUPL-1.2
#include "count/analysis/ejr_plus.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "count/analysis/ballot_set.h"
#include "count/int128.h"

namespace urna::count {
namespace {

// Equal ballots seen from one project outside the winners.
struct Supporters {
  std::int64_t satisfaction = 0;  // with the winners; grosze for cost
  std::int64_t gain = 0;          // from the project itself, in the same unit
  std::uint64_t voters = 0;
};

std::int64_t gain_from(const Instance& instance, const Mark& mark, Satisfaction satisfaction) {
  switch (satisfaction) {
    case Satisfaction::cost:
      return instance.projects[mark.project].cost.grosze;
    case Satisfaction::cardinality:
      return 1;
    case Satisfaction::score:
      return mark.points;
  }
  return 0;
}

// The supporters of every tested project.
PerProject<std::vector<Supporters>> supporters_of(const Instance& instance,
                                                  const PerProject<bool>& funded,
                                                  Satisfaction satisfaction) {
  PerProject<std::vector<Supporters>> supporters(instance.projects.size());
  std::vector<Mark> marks;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    read_as_set(instance, ballot, OrdinalPoints::descending, marks);
    std::int64_t satisfied = 0;
    for (const Mark& mark : marks) {
      if (funded[mark.project]) satisfied += gain_from(instance, mark, satisfaction);
    }
    for (const Mark& mark : marks) {
      const Money cost = instance.projects[mark.project].cost;
      const std::int64_t gain = gain_from(instance, mark, satisfaction);
      if (funded[mark.project] || gain <= 0 || cost.grosze == 0 || cost > instance.budget ||
          cost == withdrawn_cost) {
        continue;
      }
      supporters[mark.project].push_back({satisfied, gain, ballot.count});
    }
  }
  return supporters;
}

// level = gain * voters * budget / (ballots * cost), in the unit of the gain.
Rational level_of(const Instance& instance, ProjectIndex p, std::int64_t gain,
                  std::uint64_t voters) {
  Rational level(integer(gain) * Integer(voters) * integer(instance.budget.grosze),
                 Integer(instance.profile.ballots()) * integer(instance.projects[p].cost.grosze));
  level.canonicalize();
  return level;
}

// The largest violating group among the supporters that gain at least `gain` from p. `sorted` is
// by satisfaction.
std::optional<EjrViolation> largest_violation(const Instance& instance, ProjectIndex p,
                                              const std::vector<Supporters>& sorted,
                                              std::int64_t gain) {
  std::uint64_t voters = 0, violating = 0;
  const auto tested = [&](std::int64_t satisfaction) {
    // (satisfaction + gain) * ballots * cost <= gain * voters * budget. Divided by the gain where
    // gain and cost are the same number, so that the products stay far below 128 bits.
    const std::int64_t cost = instance.projects[p].cost.grosze;
    const Int128 demand = Int128{satisfaction + gain} * instance.profile.ballots();
    if (gain == cost) return demand <= Int128{voters} * instance.budget.grosze;
    return demand * cost <= Int128{gain} * voters * instance.budget.grosze;
  };
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i].gain < gain) continue;
    voters += sorted[i].voters;
    // Equal satisfaction later on only enlarges the group, and the last prefix of it is tested.
    if (tested(sorted[i].satisfaction)) violating = voters;
  }
  if (violating == 0) return std::nullopt;
  return EjrViolation{p, violating, level_of(instance, p, gain, violating)};
}

}  // namespace

std::vector<EjrViolation> ejr_plus_violations(const Instance& instance,
                                              const std::vector<ProjectIndex>& winners,
                                              Satisfaction satisfaction) {
  std::vector<EjrViolation> violations;
  if (satisfaction == Satisfaction::score &&
      (instance.vote_type == VoteType::approval || instance.vote_type == VoteType::choose_one)) {
    return violations;
  }
  PerProject<bool> funded(instance.projects.size(), false);
  for (const ProjectIndex p : winners) funded[p] = true;
  PerProject<std::vector<Supporters>> supporters = supporters_of(instance, funded, satisfaction);
  for (const ProjectIndex p : instance.indices()) {
    std::vector<Supporters>& sorted = supporters[p];
    std::sort(sorted.begin(), sorted.end(), [](const Supporters& a, const Supporters& b) {
      return a.satisfaction < b.satisfaction;
    });
    std::vector<std::int64_t> gains;
    for (const Supporters& some : sorted) gains.push_back(some.gain);
    std::sort(gains.begin(), gains.end());
    gains.erase(std::unique(gains.begin(), gains.end()), gains.end());
    std::optional<EjrViolation> worst;
    for (const std::int64_t gain : gains) {
      std::optional<EjrViolation> found = largest_violation(instance, p, sorted, gain);
      if (found && (!worst || found->voters > worst->voters ||
                    (found->voters == worst->voters && found->level > worst->level))) {
        worst = std::move(found);
      }
    }
    if (!worst) continue;
    if (satisfaction == Satisfaction::cost) worst->level /= 100;
    violations.push_back(*std::move(worst));
  }
  return violations;
}

}  // namespace urna::count
