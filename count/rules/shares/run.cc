// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/shares/run.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace urna::count {
namespace {

using Wide = unsigned __int128;

constexpr unsigned scale_bits_max = 40;
// All money of all voters, times the largest units, stays below 2^62 so that no sum of products
// can overflow; the slack lets Add1 raise the amounts before a coarser scale is needed.
constexpr unsigned total_bits_max = 62;
constexpr unsigned slack_bits = 3;

// A little more than the relative rounding error of two floating-point operations.
constexpr double key_margin = 0x1p-50;

std::uint64_t ceil_div(Wide numerator, std::uint64_t denominator) {
  return static_cast<std::uint64_t>((numerator + denominator - 1) / denominator);
}

std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

}  // namespace

SharesRun::SharesRun(const Instance& instance, const SupportIndex& support, const TieOrder& ties,
                     bool cost_utility, const PerProject<bool>& eligible)
    : instance_(instance),
      support_(support),
      ties_(ties),
      cost_utility_(cost_utility),
      units_are_one_(support.units_max() == 1),
      prefix_spent_(support.classes(), 0),
      money_(support.classes(), 0),
      dust_(support.classes(), 0),
      winner_number_(instance.projects.size(), -1),
      guess_(instance.projects.size(), 0) {
  for (const ProjectIndex p : instance.indices()) {
    const bool buyable = support.units_of(p) > 0 && instance.projects[p].cost > Money{};
    if (eligible[p] && buyable) by_least_price_.push_back(p);
  }
  // The least conceivable price is c/(units*weight): every supporter pays in full.
  std::sort(by_least_price_.begin(), by_least_price_.end(), [&](ProjectIndex a, ProjectIndex b) {
    const Wide cost_a = cost_utility_ ? 1 : unsigned_of(instance.projects[a].cost.grosze);
    const Wide cost_b = cost_utility_ ? 1 : unsigned_of(instance.projects[b].cost.grosze);
    const Wide left = cost_a * unsigned_of(support.units_of(b));
    const Wide right = cost_b * unsigned_of(support.units_of(a));
    return left != right ? left < right : ties.prefers(a, b);
  });
}

std::int64_t SharesRun::weight(ProjectIndex p) const {
  return cost_utility_ ? instance_.projects[p].cost.grosze : 1;
}

SharesRun::Fixed SharesRun::to_fixed_floor(const Integer& numerator,
                                           const Integer& denominator) const {
  Integer quotient;
  const Integer scaled = numerator << scale_bits_;
  mpz_fdiv_q(quotient.get_mpz_t(), scaled.get_mpz_t(), denominator.get_mpz_t());
  assert(sgn(quotient) >= 0 && mpz_fits_ulong_p(quotient.get_mpz_t()) != 0);
  return quotient.get_ui();
}

Status SharesRun::set_money(const Rational& grosze_per_voter) {
  assert(grosze_per_voter > 0);
  const Integer total =
      Integer(grosze_per_voter * integer(static_cast<std::int64_t>(instance_.profile.ballots()))) +
      1;
  const auto bits = static_cast<unsigned>(
      mpz_sizeinbase(Integer(total * integer(support_.units_max())).get_mpz_t(), 2));
  if (bits + slack_bits + 1 > total_bits_max) {
    return Error{ErrorCode::unsupported,
                 "the amounts and points are too large to be counted together",
                 {instance_.file},
                 "check the budget and the points in the file"};
  }
  if (scale_bits_ == 0 || bits + scale_bits_ > total_bits_max) {
    scale_bits_ = std::min(scale_bits_max, total_bits_max - slack_bits - bits);
    prefix_rounds_ = 0;
    prefix_error_ = 0;
    std::fill(prefix_spent_.begin(), prefix_spent_.end(), 0);
    std::fill(guess_.begin(), guess_.end(), 0);
  }
  per_voter_ = grosze_per_voter;
  start_money_ = to_fixed_floor(per_voter_.get_num(), per_voter_.get_den());
  return ok_status();
}

