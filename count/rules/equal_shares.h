// SPDX-License-Identifier: EUPL-1.2
// The Method of Equal Shares and its completions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.h"
#include "count/instance.h"
#include "count/outcome.h"
#include "count/tally.h"
#include "count/tie_order.h"

namespace urna::count {

// What a voter gets from a funded project that the ballot names.
enum class Satisfaction {
  cost,         // its cost
  cardinality,  // 1
  score,        // the points given to it
};

enum class Completion { none, add1, utilitarian, add1_utilitarian, comparison };

enum class Add1Stop {
  overshoot,   // keep raising until the next outcome would cost more than the pool
  exhaustive,  // stop earlier, at the first outcome to which no project can be added
};

enum class Add1Start {
  exact,    // budget / voters
  integer,  // the whole currency units of it
};

// How a voter compares two outcomes in the comparison step.
enum class Preference {
  cardinality,  // more funded projects of the ballot
  cost,         // more money spent on projects of the ballot
  exclusion,    // at least one funded project of the ballot against none
};

struct EqualSharesOptions {
  Satisfaction satisfaction = Satisfaction::cost;
  OrdinalPoints ordinal = OrdinalPoints::descending;  // for score satisfaction of ordinal ballots
  Completion completion = Completion::none;
  Add1Stop add1_stop = Add1Stop::overshoot;
  Add1Start add1_start = Add1Start::exact;
  Money add1_step{100};                       // more for each voter at every increase; > 0
  std::uint64_t add1_steps_max = 10'000'000;  // increases before giving up with a limit error
  Preference preference = Preference::cardinality;
  bool comparison_after_add1 = true;  // Completion::comparison: Add1 first, then compare
  // Filter before the rule (Swiecie 2023): a project is out if votes/voters < cost/(3*budget).
  bool support_filter = false;
  std::function<void(std::uint64_t steps_done)> progress;  // called now and then during Add1
};

// Errors: unsupported (the ballots have no points for score satisfaction), limit (Add1 would need
// more than add1_steps_max increases).
[[nodiscard]] Result<Outcome> equal_shares(const Instance& instance, const TieOrder& ties,
                                           const EqualSharesOptions& options);

}  // namespace urna::count
