// SPDX-License-Identifier: EUPL-1.2
// The Method of Equal Shares and Add1 word for word from the definition, every number a fraction.
#pragma once

#include <vector>

#include "base/rational.h"
#include "count/instance.h"
#include "count/rules/equal_shares.h"
#include "count/tie_order.h"

namespace urna::oracle {

struct SharesOracleOutcome {
  std::vector<count::ProjectIndex> winners;  // in order of selection
  Rational money_per_voter;                  // in currency units
  std::uint64_t add1_steps = 0;
  std::vector<std::vector<count::ProjectIndex>> ties;  // of the kept run, each by index
};

// Completions: none and add1 only. No state is kept between the steps of Add1.
// O(steps * rounds * projects * ballots).
[[nodiscard]] SharesOracleOutcome equal_shares_oracle(const count::Instance& instance,
                                                      const count::TieOrder& ties,
                                                      const count::EqualSharesOptions& options);

}  // namespace urna::oracle
