// SPDX-License-Identifier: EUPL-1.2
// What the board says about taking part: how many could vote, did, were superseded, annulled,
// opened.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "election/board_state.h"
#include "election/entries.h"
#include "election/types.h"

namespace urna::results {

inline constexpr std::size_t levels = 3;  // assurance levels 2, 3 and 4

struct PoolNumbers {
  election::PoolNumber number;
  std::uint64_t cast = 0;                        // ballots on the board
  std::uint64_t paper = 0;                       // votes on cards of paper, besides
  std::uint64_t annulled = 0;                    // ballots, by two officials
  std::uint64_t superseded = 0;                  // ballots, by another vote of the same person
  std::uint64_t counted = 0;                     // the rest of both
  std::array<std::uint64_t, levels> by_level{};  // of those counted
  bool withheld = false;
  std::vector<std::string> mixed_by;      // names of trustees, in the order of the rounds
  std::vector<std::string> decrypted_by;  // of those whose shares were combined
  std::optional<election::PoolResult> result;
};

struct EditionNumbers {
  election::EditionHash edition;
  std::uint64_t entries = 0;
  std::uint64_t opened = 0;  // Unix seconds, as the officials state
  std::uint64_t closed = 0;
  std::uint64_t entitled = 0;  // persons on the roll, added ones included
  std::uint64_t certificates = 0;
  std::uint64_t ballots = 0;  // on the board
  std::uint64_t voters = 0;   // persons of whom a ballot counts
  bool complete = false;      // every pool has a result or is withheld
  std::vector<PoolNumbers> pools;
};

// Precondition: phase `counted` or later, so that it is settled which ballots count. O(ballots).
[[nodiscard]] EditionNumbers numbers_of(const election::BoardState& state);

}  // namespace urna::results
