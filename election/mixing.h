// SPDX-License-Identifier: EUPL-1.2
// One round of mixing: made by a trustee, checked by anyone (docs/protocol.md section 11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "election/entries.h"
#include "election/types.h"
#include "proof/shuffle.h"
#include "proof/signature.h"

namespace urna::election {

// Which round of which pool, by whom.
struct MixRound {
  EditionHash edition;
  PoolNumber pool;
  std::uint8_t round = 1;
  TrusteeNumber trustee;
};

// The list before the round. `ciphertexts` is packed, of `width` elements each.
struct MixInput {
  group::Element joint_key;
  std::size_t width = 1;
  std::string_view ciphertexts;
};

// Threads, and generators for whoever checks several rounds.
using MixWork = proof::ShuffleWork<proof::Ristretto>;

// The context of the round's proof.
[[nodiscard]] proof::Transcript mix_transcript(const MixRound& round);

struct MadeMix {
  std::string file;  // mix/POOL-ROUND.cbor
  Mix entry;         // signed
};

// Permutes and re-encrypts the list, and proves it. Errors: malformed (an input is no element).
// See proof/shuffle.h for time and memory, and for what an observer of the machine may see.
[[nodiscard]] Result<MadeMix> make_mix(const MixRound& round, const MixInput& input,
                                       const proof::SigningKey& trustee);

// The file and the signed entry of outputs and proof that are at hand.
[[nodiscard]] MadeMix finish_mix(const MixRound& round, std::string_view outputs,
                                 const proof::ShuffleProof& proof,
                                 const proof::SigningKey& trustee);

// Whether the file shows the round: its form, and the proof. Returns the outputs, a view into
// `file`. That an entry names and signs this file is not asked here. Errors: malformed.
[[nodiscard]] Result<std::string_view> check_mix(const MixRound& round, const MixInput& input,
                                                 std::string_view file, const MixWork& work = {});

// The rounds of one pool in order, each file taking the outputs of the one before.
struct MixSeries {
  struct Made {
    std::uint8_t round = 1;
    TrusteeNumber trustee;
    ByteSource file;
  };
  EditionHash edition;
  PoolNumber pool;
  group::Element joint_key;
  std::size_t width = 1;
  ByteSource ciphertexts;  // packed, before the first round
  std::vector<Made> made;
};

// What check_mix() finds of all rounds.
using DecodedCiphertexts = proof::DecodedList<proof::Ristretto>;

struct CheckedMixes {
  std::optional<proof::WrongShuffle> wrong;  // the first round that is not shown
  ByteSource outputs;                        // of the last round, unless one is wrong
  DecodedCiphertexts elements;               // of these, if they were to be kept
};

// check_mix() of all rounds together, faster than one after another and with the files read in
// pieces: see verify_shuffles(). Errors within: also those of ByteSource::read().
[[nodiscard]] CheckedMixes check_mixes(const MixSeries& series, const MixWork& work = {});

}  // namespace urna::election
