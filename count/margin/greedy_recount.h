// SPDX-License-Identifier: EUPL-1.2
// Greedy counted again with the totals of a few projects changed, thousands of times.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "count/instance.h"
#include "count/rules/greedy.h"
#include "count/rules/greedy_walk.h"
#include "count/tally.h"
#include "count/tie_order.h"

namespace urna::count {

// New totals of one project.
struct NewTotals {
  ProjectIndex project;
  std::int64_t value = 0;  // what the rule ranks by
  std::int64_t votes = 0;  // what ties may look at; equals `value` where the rule ranks by votes
};

class GreedyRecount {
 public:
  // Borrows the first and the last. O(m log m).
  GreedyRecount(const Instance& instance, const Tally& tally, const TieOrder& ties,
                const GreedyOptions& options);

  // Which projects greedy() funds with the totals of `changed` (all different) instead, ties
  // resolved by the same policy on the new totals. O(m + changed * log m).
  [[nodiscard]] PerProject<bool> funded(std::span<const NewTotals> changed) const;

  // Is `a` better placed than `b` with these totals? Thresholds aside.
  [[nodiscard]] bool precedes(const NewTotals& a, const NewTotals& b) const;

  [[nodiscard]] NewTotals totals(ProjectIndex p) const { return totals_[p]; }
  // Those that reach the threshold, best first.
  [[nodiscard]] const std::vector<ProjectIndex>& ranking() const { return ranking_; }

 private:
  [[nodiscard]] bool enters(const NewTotals& totals) const;

  const Instance& instance_;
  const GreedyOptions& options_;
  ConflictGroups conflicts_;
  TieKind kind_;
  PerProject<std::uint32_t> tie_rank_;  // fixed part of the tie order: all of it, or the ids
  PerProject<bool> outside_;            // withdrawn or already funded
  PerProject<NewTotals> totals_;
  std::vector<ProjectIndex> ranking_;
};

}  // namespace urna::count
