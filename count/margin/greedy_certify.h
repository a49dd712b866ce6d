// SPDX-License-Identifier: EUPL-1.2
// Which results of a greedy count no k ballots could have changed.
#pragma once

#include <cstdint>

#include "count/instance.h"
#include "count/margin/greedy_marks.h"
#include "count/rules/greedy.h"
#include "count/tie_order.h"

namespace urna::count {

// Proves results of greedy() against every replacement of at most k ballots. With k ballots changed
// the value v of a project stays within [v - losses(k), v + gains(k)], which leaves some pairs of
// projects in a certain order. Four facts then follow, whatever the rest does; they are applied
// until no more follows. For a project p of cost c, let `before` be the projects that may come
// before p, and `ahead` those that certainly do and certainly reach the threshold.
//   skip, won:  everything of `before` that may be funded at all leaves money for p.
//   skip, lost: let X be the projects of `ahead` that are certain winners or cost no more than c.
//               If cost(X) > budget - c, then p loses: either all of X is funded, or one of X that
//               costs no more than c did not fit, and then p does not fit either.
//   stop, won:  all of `before` and p fit together, so nothing can stop the walk before p.
//   stop, lost: all of `ahead` and p do not fit together: p does not fit, or the walk has stopped.
// With the 80 % rule the last two hold with 80 % of c. Mutually exclusive projects count as
// possibly, never as certainly, spending money, and a possible rival withholds `won`.
class GreedyCertifier {
 public:
  // Borrows all but `ties`. O(m log m).
  GreedyCertifier(const Instance& instance, const PerProject<std::int64_t>& values,
                  const Marks& marks, const TieOrder& ties, const GreedyOptions& options);

  // Per project: proved to keep its result with at most k changed ballots. O(m^2) a round, few
  // rounds.
  [[nodiscard]] PerProject<bool> certain(std::uint64_t ballots) const;

 private:
  struct Bounds;
  [[nodiscard]] Bounds bounds(std::uint64_t ballots) const;
  [[nodiscard]] bool rivals(ProjectIndex a, ProjectIndex b) const;
  [[nodiscard]] bool surely_won(ProjectIndex p, const Bounds& bounds, const PerProject<bool>& won,
                                const PerProject<bool>& lost) const;
  [[nodiscard]] bool surely_lost(ProjectIndex p, const Bounds& bounds,
                                 const PerProject<bool>& won) const;

  const Instance& instance_;
  const PerProject<std::int64_t>& values_;
  const Marks& marks_;
  // The tie order between projects with equal votes. A policy that looks at votes, too, is fixed
  // among them.
  TieOrder ties_;
  const GreedyOptions& options_;
  Money money_;                  // after already_funded
  PerProject<bool> outside_;     // withdrawn or already funded: not in the ranking
  PerProject<bool> has_rivals_;  // in a conflict group of two or more
  PerProject<bool> excluded_;    // rival of an already funded project
};

}  // namespace urna::count