void SharesRun::start(bool keep_prefix) {
  won_.clear();
  winners_.clear();
  rounds_.clear();
  losers_.clear();
  total_cost_ = Money{};
  std::fill(winner_number_.begin(), winner_number_.end(), -1);
  std::fill(dust_.begin(), dust_.end(), std::uint8_t{0});
  dust_voters_ = 0;
  payment_numerator_.clear();
  denominator_.assign(1, per_voter_.get_den());
  error_ = 1;
  std::size_t first = 0;
  if (keep_prefix) {
    extend_prefix();
    first = prefix_rounds_;
    error_ += prefix_error_;
    for (std::size_t c = 0; c < money_.size(); ++c) money_[c] = start_money_ - prefix_spent_[c];
    for (std::size_t j = 0; j < first; ++j) {
      const ProjectIndex p = by_least_price_[j];
      winner_number_[p] = static_cast<std::int32_t>(j);
      won_.push_back({p, support_.units_of(p), 0, {}});
      winners_.push_back(p);
      total_cost_ += instance_.projects[p].cost;
    }
  } else {
    std::fill(money_.begin(), money_.end(), start_money_);
  }
  candidates_.clear();
  for (std::size_t i = first; i < by_least_price_.size(); ++i) {
    const ProjectIndex p = by_least_price_[i];
    const Wide cost = Wide{unsigned_of(instance_.projects[p].cost.grosze)} << scale_bits_;
    if (cost > (Wide{start_money_} + 1) * unsigned_of(support_.voters_of(p))) {
      losers_.push_back({p, 1, supporters_money(p)});
      continue;
    }
    Candidate candidate{p};
    set_keys(candidate, static_cast<Fixed>(cost / unsigned_of(support_.units_of(p))),
             std::numeric_limits<Fixed>::max());
    candidates_.push_back(candidate);
  }
}

void SharesRun::extend_prefix() {
  for (; prefix_rounds_ < by_least_price_.size(); ++prefix_rounds_) {
    const ProjectIndex p = by_least_price_[prefix_rounds_];
    const Wide cost = Wide{unsigned_of(instance_.projects[p].cost.grosze)} << scale_bits_;
    if (cost > (Wide{start_money_} + 1) * unsigned_of(support_.voters_of(p))) return;
    const std::uint64_t units = unsigned_of(support_.units_of(p));
    const Fixed high = ceil_div(cost, units);
    const Fixed low = static_cast<Fixed>(cost / units);
    const auto supporters = support_.supporters_of(p);
    const bool all_can_pay =
        std::all_of(supporters.begin(), supporters.end(), [&](const SupportIndex::Supporter& s) {
          return Wide{high} * unsigned_of(s.units) + prefix_spent_[s.voter_class] < start_money_;
        });
    if (!all_can_pay) return;
    for (const SupportIndex::Supporter& s : supporters) {
      prefix_spent_[s.voter_class] += high * unsigned_of(s.units);
    }
    prefix_error_ += (high - low) * unsigned_of(support_.units_max());
  }
}

void SharesRun::set_keys(Candidate& candidate, Fixed low, Fixed high) const {
  const auto weight_of = static_cast<double>(weight(candidate.project));
  candidate.low = low;
  candidate.high = high;
  candidate.key = static_cast<double>(low) / weight_of * (1 - key_margin);
  candidate.key_high = static_cast<double>(high) / weight_of * (1 + key_margin);
}

SharesRun::Evaluation SharesRun::evaluate(const Candidate& candidate) {
  return units_are_one_ ? evaluate_as<true>(candidate) : evaluate_as<false>(candidate);
}

