// SPDX-License-Identifier: EUPL-1.2
#include "test/oracle/phragmen_oracle.h"

#include <algorithm>

namespace urna::oracle {
namespace {

bool names(const count::BallotGroup& ballot, count::ProjectIndex p) {
  return std::find(ballot.projects.begin(), ballot.projects.end(), p) != ballot.projects.end();
}

// (cost + loads of the supporters) / supporters; nothing without supporters.
std::optional<Rational> new_load(const count::Instance& instance,
                                 const std::vector<Rational>& loads, count::ProjectIndex p) {
  Rational sum = rational(instance.projects[p].cost.grosze, 100);
  Rational supporters = 0;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const count::BallotGroup ballot = instance.profile.group(g);
    if (!names(ballot, p)) continue;
    sum += loads[g] * rational(ballot.count);
    supporters += rational(ballot.count);
  }
  if (supporters == 0) return std::nullopt;
  return Rational(sum / supporters);
}

}  // namespace

PhragmenOracleOutcome phragmen_oracle(const count::Instance& instance, const count::TieOrder& ties,
                                      const std::optional<Deviation>& deviation) {
  PhragmenOracleOutcome outcome;
  std::vector<Rational> loads(instance.profile.groups(), 0);  // equal ballots have equal loads
  count::PerProject<bool> chosen(instance.projects.size(), false);
  Money left = instance.budget;
  while (true) {
    PhragmenOracleRound round;
    for (const count::ProjectIndex p : instance.indices()) {
      const Money cost = instance.projects[p].cost;
      if (chosen[p] || cost > instance.budget || cost == count::withdrawn_cost) continue;
      const std::optional<Rational> load = new_load(instance, loads, p);
      if (!load) continue;
      if (round.tied.empty() || *load < round.load) round = {{}, *load};
      if (*load == round.load) round.tied.push_back(p);
    }
    if (round.tied.empty()) return outcome;
    std::sort(round.tied.begin(), round.tied.end(),
              [&](auto a, auto b) { return ties.prefers(a, b); });
    for (const count::ProjectIndex p : round.tied) {
      if (instance.projects[p].cost > left) {
        outcome.stop = round;
        return outcome;
      }
    }
    count::ProjectIndex winner = round.tied.front();
    if (deviation && deviation->round == outcome.winners.size() + 1) winner = deviation->instead;
    outcome.winners.push_back(winner);
    outcome.rounds.push_back(round);
    chosen[winner] = true;
    left -= instance.projects[winner].cost;
    for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
      if (names(instance.profile.group(g), winner)) loads[g] = round.load;
    }
  }
}

}  // namespace urna::oracle
