// SPDX-License-Identifier: EUPL-1.2
// Lower bounds for the margins of maximum welfare.
//
// Let S be the chosen set, W its welfare, p a project, and W_p the greatest welfare of an
// affordable set in which p has the other status; both are found exactly. Replacing a ballot b by
// b' changes the difference between S and such a set T by
//   (s_b(S\T) - s_b(T\S)) + (s_b'(T\S) - s_b'(S\T)) <= old(b) + fresh,
// where s_b is the satisfaction of the ballot, old(b) = what b has from S (plus what it has against
// other projects, where points may be negative), and fresh = the most that an admitted ballot can
// have from an affordable set outside S (plus the most it can have against S). While k changes
// cannot make up for W - W_p, that is while
//   sum of the k greatest old(b) + k * fresh < W - W_p,
// S stays strictly better than every T, so p keeps its status, however ties are resolved.
//
// A replacement is taken to name no project twice, and to give no negative points unless the file
// states a negative minimum. If the file limits neither the points of a project nor their sum,
// nothing beyond one ballot can be proved.
#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "count/analysis/ballot_set.h"
#include "count/margin/margin.h"
#include "count/rules/knapsack.h"

namespace urna::count {
namespace {

// Partial solutions examined for all projects together, about a second's work; then the bounds of
// the projects left are used instead of their optima.
constexpr std::uint64_t states_max = 10'000'000;

// The welfare of the chosen set, and for each project that of the best set that flips it.
class Flips {
 public:
  Flips(const Instance& instance, const WelfareProblem& problem, const Outcome& outcome)
      : instance_(instance),
        problem_(problem),
        won_(outcome.selected(instance.projects.size())),
        item_of_(instance.projects.size(), no_item) {
    for (std::size_t i = 0; i < problem.items.size(); ++i) item_of_[problem.items[i]] = i;
    for (const ProjectIndex p : problem.free_of_charge) free_ += problem.welfare[p];
    for (const ProjectIndex p : outcome.winners) chosen_ += problem.welfare[p];
  }

  // W - W_p, or a proved lower bound of it. Precondition: p is affordable.
  [[nodiscard]] Int128 gap(ProjectIndex p) {
    const std::int64_t weight = instance_.projects[p].cost.grosze / problem_.unit.grosze;
    if (item_of_[p] != no_item) {
      Knapsack::Question question;
      question.demands.assign(problem_.items.size(), Demand::none);
      question.demands[item_of_[p]] = won_[p] ? Demand::left : Demand::taken;
      return chosen_ - free_ - best(problem_.knapsack, question);
    }
    // Taken because it costs nothing and satisfies somebody; or not taken because it satisfies
    // nobody, so that it would only use up money.
    if (won_[p]) return problem_.welfare[p];
    return chosen_ - free_ - problem_.welfare[p] -
           best(problem_.knapsack.with_less_room(weight), {});
  }

 private:
  static constexpr std::size_t no_item = ~std::size_t{0};

  Int128 best(const Knapsack& knapsack, const Knapsack::Question& question) {
    const KnapsackAnswer answer = knapsack.solve(question, states_left_);
    return answer.verdict == KnapsackAnswer::Verdict::found ? answer.value : answer.upper;
  }

