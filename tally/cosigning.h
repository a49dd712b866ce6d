// SPDX-License-Identifier: EUPL-1.2
// The work of a witness: to cosign checkpoints of a board, each only if it continues all that it
// has cosigned before (docs/board.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "board/checkpoint.h"

namespace urna::tally {

struct CosignReport {
  board::Checkpoint checkpoint;
  std::uint64_t before = 0;  // size of the checkpoint cosigned last; 0 for the first
  std::string note;          // the checkpoint with all its signatures
};

// Cosigns the checkpoint of the record in this folder, at a time in Unix seconds, and puts the
// signature into the folder. `memory_path` holds the checkpoint that this witness cosigned last; it
// is written before the signature leaves this function. Without that file any checkpoint is taken
// for the first, so it must not be lost.
// Errors: conflict (the manifest does not name the witness; the board is shorter than before or has
// changed its past: evidence to be published), malformed, io.
[[nodiscard]] Result<CosignReport> cosign_record(const std::string& directory,
                                                 const board::WitnessSecretKey& key,
                                                 const std::string& memory_path,
                                                 std::uint64_t time);

// Takes the witnesses' signatures out of a copy of the present checkpoint into the record: how many
// were new. Errors: conflict (another checkpoint than the present one), malformed (a signature does
// not hold), io.
[[nodiscard]] Result<std::uint64_t> take_cosignatures(const std::string& directory,
                                                      std::string_view note);

// Whether these bytes look like a checkpoint with signatures.
[[nodiscard]] bool looks_like_note(std::string_view bytes);

}  // namespace urna::tally
