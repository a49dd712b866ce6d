// SPDX-License-Identifier: EUPL-1.2
// Greedy as it stands in an ordinance: again and again the best project not looked at yet.
#pragma once

#include <vector>

#include "count/instance.h"
#include "count/rules/greedy.h"
#include "count/tally.h"

namespace urna::oracle {

// Winners in order of selection. `tie_rank`: the smaller is preferred. Fractions are GMP's. O(m^2).
[[nodiscard]] std::vector<count::ProjectIndex> greedy_oracle(
    const count::Instance& instance, const count::Tally& tally,
    const count::PerProject<std::uint32_t>& tie_rank, const count::GreedyOptions& options);

// Groups of at least two eligible projects with equal value, each in order of `tie_rank`, the best
// group first.
[[nodiscard]] std::vector<std::vector<count::ProjectIndex>> greedy_tied_groups(
    const count::Instance& instance, const count::Tally& tally,
    const count::PerProject<std::uint32_t>& tie_rank, const count::GreedyOptions& options);

}  // namespace urna::oracle