  const Instance& instance_;
  const WelfareProblem& problem_;
  PerProject<bool> won_;
  PerProject<std::size_t> item_of_;
  Int128 free_ = 0;    // welfare of what costs nothing
  Int128 chosen_ = 0;  // W
  std::uint64_t states_left_ = states_max;
};

// The most projects outside S that one ballot can name and one budget can pay for, and their cost.
struct Reach {
  std::int64_t projects = 0;
  std::int64_t grosze = 0;
};

Reach reach_outside(const Instance& instance, const PerProject<bool>& won,
                    std::int64_t length_max) {
  std::vector<std::int64_t> costs;  // dearest first
  for (const ProjectIndex p : instance.indices()) {
    if (!won[p] && is_fundable(instance, p)) costs.push_back(instance.projects[p].cost.grosze);
  }
  std::sort(costs.begin(), costs.end(), std::greater<>());
  const std::int64_t money =
      std::min(instance.budget, instance.limits.cost_sum_max.value_or(instance.budget)).grosze;
  Reach reach;
  std::int64_t spent = 0;
  for (std::size_t i = 0; i < costs.size() && static_cast<std::int64_t>(i) < length_max; ++i) {
    reach.grosze += costs[i];
    const std::int64_t cheapest = costs[costs.size() - 1 - i];
    if (spent + cheapest > money) continue;
    spent += cheapest;
    ++reach.projects;
  }
  reach.grosze = std::min(reach.grosze, money);
  return reach;
}

// `fresh` of the opening comment, in units of WelfareProblem::welfare; nothing if it has no limit.
std::optional<Int128> fresh_gain(const Instance& instance, const WelfareProblem& problem,
                                 const MaxWelfareOptions& options, const Outcome& outcome) {
  const BallotLimits& limits = instance.limits;
  const auto projects = static_cast<std::int64_t>(instance.projects.size());
  const std::int64_t length =
      instance.vote_type == VoteType::choose_one
          ? 1
          : std::min(projects, std::max<std::int64_t>(0, limits.length_max.value_or(projects)));
  const Reach reach = reach_outside(instance, outcome.selected(instance.projects.size()), length);
  if (options.satisfaction == Satisfaction::cost) return Int128{reach.grosze / problem.unit.grosze};
  if (options.satisfaction == Satisfaction::cardinality) return Int128{reach.projects};
  if (instance.vote_type == VoteType::ordinal) {
    Int128 points = 0;  // the whole reach in the first places of the longest ballot
    for (std::int64_t place = 0; place < reach.projects; ++place) {
      points += length - place - (options.ordinal == OrdinalPoints::borda ? 1 : 0);
    }
    return points;
  }
  // With negative points a ballot can give more than the greatest sum to some of its projects.
  const bool negative = limits.points_min.value_or(0) < 0;
  std::optional<Int128> points;
  if (limits.points_max) points = Int128{*limits.points_max} * reach.projects;
  if (limits.points_sum_max && !negative) {
    points = std::min(points.value_or(*limits.points_sum_max), Int128{*limits.points_sum_max});
  }
  if (!points) return std::nullopt;
  points = std::max(*points, Int128{0});
  if (negative) {
    const auto against =
        std::min<std::int64_t>(length, static_cast<std::int64_t>(outcome.winners.size()));
    *points += -Int128{*limits.points_min} * against;
  }
  return points;
}

// Pairs (old(b), ballots), the greatest first.
std::vector<std::pair<Int128, std::uint64_t>> old_gains(const Instance& instance,
                                                        const WelfareProblem& problem,
                                                        const MaxWelfareOptions& options,
                                                        const PerProject<bool>& won) {
  std::vector<std::pair<Int128, std::uint64_t>> gains;
  std::vector<Mark> marks;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    read_as_set(instance, ballot, options.ordinal, marks);
    Int128 gain = 0;
    for (const Mark& mark : marks) {
      std::int64_t own = 1;
      if (options.satisfaction == Satisfaction::score) own = mark.points;
      if (options.satisfaction == Satisfaction::cost) {
        own = instance.projects[mark.project].cost.grosze / problem.unit.grosze;
      }
      const bool for_chosen = own > 0 && won[mark.project];
      const bool against_other = own < 0 && !won[mark.project];
      if (for_chosen || against_other) gain += own > 0 ? own : -own;
    }
    gains.emplace_back(gain, ballot.count);
  }
  std::sort(gains.begin(), gains.end(), std::greater<>());
  return gains;
}

// The least number of changes that can make up for `gap`; nothing if all ballots cannot.
std::optional<std::uint64_t> changes_needed(
    Int128 gap, Int128 fresh, const std::vector<std::pair<Int128, std::uint64_t>>& gains) {
  if (gap <= 0) return 1;
  std::uint64_t changed = 0;
  for (const auto& [gain, ballots] : gains) {
    const Int128 each = gain + fresh;
    if (each > 0 && Int128{ballots} * each >= gap) {
      return changed + static_cast<std::uint64_t>((gap + each - 1) / each);
    }
    gap -= Int128{ballots} * each;
    changed += ballots;
  }
  return std::nullopt;
}

}  // namespace

PerProject<Margin> max_welfare_margins(const Instance& instance, const TieOrder& /*ties*/,
                                       const MaxWelfareOptions& options, const Outcome& outcome) {
  PerProject<Margin> margins(instance.projects.size());
  const Result<WelfareProblem> made =
      WelfareProblem::create(instance, options.satisfaction, options.ordinal);
  if (!made) return margins;  // then there was no outcome either; one ballot is always right
  const WelfareProblem& problem = *made;
  Flips flips(instance, problem, outcome);
  const std::optional<Int128> fresh = fresh_gain(instance, problem, options, outcome);
  const auto gains =
      old_gains(instance, problem, options, outcome.selected(instance.projects.size()));
  for (const ProjectIndex p : instance.indices()) {
    const bool worthless =
        options.satisfaction == Satisfaction::cost && instance.projects[p].cost.grosze == 0;
    if (!is_fundable(instance, p) || worthless) {
      margins[p].at_least = std::nullopt;
    } else if (fresh) {
      margins[p].at_least = changes_needed(flips.gap(p), *fresh, gains);
    }
  }
  return margins;
}

}  // namespace urna::count
