// SPDX-License-Identifier: EUPL-1.2
// Margins of greedy counts: bounds proved from below, ways shown from above, own votes exactly.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "count/margin/greedy_certify.h"
#include "count/margin/greedy_marks.h"
#include "count/margin/greedy_moves.h"
#include "count/margin/greedy_recount.h"
#include "count/margin/greedy_trade.h"
#include "count/margin/margin.h"

namespace urna::count {
namespace {

// Bounds on the work, in visits of a project, so that a pool of thousands of projects ends too.
// With them reached the bounds found so far stand, only less tight.
constexpr std::uint64_t certify_visits_max = 300'000'000;
constexpr std::uint64_t attempt_visits_max = 60'000'000;
constexpr std::uint64_t trade_visits_max = 30'000'000;
constexpr std::size_t partners_max = 12;

// Largest certified numbers of ballots, by halving intervals for many projects at once.
class LowerBounds {
 public:
  LowerBounds(const GreedyCertifier& certifier, std::size_t projects)
      : certifier_(certifier), visits_per_round_(3 * projects * projects), safe_(projects, 0) {}

  // Precondition: all of `open` are certified for `safe` and not for `unsafe`.
  void halve(const std::vector<ProjectIndex>& open, std::uint64_t safe, std::uint64_t unsafe) {
    for (const ProjectIndex p : open) safe_[p] = safe;
    if (open.empty() || unsafe - safe < 2 || visits_ > certify_visits_max) return;
    visits_ += visits_per_round_;
    const std::uint64_t middle = safe + (unsafe - safe) / 2;
    const PerProject<bool> certain = certifier_.certain(middle);
    std::vector<ProjectIndex> above;
    std::vector<ProjectIndex> below;
    for (const ProjectIndex p : open) (certain[p] ? above : below).push_back(p);
    halve(above, middle, unsafe);
    halve(below, safe, middle);
  }

  [[nodiscard]] std::uint64_t safe(ProjectIndex p) const { return safe_[p]; }

 private:
  const GreedyCertifier& certifier_;
  std::uint64_t visits_per_round_;
  std::uint64_t visits_ = 0;
  PerProject<std::uint64_t> safe_;
};

// A way to try: value moved from one project to another, or given to or taken from one alone.
struct Attempt {
  std::uint64_t ballots = 0;  // no fewer can do it
  std::int64_t amount = 0;
  std::optional<ProjectIndex> from;
  std::optional<ProjectIndex> to;
};

class MarginSearch {
 public:
  MarginSearch(const Instance& instance, const Tally& tally, const TieOrder& ties,
               const GreedyOptions& options, const Outcome& outcome)
      : instance_(instance),
        options_(options),
        ties_(ties),
        marks_(read_marks(instance, tally, ranks_points(options.rank))),
        recount_(instance, tally, ties, options),
        moves_(instance, marks_),
        funded_(outcome.selected(instance.projects.size())),
        margins_(instance.projects.size()) {}

  PerProject<Margin> margins() && {
    find_own();
    find_at_least();
    find_at_most();
    find_trades();
    return std::move(margins_);
  }

 private:
  [[nodiscard]] bool outside(ProjectIndex p) const {
    return instance_.projects[p].cost == withdrawn_cost ||
           std::find(options_.already_funded.begin(), options_.already_funded.end(), p) !=
               options_.already_funded.end();
  }

  [[nodiscard]] bool flips_alone(ProjectIndex p, std::int64_t change) const {
    NewTotals totals = recount_.totals(p);
    totals.value += change;
    if (!marks_.points) totals.votes += change;
    return recount_.funded(std::array{totals})[p] != funded_[p];
  }

  // More votes move a project only forward, past projects that then spend after it; those still
  // before it are met as they were. So it is reached with no less money, no more exclusions and no
  // earlier stop: a winner stays one, and a loser flips from some number on. Halving finds it.
  void find_own() {
    own_change_ = PerProject<std::int64_t>(instance_.projects.size(), 0);
    for (const ProjectIndex p : instance_.indices()) {
      if (outside(p)) continue;
      const Yields& yields = funded_[p] ? marks_.losses[p] : marks_.gains[p];
      const std::int64_t sign = funded_[p] ? -1 : 1;
      std::int64_t keeps = 0;
      std::int64_t flips = yields.all();
      if (flips == 0 || !flips_alone(p, sign * flips)) continue;
      while (flips - keeps > 1) {
        const std::int64_t middle = keeps + (flips - keeps) / 2;
        (flips_alone(p, sign * middle) ? flips : keeps) = middle;
      }
      own_change_[p] = sign * flips;
      margins_[p].own = yields.ballots_for(flips);
    }
  }

