// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/greedy_oracle.h"

#include <algorithm>
#include <set>

#include "base/rational.h"

namespace urna::oracle {
namespace {

using count::GreedyRank;
using count::Misfit;
using count::ProjectIndex;

// (infinity?, value): compares like the number a project is ranked by. Values are >= 0 here.
using Rank = std::pair<bool, Rational>;

struct Candidate {
  ProjectIndex project;
  Rank rank;
};

std::vector<Candidate> candidates_of(const count::Instance& instance, const count::Tally& tally,
                                     const count::GreedyOptions& options) {
  std::vector<Candidate> candidates;
  for (const ProjectIndex p : instance.indices()) {
    const bool points =
        options.rank == GreedyRank::points || options.rank == GreedyRank::points_per_cost;
    const bool density =
        options.rank == GreedyRank::votes_per_cost || options.rank == GreedyRank::points_per_cost;
    const std::int64_t value = points ? tally.points[p] : tally.votes[p];
    const std::int64_t cost = instance.projects[p].cost.grosze;
    const auto& already = options.already_funded;
    if (std::find(already.begin(), already.end(), p) != already.end()) continue;
    if (cost == 99'999'999'900) continue;
    if (options.threshold.has_value() && value < options.threshold.value()) continue;
    Rank rank{false, rational(value)};
    if (density && cost == 0) rank = {value > 0, Rational(0)};
    if (density && cost != 0) rank = {false, rational(value, cost)};
    candidates.push_back({p, rank});
  }
  return candidates;
}

}  // namespace

std::vector<ProjectIndex> greedy_oracle(const count::Instance& instance, const count::Tally& tally,
                                        const count::PerProject<std::uint32_t>& tie_rank,
                                        const count::GreedyOptions& options) {
  std::vector<Candidate> left = candidates_of(instance, tally, options);
  std::vector<ProjectIndex> winners;
  std::set<ProjectIndex> funded(options.already_funded.begin(), options.already_funded.end());
  Rational money = rational(instance.budget.grosze);
  for (const ProjectIndex p : funded) money -= rational(instance.projects[p].cost.grosze);

  while (!left.empty()) {
    auto best = left.begin();
    for (auto it = left.begin(); it != left.end(); ++it) {
      if (it->rank > best->rank ||
          (it->rank == best->rank && tie_rank[it->project] < tie_rank[best->project])) {
        best = it;
      }
    }
    const ProjectIndex p = best->project;
    left.erase(best);
    bool excluded = false;
    for (const auto& group : options.conflicts) {
      if (std::find(group.begin(), group.end(), p) == group.end()) continue;
      for (const ProjectIndex q : group) excluded = excluded || (q != p && funded.contains(q));
    }
    if (excluded) continue;
    const Rational cost = rational(instance.projects[p].cost.grosze);
    const bool fits = cost <= money;
    const bool nearly =
        options.misfit == Misfit::fund_at_80_percent && money >= rational(80, 100) * cost;
    if (fits || nearly) {
      winners.push_back(p);
      funded.insert(p);
      money -= cost;
    }
    if (!fits && options.misfit != Misfit::skip) break;
  }
  return winners;
}

std::vector<std::vector<ProjectIndex>> greedy_tied_groups(
    const count::Instance& instance, const count::Tally& tally,
    const count::PerProject<std::uint32_t>& tie_rank, const count::GreedyOptions& options) {
  std::vector<Candidate> all = candidates_of(instance, tally, options);
  std::sort(all.begin(), all.end(), [&](const Candidate& a, const Candidate& b) {
    if (a.rank != b.rank) return a.rank > b.rank;
    return tie_rank[a.project] < tie_rank[b.project];
  });
  std::vector<std::vector<ProjectIndex>> groups;
  for (std::size_t i = 0; i < all.size();) {
    std::vector<ProjectIndex> group;
    const Rank rank = all[i].rank;
    for (; i < all.size() && all[i].rank == rank; ++i) group.push_back(all[i].project);
    if (group.size() >= 2) groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace urna::oracle