// Newton's method on (1) with the lower values of the voters' money, so its root is not below the
// true one; the lower end of the interval follows from the error bound, see the last lines.
template <bool kUnitsAreOne>
SharesRun::Evaluation SharesRun::evaluate_as(const Candidate& candidate) {
  const auto supporters = support_.supporters_of(candidate.project);
  const Fixed cost = unsigned_of(instance_.projects[candidate.project].cost.grosze) << scale_bits_;
  const Fixed least = std::max<Fixed>(candidate.low, 1);
  Fixed payment = std::min(std::max(least, guess_[candidate.project]), start_money_ + 1);
  bool from_below = payment <= least;
  while (true) {
    Fixed short_money = 0;           // all that those hold who cannot pay in full
    std::uint64_t short_voters = 0;  // of them, those who hold anything
    std::uint64_t full_units = 0;
    for (const SupportIndex::Supporter& s : supporters) {
      const Fixed held = money_[s.voter_class];
      const Fixed asked = kUnitsAreOne ? payment : payment * unsigned_of(s.units);
      if (held < asked) {
        short_money += held * s.voters;
        short_voters += held != 0 ? s.voters : 0U;
      } else {
        full_units += kUnitsAreOne ? s.voters : s.voters * unsigned_of(s.units);
      }
    }
    const Wide doubt = Wide{error_} * (short_voters + unsigned_of(dust_voters_));
    if (full_units == 0 || short_money >= cost) {
      if (!from_below) {  // the guess was beyond every supporter's means
        payment = least;
        from_below = true;
        continue;
      }
      const bool surely_not = full_units == 0 && short_money + doubt < cost;
      return {surely_not ? Affordable::no : Affordable::unknown, candidate.low,
              std::numeric_limits<Fixed>::max()};
    }
    const Fixed next = std::min(ceil_div(cost - short_money, full_units), start_money_ + 1);
    if (next > payment) {
      payment = next;
      from_below = true;
      continue;
    }
    if (next < payment && !from_below) {
      payment = std::max(next, least);
      from_below = true;
      continue;
    }
    // payment is the root rounded up. Below it by 1 + d, those who pay in full pay at least
    // d*full_units less, and the others hold at most `doubt` more than assumed.
    guess_[candidate.project] = payment;
    const Wide below = 1 + (doubt + full_units - 1) / full_units;
    const Fixed low = below < payment ? payment - static_cast<Fixed>(below) : 0;
    return {Affordable::yes, std::max(low, candidate.low), payment};
  }
}

void SharesRun::make_exact_up_to(std::size_t winners) {
  while (payment_numerator_.size() < winners) {
    const std::size_t j = payment_numerator_.size();
    const Winner& winner = won_[j];
    payment_numerator_.push_back(
        shortfall_numerator(winner.project, winner.short_voters, winner.short_units));
    denominator_.push_back(denominator_.back() * integer(winner.full_units));
  }
}

// c*D - W*b_0*D + sum k_i t_i D with D = denominator_.back(); requires that numerators and
// denominators stand for the same number of winners.
Integer SharesRun::shortfall_numerator(ProjectIndex p, std::int64_t short_voters,
                                       std::span<const std::int64_t> short_units) {
  const std::size_t before = payment_numerator_.size();
  assert(denominator_.size() == before + 1);
  Integer sum = -integer(short_voters) * per_voter_.get_num();
  for (std::size_t i = 0; i < before; ++i) {
    sum *= integer(won_[i].full_units);
    if (i < short_units.size() && short_units[i] != 0) {
      sum += payment_numerator_[i] * integer(short_units[i]);
    }
  }
  return sum + integer(instance_.projects[p].cost.grosze) * denominator_.back();
}

Integer SharesRun::money_numerator(std::size_t voter_class) {
  std::vector<std::pair<std::int32_t, std::int32_t>> paid;  // winner number, units
  for (const SupportIndex::Supported& entry : support_.supported_by(voter_class)) {
    const std::int32_t number = winner_number_[entry.project];
    if (number >= 0) paid.emplace_back(number, entry.units);
  }
  std::sort(paid.begin(), paid.end());
  Integer sum = per_voter_.get_num();
  auto next = paid.begin();
  for (std::size_t i = 0; i < won_.size(); ++i) {
    sum *= integer(won_[i].full_units);
    if (next != paid.end() && static_cast<std::size_t>(next->first) == i) {
      sum -= payment_numerator_[i] * integer(next->second);
      ++next;
    }
  }
  return sum;
}