  void find_at_least() {
    const GreedyCertifier certifier(instance_, values(), marks_, ties_, options_);
    const std::uint64_t all = instance_.profile.ballots();
    const PerProject<bool> never = certifier.certain(all);
    std::vector<ProjectIndex> open;
    for (const ProjectIndex p : instance_.indices()) {
      if (never[p]) {
        margins_[p].at_least = std::nullopt;
      } else {
        open.push_back(p);
      }
    }
    LowerBounds bounds(certifier, instance_.projects.size());
    bounds.halve(open, 0, all);
    for (const ProjectIndex p : open) margins_[p].at_least = bounds.safe(p) + 1;
  }

  const PerProject<std::int64_t>& values() {
    if (values_.empty())
      for (const ProjectIndex p : instance_.indices()) values_.push_back(recount_.totals(p).value);
    return values_;
  }

  // Tries ways in order of the ballots they cost at best. Each is recounted; whatever project flips
  // by it has a new upper bound, once ballots that allow it have been found in the profile.
  void find_at_most() {
    std::vector<Attempt> attempts = list_attempts();
    std::sort(attempts.begin(), attempts.end(),
              [](const Attempt& a, const Attempt& b) { return a.ballots < b.ballots; });
    std::uint64_t visits = 0;
    for (const Attempt& attempt : attempts) {
      if (none_could_improve(attempt.ballots) || visits > attempt_visits_max) return;
      visits += instance_.projects.size();
      if (!improves(effect(attempt, attempt.amount, attempt_votes(attempt)), attempt.ballots))
        continue;
      const std::optional<Move> move = find_ballots(attempt);
      if (!move) continue;
      note_flips(effect(attempt, move->value, move->votes), move->ballots);
    }
  }

  void note_flips(const PerProject<bool>& after, std::uint64_t ballots) {
    for (const ProjectIndex p : instance_.indices()) {
      if (after[p] == funded_[p] || outside(p)) continue;
      if (!margins_[p].at_most || ballots < *margins_[p].at_most) margins_[p].at_most = ballots;
    }
  }

  // Whole ballots rewritten against or for several projects at once; for approvals, where that
  // moves every one of them by one vote a ballot. Nearest to a flip first.
  void find_trades() {
    if (instance_.vote_type != VoteType::approval && instance_.vote_type != VoteType::choose_one)
      return;
    std::vector<ProjectIndex> open;
    for (const ProjectIndex p : instance_.indices())
      if (own_change_[p] != 0 && !margins_[p].exact()) open.push_back(p);
    std::sort(open.begin(), open.end(), [&](ProjectIndex a, ProjectIndex b) {
      return std::abs(own_change_[a]) < std::abs(own_change_[b]);
    });
    const PerProject<std::int64_t> votes = values();
    const BallotTrades trades(instance_, votes, moves_);
    std::uint64_t visits = 0;
    for (const ProjectIndex p : open) {
      if (visits > trade_visits_max) return;
      const Trade trade{p, !funded_[p], rivals_of(p)};
      const auto change = static_cast<std::uint64_t>(std::abs(own_change_[p]));
      const std::size_t read = std::min<std::size_t>(instance_.profile.groups(), 1000 + 8 * change);
      const std::vector<std::uint32_t> useful = trades.useful(trade, read);
      const std::size_t mean_marks = 1 + instance_.profile.entries() / instance_.profile.groups();
      visits += read * mean_marks;
      std::uint64_t keeps = *margins_[p].at_least - 1;
      std::uint64_t flips = margins_[p].at_most.value_or(change + 1);
      while (flips - keeps > 1) {
        const std::uint64_t middle = keeps + (flips - keeps) / 2;
        const auto after = trades.votes_after(trade, useful, middle);
        visits += (middle + instance_.projects.size() * 64) * mean_marks;
        if (!after) break;
        std::vector<NewTotals> changed;
        for (const ProjectIndex q : instance_.indices())
          if ((*after)[q] != votes[q]) changed.push_back({q, (*after)[q], (*after)[q]});
        const PerProject<bool> funded = recount_.funded(changed);
        note_flips(funded, middle);
        (funded[p] != funded_[p] ? flips : keeps) = middle;
      }
    }
  }

