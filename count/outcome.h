// SPDX-License-Identifier: EUPL-1.2
// What a counting rule returns: the winners, every tie, and for each project the reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/rational.h"
#include "count/instance.h"
#include "count/tie_order.h"

namespace urna::count {

// Why a project was funded or not. The comment names the fields of Reason that are then set.
enum class ReasonCode {
  // Funded
  won_in_order,       // greedy: rank, money_before, value
  won_by_shares,      // Equal Shares: round, price, paid_by (supporters who paid)
  won_by_completion,  // utilitarian completion: rank, money_before, value
  won_by_load,        // Phragmen: round, price = new maximum load
  won_by_optimum,     // maximum welfare: value
  won_over_budget,    // Poznan's 80 % rule: rank, money_before
  won_without_cost,   // Equal Shares: costs nothing and has support: round
  // Not funded
  lost_no_money,          // greedy: rank, money_before < cost
  lost_after_stop,        // greedy with stop: rank, other = project that did not fit
  lost_threshold,         // value < threshold
  lost_conflict,          // other = the better project of its group
  lost_no_support,        // no ballot names it (Equal Shares, Phragmen)
  lost_supporters_money,  // Equal Shares: supporters had money_before < cost left, checked in round
  lost_load_stop,         // Phragmen: round in which the next project did not fit, other = that one
  lost_optimum,           // maximum welfare: not in the best set
  lost_over_budget,       // costs more than the whole pool
  lost_withdrawn,         // sentinel cost: withdrawn after the vote
  lost_filter,            // filter before the rule (Swiecie): value votes, threshold
  lost_comparison,        // Equal Shares lost the comparison step against greedy, or vice versa
};

struct Reason {
  ReasonCode code = ReasonCode::lost_no_support;
  std::uint32_t rank = 0;   // place in the ranking, from 1
  std::uint32_t round = 0;  // from 1
  Money money_before;       // money left in the pool (or with supporters, rounded down) before it
  std::int64_t value = 0;   // votes or points that the rule ranked it by
  std::int64_t threshold = 0;
  // Equal Shares: the most that one supporter paid for it, in currency units (for score
  // satisfaction: per point given). Phragmen: the new maximum load, in currency units.
  Rational price;
  std::uint64_t paid_by = 0;
  std::optional<ProjectIndex> other;
};

struct Outcome {
  std::vector<ProjectIndex> winners;  // in order of selection, where the rule has one
  Money total_cost;                   // of the winners
  std::vector<TieEvent> ties;
  PerProject<Reason> reasons;
  // Equal Shares with Add1: money given to each voter in the run that was kept, and the number of
  // increases made.
  std::optional<Rational> money_per_voter;
  std::uint64_t add1_steps = 0;
  std::vector<std::string> notes;  // plain English remarks on choices made, for the record

  [[nodiscard]] PerProject<bool> selected(std::size_t projects) const {
    PerProject<bool> flags(projects, false);
    for (const ProjectIndex p : winners) flags[p] = true;
    return flags;
  }
};

}  // namespace urna::count
