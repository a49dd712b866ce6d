// SPDX-License-Identifier: EUPL-1.2
// Margins: how many ballots would have to be different for a project's result to be different.
#pragma once

#include <cstdint>
#include <optional>

#include "count/instance.h"
#include "count/outcome.h"
#include "count/rules/equal_shares.h"
#include "count/rules/greedy.h"
#include "count/rules/max_welfare.h"
#include "count/tally.h"
#include "count/tie_order.h"

namespace urna::count {

// "Changing" a ballot means replacing it by any ballot that the ballot rule (BallotLimits) admits,
// a blank one included; the number of ballots stays. A project "flips" when it changes between
// funded and not funded. nullopt stands for "no number of changed ballots flips it".
struct Margin {
  // Proved: with fewer changed ballots, whichever and however, the project does not flip. At
  // least 1.
  std::optional<std::uint64_t> at_least = 1;
  // Shown: there are this many ballots and a way to change them that flips it. nullopt if no way
  // was found or sought; then exact() is false unless at_least is nullopt too.
  std::optional<std::uint64_t> at_most;
  // Greedy rules only: the fewest ballots if only their marks for this very project are changed
  // (given, withdrawn, points moved), all other marks left as cast. Exact. Each mark stays within
  // what a ballot may give to one project; whether that ballot had room for it is not asked (that
  // is at_most's business), and the other places of an ordinal ballot keep their points.
  std::optional<std::uint64_t> own;

  [[nodiscard]] bool exact() const { return at_least == at_most; }
  [[nodiscard]] bool never() const { return !at_least.has_value(); }
};

[[nodiscard]] PerProject<Margin> greedy_margins(const Instance& instance, const Tally& tally,
                                                const TieOrder& ties, const GreedyOptions& options,
                                                const Outcome& outcome);

[[nodiscard]] PerProject<Margin> equal_shares_margins(const Instance& instance,
                                                      const TieOrder& ties,
                                                      const EqualSharesOptions& options,
                                                      const Outcome& outcome);

[[nodiscard]] PerProject<Margin> phragmen_margins(const Instance& instance, const TieOrder& ties,
                                                  const Outcome& outcome);

[[nodiscard]] PerProject<Margin> max_welfare_margins(const Instance& instance, const TieOrder& ties,
                                                     const MaxWelfareOptions& options,
                                                     const Outcome& outcome);

}  // namespace urna::count
