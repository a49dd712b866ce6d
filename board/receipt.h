// SPDX-License-Identifier: EUPL-1.2
// Receipts: what shows offline that an entry is in a log, made of its hash, a proof and a signed
// checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"
#include "board/checkpoint.h"
#include "board/log_reader.h"
#include "board/merkle.h"

namespace urna::board {

struct Receipt {
  Sha256Digest leaf{};  // leaf_hash() of the entry
  std::uint64_t index = 0;
  MerkleProof proof;            // of inclusion, under the checkpoint's root
  std::string checkpoint_note;  // with its signatures

  // Deterministic CBOR (see base/cbor.h): the map {0: 1, the version of this form; 1: leaf, 32
  // bytes; 2: index; 3: array of hashes of 32 bytes; 4: the note, as text}.
  [[nodiscard]] std::string encode() const;
  // The inverse; nothing is verified. Error: malformed, for everything else, also with more than
  // 64 hashes or more than max_note_bytes of note.
  [[nodiscard]] static Result<Receipt> decode(std::string_view bytes);

  friend bool operator==(const Receipt&, const Receipt&) = default;
};

// The receipt for an entry under the checkpoint that the reader found. Errors: those of
// LogReader::entry(), so a receipt that would not verify is not given out.
[[nodiscard]] Result<Receipt> make_receipt(const LogReader& log, std::uint64_t index);

// The checkpoint under which the receipt shows that the hash is in the log: signed and cosigned as
// verify_checkpoint() demands. That the hash is that of an entry in hand is for the caller to see,
// by leaf_hash(entry) == receipt.leaf. Errors: those of verify_checkpoint(), conflict if the proof
// does not lead to the root.
[[nodiscard]] Result<VerifiedCheckpoint> verify_receipt(const Receipt& receipt, const LogKey& log,
                                                        std::span<const WitnessKey> witnesses,
                                                        std::size_t threshold);

}  // namespace urna::board
