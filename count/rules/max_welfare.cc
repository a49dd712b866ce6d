// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/max_welfare.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "base/rational.h"
#include "count/tally.h"

namespace urna::count {
namespace {

using Verdict = KnapsackAnswer::Verdict;

// Precondition: value >= 0.
std::string to_decimal(Int128 value) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// "1234.5": welfare measured in money is told in currency units, other welfare as it is.
std::string to_text(Int128 value, const WelfareProblem& problem, Satisfaction satisfaction) {
  if (satisfaction != Satisfaction::cost) return to_decimal(value);
  Rational amount{Integer(to_decimal(value)) * integer(problem.unit.grosze), integer(100)};
  amount.canonicalize();
  return amount.get_den() == 1 ? amount.get_str() : to_decimal_string(amount, 2);
}

Error out_of_states(const Instance& instance, const MaxWelfareOptions& options,
                    std::string message) {
  return Error{ErrorCode::limit,
               std::move(message),
               {instance.file, 0, 0, {}},
               "raise the limit of " + std::to_string(options.states_max) +
                   " partial solutions or choose another rule"};
}

// Which items belong to some but not to all optimal sets, and one optimal set.
struct Optimum {
  Int128 value = 0;
  std::vector<bool> taken;
  std::vector<bool> varying;
};

// Demands every item the other way than `optimum` has it; whatever still reaches the optimum shows
// another optimal set. False iff the states ran out.
bool find_varying(const Knapsack& knapsack, Optimum& optimum, std::uint64_t& states_left) {
  Knapsack::Question question{std::vector<Demand>(knapsack.size(), Demand::none), optimum.value,
                              optimum.value};
  for (std::size_t i = 0; i < knapsack.size(); ++i) {
    if (optimum.varying[i]) continue;
    question.demands[i] = optimum.taken[i] ? Demand::left : Demand::taken;
    const KnapsackAnswer answer = knapsack.solve(question, states_left);
    question.demands[i] = Demand::none;
    if (answer.verdict == Verdict::gave_up) return false;
    if (answer.verdict == Verdict::none) continue;
    for (std::size_t j = 0; j < knapsack.size(); ++j) {
      if (answer.taken[j] != optimum.taken[j]) optimum.varying[j] = true;
    }
  }
  return true;
}

// Turns `optimum` into the optimal set that is first in the order of ranks: going down the order,
// an item is taken if any optimal set that agrees so far takes it. False iff the states ran out.
bool prefer_by_rank(const WelfareProblem& problem, const TieOrder& ties, Optimum& optimum,
                    std::uint64_t& states_left) {
  const std::size_t count = problem.items.size();
  Knapsack::Question question{std::vector<Demand>(count, Demand::none), optimum.value,
                              optimum.value};
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < count; ++i) {
    if (optimum.varying[i]) {
      order.push_back(i);
    } else {
      question.demands[i] = optimum.taken[i] ? Demand::taken : Demand::left;
    }
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ties.prefers(problem.items[a], problem.items[b]);
  });
  for (const std::size_t i : order) {
    question.demands[i] = Demand::taken;
    if (optimum.taken[i]) continue;
    KnapsackAnswer answer = problem.knapsack.solve(question, states_left);
    if (answer.verdict == Verdict::gave_up) return false;
    if (answer.verdict == Verdict::found) {
      optimum.taken = std::move(answer.taken);
    } else {
      question.demands[i] = Demand::left;
    }
  }
  return true;
}

TieEvent tie_event(const WelfareProblem& problem, const TieOrder& ties, const Optimum& optimum) {
  TieEvent event{TieCriterion::welfare, 0, {}, true};
  for (const bool taken : {true, false}) {
    const auto begin = static_cast<std::ptrdiff_t>(event.projects.size());
    for (std::size_t i = 0; i < problem.items.size(); ++i) {
      if (optimum.varying[i] && optimum.taken[i] == taken) {
        event.projects.push_back(problem.items[i]);
      }
    }
    std::sort(event.projects.begin() + begin, event.projects.end(),
              [&](ProjectIndex a, ProjectIndex b) { return ties.prefers(a, b); });
  }
  return event;
}

void explain(const Instance& instance, const WelfareProblem& problem, Outcome& outcome) {
  const PerProject<bool> won = outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    Reason& reason = outcome.reasons[p];
    reason.value = problem.values[p];
    if (won[p]) {
      reason.code = ReasonCode::won_by_optimum;
    } else if (instance.projects[p].cost == withdrawn_cost) {
      reason.code = ReasonCode::lost_withdrawn;
    } else if (instance.projects[p].cost > instance.budget) {
      reason.code = ReasonCode::lost_over_budget;
    } else if (problem.values[p] == 0) {
      reason.code = ReasonCode::lost_no_support;
    } else {
      reason.code = ReasonCode::lost_optimum;
    }
  }
}

}  // namespace

