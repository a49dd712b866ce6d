// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/equal_shares.h"

#include <algorithm>
#include <set>

#include "count/analysis/analysis.h"
#include "count/rules/greedy.h"
#include "count/rules/shares/run.h"
#include "count/rules/shares/support.h"

namespace urna::count {
namespace {

constexpr std::uint64_t steps_between_progress = 64;
// How often a tie is replayed the other way to see whether it mattered.
constexpr std::size_t replays_max = 256;

// Who takes part, and why the others do not.
struct Field {
  PerProject<bool> eligible;
  PerProject<Reason> reasons;
  std::vector<ProjectIndex> without_cost;  // funded at once, in order of the ties
};

// Filter of Swiecie 2023: votes/voters < cost/(3*budget), i.e. votes < voters*cost/(3*budget).
// Returns the least number of votes that passes.
std::int64_t votes_to_pass_filter(const Instance& instance, ProjectIndex p) {
  const Integer needed = integer(static_cast<std::int64_t>(instance.profile.ballots())) *
                         integer(instance.projects[p].cost.grosze);
  const Integer per_vote = 3 * integer(instance.budget.grosze);
  Integer votes;
  mpz_cdiv_q(votes.get_mpz_t(), needed.get_mpz_t(), per_vote.get_mpz_t());
  return votes.get_si();
}

Field field_of(const Instance& instance, const SupportIndex& support, const TieOrder& ties,
               const EqualSharesOptions& options) {
  Field field{PerProject<bool>(instance.projects.size(), false),
              PerProject<Reason>(instance.projects.size()),
              {}};
  for (const ProjectIndex p : instance.indices()) {
    const Money cost = instance.projects[p].cost;
    Reason& reason = field.reasons[p];
    reason.value = support.voters_of(p);
    if (cost == withdrawn_cost) {
      reason.code = ReasonCode::lost_withdrawn;
    } else if (support.units_of(p) == 0) {
      reason.code = ReasonCode::lost_no_support;
    } else if (cost == Money{}) {
      reason.code = ReasonCode::won_without_cost;
      field.without_cost.push_back(p);
    } else if (options.support_filter && instance.budget > Money{} &&
               support.voters_of(p) < votes_to_pass_filter(instance, p)) {
      reason.code = ReasonCode::lost_filter;
      reason.threshold = votes_to_pass_filter(instance, p);
    } else {
      // A project dearer than the pool takes part all the same: with Add1's raised amounts its
      // supporters may come to afford it, and that ends Add1 like any other overspending.
      reason.code =
          cost > instance.budget ? ReasonCode::lost_over_budget : ReasonCode::lost_supporters_money;
      field.eligible[p] = true;
    }
  }
  std::sort(field.without_cost.begin(), field.without_cost.end(),
            [&](ProjectIndex a, ProjectIndex b) { return ties.prefers(a, b); });
  return field;
}

// No project of the pool that is not funded fits into the money left.
bool exhaustive(const Instance& instance, const std::vector<ProjectIndex>& winners, Money spent) {
  PerProject<bool> funded(instance.projects.size(), false);
  for (const ProjectIndex p : winners) funded[p] = true;
  return std::none_of(instance.indices().begin(), instance.indices().end(), [&](ProjectIndex p) {
    return !funded[p] && spent + instance.projects[p].cost <= instance.budget;
  });
}

struct KeptAmount {
  Rational grosze_per_voter;
  std::uint64_t steps = 0;
};

// Add1: raise everyone's money by one step as long as the outcome does not overspend. Spending is
// not monotone in the amount, so every step is taken; the rounds that cannot change any more are
// not repeated (see SharesRun::run).
Result<KeptAmount> raise_amount(const Instance& instance, SharesRun& run, Rational start,
                                const EqualSharesOptions& options) {
  KeptAmount kept{std::move(start), 0};
  std::vector<ProjectIndex> winners;
  Money spent;
  if (sgn(kept.grosze_per_voter) > 0) {
    if (Status ran = run.run(kept.grosze_per_voter); !ran) return std::move(ran).error();
    winners = run.winners();
    spent = run.total_cost();
  }
  const Rational step = rational(options.add1_step.grosze);
  while (true) {
    if (options.add1_stop == Add1Stop::exhaustive && exhaustive(instance, winners, spent)) break;
    if (run.all_won()) break;
    if (kept.steps == options.add1_steps_max) {
      return Error{
          ErrorCode::limit,
          "Add1 did not end within " + std::to_string(options.add1_steps_max) + " increases",
          {instance.file},
          "raise the amount of one increase (--add1-step)"};
    }
    const Rational next = kept.grosze_per_voter + step;
    if (Status ran = run.run(next); !ran) return std::move(ran).error();
    if (run.total_cost() > instance.budget) break;
    kept.grosze_per_voter = next;
    ++kept.steps;
    winners = run.winners();
    spent = run.total_cost();
    if (options.progress && kept.steps % steps_between_progress == 0) options.progress(kept.steps);
  }
  return kept;
}

Rational starting_amount(const Instance& instance, const EqualSharesOptions& options) {
  Rational amount(integer(instance.budget.grosze),
                  integer(static_cast<std::int64_t>(instance.profile.ballots())));
  amount.canonicalize();
  const bool raises =
      options.completion == Completion::add1 ||
      options.completion == Completion::add1_utilitarian ||
      (options.completion == Completion::comparison && options.comparison_after_add1);
  if (raises && options.add1_start == Add1Start::integer) {
    constexpr std::int64_t grosze_per_unit = 100;
    Integer units;
    mpz_fdiv_q(units.get_mpz_t(), amount.get_num().get_mpz_t(),
               Integer(amount.get_den() * integer(grosze_per_unit)).get_mpz_t());
    return Rational(units * integer(grosze_per_unit));
  }
  return amount;
}

// Fills winners, reasons and ties from the recorded run, then replays each tie the other way.
Status record_run(SharesRun& run, const TieOrder& ties, const Rational& amount, Outcome& outcome) {
  if (Status ran = run.run_recorded(amount); !ran) return ran;
  std::vector<std::pair<std::size_t, ProjectIndex>> alternatives;
  std::vector<std::size_t> event_of_alternative;
  for (std::size_t j = 0; j < run.rounds().size(); ++j) {
    const SharesRun::Round& round = run.rounds()[j];
    Reason& reason = outcome.reasons[round.project];
    reason.code = ReasonCode::won_by_shares;
    reason.round = static_cast<std::uint32_t>(j + 1);
    reason.money_before = round.money_left;
    reason.paid_by = static_cast<std::uint64_t>(round.payers);
    reason.price = run.payment(j) / 100;
    outcome.winners.push_back(round.project);
    if (round.tied.empty()) continue;
    TieEvent event{TieCriterion::price, reason.round, round.tied, false};
    std::sort(event.projects.begin(), event.projects.end(),
              [&](ProjectIndex a, ProjectIndex b) { return ties.prefers(a, b); });
    for (const ProjectIndex p : event.projects) {
      if (p == round.project) continue;
      alternatives.emplace_back(j, p);
      event_of_alternative.push_back(outcome.ties.size());
    }
    outcome.ties.push_back(std::move(event));
  }
  for (const SharesRun::Loser& loser : run.losers()) {
    Reason& reason = outcome.reasons[loser.project];
    reason.round = loser.round;
    reason.money_before = loser.money_left;
  }
  std::set<ProjectIndex> funded(run.winners().begin(), run.winners().end());
  for (std::size_t a = 0; a < alternatives.size(); ++a) {
    TieEvent& event = outcome.ties[event_of_alternative[a]];
    if (event.decisive) continue;
    if (a >= replays_max) {
      outcome.notes.push_back("Ties beyond the first " + std::to_string(replays_max) +
                              " alternatives were not replayed; they are listed as decisive.");
      for (std::size_t e = event_of_alternative[a]; e < outcome.ties.size(); ++e) {
        outcome.ties[e].decisive = true;
      }
      break;
    }
    if (Status ran = run.run_recorded(amount, alternatives[a]); !ran) return ran;
    event.decisive = std::set<ProjectIndex>(run.winners().begin(), run.winners().end()) != funded;
  }
  return ok_status();
}

Money cost_of(const Instance& instance, const std::vector<ProjectIndex>& projects) {
  Money sum;
  for (const ProjectIndex p : projects) sum += instance.projects[p].cost;
  return sum;
}

// Fund, in order of satisfaction per cost, whatever still fits.
void complete_by_utility(const Instance& instance, const Tally& tally, const TieOrder& ties,
                         Satisfaction satisfaction, Outcome& outcome) {
  GreedyOptions options;
  options.already_funded = outcome.winners;
  switch (satisfaction) {
    case Satisfaction::cost:
      options.rank = GreedyRank::votes;  // votes * cost / cost
      break;
    case Satisfaction::cardinality:
      options.rank = GreedyRank::votes_per_cost;
      break;
    case Satisfaction::score:
      options.rank = GreedyRank::points_per_cost;
      break;
  }
  // The filter holds for the whole rule, its completion included.
  for (const ProjectIndex p : instance.indices()) {
    if (outcome.reasons[p].code == ReasonCode::lost_filter) options.excluded.push_back(p);
  }
  const PerProject<bool> before = outcome.selected(instance.projects.size());
  Outcome completion = greedy(instance, tally, ties, options);
  for (const ProjectIndex p : instance.indices()) {
    Reason& reason = outcome.reasons[p];
    if (before[p] || reason.code == ReasonCode::lost_filter) continue;
    reason = completion.reasons[p];
    if (reason.code == ReasonCode::won_in_order) reason.code = ReasonCode::won_by_completion;
  }
  outcome.winners.insert(outcome.winners.end(), completion.winners.begin(),
                         completion.winners.end());
  for (TieEvent& event : completion.ties) outcome.ties.push_back(std::move(event));
}

// Keep Equal Shares only where at least as many voters prefer it to the ranking by votes.
Outcome compare_with_greedy(const Instance& instance, const Tally& tally, const TieOrder& ties,
                            const EqualSharesOptions& options, Outcome shares) {
  GreedyOptions greedy_options;
  greedy_options.rank =
      options.satisfaction == Satisfaction::score ? GreedyRank::points : GreedyRank::votes;
  Outcome ranked = greedy(instance, tally, ties, greedy_options);
  const Comparison voters = compare(instance, shares.winners, ranked.winners, options.preference);
  const std::string counts = std::to_string(voters.prefer_first) +
                             " voters prefer the outcome of Equal Shares, " +
                             std::to_string(voters.prefer_second) + " that of the ranking, " +
                             std::to_string(voters.indifferent) + " neither.";
  const bool ranking_wins = voters.prefer_second > voters.prefer_first;
  Outcome& kept = ranking_wins ? ranked : shares;
  const Outcome& left = ranking_wins ? shares : ranked;
  kept.notes.push_back("Comparison step: " + counts +
                       (ranking_wins ? " The ranking is used." : " Equal Shares is used."));
  const PerProject<bool> funded = kept.selected(instance.projects.size());
  for (const ProjectIndex p : left.winners) {
    if (!funded[p]) kept.reasons[p].code = ReasonCode::lost_comparison;
  }
  return std::move(kept);
}

}  // namespace

Result<Outcome> equal_shares(const Instance& instance, const TieOrder& ties,
                             const EqualSharesOptions& options) {
  if (options.satisfaction == Satisfaction::score &&
      (instance.vote_type == VoteType::approval || instance.vote_type == VoteType::choose_one)) {
    return Error{ErrorCode::unsupported,
                 "the ballots give no points, so there is no score satisfaction",
                 {instance.file},
                 "use --satisfaction cost or cardinality"};
  }
  if (options.add1_step <= Money{}) {
    return Error{
        ErrorCode::usage, "the increase of Add1 must be more than nothing", {}, "--add1-step 1"};
  }
  const SupportIndex support = SupportIndex::build(instance, options.satisfaction, options.ordinal);
  Field field = field_of(instance, support, ties, options);
  Outcome outcome;
  outcome.reasons = std::move(field.reasons);
  outcome.winners = field.without_cost;

  const bool raises =
      options.completion == Completion::add1 ||
      options.completion == Completion::add1_utilitarian ||
      (options.completion == Completion::comparison && options.comparison_after_add1);
  if (instance.profile.ballots() > 0) {
    SharesRun run(instance, support, ties, options.satisfaction == Satisfaction::cost,
                  field.eligible);
    Rational amount = starting_amount(instance, options);
    if (raises) {
      Result<KeptAmount> kept = raise_amount(instance, run, std::move(amount), options);
      if (!kept) return std::move(kept).error();
      amount = kept->grosze_per_voter;
      outcome.add1_steps = kept->steps;
    }
    outcome.money_per_voter = amount / 100;
    if (sgn(amount) > 0) {
      if (Status recorded = record_run(run, ties, amount, outcome); !recorded) {
        return std::move(recorded).error();
      }
    }
  }

  const Tally merged = tally(instance, options.ordinal, Repeats::merged);
  if (options.completion == Completion::utilitarian ||
      options.completion == Completion::add1_utilitarian) {
    complete_by_utility(instance, merged, ties, options.satisfaction, outcome);
  }
  if (options.completion == Completion::comparison) {
    outcome = compare_with_greedy(instance, merged, ties, options, std::move(outcome));
  }
  outcome.total_cost = cost_of(instance, outcome.winners);
  return outcome;
}

}  // namespace urna::count
