// SPDX-License-Identifier: EUPL-1.2
// Greedy: sort once, then walk down the list with the money left.
#include "count/rules/greedy.h"

#include <algorithm>

#include "count/rules/greedy_walk.h"

namespace urna::count {
namespace {

TieCriterion criterion_of(GreedyRank rank) {
  if (ranks_density(rank)) return TieCriterion::density;
  return ranks_points(rank) ? TieCriterion::points : TieCriterion::votes;
}

bool is_won(ReasonCode code) {
  return code == ReasonCode::won_in_order || code == ReasonCode::won_over_budget;
}

}  // namespace

Outcome greedy(const Instance& instance, const Tally& tally, const TieOrder& ties,
               const GreedyOptions& options) {
  const std::size_t projects = instance.projects.size();
  Outcome outcome;
  outcome.reasons = PerProject<Reason>(projects);
  PerProject<bool> already(projects, false);
  for (const ProjectIndex p : options.already_funded) already[p] = true;
  PerProject<bool> excluded(projects, false);
  for (const ProjectIndex p : options.excluded) excluded[p] = true;

  PerProject<Standing> standing(projects);
  std::vector<ProjectIndex> ranking;
  for (const ProjectIndex p : instance.indices()) {
    Reason& reason = outcome.reasons[p];
    reason.value = ranks_points(options.rank) ? tally.points[p] : tally.votes[p];
    reason.threshold = options.threshold.value_or(0);
    standing[p] = standing_of(reason.value, instance.projects[p].cost, options.rank);
    if (already[p]) {
      reason.code = ReasonCode::won_in_order;
    } else if (instance.projects[p].cost == withdrawn_cost) {
      reason.code = ReasonCode::lost_withdrawn;
    } else if (excluded[p]) {
      reason.code = ReasonCode::lost_filter;
    } else if (options.threshold && reason.value < *options.threshold) {
      reason.code = ReasonCode::lost_threshold;
    } else {
      ranking.push_back(p);
    }
  }
  std::sort(ranking.begin(), ranking.end(), [&](ProjectIndex a, ProjectIndex b) {
    const auto order = compare_standing(standing[a], standing[b]);
    return order != 0 ? order > 0 : ties.prefers(a, b);
  });

  const ConflictGroups conflicts(instance, options);
  GreedyWalk walk(instance, options, conflicts);
  for (auto begin = ranking.begin(); begin != ranking.end();) {
    const auto end = std::find_if(begin, ranking.end(), [&](ProjectIndex p) {
      return compare_standing(standing[p], standing[*begin]) != 0;
    });
    if (end - begin >= 2) {
      TieEvent event;
      event.criterion = criterion_of(options.rank);
      event.projects.assign(begin, end);
      event.decisive = walk.depends_on_order(event.projects);
      outcome.ties.push_back(std::move(event));
    }
    for (; begin != end; ++begin) {
      Reason& reason = outcome.reasons[*begin];
      reason.rank = static_cast<std::uint32_t>(begin - ranking.begin() + 1);
      walk.decide(*begin, reason);
      if (!is_won(reason.code)) continue;
      outcome.winners.push_back(*begin);
      outcome.total_cost += instance.projects[*begin].cost;
    }
  }
  return outcome;
}

}  // namespace urna::count
