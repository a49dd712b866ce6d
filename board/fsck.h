// SPDX-License-Identifier: EUPL-1.2
// Checking every file of a log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"

namespace urna::board {

struct FsckReport {
  Checkpoint checkpoint;
  bool signature_verified = false;        // whether a log key was given
  std::vector<Cosignature> cosignatures;  // of the witnesses given
  std::uint64_t files = 0;                // bundles and tiles read
  std::uint64_t bytes = 0;                // in these
};

// Recomputes the log in the folder from its entries, in one pass and bounded memory, entries being
// read and hashed by several threads: every bundle
// splits into its entries, every hash tile is byte for byte what follows from them, no file is
// missing from tile/ and none is too many, earlier partial tiles are the beginnings of today's, and
// the root is the checkpoint's. With a log key the checkpoint's signature is verified, and that
// `threshold` of the witnesses cosigned it (see verify_checkpoint()); without one, neither.
//
// The error is the first thing wrong, with its file, the entries concerned and what it means:
// not_found (a file is missing), malformed (a file is not what its place demands), conflict (a tile
// does not follow from the entries, nor the root; a file too many; the wrong log; witnesses
// missing), io, limit, usage (see verify_checkpoint(); witnesses without a log key). A log that is
// being written may show files too many.
[[nodiscard]] Result<FsckReport> fsck(const std::string& directory, const LogKey* log,
                                      std::span<const WitnessKey> witnesses, std::size_t threshold,
                                      unsigned threads = 1);

}  // namespace urna::board
