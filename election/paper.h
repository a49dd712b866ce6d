// SPDX-License-Identifier: EUPL-1.2
// Cards of paper: their serial numbers, and what two officials state of a batch of them
// (docs/protocol.md section 7.3). Contents go into the mix like every ballot, so that a single card
// in a box is no more open than a single ballot on the board.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "election/ballot.h"
#include "election/entries.h"
#include "election/manifest.h"

namespace urna::election {

// 80 random bits.
using CardSerial = std::array<std::uint8_t, card_serial_bytes>;

[[nodiscard]] CardSerial random_card_serial();
// "ABCD-EFGH-JKLM-NPQR": four times four of the letters and digits of case numbers.
[[nodiscard]] std::string to_text(const CardSerial& serial);
// As people type it: small letters, and blanks or dashes anywhere. nullopt: no serial number.
[[nodiscard]] std::optional<CardSerial> parse_card_serial(std::string_view text);

// What the manifest's root is over.
[[nodiscard]] Sha256Digest leaf_of(const CardSerial& serial);
[[nodiscard]] Sha256Digest root_of_cards(std::span<const CardSerial> serials);

// The context of the proof for one ciphertext of a batch: everything but elements and commitments.
[[nodiscard]] proof::Transcript paper_proof_transcript(const EditionHash& edition,
                                                       BatchNumber batch,
                                                       const group::ElementBytes& joint_key,
                                                       std::string_view ciphertext);

// What was found of a batch.
struct FoundCards {
  std::vector<bool> used;             // for each card of the batch
  std::vector<std::string> contents;  // pack_ballot() of the valid ones, in any order
  std::array<std::uint64_t, unfit_reasons> unfit{};
  std::array<std::uint64_t, refusal_reasons> refused{};
};

// The entry without its signatures: contents encrypted under the joint key and sorted, so that
// their order says nothing of the cards. Error: unsupported (see embed()). Precondition (else the
// program stops): one of `used` for each serial, and as many true as contents and unfit cards.
[[nodiscard]] Result<PaperBatch> make_paper_batch(const EditionHash& edition, BatchNumber batch,
                                                  std::span<const CardSerial> serials,
                                                  const JointKey& joint_key,
                                                  const FoundCards& found);

// The serial numbers that an entry names, in its order.
[[nodiscard]] std::vector<CardSerial> used_cards(const PaperBatch& entry);

// Whether the entry is about the cards of this batch, its numbers fit together, the ciphertexts
// ascend and each proof holds. Not its signatures, nor what depends on other entries. Errors, whose
// message follows "the entry" and whose remedy is what it means: malformed, conflict.
[[nodiscard]] Status check_paper_batch(const PaperBatch& entry, const IssuedBatch& issued,
                                       std::size_t width, const group::ElementBytes& joint_key);

}  // namespace urna::election
