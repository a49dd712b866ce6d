// SPDX-License-Identifier: EUPL-1.2
// Lower bounds for the margins of Phragmen's rule. Two arguments, the better of which counts.
//
// Notation: N ballots, k of them replaced by any others, budget B, n_c supporters of c as cast; a
// dash marks the election after the change. f_c is the new maximum load of c (see phragmen.h), L_t
// the load of round t. In every election L_t never falls, no load exceeds the last L_t, and f_c of
// a project not chosen is at least the last L_t. So averaging a further voter into f_c does not
// raise it, and taking a supporter out does not lower it.
//
// 1. Certain rounds. Suppose that the changed election chose the same projects in all rounds before
//    t, and Llow_j <= L'_j <= Lhigh_j for them. Count the cast supporters of c by their last chosen
//    project j. Putting back the supporters that c lost, and noting that those it won have a load
//    of at least 0,
//      f'_c >= (cost + sum of Llow_j over the n_c cast supporters) / (n_c + min(k, N - n_c)).
//    Taking away those it won, and then more cast supporters until k are gone, those with the least
//    loads,
//      f'_c <= (cost + sum of Lhigh_j over the n_c - k highest) / (n_c - k)        if n_c > k.
//    If the upper bound of the project chosen in round t lies below the lower bounds of all others,
//    round t chooses it in the changed election too, and the two bounds enclose L'_t. Likewise the
//    rule stops after the last round if every project that may attain the minimum is too dear.
//    So with K_t the greatest k for which rounds 1 … t are certain: a project chosen in round t
//    does not lose with K_t changes, and a project that costs more than is left after round t does
//    not win with K_t changes; if the stop is certain as well, no loser wins.
//
// 2. Voters of one project only. Let e_c be the ballots that name c and no other project that
//    could be funded. Of these at least e_c - k are left, with load 0 as long as c is not chosen,
//    so
//      f'_c <= cost(c) / (e_c - k).
//    The rule stops at load s only if s > B/N: the costs up to there and the one that does not fit
//    are more than B, and all loads together at most s N. Hence c wins if (e_c - k) B >= cost(c) N.
//    A loser p has f'_p >= cost(p) / (n_p + min(k, N - n_p)); whatever is chosen before that load
//    for certain and leaves too little money keeps p out.
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "count/int128.h"
#include "count/margin/margin.h"
#include "count/rules/phragmen_loads.h"

namespace urna::count {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The greatest k in [0, known_max] for which `holds`, which is true up to some k and false after
// it; holds(0) is taken for granted.
template <typename Holds>
std::uint64_t greatest(std::uint64_t known_max, const Holds& holds) {
  if (known_max == 0 || holds(known_max)) return known_max;
  std::uint64_t good = 0, bad = known_max;
  while (bad - good > 1) {
    const std::uint64_t middle = good + (bad - good) / 2;
    (holds(middle) ? good : bad) = middle;
  }
  return good;
}

// Argument 1: replays the run and finds K_t round by round.
class CertainRounds {
 public:
  CertainRounds(const Instance& instance, const ApprovalSets& sets, const Outcome& outcome)
      : instance_(instance), sets_(sets), loads_(instance, sets) {
    for (const ProjectIndex p : instance.indices()) {
      if (is_fundable(instance, p)) open_.push_back(p);
    }
    std::uint64_t certain = instance.profile.ballots();
    left_ = instance.budget;
    changes_.push_back(certain);
    left_after_.push_back(left_);
    for (const ProjectIndex winner : outcome.winners) {
      certain = greatest(certain, [&](std::uint64_t k) { return certain_choice(winner, k); });
      changes_.push_back(certain);
      rows_.emplace_back(winner, loads_.supporters_by_load(winner));
      loads_.choose(winner);
      std::erase(open_, winner);
      left_ -= instance.projects[winner].cost;
      left_after_.push_back(left_);
    }
    stop_ = greatest(certain, [&](std::uint64_t k) { return certain_stop(k); });
  }

  // Changes with which the winner of round t, from 1, wins.
  [[nodiscard]] std::uint64_t winner(std::size_t t) const { return changes_[t]; }

  // Changes with which a loser of this cost loses.
  [[nodiscard]] std::uint64_t loser(Money cost) const {
    std::uint64_t safe = stop_;
    for (std::size_t t = 0; t < changes_.size(); ++t) {
      if (cost > left_after_[t]) safe = std::max(safe, changes_[t]);
    }
    return safe;
  }

 private:
  // Bounds of L'_1 … for k changes; [0] is the load of voters of no chosen project.
  [[nodiscard]] std::vector<Bounds> loads_after(std::uint64_t k) const {
    std::vector<Bounds> loads(1);
    for (const auto& [project, counts] : rows_) {
      Bounds load{low(project, counts, loads, k), high(project, counts, loads, k)};
      load.high = std::max(load.high, loads.back().high);  // keeps the list sorted for high()
      loads.push_back(load);
    }
    return loads;
  }

  [[nodiscard]] std::uint64_t voters_at_most(ProjectIndex p, std::uint64_t k) const {
    const std::uint64_t votes = sets_.votes(p);
    return votes + std::min(k, instance_.profile.ballots() - votes);
  }

  [[nodiscard]] double low(ProjectIndex p, const std::vector<std::uint64_t>& counts,
                           const std::vector<Bounds>& loads, std::uint64_t k) const {
    const std::uint64_t voters = voters_at_most(p, k);
    if (voters == 0) return infinity;  // never a candidate
    Bounds sum = Bounds::exactly(instance_.projects[p].cost.grosze);
    for (std::size_t i = 1; i < loads.size(); ++i) sum.add_multiple(counts[i], loads[i]);
    return std::max(sum.divided_by(voters).low, loads.back().low);
  }

