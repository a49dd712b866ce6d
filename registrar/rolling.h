// SPDX-License-Identifier: EUPL-1.2
// The roll: everybody's pseudonym with the pools they may vote in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/entries.h"
#include "registrar/office.h"

namespace urna::registrar {

struct RollReport {
  std::string file;  // roll.cbor
  std::uint64_t people = 0;
  std::uint64_t too_young = 0;
  std::uint64_t without_pool = 0;  // no such district
  std::uint64_t duplicates = 0;    // rows with a pseudonym that another row has too
};

// Builds the roll from all who are not withdrawn; marks them as being on it. Pseudonyms come by the
// thousand and are not kept: what leaves is sorted by pseudonym, and the store learns only that a
// person is on the roll. Of two rows with one pseudonym the pools are joined. Build it once, before
// voting opens; later people come by roll_additions(). Memory: about 100 bytes for each person.
// Errors: those of the store and of the keepers.
[[nodiscard]] Result<RollReport> build_roll(
    const Office& office, std::string official,
    const std::function<void(std::uint64_t people)>& progress);

// The entries for people who may vote and are not on the roll: added at points, or by a later
// import. Signed, sorted by pseudonym. Call it from time to time rather than for each person, for
// the board shows when an entry came. Append all of them before anyone of them votes: the people
// are marked when this returns.
[[nodiscard]] Result<std::vector<election::RollAddition>> roll_additions(const Office& office,
                                                                         std::string official);

// The entry of the board for a file of build_roll(), signed. Error: malformed.
[[nodiscard]] Result<election::RollEntry> roll_entry(const Office& office, std::string_view file);

}  // namespace urna::registrar
