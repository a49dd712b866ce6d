// SPDX-License-Identifier: EUPL-1.2
#include "count/margin/greedy_certify.h"

#include <algorithm>

#include "count/rules/greedy_walk.h"

namespace urna::count {
namespace {

TieOrder order_at_equal_votes(const Instance& instance, const TieOrder& ties) {
  const Tally equal{PerProject<std::int64_t>(instance.projects.size()),
                    PerProject<std::int64_t>(instance.projects.size())};
  return TieOrder(instance, equal, ties.policy());
}

}  // namespace

// Places on one scale, 0 the best: a comes certainly before b iff worst[a] < best[b].
struct GreedyCertifier::Bounds {
  PerProject<std::uint32_t> best;
  PerProject<std::uint32_t> worst;
  PerProject<bool> may_enter;   // can reach the threshold
  PerProject<bool> must_enter;  // cannot miss it
  Money won_cost;               // of the certain winners so far

  [[nodiscard]] bool surely_before(ProjectIndex a, ProjectIndex b) const {
    return worst[a] < best[b];
  }
};

GreedyCertifier::GreedyCertifier(const Instance& instance, const PerProject<std::int64_t>& values,
                                 const Marks& marks, const TieOrder& ties,
                                 const GreedyOptions& options)
    : instance_(instance),
      values_(values),
      marks_(marks),
      ties_(order_at_equal_votes(instance, ties)),
      options_(options),
      money_(instance.budget),
      outside_(instance.projects.size(), false),
      has_rivals_(instance.projects.size(), false),
      excluded_(instance.projects.size(), false) {
  for (const ProjectIndex p : instance.indices())
    outside_[p] = instance.projects[p].cost == withdrawn_cost;
  for (const auto& group : options.conflicts) {
    for (const ProjectIndex p : group) has_rivals_[p] = has_rivals_[p] || group.size() >= 2;
  }
  for (const ProjectIndex p : options.already_funded) {
    outside_[p] = true;
    money_ -= instance.projects[p].cost;
    for (const ProjectIndex q : instance.indices())
      excluded_[q] = excluded_[q] || (q != p && rivals(p, q));
  }
}

bool GreedyCertifier::rivals(ProjectIndex a, ProjectIndex b) const {
  return std::any_of(options_.conflicts.begin(), options_.conflicts.end(), [&](const auto& group) {
    return std::find(group.begin(), group.end(), a) != group.end() &&
           std::find(group.begin(), group.end(), b) != group.end();
  });
}

GreedyCertifier::Bounds GreedyCertifier::bounds(std::uint64_t ballots) const {
  const std::size_t projects = instance_.projects.size();
  Bounds result{PerProject<std::uint32_t>(projects), PerProject<std::uint32_t>(projects),
                PerProject<bool>(projects, false), PerProject<bool>(projects, false), Money{}};
  struct End {
    ProjectIndex project;
    bool is_best;
    Standing standing;
    std::int64_t tie;
  };
  // Orders of ties that look at votes move with the votes; unless the ranking is by votes itself,
  // equal standing then leaves the order open.
  const TieKind kind = ties_.policy().kind;
  const bool ties_move =
      options_.rank != GreedyRank::votes &&
      (kind == TieKind::cost || kind == TieKind::cost_desc || kind == TieKind::votes);
  std::vector<End> ends;
  ends.reserve(2 * projects);
  for (const ProjectIndex p : instance_.indices()) {
    const std::int64_t least = values_[p] - marks_.losses[p].most(ballots);
    const std::int64_t most = values_[p] + marks_.gains[p].most(ballots);
    result.may_enter[p] = !outside_[p] && (!options_.threshold || most >= *options_.threshold);
    result.must_enter[p] = !outside_[p] && (!options_.threshold || least >= *options_.threshold);
    const Money cost = instance_.projects[p].cost;
    const std::int64_t tie = ties_.rank(p);
    ends.push_back({p, true, standing_of(most, cost, options_.rank), ties_move ? -1 : tie});
    ends.push_back({p, false, standing_of(least, cost, options_.rank), ties_move ? 0 : tie});
  }
  const auto precedes = [](const End& a, const End& b) {
    const auto order = compare_standing(a.standing, b.standing);
    return order != 0 ? order > 0 : a.tie < b.tie;
  };
  std::sort(ends.begin(), ends.end(), precedes);
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (i > 0 && precedes(ends[i - 1], ends[i])) ++place;
    (ends[i].is_best ? result.best : result.worst)[ends[i].project] = place;
  }
  return result;
}

bool GreedyCertifier::surely_won(ProjectIndex p, const Bounds& bounds, const PerProject<bool>& won,
                                 const PerProject<bool>& lost) const {
  if (!bounds.must_enter[p] || excluded_[p]) return false;
  const bool skip = options_.misfit == Misfit::skip;
  Money certain{0};
  Money possible{0};
  for (const ProjectIndex x : instance_.indices()) {
    if (x == p || !bounds.may_enter[x] || bounds.surely_before(p, x)) continue;
    // A certain loser spends nothing; but with `stop` it may be what stops the walk.
    if (lost[x] && (skip || excluded_[x])) continue;
    if (has_rivals_[p] && has_rivals_[x] && rivals(p, x)) return false;
    (won[x] ? certain : possible) += instance_.projects[x].cost;
  }
  if (skip) {
    // What is possible before p is funded beside all certain winners, so it leaves room for them.
    const Money room = money_ - bounds.won_cost;
    return instance_.projects[p].cost <= money_ - certain - std::min(possible, room);
  }
  const Money left = money_ - certain - possible;
  const Money cost = instance_.projects[p].cost;
  return cost <= left || (options_.misfit == Misfit::fund_at_80_percent && left >= Money{0} &&
                          covers_80_percent(left, cost));
}

bool GreedyCertifier::surely_lost(ProjectIndex p, const Bounds& bounds,
                                  const PerProject<bool>& won) const {
  if (!bounds.may_enter[p] || excluded_[p]) return true;
  const Money cost = instance_.projects[p].cost;
  const bool skip = options_.misfit == Misfit::skip;
  Money spent{0};
  for (const ProjectIndex x : instance_.indices()) {
    if (x == p || !bounds.must_enter[x] || !bounds.surely_before(x, p)) continue;
    if (won[x] && has_rivals_[p] && has_rivals_[x] && rivals(p, x)) return true;
    const bool counts =
        won[x] || (!has_rivals_[x] && (!skip || instance_.projects[x].cost <= cost));
    if (counts) spent += instance_.projects[x].cost;
  }
  const Money left = money_ - spent;
  if (options_.misfit == Misfit::fund_at_80_percent) return !covers_80_percent(left, cost);
  return cost > left;
}

PerProject<bool> GreedyCertifier::certain(std::uint64_t ballots) const {
  Bounds limits = bounds(ballots);
  PerProject<bool> won(instance_.projects.size(), false);
  PerProject<bool> lost(instance_.projects.size(), false);
  PerProject<bool> known = outside_;
  for (bool more = true; more;) {
    more = false;
    for (const ProjectIndex p : instance_.indices()) {
      if (known[p]) continue;
      lost[p] = surely_lost(p, limits, won);
      won[p] = !lost[p] && surely_won(p, limits, won, lost);
      if (won[p]) limits.won_cost += instance_.projects[p].cost;
      known[p] = won[p] || lost[p];
      more = more || known[p];
    }
  }
  return known;
}

}  // namespace urna::count