// The poor/rich method: begin with everyone able to pay in full; whoever is found unable gives all
// they have; repeat with the larger payment until it stands. The payment only grows towards the
// root, so whoever can pay at the root is never thrown out, and nobody is left iff the supporters
// hold less than the cost.
std::optional<SharesRun::ExactPayment> SharesRun::evaluate_exactly(ProjectIndex p) {
  make_exact_up_to(won_.size());
  const Integer& denominator = denominator_.back();
  std::vector<SupportIndex::Supporter> full;
  std::int64_t full_units = 0;
  for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
    if (money_[s.voter_class] == 0 && dust_[s.voter_class] == 0) continue;
    full.push_back(s);
    full_units += std::int64_t{s.units} * s.voters;
  }
  std::int64_t short_voters = 0;
  std::vector<std::int64_t> short_units(won_.size(), 0);
  while (full_units > 0) {
    ExactPayment payment{shortfall_numerator(p, short_voters, short_units), full_units};
    if (sgn(payment.numerator) < 0) payment.numerator = 0;  // cannot happen; see above
    const Integer denominator_here = denominator * integer(full_units);
    Integer fixed;
    const Integer scaled = payment.numerator << scale_bits_;
    mpz_fdiv_q(fixed.get_mpz_t(), scaled.get_mpz_t(), denominator_here.get_mpz_t());
    // Beyond everybody's means: any larger number says the same.
    const Fixed low = fixed > integer(static_cast<std::int64_t>(start_money_))
                          ? start_money_ + 1
                          : Fixed{fixed.get_ui()};
    const Fixed high = low + 1;

    const auto cannot_pay = [&](const SupportIndex::Supporter& s) {
      const Fixed held = money_[s.voter_class];
      if (held >= high * unsigned_of(s.units)) return false;
      if (held + error_ < low * unsigned_of(s.units)) return true;
      return money_numerator(s.voter_class) * integer(full_units) <
             payment.numerator * integer(s.units);
    };
    const auto found = std::stable_partition(full.begin(), full.end(),
                                             [&](const auto& s) { return !cannot_pay(s); });
    if (found == full.end()) return payment;
    for (auto s = found; s != full.end(); ++s) {
      full_units -= std::int64_t{s->units} * s->voters;
      short_voters += s->voters;
      for (const SupportIndex::Supported& entry : support_.supported_by(s->voter_class)) {
        const std::int32_t number = winner_number_[entry.project];
        if (number >= 0) {
          short_units[static_cast<std::size_t>(number)] += std::int64_t{entry.units} * s->voters;
        }
      }
    }
    full.erase(found, full.end());
  }
  return std::nullopt;
}

