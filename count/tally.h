// SPDX-License-Identifier: EUPL-1.2
// Votes and points per project, as cities add them up.
#pragma once

#include <cstdint>

#include "count/instance.h"

namespace urna::count {

// What a place in an ordinal ballot of m projects is worth; place 0 is the best.
enum class OrdinalPoints {
  descending,  // m - place: 3, 2, 1 (Krakow)
  borda,       // m - place - 1: 2, 1, 0 (Borda count as in the literature)
};

// How a project named twice in one ballot counts.
enum class Repeats {
  counted,  // twice, as cities have done in every published file where it occurs
  merged,   // once; with points, the larger ones
};

struct Tally {
  PerProject<std::int64_t> votes;   // ballots naming the project (times named, if counted)
  PerProject<std::int64_t> points;  // equals votes for approval and choose-1
};

// O(entries of the profile).
[[nodiscard]] Tally tally(const Instance& instance,
                          OrdinalPoints ordinal = OrdinalPoints::descending,
                          Repeats repeats = Repeats::counted);

// Points that a ballot gives to its i-th project: 1 for approval and choose-1.
// Precondition: i < ballot.projects.size().
[[nodiscard]] std::int64_t points_of(const BallotGroup& ballot, std::size_t i, VoteType type,
                                     OrdinalPoints ordinal);

}  // namespace urna::count
