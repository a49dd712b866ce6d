// SPDX-License-Identifier: EUPL-1.2
// Which ballots count (docs/protocol.md section 10).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/sha256.h"
#include "election/manifest.h"
#include "election/types.h"

namespace urna::election {

// A ballot on the board as far as this choice needs it.
struct CastBallot {
  EntryIndex index;
  std::uint32_t person = 0;  // any numbering of pseudonyms
  PoolNumber pool;
  std::uint8_t level = 2;
  bool annulled = false;
};

// Somebody who votes on paper in a pool.
struct VotesOnPaper {
  std::uint32_t person = 0;  // numbered as in CastBallot
  PoolNumber pool;
};

// For every pool the ballots that count, as positions in `ballots`, ascending. Precondition:
// `ballots` in order of index, pools of this manifest, at most 2^32 - 1 ballots; of a
// person and group no more marks than the group allows. O(n log n).
[[nodiscard]] std::vector<std::vector<std::uint32_t>> counted_ballots(
    const Manifest& manifest, std::span<const CastBallot> ballots,
    std::span<const VotesOnPaper> on_paper = {});

// Field 4 of a `counted` entry: the hash over the entries' indices, ascending.
[[nodiscard]] Sha256Digest hash_of_indices(std::span<const EntryIndex> indices);
// The same for the ballots at these positions.
[[nodiscard]] Sha256Digest hash_of_indices(std::span<const CastBallot> ballots,
                                           std::span<const std::uint32_t> positions);

}  // namespace urna::election
