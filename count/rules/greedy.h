// SPDX-License-Identifier: EUPL-1.2
// The rule most cities use: rank the projects, go down the list, fund what fits.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "count/instance.h"
#include "count/outcome.h"
#include "count/tally.h"
#include "count/tie_order.h"

namespace urna::count {

enum class GreedyRank { votes, points, votes_per_cost, points_per_cost };

// What happens at the first project that does not fit into the money left.
enum class Misfit {
  skip,  // go on with the next project
  stop,  // fund nothing after it
  // Stop, but fund that one project too if the money left covers 80 % of its cost (Poznan).
  fund_at_80_percent,
};

struct GreedyOptions {
  GreedyRank rank = GreedyRank::votes;
  Misfit misfit = Misfit::skip;
  // The least value (votes, or points when ranking by points) a project must have, inclusive.
  std::optional<std::int64_t> threshold;
  // Of the projects of a group only the best-ranked that fits is funded.
  std::vector<std::vector<ProjectIndex>> conflicts;
  // Left out by a filter of the rule that this ranking completes (lost_filter). Margins do not know
  // it: greedy_margins() requires it to be empty.
  std::vector<ProjectIndex> excluded;
  // Funded before this rule starts (a completion of another rule); their cost is already spent.
  std::vector<ProjectIndex> already_funded;
};

// Ranks by the value of `options.rank`, equal values by `ties`, then funds in that order.
// A project withdrawn after the vote is left out of the ranking; so is one below the threshold. A
// project without votes stands last and is funded if it fits: a threshold of 1 keeps it out. One
// excluded by a conflict is passed over; it never stops the rule. With `stop`, a project that costs
// more than the whole pool stops it like any other that does not fit, as in the published
// announcements. A project without cost has infinite density if it has votes, else density 0.
// Every group of equal values in the ranking becomes a TieEvent; `decisive` is exact.
// Reasons of already_funded projects are won_in_order without a rank.
// Winners: only those this rule added. O(m log m) for m projects. Exact: densities are compared by
// cross-multiplication in 128 bits.
[[nodiscard]] Outcome greedy(const Instance& instance, const Tally& tally, const TieOrder& ties,
                             const GreedyOptions& options);

}  // namespace urna::count
