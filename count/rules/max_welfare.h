// SPDX-License-Identifier: EUPL-1.2
// Exact maximum welfare: the affordable set with the greatest total satisfaction (a knapsack).
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "count/instance.h"
#include "count/outcome.h"
#include "count/rules/equal_shares.h"
#include "count/tie_order.h"

namespace urna::count {

struct MaxWelfareOptions {
  Satisfaction satisfaction = Satisfaction::cost;
  OrdinalPoints ordinal = OrdinalPoints::descending;
  std::uint64_t states_max = 50'000'000;  // partial solutions examined before giving up
};

// Among several optimal sets: the one whose sorted list of tie ranks is lexicographically least.
// Errors: limit (not solved within states_max; the message gives the bounds reached), unsupported.
[[nodiscard]] Result<Outcome> max_welfare(const Instance& instance, const TieOrder& ties,
                                          const MaxWelfareOptions& options);

}  // namespace urna::count
