// SPDX-License-Identifier: EUPL-1.2
// What an outcome means for the voters: who got nothing, how evenly satisfaction is spread, where
// the money goes, and which cohesive groups were passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/rational.h"
#include "count/instance.h"
#include "count/outcome.h"
#include "count/rules/equal_shares.h"

namespace urna::count {

// Distribution over all ballots of one number per ballot. Exact; quantiles are those of the sorted
// list at index floor(q*(n-1)).
struct Spread {
  Rational mean;
  Rational minimum, quartile1, median, quartile3, maximum;
  Rational gini;  // 0 equal … 1; 0 if all are zero
};

struct ShareOfMoney {
  std::string label;     // category or district; empty = none given
  Money proposed;        // cost of its projects
  Money funded;          // cost of its funded projects
  Rational votes_share;  // of all votes given
  std::uint64_t projects = 0, projects_funded = 0;
};

// A group that EJR+ says deserved more (Brill & Peters 2023): `voters` supporters of `project`,
// each with less than `level` satisfaction, could have paid for it from their shares of the budget.
struct EjrViolation {
  ProjectIndex project;
  std::uint64_t voters = 0;
  Rational level;
};

struct Analysis {
  std::uint64_t ballots = 0;
  std::uint64_t excluded = 0;  // ballots with no funded project; exclusion ratio = excluded/ballots
  Spread funded_projects;      // funded projects named per ballot
  Spread funded_cost;          // their cost, in currency units
  std::vector<ShareOfMoney> by_category;  // shares of a project in several categories are equal
  std::vector<ShareOfMoney> by_district;
  // EJR+ for the satisfaction asked for, up to one project: see analysis.cc; empty = satisfied.
  std::vector<EjrViolation> ejr_plus_violations;
};

[[nodiscard]] Analysis analyse(const Instance& instance, const std::vector<ProjectIndex>& winners,
                               Satisfaction satisfaction);

// Two outcomes on the same ballots.
struct Comparison {
  std::vector<ProjectIndex> only_first, only_second, both;
  std::uint64_t prefer_first = 0, prefer_second = 0, indifferent = 0;  // ballots, by Preference
};

[[nodiscard]] Comparison compare(const Instance& instance, const std::vector<ProjectIndex>& first,
                                 const std::vector<ProjectIndex>& second, Preference preference);

}  // namespace urna::count