void SharesRun::pay(ProjectIndex p, Fixed low, Fixed high, bool record) {
  enum class Ability : std::uint8_t { in_full, all_they_have, too_close };
  const auto ability = [&](const SupportIndex::Supporter& s) {
    const Fixed held = money_[s.voter_class];
    if (held >= high * unsigned_of(s.units)) return Ability::in_full;
    return held + error_ < low * unsigned_of(s.units) ? Ability::all_they_have : Ability::too_close;
  };
  const auto holds_nothing = [&](const SupportIndex::Supporter& s) {
    return money_[s.voter_class] == 0 && dust_[s.voter_class] == 0;
  };
  const auto supporters = support_.supporters_of(p);
  // The exact payment must be found before anyone's money changes.
  std::optional<ExactPayment> exact;
  if (std::any_of(supporters.begin(), supporters.end(), [&](const SupportIndex::Supporter& s) {
        return !holds_nothing(s) && ability(s) == Ability::too_close;
      })) {
    exact = evaluate_exactly(p);
    assert(exact.has_value());
  }

  Winner winner;
  winner.project = p;
  winner.short_units.assign(won_.size(), 0);
  Round round;
  round.project = p;
  if (record) round.money_left = supporters_money(p);
  for (const SupportIndex::Supporter& s : supporters) {
    if (holds_nothing(s)) continue;
    round.payers += s.voters;
    Fixed& held = money_[s.voter_class];
    std::uint8_t& dust = dust_[s.voter_class];
    Ability able = ability(s);
    Fixed left = able == Ability::in_full ? held - high * unsigned_of(s.units) : 0;
    bool trace_left = left == 0;  // perhaps less than one unit is left
    if (able == Ability::too_close) {
      const Integer over = money_numerator(s.voter_class) * integer(exact->units) -
                           exact->numerator * integer(s.units);
      // Who has exactly the payment pays in full: (2) needs at least one who does.
      able = sgn(over) >= 0 ? Ability::in_full : Ability::all_they_have;
      if (sgn(over) > 0) left = to_fixed_floor(over, denominator_.back() * integer(exact->units));
      trace_left = left == 0 && sgn(over) > 0;
    }
    if (dust != 0) dust_voters_ -= s.voters;
    dust = 0;
    held = left;
    if (able == Ability::in_full) {
      winner.full_units += std::int64_t{s.units} * s.voters;
      if (trace_left) {
        dust = 1;
        dust_voters_ += s.voters;
      }
      continue;
    }
    winner.short_voters += s.voters;
    for (const SupportIndex::Supported& entry : support_.supported_by(s.voter_class)) {
      const std::int32_t number = winner_number_[entry.project];
      if (number >= 0) {
        winner.short_units[static_cast<std::size_t>(number)] +=
            std::int64_t{entry.units} * s.voters;
      }
    }
  }
  assert(winner.full_units > 0);
  error_ += (high - low) * unsigned_of(support_.units_max());
  winner_number_[p] = static_cast<std::int32_t>(won_.size());
  round.full_units = winner.full_units;
  won_.push_back(std::move(winner));
  winners_.push_back(p);
  total_cost_ += instance_.projects[p].cost;
  if (record) rounds_.push_back(std::move(round));
}

void SharesRun::finish_rounds(std::optional<std::pair<std::size_t, ProjectIndex>> forced,
                              bool record) {
  std::vector<Candidate*> best;
  while (!candidates_.empty()) {
    // Nearly sorted from the round before.
    for (std::size_t i = 1; i < candidates_.size(); ++i) {
      const Candidate moving = candidates_[i];
      std::size_t j = i;
      for (; j > 0 && candidates_[j - 1].key > moving.key; --j) candidates_[j] = candidates_[j - 1];
      candidates_[j] = moving;
    }

    // Prices only rise from round to round, so a project whose last lower bound lies above the
    // best upper bound cannot be the cheapest.
    const auto round_number = static_cast<std::uint32_t>(winners_.size() + 1);
    double best_high = std::numeric_limits<double>::infinity();
    bool any_unknown = false;
    for (Candidate& candidate : candidates_) {
      candidate.state = Candidate::State::not_evaluated;
      if (candidate.key > best_high) continue;
      const Evaluation found = evaluate(candidate);
      if (found.affordable == Affordable::no) {
        candidate.state = Candidate::State::out;
        continue;
      }
      candidate.state = Candidate::State::evaluated;
      if (found.affordable == Affordable::unknown) {
        candidate.state = Candidate::State::unknown;
        any_unknown = true;
        continue;
      }
      set_keys(candidate, found.low, found.high);
      best_high = std::min(best_high, candidate.key_high);
    }

    best.clear();
    for (Candidate& candidate : candidates_) {
      const bool in_question = candidate.state == Candidate::State::unknown ||
                               candidate.state == Candidate::State::evaluated;
      if (in_question && candidate.key <= best_high) best.push_back(&candidate);
    }
    std::vector<ProjectIndex> tied;
    if (best.size() > 1 || any_unknown) tied = choose_exactly(best);
    for (const Candidate& candidate : candidates_) {
      if (candidate.state == Candidate::State::out && record) {
        losers_.push_back({candidate.project, round_number, supporters_money(candidate.project)});
      }
    }
    if (!best.empty()) {
      Candidate* chosen = best.front();
      if (tied.size() > 1) {
        for (Candidate* candidate : best) {
          if (ties_.prefers(candidate->project, chosen->project)) chosen = candidate;
        }
        if (forced && forced->first == winners_.size()) {
          for (Candidate* candidate : best) {
            if (candidate->project == forced->second) chosen = candidate;
          }
        }
      }
      pay(chosen->project, chosen->low, chosen->high, record);
      if (record && tied.size() > 1) rounds_.back().tied = std::move(tied);
      chosen->state = Candidate::State::won;
    }
    const std::size_t before = candidates_.size();
    std::erase_if(candidates_, [](const Candidate& candidate) {
      return candidate.state == Candidate::State::out || candidate.state == Candidate::State::won;
    });
    assert(candidates_.size() < before || before == 0);
    if (candidates_.size() == before) return;  // unreachable: every round settles a project
  }
}

