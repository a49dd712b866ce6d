// SPDX-License-Identifier: EUPL-1.2
// Maximum welfare by looking at every set of projects.
#pragma once

#include <vector>

#include "base/rational.h"
#include "count/instance.h"
#include "count/rules/equal_shares.h"
#include "count/tally.h"
#include "count/tie_order.h"

namespace urna::oracle {

struct WelfareOracleOutcome {
  Rational value;  // total satisfaction; in currency units for cost
  // The best sets of projects with positive satisfaction, each by index; the first is the one whose
  // sorted list of tie ranks is lexicographically least.
  std::vector<std::vector<count::ProjectIndex>> optima;
};

// Satisfaction that one project brings all voters together, ballots read as sets.
[[nodiscard]] Rational welfare_oracle(const count::Instance& instance, count::ProjectIndex project,
                                      count::Satisfaction satisfaction,
                                      count::OrdinalPoints ordinal);

// Precondition: at most 16 projects. O(2^projects * projects).
[[nodiscard]] WelfareOracleOutcome max_welfare_oracle(const count::Instance& instance,
                                                      const count::TieOrder& ties,
                                                      count::Satisfaction satisfaction,
                                                      count::OrdinalPoints ordinal);

}  // namespace urna::oracle
