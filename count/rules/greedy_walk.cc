// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/greedy_walk.h"

#include <algorithm>

namespace urna::count {

bool ranks_points(GreedyRank rank) {
  return rank == GreedyRank::points || rank == GreedyRank::points_per_cost;
}

bool ranks_density(GreedyRank rank) {
  return rank == GreedyRank::votes_per_cost || rank == GreedyRank::points_per_cost;
}

Standing standing_of(std::int64_t value, Money cost, GreedyRank rank) {
  if (!ranks_density(rank)) return {value, 1, 0};
  if (cost.grosze > 0) return {value, cost.grosze, 0};
  return {0, 1, value > 0 ? 1 : value < 0 ? -1 : 0};
}

std::strong_ordering compare_standing(const Standing& a, const Standing& b) {
  __extension__ using Wide = __int128;
  if (a.tier != b.tier || a.tier != 0) return a.tier <=> b.tier;
  const Wide left = static_cast<Wide>(a.numerator) * b.denominator;
  const Wide right = static_cast<Wide>(b.numerator) * a.denominator;
  if (left == right) return std::strong_ordering::equal;
  return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

// Costs are at most 10^14 grosze and money lies within the same bounds, so 10 times fits.
bool covers_80_percent(Money money, Money cost) { return money.grosze * 10 >= cost.grosze * 8; }

ConflictGroups::ConflictGroups(const Instance& instance, const GreedyOptions& options)
    : of_(instance.projects.size()), size_(options.conflicts.size()) {
  for (std::uint32_t g = 0; g < size_; ++g) {
    for (const ProjectIndex p : options.conflicts[g]) {
      if (of_[p].empty() || of_[p].back() != g) of_[p].push_back(g);
    }
  }
}

GreedyWalk::GreedyWalk(const Instance& instance, const GreedyOptions& options,
                       const ConflictGroups& conflicts)
    : instance_(instance),
      options_(options),
      conflicts_(conflicts),
      holder_(conflicts.size()),
      money_(instance.budget) {
  for (const ProjectIndex p : options.already_funded) pay(p);
}

void GreedyWalk::pay(ProjectIndex p) {
  money_ -= cost(p);
  for (const std::uint32_t g : conflicts_.of(p)) {
    if (!holder_[g]) holder_[g] = p;
  }
}

std::optional<ProjectIndex> GreedyWalk::excluded_by(ProjectIndex p) const {
  for (const std::uint32_t g : conflicts_.of(p)) {
    if (holder_[g] && *holder_[g] != p) return holder_[g];
  }
  return std::nullopt;
}

void GreedyWalk::decide(ProjectIndex p, Reason& reason) {
  reason.money_before = money_;
  if (stopper_) {
    reason.code = ReasonCode::lost_after_stop;
    reason.other = stopper_;
  } else if (const auto better = excluded_by(p)) {
    reason.code = ReasonCode::lost_conflict;
    reason.other = better;
  } else if (cost(p) <= money_) {
    reason.code = ReasonCode::won_in_order;
    pay(p);
  } else {
    reason.code =
        cost(p) > instance_.budget ? ReasonCode::lost_over_budget : ReasonCode::lost_no_money;
    if (options_.misfit == Misfit::fund_at_80_percent && covers_80_percent(money_, cost(p))) {
      reason.code = ReasonCode::won_over_budget;
      pay(p);
    }
    if (options_.misfit != Misfit::skip) stopper_ = p;
  }
}

bool GreedyWalk::have_conflict(const std::vector<ProjectIndex>& projects) const {
  std::vector<std::uint32_t> groups;
  for (const ProjectIndex p : projects) {
    groups.insert(groups.end(), conflicts_.of(p).begin(), conflicts_.of(p).end());
  }
  std::sort(groups.begin(), groups.end());
  return std::adjacent_find(groups.begin(), groups.end()) != groups.end();
}

// Projects already excluded are inert. Each other project x may come first. So, if x fits, all
// orders agree only if x is always funded; hence they agree only if all that fit can be funded
// together: no two of them exclude each other and their costs add up to no more than the money.
// Under `skip` that is sufficient too, as the ones that do not fit never matter. Under `stop` one
// that does not fit ends the walk, so it may not stand beside one that fits.
bool GreedyWalk::depends_on_order(const std::vector<ProjectIndex>& equals) const {
  if (stopper_) return false;
  std::vector<ProjectIndex> open;
  std::vector<ProjectIndex> fitting;
  Money cost_of_open{0};
  Money cost_of_fitting{0};
  for (const ProjectIndex p : equals) {
    if (excluded_by(p)) continue;
    open.push_back(p);
    cost_of_open += cost(p);
    if (cost(p) > money_) continue;
    fitting.push_back(p);
    cost_of_fitting += cost(p);
  }
  if (open.size() < 2) return false;
  if (have_conflict(fitting)) return true;
  switch (options_.misfit) {
    case Misfit::skip:
      return cost_of_fitting > money_;
    case Misfit::stop:
      return !fitting.empty() && cost_of_open > money_;
    case Misfit::fund_at_80_percent:
      break;
  }
  if (fitting.empty()) {
    return std::any_of(open.begin(), open.end(),
                       [&](ProjectIndex p) { return covers_80_percent(money_, cost(p)); });
  }
  if (cost_of_open <= money_) return false;
  if (fitting.size() < open.size()) return true;
  // All fit alone, not all together: the orders agree iff whichever comes last is funded at 80 %.
  return !std::all_of(open.begin(), open.end(), [&](ProjectIndex p) {
    return covers_80_percent(money_ - (cost_of_open - cost(p)), cost(p));
  });
}

}  // namespace urna::count
