// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/analysis_oracle.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "count/tally.h"

namespace urna::oracle {
namespace {

using count::BallotGroup;
using count::ProjectIndex;
using count::Satisfaction;

// What the ballot has from the project; nothing if it does not name it. In currency units for cost.
std::optional<Rational> satisfaction_from(const count::Instance& instance,
                                          const BallotGroup& ballot, ProjectIndex p,
                                          Satisfaction satisfaction) {
  std::optional<Rational> most;
  for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
    if (ballot.projects[i] != p) continue;
    Rational here = 1;
    if (satisfaction == Satisfaction::cost) here = rational(instance.projects[p].cost.grosze, 100);
    if (satisfaction == Satisfaction::score) {
      here = rational(
          count::points_of(ballot, i, instance.vote_type, count::OrdinalPoints::descending));
    }
    if (!most || here > *most) most = here;
  }
  return most;
}

struct Voter {
  Rational satisfaction;  // with the winners
  Rational gain;          // from the project looked at
};

}  // namespace

count::Spread spread_oracle(std::vector<Rational> numbers) {
  count::Spread spread;
  if (numbers.empty()) return spread;
  std::sort(numbers.begin(), numbers.end());
  const Rational n = rational(static_cast<std::int64_t>(numbers.size()));
  Rational sum = 0, differences = 0;
  for (const Rational& x : numbers) {
    sum += x;
    for (const Rational& y : numbers) differences += abs(x - y);
  }
  const std::size_t last = numbers.size() - 1;
  spread.mean = sum / n;
  spread.minimum = numbers.front();
  spread.quartile1 = numbers[last / 4];
  spread.median = numbers[last / 2];
  spread.quartile3 = numbers[last * 3 / 4];
  spread.maximum = numbers.back();
  if (sum > 0) spread.gini = differences / (2 * n * sum);
  return spread;
}

std::vector<count::EjrViolation> ejr_plus_oracle(const count::Instance& instance,
                                                 const std::vector<ProjectIndex>& winners,
                                                 Satisfaction satisfaction) {
  if (instance.profile.ballots() > 14) std::abort();
  std::vector<count::EjrViolation> violations;
  const Rational budget = rational(instance.budget.grosze, 100);
  const Rational n(Integer(instance.profile.ballots()));
  for (const ProjectIndex p : instance.indices()) {
    const Money cost = instance.projects[p].cost;
    if (std::find(winners.begin(), winners.end(), p) != winners.end() || cost.grosze == 0 ||
        cost > instance.budget || cost == count::withdrawn_cost) {
      continue;
    }
    std::vector<Voter> supporters;
    for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
      const BallotGroup ballot = instance.profile.group(g);
      const std::optional<Rational> gain = satisfaction_from(instance, ballot, p, satisfaction);
      if (!gain || *gain <= 0) continue;
      Rational satisfied = 0;
      for (const ProjectIndex w : winners) {
        satisfied += satisfaction_from(instance, ballot, w, satisfaction).value_or(Rational(0));
      }
      supporters.insert(supporters.end(), ballot.count, {satisfied, *gain});
    }
    std::optional<count::EjrViolation> worst;
    for (std::uint32_t mask = 1; mask < 1U << supporters.size(); ++mask) {
      std::uint64_t voters = 0;
      std::optional<Rational> a;
      for (std::size_t i = 0; i < supporters.size(); ++i) {
        if ((mask >> i & 1U) == 0) continue;
        ++voters;
        if (!a || supporters[i].gain < *a) a = supporters[i].gain;
      }
      const Rational level =
          *a * Rational(Integer(voters)) * budget / n / rational(cost.grosze, 100);
      bool violated = true;
      for (std::size_t i = 0; i < supporters.size(); ++i) {
        if ((mask >> i & 1U) != 0 && supporters[i].satisfaction + *a > level) violated = false;
      }
      if (!violated) continue;
      if (!worst || voters > worst->voters || (voters == worst->voters && level > worst->level)) {
        worst = count::EjrViolation{p, voters, level};
      }
    }
    if (worst) violations.push_back(*worst);
  }
  return violations;
}

}  // namespace urna::oracle
