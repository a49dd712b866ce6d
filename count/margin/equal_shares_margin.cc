// SPDX-License-Identifier: EUPL-1.2
// A bound for Equal Shares: a run in which k voters may do anything.
//
// Let k ballots be replaced. The number of voters, and so everyone's first money b, stays. Follow
// the rounds of the actual outcome and keep for each class of the other voters an interval
// [low, high] of the money left. In a round, with N the supporters of project q in the actual
// ballots:
//
//   the payment per unit is at least the root t of  sum_N min(high, t u) + k b      = c   (k more
//   pay) and at most the least t with                    sum_N min(low,  t u) - k t u_max >= c (k
//   of N gone)
//
// While the winner's upper price lies below every other lower price, no k ballots change this
// round, and the intervals shrink by the payments. Whatever was funded until then is funded for any
// k changed ballots. A project whose supporters' high money plus k b no longer covers its cost can
// never be funded: money only gets less. k itself is found by bisection, project by project.
//
// All of this is about the core rule. What Add1 or a completion does afterwards may depend on one
// ballot, so there the bound is 1 wherever nothing simpler holds. Arithmetic is in double; costs
// and payments are moved outwards by 10^-8 of themselves, ten times the greatest rounding error of
// a sum over 10^7 classes of voters.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "count/margin/margin.h"
#include "count/rules/shares/support.h"

namespace urna::count {
namespace {

constexpr double outwards = 1e-8;
// For single additions and subtractions.
constexpr double rounding = 1e-14;
constexpr double unreachable = std::numeric_limits<double>::infinity();

struct Interval {
  double low = 0;
  double high = 0;
};

// Which projects keep their result whatever k ballots are changed.
class CertifiedRun {
 public:
  CertifiedRun(const Instance& instance, const SupportIndex& support, bool cost_utility,
               double grosze_per_voter, std::vector<ProjectIndex> rounds)
      : instance_(instance),
        support_(support),
        cost_utility_(cost_utility),
        first_money_(grosze_per_voter),
        rounds_(std::move(rounds)) {}

  PerProject<bool> certain_with(std::uint64_t changed) {
    changed_ = static_cast<double>(changed);
    money_.assign(support_.classes(),
                  {first_money_ * (1 - outwards), first_money_ * (1 + outwards)});
    PerProject<bool> certain(instance_.projects.size(), false);
    std::vector<ProjectIndex> open;
    for (const ProjectIndex p : instance_.indices()) {
      const Money cost = instance_.projects[p].cost;
      if (cost > Money{} && cost != withdrawn_cost) open.push_back(p);
    }
    for (const ProjectIndex winner : rounds_) {
      mark_hopeless(open, certain);
      const double most = price_high(winner);
      const bool sure = std::all_of(open.begin(), open.end(), [&](ProjectIndex q) {
        return q == winner || most < price_low(q);
      });
      if (!sure || most == unreachable) return certain;
      certain[winner] = true;
      pay(winner);
      std::erase(open, winner);
    }
    mark_hopeless(open, certain);
    return certain;
  }

 private:
  double cost(ProjectIndex p) const {
    return static_cast<double>(instance_.projects[p].cost.grosze);
  }
  double weight(ProjectIndex p) const { return cost_utility_ ? cost(p) : 1.0; }
  double price_low(ProjectIndex p) const { return payment_low(p) / weight(p) * (1 - outwards); }
  double price_high(ProjectIndex p) const { return payment_high(p) / weight(p) * (1 + outwards); }

  // Root of sum_N min(high, t u) + k b = c, from below; 0 if the k voters can pay alone.
  double payment_low(ProjectIndex p) const {
    const double others = changed_ * first_money_ * (1 + outwards);
    const double needed = cost(p) * (1 - outwards) - others;
    if (needed <= 0) return 0;
    double t = 0;
    while (true) {
      double short_money = 0;
      double full_units = 0;
      for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
        const double held = money_[s.voter_class].high;
        if (held < t * s.units) {
          short_money += held * s.voters;
        } else {
          full_units += static_cast<double>(s.units) * s.voters;
        }
      }
      if (full_units == 0) return unreachable;  // they cannot pay
      const double next = (needed - short_money) / full_units;
      if (next <= t * (1 + 1e-15)) return t * (1 - outwards);
      t = next;
    }
  }