Result<WelfareProblem> WelfareProblem::create(const Instance& instance, Satisfaction satisfaction,
                                              OrdinalPoints ordinal) {
  if (satisfaction == Satisfaction::score &&
      (instance.vote_type == VoteType::approval || instance.vote_type == VoteType::choose_one)) {
    return Error{ErrorCode::unsupported,
                 "the ballots give no points, so there is no satisfaction by score",
                 {instance.file, 0, 0, "vote_type"},
                 "choose satisfaction by cost or by number of projects"};
  }
  const Tally merged = tally(instance, ordinal, Repeats::merged);
  const std::size_t projects = instance.projects.size();
  std::int64_t unit = 0;
  const auto fits = [&](ProjectIndex p) {
    const Money cost = instance.projects[p].cost;
    return cost <= instance.budget && cost != withdrawn_cost;
  };
  for (const ProjectIndex p : instance.indices()) {
    if (fits(p)) unit = std::gcd(unit, instance.projects[p].cost.grosze);
  }
  unit = std::max<std::int64_t>(unit, 1);

  PerProject<Int128> welfare(projects, 0);
  std::vector<ProjectIndex> free_of_charge, chosen;
  std::vector<KnapsackItem> items;
  for (const ProjectIndex p : instance.indices()) {
    const std::int64_t weight = instance.projects[p].cost.grosze / unit;
    if (!fits(p)) continue;
    switch (satisfaction) {
      case Satisfaction::cost:
        welfare[p] = Int128{merged.votes[p]} * weight;
        break;
      case Satisfaction::cardinality:
        welfare[p] = merged.votes[p];
        break;
      case Satisfaction::score:
        welfare[p] = merged.points[p];
        break;
    }
    if (welfare[p] <= 0) continue;
    if (weight == 0) {
      free_of_charge.push_back(p);
    } else {
      chosen.push_back(p);
      items.push_back({weight, welfare[p]});
    }
  }
  Result<Knapsack> knapsack = Knapsack::create(std::move(items), instance.budget.grosze / unit);
  if (!knapsack) return knapsack.error();
  return WelfareProblem{satisfaction == Satisfaction::score ? merged.points : merged.votes,
                        std::move(welfare),
                        std::move(free_of_charge),
                        std::move(chosen),
                        *std::move(knapsack),
                        Money{unit}};
}

Result<Outcome> max_welfare(const Instance& instance, const TieOrder& ties,
                            const MaxWelfareOptions& options) {
  const Result<WelfareProblem> made =
      WelfareProblem::create(instance, options.satisfaction, options.ordinal);
  if (!made) return made.error();
  const WelfareProblem& problem = *made;
  std::uint64_t states_left = options.states_max;

  KnapsackAnswer answer = problem.knapsack.solve({}, states_left);
  Int128 free_value = 0;
  for (const ProjectIndex p : problem.free_of_charge) free_value += problem.welfare[p];
  const auto told = [&](Int128 value) {
    return to_text(value + free_value, problem, options.satisfaction);
  };
  if (answer.verdict == Verdict::gave_up) {
    return out_of_states(instance, options,
                         "the greatest total satisfaction was not proved: it lies between " +
                             told(answer.value) + " and " + told(answer.upper));
  }
  Optimum optimum{answer.value, std::move(answer.taken),
                  std::vector<bool>(problem.items.size(), false)};
  if (!find_varying(problem.knapsack, optimum, states_left) ||
      !prefer_by_rank(problem, ties, optimum, states_left)) {
    return out_of_states(instance, options,
                         "the greatest total satisfaction is " + told(optimum.value) +
                             ", but whether other sets reach it too was not settled");
  }

  Outcome outcome;
  outcome.reasons = PerProject<Reason>(instance.projects.size());
  outcome.winners = problem.free_of_charge;
  for (std::size_t i = 0; i < problem.items.size(); ++i) {
    if (optimum.taken[i]) outcome.winners.push_back(problem.items[i]);
  }
  std::sort(outcome.winners.begin(), outcome.winners.end());
  for (const ProjectIndex p : outcome.winners) outcome.total_cost += instance.projects[p].cost;
  if (std::find(optimum.varying.begin(), optimum.varying.end(), true) != optimum.varying.end()) {
    outcome.ties.push_back(tie_event(problem, ties, optimum));
  }
  outcome.notes.push_back("The greatest total satisfaction is " + told(optimum.value) + ".");
  explain(instance, problem, outcome);
  return outcome;
}

}  // namespace urna::count
