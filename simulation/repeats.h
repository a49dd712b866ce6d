// SPDX-License-Identifier: EUPL-1.2
// Equal ballots added to a pool, to measure whether they are found among its own.
#pragma once

#include <cstdint>
#include <optional>

#include "count/profile.h"
#include "integrity/signal.h"

namespace urna::simulation {

// Adds `copies` equal ballots, as long and with the points as one of the pool's (drawn by the seed,
// with three projects at least), for projects drawn at random: what somebody casts who wants one of
// them funded and covers it with others. Whether there is a signal of that content. Nothing if
// the pool has no such ballot. O(length of the profile).
[[nodiscard]] std::optional<bool> finds_added_copies(const count::Profile& profile,
                                                     count::VoteType type, std::size_t projects,
                                                     std::uint64_t copies, std::uint64_t seed,
                                                     const integrity::Levels& levels = {});

}  // namespace urna::simulation
