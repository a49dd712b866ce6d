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

// Everywhere in this room a ballot is a set: a project named twice counts once (with points, the
// larger ones), and n counts all ballots cast, blank ones included.

// Distribution over all ballots of one number per ballot. Exact; quantiles are those of the sorted
// list at index floor(q*(n-1)). All zero if there is no ballot.
struct Spread {
  Rational mean;
  Rational minimum, quartile1, median, quartile3, maximum;
  // sum over all pairs |x_i - x_j| / (2 n sum x); 0 equal … 1; 0 if all are zero.
  Rational gini;
};

struct ShareOfMoney {
  std::string label;     // category or district; empty = none given
  Money proposed;        // cost of its projects, withdrawn ones left out, rounded down to a grosz
  Money funded;          // cost of its funded projects, rounded down to a grosz
  Rational votes_share;  // of all votes given; 0 if none was given
  std::uint64_t projects = 0, projects_funded = 0;
};

// A group that EJR+ says deserved more: `voters` supporters of `project`, each with less than
// `level` satisfaction, could have paid for it from their shares of the budget.
//
// EJR+ (Brill, Peters, "Robust and Verifiable Proportionality Axioms for Multiwinner Voting", EC
// 2023), for committees of k: no candidate c outside the committee W and no group N' of supporters
// of c, |N'| >= l n/k with an integer l, may have |A_i ∩ W| < l for all i in N'.
// For projects of different cost, checked up to one project: with budget B, n ballots, u_i(W) the
// satisfaction of voter i with the winners W, a violation is a project c outside W with
// 0 < cost(c) <= B, a number a > 0 and a group N' of voters whose ballots give c at least the
// satisfaction a, such that for all i in N'
//     u_i(W) + a <= level,   level = a * (|N'| B / n) / cost(c).
// In words: N' owns |N'| B / n of the budget, and even with c added on top nobody in it has more
// satisfaction than the level that this money buys for each member at the price of c.
//   cost:        a = cost(c), so level = |N'| B / n, in currency units;
//   cardinality: a = 1;
//   score:       a = the least number of points that a member of N' gives to c.
// With equal costs, B = k cost and cardinality it reads u_i(W) + 1 <= |N'| k / n, which for the
// integers u_i and l is the definition above.
// Equal Shares never violates it (the argument of Peters, Pierczynski, Skowron, "Proportional
// Participatory Budgeting with Additive Utilities", NeurIPS 2021, Theorem 2). Let r = cost(c) /
// (|N'| a). While every member has cost(c)/|N'| left, c can be bought at a price of at most r per
// unit of satisfaction, so everything bought until then costs its payers at most r per unit. As c
// was not bought, some member i fell below cost(c)/|N'| by such a purchase at the latest; until
// then i has spent more than B/n - cost(c)/|N'|, hence u_i(W) > (B/n - cost(c)/|N'|) / r = level -
// a. (If B/n < cost(c)/|N'| from the start, level - a < 0.) For a given c and a the members with
// the least satisfaction are the most demanding group of their size, so sorting the supporters by
// satisfaction and testing each prefix finds a violation iff there is one: O(entries log entries)
// per instance, for score times the number of distinct points. Projects without cost and, for cost,
// without satisfaction are not tested: they need no share.
struct EjrViolation {
  ProjectIndex project;
  std::uint64_t voters = 0;  // of the largest violating group of the project
  Rational level;            // in currency units for cost
};

struct Analysis {
  std::uint64_t ballots = 0;
  std::uint64_t excluded = 0;  // ballots with no funded project; exclusion ratio = excluded/ballots
  Spread funded_projects;      // funded projects named per ballot
  Spread funded_cost;          // their cost, in currency units
  // In order of first appearance in the file. The shares of a project in several categories are
  // equal; it counts as a project in each of them.
  std::vector<ShareOfMoney> by_category;
  std::vector<ShareOfMoney> by_district;
  // EJR+ for the satisfaction asked for, up to one project, in order of the file; empty =
  // satisfied. Empty too for score if the ballots have no points. Ordinal ballots give descending
  // points.
  std::vector<EjrViolation> ejr_plus_violations;
};

// O(entries of the profile, sorted), see EjrViolation.
[[nodiscard]] Analysis analyse(const Instance& instance, const std::vector<ProjectIndex>& winners,
                               Satisfaction satisfaction);

// Two outcomes on the same ballots.
struct Comparison {
  std::vector<ProjectIndex> only_first, only_second, both;             // in order of the file
  std::uint64_t prefer_first = 0, prefer_second = 0, indifferent = 0;  // ballots, by Preference
};

// O(entries of the profile).
[[nodiscard]] Comparison compare(const Instance& instance, const std::vector<ProjectIndex>& first,
                                 const std::vector<ProjectIndex>& second, Preference preference);

}  // namespace urna::count
