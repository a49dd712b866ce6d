// SPDX-License-Identifier: EUPL-1.2
// One ballot read as a set of projects.
#pragma once

#include <cstdint>
#include <vector>

#include "count/instance.h"
#include "count/tally.h"

namespace urna::count {

struct Mark {
  ProjectIndex project;
  std::int64_t points = 0;  // 1 for approvals
};

// The distinct projects of a ballot, by index, each with the most points that the ballot gives it.
// Fills `marks` (cleared first; reused by callers to save allocations). O(l log l) for l entries,
// O(l) where the ballot is sorted already.
void read_as_set(const Instance& instance, const BallotGroup& ballot, OrdinalPoints ordinal,
                 std::vector<Mark>& marks);

}  // namespace urna::count
