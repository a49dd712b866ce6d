// SPDX-License-Identifier: EUPL-1.2
// The two halves of a greedy rule: how projects stand to each other, and the walk down the list.
// Shared by the rule itself and by its margins, which repeat it thousands of times.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "count/instance.h"
#include "count/outcome.h"
#include "count/rules/greedy.h"

namespace urna::count {

[[nodiscard]] bool ranks_points(GreedyRank rank);   // else votes
[[nodiscard]] bool ranks_density(GreedyRank rank);  // per unit of cost

// What a project is ranked by, exactly. A density is kept as a fraction; a project that costs
// nothing stands above (or, with negative points, below) every fraction, in its own tier; with no
// votes at all it is an ordinary zero.
struct Standing {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;  // > 0
  int tier = 0;                  // 1 infinite, 0 the fraction, -1 minus infinity
};

[[nodiscard]] Standing standing_of(std::int64_t value, Money cost, GreedyRank rank);
[[nodiscard]] std::strong_ordering compare_standing(const Standing& a, const Standing& b);

// Money left covers at least 80 % of the cost.
[[nodiscard]] bool covers_80_percent(Money money, Money cost);

// Which groups of mutually exclusive projects each project belongs to. Borrows nothing.
class ConflictGroups {
 public:
  ConflictGroups(const Instance& instance, const GreedyOptions& options);
  [[nodiscard]] const std::vector<std::uint32_t>& of(ProjectIndex p) const { return of_[p]; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  PerProject<std::vector<std::uint32_t>> of_;  // sorted, without repeats
  std::size_t size_;
};

// The walk down the ranking: money left, what has been funded, what stopped it. Starts with
// already_funded paid for. Borrows its three arguments. One step is O(groups of the project).
class GreedyWalk {
 public:
  GreedyWalk(const Instance& instance, const GreedyOptions& options,
             const ConflictGroups& conflicts);

  // Decides the next project of the ranking; fills code, money_before and other.
  void decide(ProjectIndex p, Reason& reason);

  // The funded project that excludes p, if any.
  [[nodiscard]] std::optional<ProjectIndex> excluded_by(ProjectIndex p) const;

  // Would some order of these equal projects, met now, fund another subset of them than some other
  // order? Exact. Then, and only then, the whole outcome depends on the order: equal subsets leave
  // equal money, equal exclusions, and an equal answer to "has the rule stopped?". O(their number).
  [[nodiscard]] bool depends_on_order(const std::vector<ProjectIndex>& equals) const;

 private:
  [[nodiscard]] Money cost(ProjectIndex p) const { return instance_.projects[p].cost; }
  void pay(ProjectIndex p);
  [[nodiscard]] bool have_conflict(const std::vector<ProjectIndex>& projects) const;

  const Instance& instance_;
  const GreedyOptions& options_;
  const ConflictGroups& conflicts_;
  std::vector<std::optional<ProjectIndex>> holder_;  // per group: its funded project
  Money money_;
  std::optional<ProjectIndex> stopper_;
};

}  // namespace urna::count
