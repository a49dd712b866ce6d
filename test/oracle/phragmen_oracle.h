// SPDX-License-Identifier: EUPL-1.2
// Phragmen's rule word for word, with one load per ballot, every number a fraction.
#pragma once

#include <optional>
#include <vector>

#include "base/rational.h"
#include "count/instance.h"
#include "count/tie_order.h"

namespace urna::oracle {

struct PhragmenOracleRound {
  std::vector<count::ProjectIndex> tied;  // all that attain the minimum, preferred first
  Rational load;                          // in currency units
};

struct PhragmenOracleOutcome {
  std::vector<count::ProjectIndex> winners;
  std::vector<PhragmenOracleRound> rounds;  // one per winner
  std::optional<PhragmenOracleRound> stop;  // the round that chose nothing, if any
};

// Another choice in one round (from 1) than the tie order's.
struct Deviation {
  std::size_t round = 0;
  count::ProjectIndex instead;
};

// O(rounds * projects * entries).
[[nodiscard]] PhragmenOracleOutcome phragmen_oracle(
    const count::Instance& instance, const count::TieOrder& ties,
    const std::optional<Deviation>& deviation = std::nullopt);

}  // namespace urna::oracle