  // Least t with sum_N min(low, t u) - k t u_max >= c, from above.
  double payment_high(ProjectIndex p) const {
    double most_units = 0;
    for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
      most_units = std::max(most_units, static_cast<double>(s.units));
    }
    double t = 0;
    while (true) {
      double short_money = 0;
      double full_units = -changed_ * most_units;
      for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
        const double held = money_[s.voter_class].low;
        if (held < t * s.units) {
          short_money += held * s.voters;
        } else {
          full_units += static_cast<double>(s.units) * s.voters;
        }
      }
      // The left side is concave: once it no longer grows it never reaches c.
      if (full_units <= 0) return unreachable;
      const double next = (cost(p) * (1 + outwards) - short_money) / full_units;
      if (next <= t * (1 + 1e-15)) return t * (1 + outwards);
      t = next;
    }
  }

  void pay(ProjectIndex p) {
    const double least = payment_low(p);
    const double most = payment_high(p);
    for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
      Interval& money = money_[s.voter_class];
      money.low = std::max(0.0, money.low * (1 - rounding) - most * s.units);
      money.high = std::max(0.0, money.high * (1 + rounding) - least * s.units);
    }
  }

  // Takes out of `open` whatever the supporters' money can no longer reach.
  void mark_hopeless(std::vector<ProjectIndex>& open, PerProject<bool>& certain) const {
    std::erase_if(open, [&](ProjectIndex p) {
      double most = changed_ * first_money_;
      for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
        most += money_[s.voter_class].high * s.voters;
      }
      const bool hopeless = most * (1 + outwards) < cost(p) &&
                            std::find(rounds_.begin(), rounds_.end(), p) == rounds_.end();
      if (hopeless) certain[p] = true;
      return hopeless;
    });
  }

  const Instance& instance_;
  const SupportIndex& support_;
  bool cost_utility_;
  double first_money_;  // grosze
  std::vector<ProjectIndex> rounds_;
  double changed_ = 0;
  std::vector<Interval> money_;
};

// For each project the least k that is not certified, by bisection over all projects together.
void certify(CertifiedRun& run, std::uint64_t certain_with, std::uint64_t not_beyond,
             const std::vector<ProjectIndex>& projects, PerProject<Margin>& margins) {
  if (projects.empty()) return;
  if (not_beyond - certain_with <= 1) {
    for (const ProjectIndex p : projects) margins[p].at_least = not_beyond;
    return;
  }
  const std::uint64_t middle = certain_with + (not_beyond - certain_with) / 2;
  const PerProject<bool> certain = run.certain_with(middle);
  std::vector<ProjectIndex> more;
  std::vector<ProjectIndex> less;
  for (const ProjectIndex p : projects) (certain[p] ? more : less).push_back(p);
  certify(run, middle, not_beyond, more, margins);
  certify(run, certain_with, middle, less, margins);
}

}  // namespace

PerProject<Margin> equal_shares_margins(const Instance& instance, const TieOrder& /*ties*/,
                                        const EqualSharesOptions& options, const Outcome& outcome) {
  PerProject<Margin> margins(instance.projects.size());
  const std::uint64_t ballots = instance.profile.ballots();
  const SupportIndex support = SupportIndex::build(instance, options.satisfaction, options.ordinal);
  std::vector<ProjectIndex> to_certify;
  std::vector<ProjectIndex> rounds;
  for (const ProjectIndex p : outcome.winners) {
    if (outcome.reasons[p].code == ReasonCode::won_by_shares) rounds.push_back(p);
  }
  const bool core_only = options.completion == Completion::none;
  const bool core_comes_first = core_only || options.completion == Completion::utilitarian;
  for (const ProjectIndex p : instance.indices()) {
    Margin& margin = margins[p];
    const Money cost = instance.projects[p].cost;
    const auto voters = static_cast<std::uint64_t>(support.voters_of(p));
    if (cost == withdrawn_cost || cost > instance.budget) {
      margin.at_least.reset();
    } else if (cost == Money{}) {
      // Funded iff anybody supports it.
      margin.at_least = voters > 0 ? voters : 1;
      if (core_only) margin.at_most = margin.at_least;
    } else if (core_comes_first && !options.support_filter && ballots > 0) {
      const bool funded_later = outcome.reasons[p].code == ReasonCode::won_by_completion;
      const bool decided_in_core =
          core_only || outcome.reasons[p].code == ReasonCode::won_by_shares;
      if (decided_in_core && !funded_later) to_certify.push_back(p);
    }
  }
  if (to_certify.empty() || !outcome.money_per_voter) return margins;
  CertifiedRun run(instance, support, options.satisfaction == Satisfaction::cost,
                   Rational(*outcome.money_per_voter * 100).get_d(), std::move(rounds));
  certify(run, 0, ballots + 1, to_certify, margins);
  return margins;
}

}  // namespace urna::count