// Keeps in `best` the candidates of the least exact price; those that turn out not affordable are
// marked out. Returns their projects.
std::vector<ProjectIndex> SharesRun::choose_exactly(std::vector<Candidate*>& best) {
  std::vector<std::pair<Candidate*, ExactPayment>> exact;
  for (Candidate* candidate : best) {
    std::optional<ExactPayment> payment = evaluate_exactly(candidate->project);
    if (!payment) {
      candidate->state = Candidate::State::out;
      continue;
    }
    const Fixed low =
        to_fixed_floor(payment->numerator, denominator_.back() * integer(payment->units));
    set_keys(*candidate, low, low + 1);
    exact.emplace_back(candidate, std::move(*payment));
  }
  // price = numerator / (D * units * weight)
  const auto compare_price = [&](const auto& a, const auto& b) {
    const Integer left =
        a.second.numerator * integer(b.second.units) * integer(weight(b.first->project));
    const Integer right =
        b.second.numerator * integer(a.second.units) * integer(weight(a.first->project));
    return cmp(left, right);
  };
  best.clear();
  std::vector<ProjectIndex> tied;
  for (const auto& entry : exact) {
    const bool least = std::none_of(exact.begin(), exact.end(), [&](const auto& other) {
      return compare_price(other, entry) < 0;
    });
    if (!least) continue;
    best.push_back(entry.first);
    tied.push_back(entry.first->project);
  }
  return tied;
}

Status SharesRun::run(const Rational& grosze_per_voter) {
  if (Status set = set_money(grosze_per_voter); !set) return set;
  start(/*keep_prefix=*/true);
  finish_rounds(std::nullopt, /*record=*/false);
  return ok_status();
}

Status SharesRun::run_recorded(const Rational& grosze_per_voter,
                               std::optional<std::pair<std::size_t, ProjectIndex>> forced) {
  if (Status set = set_money(grosze_per_voter); !set) return set;
  start(/*keep_prefix=*/false);
  finish_rounds(forced, /*record=*/true);
  return ok_status();
}

Rational SharesRun::payment(std::size_t j) {
  make_exact_up_to(j + 1);
  Rational value(payment_numerator_[j], denominator_[j + 1]);
  value.canonicalize();
  return value;
}

Money SharesRun::supporters_money(ProjectIndex p) const {
  Wide sum = 0;
  for (const SupportIndex::Supporter& s : support_.supporters_of(p)) {
    sum += Wide{money_[s.voter_class]} * s.voters;
  }
  return Money{static_cast<std::int64_t>(sum >> scale_bits_)};
}

}  // namespace urna::count