  [[nodiscard]] double high(ProjectIndex p, const std::vector<std::uint64_t>& counts,
                            const std::vector<Bounds>& loads, std::uint64_t k) const {
    if (sets_.votes(p) <= k) return infinity;
    Bounds sum = Bounds::exactly(instance_.projects[p].cost.grosze);
    std::uint64_t remaining = sets_.votes(p) - k;
    for (std::size_t i = loads.size() - 1; i > 0; --i) {
      const std::uint64_t voters = std::min(remaining, counts[i]);
      sum.add_multiple(voters, loads[i]);
      remaining -= voters;
    }
    return sum.divided_by(sets_.votes(p) - k).high;
  }

  [[nodiscard]] bool certain_choice(ProjectIndex winner, std::uint64_t k) const {
    if (sets_.votes(winner) <= k) return false;
    const std::vector<Bounds> loads = loads_after(k);
    const double highest = high(winner, loads_.supporters_by_load(winner), loads, k);
    return std::all_of(open_.begin(), open_.end(), [&](ProjectIndex p) {
      return p == winner || highest < low(p, loads_.supporters_by_load(p), loads, k);
    });
  }

  [[nodiscard]] bool certain_stop(std::uint64_t k) const {
    const std::vector<Bounds> loads = loads_after(k);
    double minimum_high = infinity;
    for (const ProjectIndex p : open_) {
      minimum_high = std::min(minimum_high, high(p, loads_.supporters_by_load(p), loads, k));
    }
    return std::all_of(open_.begin(), open_.end(), [&](ProjectIndex p) {
      return instance_.projects[p].cost > left_ || voters_at_most(p, k) == 0 ||
             low(p, loads_.supporters_by_load(p), loads, k) > minimum_high;
    });
  }

  const Instance& instance_;
  const ApprovalSets& sets_;
  PhragmenLoads loads_;
  Money left_;
  std::vector<ProjectIndex> open_;
  // Per round passed: the winner and its supporters by load just before.
  std::vector<std::pair<ProjectIndex, std::vector<std::uint64_t>>> rows_;
  std::vector<std::uint64_t> changes_;  // K_t, [0] = N
  std::vector<Money> left_after_;       // money after round t, [0] = budget
  std::uint64_t stop_ = 0;
};

// Argument 2.
class LoyalVoters {
 public:
  LoyalVoters(const Instance& instance, const ApprovalSets& sets)
      : instance_(instance), sets_(sets), loyal_(instance.projects.size(), 0) {
    for (std::size_t g = 0; g < sets.groups(); ++g) {
      std::size_t named = 0;
      ProjectIndex only;
      for (const ProjectIndex p : sets.projects(g)) {
        if (!is_fundable(instance, p)) continue;
        ++named;
        only = p;
      }
      if (named == 1) loyal_[only] += sets.voters(g);
    }
  }

  // Changes with which p wins; 0 also if nothing is proved.
  [[nodiscard]] std::uint64_t winner(ProjectIndex p) const {
    return greatest(loyal_[p], [&](std::uint64_t k) {
      return loyal_[p] > k &&
             Int128{loyal_[p] - k} * instance_.budget.grosze >=
                 Int128{instance_.projects[p].cost.grosze} * instance_.profile.ballots();
    });
  }

  // Changes with which p loses; 0 also if nothing is proved.
  [[nodiscard]] std::uint64_t loser(ProjectIndex p) const {
    return greatest(instance_.profile.ballots(), [&](std::uint64_t k) {
      const std::uint64_t votes = sets_.votes(p);
      const std::uint64_t voters = votes + std::min(k, instance_.profile.ballots() - votes);
      Money needed = instance_.projects[p].cost;
      for (const ProjectIndex q : instance_.indices()) {
        // cost(q) / (e_q - k) < cost(p) / voters
        if (q == p || !is_fundable(instance_, q) || loyal_[q] <= k) continue;
        if (Int128{instance_.projects[q].cost.grosze} * voters <
            Int128{instance_.projects[p].cost.grosze} * (loyal_[q] - k)) {
          needed += instance_.projects[q].cost;
        }
      }
      return needed > instance_.budget;
    });
  }

 private:
  const Instance& instance_;
  const ApprovalSets& sets_;
  PerProject<std::uint64_t> loyal_;
};

}  // namespace

PerProject<Margin> phragmen_margins(const Instance& instance, const TieOrder& /*ties*/,
                                    const Outcome& outcome) {
  // The arguments hold for every order of ties, also one that the changed ballots would change:
  // they ask for strict inequalities.
  PerProject<Margin> margins(instance.projects.size());
  const ApprovalSets sets(instance);
  const CertainRounds rounds(instance, sets, outcome);
  const LoyalVoters loyal(instance, sets);
  for (std::size_t i = 0; i < outcome.winners.size(); ++i) {
    const ProjectIndex p = outcome.winners[i];
    margins[p].at_least = std::max(rounds.winner(i + 1), loyal.winner(p)) + 1;
  }
  const PerProject<bool> won = outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    if (won[p]) continue;
    if (!is_fundable(instance, p)) {
      margins[p].at_least = std::nullopt;
      continue;
    }
    margins[p].at_least = std::max(rounds.loser(instance.projects[p].cost), loyal.loser(p)) + 1;
    // More than all ballots cannot be changed.
    if (*margins[p].at_least > instance.profile.ballots()) margins[p].at_least = std::nullopt;
  }
  return margins;
}

}  // namespace urna::count