  // Whom p passes when its own votes alone flip it, as far as they matter: under `skip`, those that
  // take money.
  [[nodiscard]] std::vector<ProjectIndex> rivals_of(ProjectIndex p) const {
    const NewTotals before = recount_.totals(p);
    NewTotals after = before;
    after.value += own_change_[p];
    if (!marks_.points) after.votes += own_change_[p];
    const bool forward = own_change_[p] > 0;
    const PerProject<bool> funded = forward ? funded_ : recount_.funded(std::array{after});
    std::vector<ProjectIndex> rivals;
    for (const ProjectIndex q : recount_.ranking()) {
      if (q == p || (options_.misfit == Misfit::skip && !forward && !funded[q])) continue;
      const NewTotals other = recount_.totals(q);
      if (recount_.precedes(other, before) == forward && recount_.precedes(other, after) != forward)
        rivals.push_back(q);
    }
    return rivals;
  }

  [[nodiscard]] std::int64_t attempt_votes(const Attempt& attempt) const {
    return marks_.points ? 0 : attempt.amount;
  }

  [[nodiscard]] PerProject<bool> effect(const Attempt& attempt, std::int64_t value,
                                        std::int64_t votes) const {
    std::vector<NewTotals> changed;
    if (attempt.from) {
      changed.push_back(recount_.totals(*attempt.from));
      changed.back().value -= value;
      changed.back().votes -= votes;
    }
    if (attempt.to) {
      changed.push_back(recount_.totals(*attempt.to));
      changed.back().value += value;
      changed.back().votes += votes;
    }
    return recount_.funded(changed);
  }

  [[nodiscard]] std::optional<Move> find_ballots(const Attempt& attempt) const {
    if (attempt.from && attempt.to)
      return moves_.transfer(*attempt.from, *attempt.to, attempt.amount);
    return attempt.to ? moves_.give(*attempt.to, attempt.amount)
                      : moves_.take(*attempt.from, attempt.amount);
  }

  [[nodiscard]] bool could_improve(ProjectIndex p, std::uint64_t ballots) const {
    return margins_[p].at_least && (!margins_[p].at_most || *margins_[p].at_most > ballots);
  }

  [[nodiscard]] bool none_could_improve(std::uint64_t ballots) const {
    for (const ProjectIndex p : instance_.indices())
      if (could_improve(p, ballots)) return false;
    return true;
  }

  [[nodiscard]] bool improves(const PerProject<bool>& after, std::uint64_t ballots) const {
    for (const ProjectIndex p : instance_.indices())
      if (after[p] != funded_[p] && could_improve(p, ballots)) return true;
    return false;
  }

  void add(std::vector<Attempt>& attempts, std::int64_t amount, std::optional<ProjectIndex> from,
           std::optional<ProjectIndex> to) const {
    if (amount <= 0) return;
    // A ballot moves at most what it gives to `from`; alone, `to` gains at most its possible gain.
    const auto ballots =
        from ? marks_.losses[*from].ballots_for(amount) : marks_.gains[*to].ballots_for(amount);
    if (ballots) attempts.push_back({*ballots, amount, from, to});
  }

