// SPDX-License-Identifier: EUPL-1.2
#include "count/margin/greedy_trade.h"

#include <algorithm>

namespace urna::count {
namespace {

// With at most so many different ballots, their order is looked at anew as the totals move.
constexpr std::size_t reordered_max = 500;

bool contains(std::span<const ProjectIndex> projects, ProjectIndex p) {
  return std::find(projects.begin(), projects.end(), p) != projects.end();
}

PerProject<bool> flags_of(const std::vector<ProjectIndex>& projects, std::size_t size) {
  PerProject<bool> flags(size, false);
  for (const ProjectIndex p : projects) flags[p] = true;
  return flags;
}

// How much one vote of rival q matters: the square of how far it has to go.
double weight(const Trade& trade, ProjectIndex q, const PerProject<std::int64_t>& now) {
  const std::int64_t own = now[trade.project];
  const auto distance = static_cast<double>(trade.forward ? now[q] - own : own - now[q]);
  return distance > 0 ? distance * distance : 0;
}

}  // namespace

BallotTrades::BallotTrades(const Instance& instance, const PerProject<std::int64_t>& votes,
                           const BallotMoves& moves)
    : instance_(instance), votes_(votes), moves_(moves) {}

bool BallotTrades::admits(const std::vector<ProjectIndex>& projects) const {
  Money cost{0};
  for (const ProjectIndex p : projects) cost += instance_.projects[p].cost;
  return moves_.admits(static_cast<std::int64_t>(projects.size()), 0, cost);
}

// The ballot as changed, or an empty list if it cannot be changed to the purpose.
std::vector<ProjectIndex> BallotTrades::rewritten(const Trade& trade, std::uint32_t group,
                                                  const PerProject<bool>& is_rival,
                                                  const PerProject<std::int64_t>& now) const {
  const BallotGroup ballot = instance_.profile.group(group);
  std::vector<ProjectIndex> result;
  if (trade.forward) {
    result.push_back(trade.project);
    for (const ProjectIndex q : ballot.projects)
      if (!is_rival[q]) result.push_back(q);
    return admits(result) ? result : std::vector<ProjectIndex>{};
  }
  // All rivals, the furthest behind first, then what else the ballot names, as far as there is
  // room.
  std::vector<ProjectIndex> wanted = trade.rivals;
  std::sort(wanted.begin(), wanted.end(),
            [&](ProjectIndex a, ProjectIndex b) { return now[a] < now[b]; });
  for (const ProjectIndex q : ballot.projects)
    if (q != trade.project && !is_rival[q]) wanted.push_back(q);
  const BallotLimits& limits = instance_.limits;
  const std::int64_t length_max =
      instance_.vote_type == VoteType::choose_one ? 1 : limits.length_max.value_or(INT64_MAX);
  Money cost{0};
  for (const ProjectIndex q : wanted) {
    if (static_cast<std::int64_t>(result.size()) >= length_max) break;
    const Money more = cost + instance_.projects[q].cost;
    if (limits.cost_sum_max && more > *limits.cost_sum_max) continue;
    cost = more;
    result.push_back(q);
  }
  return admits(result) ? result : std::vector<ProjectIndex>{};
}

std::vector<std::uint32_t> BallotTrades::useful(const Trade& trade, std::size_t ballots_max) const {
  const PerProject<bool> is_rival = flags_of(trade.rivals, instance_.projects.size());
  const std::size_t groups = std::min(instance_.profile.groups(), ballots_max);
  std::vector<std::pair<double, std::uint32_t>> scored;
  for (std::uint32_t g = 0; g < groups; ++g) {
    const BallotGroup ballot = instance_.profile.group(g);
    const auto& named = ballot.projects;  // sorted: repeats are adjacent
    if (std::adjacent_find(named.begin(), named.end()) != named.end()) continue;
    if (contains(named, trade.project) == trade.forward) continue;
    double named_weight = 0;
    for (const ProjectIndex q : named)
      if (is_rival[q]) named_weight += weight(trade, q, votes_);
    // Taking from rivals wants ballots that name them; giving to them, ballots that do not.
    scored.emplace_back(trade.forward ? -named_weight : named_weight, g);
  }
  std::sort(scored.begin(), scored.end());
  std::vector<std::uint32_t> order;
  for (const auto& [score, group] : scored) order.push_back(group);
  return order;
}

// The ballot that now does most for the rivals, or useful.size() if none is left.
std::size_t BallotTrades::most_useful(const Trade& trade, const std::vector<std::uint32_t>& useful,
                                      const std::vector<std::uint64_t>& left,
                                      const PerProject<bool>& is_rival,
                                      const PerProject<std::int64_t>& now) const {
  std::size_t best = useful.size();
  double best_weight = -1;
  double weight_of_all = 0;
  PerProject<double> weights(instance_.projects.size(), 0);
  for (const ProjectIndex q : trade.rivals) weight_of_all += weights[q] = weight(trade, q, now);
  for (std::size_t i = 0; i < useful.size(); ++i) {
    if (left[i] == 0) continue;
    double named = 0;
    for (const ProjectIndex q : instance_.profile.group(useful[i]).projects)
      if (is_rival[q]) named += weights[q];
    const double moved = trade.forward ? named : weight_of_all - named;
    if (moved <= best_weight) continue;
    best_weight = moved;
    best = i;
  }
  return best;
}

std::optional<PerProject<std::int64_t>> BallotTrades::votes_after(const Trade& trade,
                                                                  std::vector<std::uint32_t> useful,
                                                                  std::uint64_t ballots) const {
  const PerProject<bool> is_rival = flags_of(trade.rivals, instance_.projects.size());
  PerProject<std::int64_t> now = votes_;
  std::vector<std::uint64_t> left;
  for (const std::uint32_t g : useful) left.push_back(instance_.profile.group(g).count);
  const bool reorder = useful.size() <= reordered_max;
  const std::uint64_t chunk = std::max<std::uint64_t>(1, ballots / 64);

  for (std::size_t at = 0; ballots > 0;) {
    if (reorder) at = most_useful(trade, useful, left, is_rival, now);
    if (at >= useful.size()) return std::nullopt;
    const std::vector<ProjectIndex> changed = rewritten(trade, useful[at], is_rival, now);
    // An empty list is a blank ballot only where p alone is withdrawn from.
    const BallotGroup ballot = instance_.profile.group(useful[at]);
    if (changed.empty() && (trade.forward || !trade.rivals.empty())) {
      left[at] = 0;
      if (!reorder) ++at;
      continue;
    }
    const std::uint64_t taken = std::min({left[at], ballots, chunk});
    for (const ProjectIndex q : ballot.projects) now[q] -= static_cast<std::int64_t>(taken);
    for (const ProjectIndex q : changed) now[q] += static_cast<std::int64_t>(taken);
    left[at] -= taken;
    ballots -= taken;
    if (!reorder && left[at] == 0) ++at;
  }
  return now;
}

}  // namespace urna::count
