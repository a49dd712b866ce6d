// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/equal_shares_oracle.h"

#include <algorithm>
#include <map>
#include <optional>

#include "count/tally.h"

namespace urna::oracle {
namespace {

using count::Instance;
using count::ProjectIndex;

struct Voter {
  Rational money;
  std::uint32_t count = 0;
  std::map<ProjectIndex, Rational> utility;
};

std::vector<Voter> voters_of(const Instance& instance, const count::EqualSharesOptions& options) {
  std::vector<Voter> voters;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const count::BallotGroup ballot = instance.profile.group(g);
    Voter voter{0, ballot.count, {}};
    for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
      const ProjectIndex p = ballot.projects[i];
      Rational utility = 1;
      if (options.satisfaction == count::Satisfaction::cost) {
        utility = rational(instance.projects[p].cost.grosze);
      } else if (options.satisfaction == count::Satisfaction::score) {
        utility = rational(count::points_of(ballot, i, instance.vote_type, options.ordinal));
        const auto known = voter.utility.find(p);
        if (known != voter.utility.end()) utility = std::max(utility, known->second);
      }
      if (utility > 0) voter.utility[p] = utility;
    }
    voters.push_back(std::move(voter));
  }
  return voters;
}

// Price per unit of utility at which the supporters can just pay, or nullopt.
std::optional<Rational> price_of(const std::vector<Voter>& voters, ProjectIndex p,
                                 const Rational& cost) {
  // Sorted by money per utility, each in turn is the poorest who pays in full.
  std::vector<const Voter*> supporters;
  for (const Voter& voter : voters) {
    if (voter.utility.contains(p)) supporters.push_back(&voter);
  }
  const auto ratio = [&](const Voter* v) { return Rational(v->money / v->utility.at(p)); };
  std::sort(supporters.begin(), supporters.end(),
            [&](const Voter* a, const Voter* b) { return ratio(a) < ratio(b); });
  Rational missing = cost;
  Rational utility = 0;
  for (const Voter* v : supporters) utility += v->utility.at(p) * v->count;
  for (const Voter* v : supporters) {
    const Rational price = missing / utility;
    if (price <= ratio(v)) return price;
    missing -= v->money * v->count;
    utility -= v->utility.at(p) * v->count;
  }
  return std::nullopt;
}

struct Run {
  std::vector<ProjectIndex> winners;
  std::vector<std::vector<ProjectIndex>> ties;
  Money cost;
};

Run run(const Instance& instance, std::vector<Voter> voters, const count::TieOrder& ties,
        const Rational& grosze) {
  for (Voter& voter : voters) voter.money = grosze;
  std::vector<ProjectIndex> open;
  for (const ProjectIndex p : instance.indices()) {
    const Money cost = instance.projects[p].cost;
    if (cost > Money{} && cost != count::withdrawn_cost) open.push_back(p);
  }
  Run result;
  while (true) {
    std::optional<Rational> best;
    std::vector<ProjectIndex> tied;
    for (const ProjectIndex p : open) {
      const auto price = price_of(voters, p, rational(instance.projects[p].cost.grosze));
      if (!price || (best && *price > *best)) continue;
      if (!best || *price < *best) tied.clear();
      best = price;
      tied.push_back(p);
    }
    if (!best) return result;
    const ProjectIndex chosen =
        *std::min_element(tied.begin(), tied.end(),
                          [&](ProjectIndex a, ProjectIndex b) { return ties.prefers(a, b); });
    if (tied.size() > 1) result.ties.push_back(tied);
    for (Voter& voter : voters) {
      const auto utility = voter.utility.find(chosen);
      if (utility == voter.utility.end()) continue;
      voter.money -= std::min<Rational>(voter.money, *best * utility->second);
    }
    result.winners.push_back(chosen);
    result.cost += instance.projects[chosen].cost;
    std::erase(open, chosen);
  }
}

bool exhaustive(const Instance& instance, const Run& outcome) {
  for (const ProjectIndex p : instance.indices()) {
    const bool funded =
        std::find(outcome.winners.begin(), outcome.winners.end(), p) != outcome.winners.end();
    if (!funded && outcome.cost + instance.projects[p].cost <= instance.budget) return false;
  }
  return true;
}

}  // namespace

SharesOracleOutcome equal_shares_oracle(const Instance& instance, const count::TieOrder& ties,
                                        const count::EqualSharesOptions& options) {
  const std::vector<Voter> voters = voters_of(instance, options);
  SharesOracleOutcome outcome;
  if (instance.profile.ballots() == 0) return outcome;
  Rational grosze = rational(instance.budget.grosze) /
                    rational(static_cast<std::int64_t>(instance.profile.ballots()));
  const bool add1 = options.completion == count::Completion::add1;
  if (add1 && options.add1_start == count::Add1Start::integer) {
    const Rational units = grosze / 100;
    grosze = Rational(units.get_num() / units.get_den()) * 100;
  }
  Run kept = run(instance, voters, ties, grosze);
  std::size_t supported = 0;
  for (const ProjectIndex p : instance.indices()) {
    const Money cost = instance.projects[p].cost;
    if (cost == Money{} || cost == count::withdrawn_cost) continue;
    supported += std::any_of(voters.begin(), voters.end(),
                             [&](const Voter& v) { return v.utility.contains(p); })
                     ? 1U
                     : 0U;
  }
  while (add1) {
    if (options.add1_stop == count::Add1Stop::exhaustive && exhaustive(instance, kept)) break;
    if (kept.winners.size() == supported) break;
    Run next = run(instance, voters, ties, grosze + rational(options.add1_step.grosze));
    if (next.cost > instance.budget) break;
    grosze += rational(options.add1_step.grosze);
    ++outcome.add1_steps;
    kept = std::move(next);
  }
  outcome.winners = kept.winners;
  outcome.ties = kept.ties;
  outcome.money_per_voter = grosze / 100;
  return outcome;
}

}  // namespace urna::oracle
