// SPDX-License-Identifier: EUPL-1.2
// One run of the Method of Equal Shares with a given amount of money for each voter.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/rational.h"
#include "base/result.h"
#include "count/instance.h"
#include "count/rules/shares/support.h"
#include "count/tie_order.h"

namespace urna::count {

// Method of Equal Shares, core rule (Peters, Pierczynski, Skowron, "Proportional Participatory
// Budgeting with Additive Utilities", NeurIPS 2021, Section 3):
//
//   Every voter i holds money b_i, at first the same for all. Project p with cost c(p) and
//   utilities u_i(p) is affordable at price r if
//
//       sum over its supporters of min(b_i, r * u_i(p)) = c(p).                            (1)
//
//   In each round the project with the smallest such r is funded and its supporters pay
//   min(b_i, r * u_i(p)). The rule ends when no project is affordable.
//
// Here u_i(p) = weight(p) * units_i(p): weight c(p) and units 1 for cost, 1 and 1 for cardinality,
// 1 and the points for score. We solve (1) for t = r * weight(p), the payment per unit.
//
// How it is exact and fast at once. Money is kept as 64-bit fixed point with one error bound for
// all voters: value <= b_i <= value + error. The left side of (1) is concave and piecewise linear
// in t, so Newton's method from any start reaches its root from below in a few passes and yields
// an interval for t. Where the intervals of two projects overlap, or a voter's money and the
// payment do, the decision is made on exact integers: the payment of the j-th winner is
//
//       t_j = (c_j - W_j b_0 + sum_{i<j} k_ji t_i) / S_j,                                  (2)
//
//   with S_j the units of those who pay in full, W_j the voters who pay all they have, and k_ji
//   the units those voters paid for winner i; all are small integers, so over the common
//   denominator D_j = D_0 S_1 ... S_j numerators follow by Horner's scheme without any division.
class SharesRun {
 public:
  struct Round {
    ProjectIndex project;
    std::int64_t full_units = 0;     // S_j
    std::int64_t payers = 0;         // voters who paid more than nothing
    Money money_left;                // of its supporters before paying, rounded down
    std::vector<ProjectIndex> tied;  // all that were equal, the chosen one included; empty if one
  };
  struct Loser {
    ProjectIndex project;
    std::uint32_t round = 0;  // in which its supporters were found short of money
    Money money_left;         // their money then, rounded down
  };

  // Keeps references: instance, support and ties must outlive it. `cost_utility`: weight is cost.
  // Only `eligible` projects take part.
  SharesRun(const Instance& instance, const SupportIndex& support, const TieOrder& ties,
            bool cost_utility, const PerProject<bool>& eligible);

  // Runs with `grosze_per_voter` (> 0) and leaves the winners in winners(). Amounts may only grow
  // from one call to the next: the rounds that no larger amount can change are kept between calls,
  // namely the first rounds in which the project of the least conceivable price c/units (best tie
  // rank among equals) has supporters who can all pay in full. More money leaves all that true.
  // Error: unsupported (amounts and points too large for 62 bits together).
  [[nodiscard]] Status run(const Rational& grosze_per_voter);

  // Like run(), from the first round and with rounds(), losers() and payment() filled.
  // `forced`: (round number from 0, project): take this one among the tied of that round.
  [[nodiscard]] Status run_recorded(
      const Rational& grosze_per_voter,
      std::optional<std::pair<std::size_t, ProjectIndex>> forced = {});

  [[nodiscard]] const std::vector<ProjectIndex>& winners() const { return winners_; }
  [[nodiscard]] Money total_cost() const { return total_cost_; }
  // All supported projects that cost something are winners: more money changes nothing.
  [[nodiscard]] bool all_won() const { return winners_.size() == by_least_price_.size(); }

  [[nodiscard]] const std::vector<Round>& rounds() const { return rounds_; }
  [[nodiscard]] const std::vector<Loser>& losers() const { return losers_; }
  // t_j of (2) for the j-th winner (from 0), in grosze. Exact.
  [[nodiscard]] Rational payment(std::size_t j);

