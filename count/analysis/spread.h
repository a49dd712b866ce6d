// SPDX-License-Identifier: EUPL-1.2
// The distribution of a number over ballots.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "count/analysis/analysis.h"

namespace urna::count {

// `numbers` holds pairs (number >= 0, ballots with it), in any order, possibly repeated; the
// numbers are divided by `unit` in the result. O(n log n) for n pairs.
[[nodiscard]] Spread spread_of(std::vector<std::pair<std::int64_t, std::uint64_t>> numbers,
                               std::int64_t unit);

}  // namespace urna::count
