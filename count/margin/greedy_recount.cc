// SPDX-License-Identifier: EUPL-1.2
#include "count/margin/greedy_recount.h"

#include <algorithm>

namespace urna::count {

GreedyRecount::GreedyRecount(const Instance& instance, const Tally& tally, const TieOrder& ties,
                             const GreedyOptions& options)
    : instance_(instance),
      options_(options),
      conflicts_(instance, options),
      kind_(ties.policy().kind),
      tie_rank_(instance.projects.size()),
      outside_(instance.projects.size(), false),
      totals_(instance.projects.size()) {
  const TieOrder ids(instance, tally, TiePolicy{TieKind::id, {}});
  const bool looks_at_totals =
      kind_ == TieKind::cost || kind_ == TieKind::cost_desc || kind_ == TieKind::votes;
  for (const ProjectIndex p : instance.indices()) {
    tie_rank_[p] = looks_at_totals ? ids.rank(p) : ties.rank(p);
    outside_[p] = instance.projects[p].cost == withdrawn_cost;
    totals_[p] = {p, ranks_points(options.rank) ? tally.points[p] : tally.votes[p], tally.votes[p]};
  }
  for (const ProjectIndex p : options.already_funded) outside_[p] = true;
  for (const ProjectIndex p : instance.indices()) {
    if (enters(totals_[p])) ranking_.push_back(p);
  }
  std::sort(ranking_.begin(), ranking_.end(),
            [&](ProjectIndex a, ProjectIndex b) { return precedes(totals_[a], totals_[b]); });
}

bool GreedyRecount::enters(const NewTotals& totals) const {
  return !outside_[totals.project] && (!options_.threshold || totals.value >= *options_.threshold);
}

bool GreedyRecount::precedes(const NewTotals& a, const NewTotals& b) const {
  const Money cost_a = instance_.projects[a.project].cost;
  const Money cost_b = instance_.projects[b.project].cost;
  const auto order = compare_standing(standing_of(a.value, cost_a, options_.rank),
                                      standing_of(b.value, cost_b, options_.rank));
  if (order != 0) return order > 0;
  // The tie order on the new totals; see TieKind.
  if (kind_ == TieKind::votes && a.votes != b.votes) return a.votes > b.votes;
  if ((kind_ == TieKind::cost || kind_ == TieKind::votes) && cost_a != cost_b)
    return cost_a < cost_b;
  if (kind_ == TieKind::cost_desc && cost_a != cost_b) return cost_a > cost_b;
  if ((kind_ == TieKind::cost || kind_ == TieKind::cost_desc) && a.votes != b.votes)
    return a.votes > b.votes;
  return tie_rank_[a.project] < tie_rank_[b.project];
}

PerProject<bool> GreedyRecount::funded(std::span<const NewTotals> changed) const {
  std::vector<NewTotals> moved;
  for (const NewTotals& totals : changed) {
    if (enters(totals)) moved.push_back(totals);
  }
  std::sort(moved.begin(), moved.end(),
            [&](const NewTotals& a, const NewTotals& b) { return precedes(a, b); });

  PerProject<bool> result(instance_.projects.size(), false);
  GreedyWalk walk(instance_, options_, conflicts_);
  Reason reason;
  const auto decide = [&](ProjectIndex p) {
    walk.decide(p, reason);
    result[p] =
        reason.code == ReasonCode::won_in_order || reason.code == ReasonCode::won_over_budget;
  };
  auto next = moved.begin();
  for (const ProjectIndex p : ranking_) {
    if (std::any_of(changed.begin(), changed.end(),
                    [p](const NewTotals& totals) { return totals.project == p; })) {
      continue;
    }
    for (; next != moved.end() && precedes(*next, totals_[p]); ++next) decide(next->project);
    decide(p);
  }
  for (; next != moved.end(); ++next) decide(next->project);
  return result;
}

}  // namespace urna::count
