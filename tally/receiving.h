// SPDX-License-Identifier: EUPL-1.2
// What trustees hand over is checked and recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/record.h"
#include "tally/record_view.h"

namespace urna::tally {

// What has become of a file given to add_files().
enum class Fate : std::uint8_t { added, known, waiting, refused };
[[nodiscard]] std::string_view to_string(Fate fate);

struct FileFate {
  std::string path;
  Fate fate = Fate::added;
  std::string what;                 // what the file is, e.g. "mix of pool 0, round 1"
  std::string reason = {};          // why it waits, and for whom
  std::optional<Error> error = {};  // of a refused one
};

// Adds entries that others made: commitments, dealings, acceptances, mixes, shares, decisions about
// ballots, additions to the roll. The files may come in any order. A mix and shares need their
// .cbor beside the .entry, and are verified in full: who did not work honestly is named. The shares
// of a pool are recorded together, because trustees ascend: they wait until t of them are at hand.
// Then everything good is published at once. Errors: io, and those of RecordWriter::commit(). All
// rounds of a pool are verified once.
[[nodiscard]] Result<std::vector<FileFate>> add_files(election::RecordWriter& record,
                                                      std::span<const std::string> paths,
                                                      const Work& work);

}  // namespace urna::tally
