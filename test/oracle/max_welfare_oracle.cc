// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/max_welfare_oracle.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace urna::oracle {
namespace {

std::vector<std::uint32_t> ranks(const std::vector<count::ProjectIndex>& set,
                                 const count::TieOrder& ties) {
  std::vector<std::uint32_t> sorted;
  for (const count::ProjectIndex p : set) sorted.push_back(ties.rank(p));
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

Rational welfare_oracle(const count::Instance& instance, count::ProjectIndex project,
                        count::Satisfaction satisfaction, count::OrdinalPoints ordinal) {
  Rational sum = 0;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const count::BallotGroup ballot = instance.profile.group(g);
    bool named = false;
    std::int64_t most_points = 0;
    for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
      if (ballot.projects[i] != project) continue;
      const std::int64_t points = count::points_of(ballot, i, instance.vote_type, ordinal);
      most_points = named ? std::max(most_points, points) : points;
      named = true;
    }
    if (!named) continue;
    switch (satisfaction) {
      case count::Satisfaction::cost:
        sum += rational(instance.projects[project].cost.grosze, 100) * rational(ballot.count);
        break;
      case count::Satisfaction::cardinality:
        sum += rational(ballot.count);
        break;
      case count::Satisfaction::score:
        sum += rational(most_points) * rational(ballot.count);
        break;
    }
  }
  return sum;
}

WelfareOracleOutcome max_welfare_oracle(const count::Instance& instance,
                                        const count::TieOrder& ties,
                                        count::Satisfaction satisfaction,
                                        count::OrdinalPoints ordinal) {
  if (instance.projects.size() > 16) std::abort();
  std::vector<count::ProjectIndex> candidates;
  std::vector<Rational> welfare;
  for (const count::ProjectIndex p : instance.indices()) {
    const Rational value = welfare_oracle(instance, p, satisfaction, ordinal);
    if (value <= 0 || instance.projects[p].cost == count::withdrawn_cost) continue;
    candidates.push_back(p);
    welfare.push_back(value);
  }
  WelfareOracleOutcome outcome;
  for (std::uint32_t mask = 0; mask < 1U << candidates.size(); ++mask) {
    std::vector<count::ProjectIndex> set;
    Money cost;
    Rational value = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if ((mask >> i & 1U) == 0) continue;
      set.push_back(candidates[i]);
      cost += instance.projects[candidates[i]].cost;
      value += welfare[i];
    }
    if (cost > instance.budget || value < outcome.value) continue;
    if (value > outcome.value) outcome.optima.clear();
    outcome.value = value;
    outcome.optima.push_back(std::move(set));
  }
  const auto first = std::min_element(
      outcome.optima.begin(), outcome.optima.end(),
      [&](const auto& a, const auto& b) { return ranks(a, ties) < ranks(b, ties); });
  std::iter_swap(outcome.optima.begin(), first);
  return outcome;
}

}  // namespace urna::oracle