 private:
  using Fixed = std::uint64_t;  // grosze * 2^scale_bits_

  struct Candidate {
    ProjectIndex project;
    Fixed low = 0;        // the payment per unit is at least this
    double key = 0;       // below low / weight
    double key_high = 0;  // above the payment / weight; valid in the round of its evaluation
    Fixed high = 0;
    enum class State : std::uint8_t { not_evaluated, evaluated, unknown, out, won };
    State state = State::not_evaluated;
  };
  enum class Affordable { yes, no, unknown };
  struct Evaluation {
    Affordable affordable = Affordable::no;
    Fixed low = 0, high = 0;
  };
  // An exact payment per unit: numerator / (D * units), with D the denominator of this round.
  struct ExactPayment {
    Integer numerator;
    std::int64_t units = 0;
  };
  struct Winner {
    ProjectIndex project;
    std::int64_t full_units = 0;            // S_j
    std::int64_t short_voters = 0;          // W_j
    std::vector<std::int64_t> short_units;  // k_ji for i < j; may be shorter (zeros)
  };

  [[nodiscard]] Status set_money(const Rational& grosze_per_voter);
  void start(bool keep_prefix);
  void extend_prefix();
  void finish_rounds(std::optional<std::pair<std::size_t, ProjectIndex>> forced, bool record);
  [[nodiscard]] Evaluation evaluate(const Candidate& candidate);
  template <bool kUnitsAreOne>
  [[nodiscard]] Evaluation evaluate_as(const Candidate& candidate);
  void set_keys(Candidate& candidate, Fixed low, Fixed high) const;
  // Exact solution of (1), or nullopt if the supporters cannot pay.
  [[nodiscard]] std::optional<ExactPayment> evaluate_exactly(ProjectIndex p);
  [[nodiscard]] std::vector<ProjectIndex> choose_exactly(std::vector<Candidate*>& best);
  void pay(ProjectIndex p, Fixed low, Fixed high, bool record);
  [[nodiscard]] Integer money_numerator(std::size_t voter_class);  // over denominator(winners)
  [[nodiscard]] Integer shortfall_numerator(ProjectIndex p, std::int64_t short_voters,
                                            std::span<const std::int64_t> short_units);
  void make_exact_up_to(std::size_t winners);
  [[nodiscard]] Fixed to_fixed_floor(const Integer& numerator, const Integer& denominator) const;
  [[nodiscard]] Money supporters_money(ProjectIndex p) const;
  [[nodiscard]] std::int64_t weight(ProjectIndex p) const;

  const Instance& instance_;
  const SupportIndex& support_;
  const TieOrder& ties_;
  bool cost_utility_;
  bool units_are_one_;

  std::vector<ProjectIndex> by_least_price_;  // supported, cost > 0; by c/(units*weight), tie rank
  unsigned scale_bits_ = 0;
  Rational per_voter_;
  Fixed start_money_ = 0;

  // The rounds kept between calls.
  std::size_t prefix_rounds_ = 0;
  std::vector<Fixed> prefix_spent_;  // per class, rounded up
  Fixed prefix_error_ = 0;

  // State of the run.
  std::vector<Fixed> money_;        // per class; 0 if emptied or dust
  std::vector<std::uint8_t> dust_;  // per class: more than nothing, less than one unit
  std::int64_t dust_voters_ = 0;
  Fixed error_ = 0;
  PerProject<std::int32_t> winner_number_;  // -1 if not a winner
  std::vector<Winner> won_;
  std::vector<ProjectIndex> winners_;
  Money total_cost_;
  std::vector<Candidate> candidates_;
  PerProject<Fixed> guess_;  // last payment found; where Newton's method starts next time

  // Exact numbers, made on demand: payment j = payment_numerator_[j] / denominator_[j+1].
  std::vector<Integer> payment_numerator_;
  std::vector<Integer> denominator_;

  std::vector<Round> rounds_;
  std::vector<Loser> losers_;
};

}  // namespace urna::count