  [[nodiscard]] std::vector<Attempt> list_attempts() const {
    std::vector<Attempt> attempts;
    const std::vector<ProjectIndex>& ranking = recount_.ranking();
    for (const ProjectIndex p : instance_.indices()) {
      if (outside(p)) continue;
      const std::int64_t change = own_change_[p];
      if (change > 0) add(attempts, change, std::nullopt, p);
      if (change < 0) add(attempts, -change, p, std::nullopt);
      if (options_.threshold) {
        const std::int64_t to_threshold = *options_.threshold - recount_.totals(p).value;
        add(attempts, to_threshold, std::nullopt, p);
        add(attempts, 1 - to_threshold, p, std::nullopt);
      }
      for (const ProjectIndex q : partners(p)) {
        if (change > 0) add(attempts, least_transfer(q, p, change, p), q, p);
        if (change < 0) add(attempts, least_transfer(p, q, -change, p), p, q);
      }
    }
    // Any two projects changing places may free or take the money of a third. Near ones first.
    const std::size_t size = ranking.size();
    for (std::size_t distance = 1; distance < size; ++distance) {
      if (attempts.size() * instance_.projects.size() > attempt_visits_max) break;
      for (std::size_t i = 0; i + distance < size; ++i)
        add(attempts, passing(ranking[i], ranking[i + distance]), ranking[i],
            ranking[i + distance]);
    }
    return attempts;
  }

  // With whom p would best trade votes: the nearest projects on the side where it would have to go
  // that have the other result, and the best project of all, which can spare the most.
  [[nodiscard]] std::vector<ProjectIndex> partners(ProjectIndex p) const {
    std::vector<ProjectIndex> ahead;
    std::vector<ProjectIndex> behind;
    const std::vector<ProjectIndex>& ranking = recount_.ranking();
    for (const ProjectIndex q : ranking) {
      if (q == p || funded_[q] == funded_[p]) continue;
      (recount_.precedes(recount_.totals(q), recount_.totals(p)) ? ahead : behind).push_back(q);
    }
    std::reverse(ahead.begin(), ahead.end());
    std::vector<ProjectIndex>& chosen = funded_[p] ? behind : ahead;
    if (chosen.size() > partners_max) chosen.resize(partners_max);
    if (!ranking.empty() && ranking.front() != p &&
        std::find(chosen.begin(), chosen.end(), ranking.front()) == chosen.end())
      chosen.push_back(ranking.front());
    return chosen;
  }

  // The least amount whose transfer flips p, assuming that more flips it too (what is found is
  // recounted anyway); at most `enough`. 0 if not even that does.
  [[nodiscard]] std::int64_t least_transfer(ProjectIndex from, ProjectIndex to, std::int64_t enough,
                                            ProjectIndex p) const {
    const auto flips_with = [&](std::int64_t amount) {
      const Attempt attempt{0, amount, from, to};
      return effect(attempt, amount, attempt_votes(attempt))[p] != funded_[p];
    };
    std::int64_t flips = std::min(enough, recount_.totals(from).value);
    if (flips <= 0 || !flips_with(flips)) return 0;
    std::int64_t keeps = 0;
    while (flips - keeps > 1) {
      const std::int64_t middle = keeps + (flips - keeps) / 2;
      (flips_with(middle) ? flips : keeps) = middle;
    }
    return flips;
  }

  // The least amount to move from `ahead` to `behind` that makes them change places.
  [[nodiscard]] std::int64_t passing(ProjectIndex ahead, ProjectIndex behind) const {
    const auto passes = [&](std::int64_t amount) {
      NewTotals a = recount_.totals(ahead);
      NewTotals b = recount_.totals(behind);
      a.value -= amount;
      b.value += amount;
      if (!marks_.points) {
        a.votes -= amount;
        b.votes += amount;
      }
      return recount_.precedes(b, a);
    };
    std::int64_t passed = recount_.totals(ahead).value;
    if (passed <= 0 || !passes(passed)) return 0;
    std::int64_t keeps = 0;
    while (passed - keeps > 1) {
      const std::int64_t middle = keeps + (passed - keeps) / 2;
      (passes(middle) ? passed : keeps) = middle;
    }
    return passed;
  }

  const Instance& instance_;
  const GreedyOptions& options_;
  const TieOrder& ties_;
  Marks marks_;
  GreedyRecount recount_;
  BallotMoves moves_;
  PerProject<bool> funded_;
  PerProject<Margin> margins_;
  PerProject<std::int64_t> own_change_;  // of its value, signed; 0: none flips it
  PerProject<std::int64_t> values_;
};

}  // namespace

PerProject<Margin> greedy_margins(const Instance& instance, const Tally& tally,
                                  const TieOrder& ties, const GreedyOptions& options,
                                  const Outcome& outcome) {
  return MarginSearch(instance, tally, ties, options, outcome).margins();
}

}  // namespace urna::count
