// SPDX-License-Identifier: EUPL-1.2
// Exact maximum welfare: the affordable set with the greatest total satisfaction (a knapsack).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "count/outcome.h"
#include "count/rules/equal_shares.h"
#include "count/rules/knapsack.h"
#include "count/tie_order.h"

namespace urna::count {

struct MaxWelfareOptions {
  Satisfaction satisfaction = Satisfaction::cost;
  OrdinalPoints ordinal = OrdinalPoints::descending;
  std::uint64_t states_max = 50'000'000;  // partial solutions examined before giving up
};

// The total satisfaction of a set of projects is the sum of
//   cost:        votes * cost (each supporter gets the project's cost),
//   cardinality: votes,
//   score:       points
// over its projects, every ballot taken as a set: a project named twice counts once, with the
// larger points. A set is affordable if it costs at most the budget. A project whose satisfaction
// is not above 0 is not taken. Reason::value is the project's votes, or points for score.
//
// Exact. Among several optimal sets: the one whose sorted list of tie ranks is lexicographically
// least; a TieEvent (criterion welfare, round 0) then lists every project that some but not all
// optimal sets fund, those of the chosen set first, by tie rank. Such a tie is decisive.
// Winners stand in the order of the file.
// Time and memory: see Knapsack, solved once and then with each project demanded the other way,
// which the bound refuses at once for all but the few projects near the edge.
// Errors: limit (not solved within states_max; the message gives the bounds reached), unsupported
// (score, but the ballots have no points).
[[nodiscard]] Result<Outcome> max_welfare(const Instance& instance, const TieOrder& ties,
                                          const MaxWelfareOptions& options);

// The knapsack of an instance: projects of positive satisfaction that fit into the budget.
struct WelfareProblem {
  PerProject<std::int64_t> values;           // votes or points, for Reason::value
  PerProject<Int128> welfare;                // satisfaction from the project, in units of `unit`
  std::vector<ProjectIndex> free_of_charge;  // cost nothing and satisfy: taken in any case
  std::vector<ProjectIndex> items;           // the project of each item
  Knapsack knapsack;
  Money unit;  // costs, and welfare if it is measured in money, are multiples of this

  // Errors: as max_welfare().
  [[nodiscard]] static Result<WelfareProblem> create(const Instance& instance,
                                                     Satisfaction satisfaction,
                                                     OrdinalPoints ordinal);
};

}  // namespace urna::count
