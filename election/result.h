// SPDX-License-Identifier: EUPL-1.2
// From the plaintexts of a pool to its result: read, published, counted (docs/protocol.md section
// 13). The same for who announces and who verifies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/ballot_content.h"
#include "election/entries.h"
#include "election/manifest.h"

namespace urna::election {

struct InvalidBallot {
  std::uint64_t position = 1;  // in the last list, from 1
  InvalidReason reason = InvalidReason::encoding;
  friend bool operator==(const InvalidBallot&, const InvalidBallot&) = default;
};

struct DerivedResult {
  PoolResult entry;
  std::string published;               // result/POOL.pb
  std::vector<InvalidBallot> invalid;  // positions ascending
};

// Everything that follows from the plaintexts and the tie seed. Precondition: `plaintexts` holds
// 32 bytes for each of terms.layout.width elements of every ballot. Errors: those of the count.
[[nodiscard]] Result<DerivedResult> derive_result(
    const Manifest& manifest, const EditionHash& edition, PoolNumber pool, const BallotTerms& terms,
    std::string_view plaintexts, const Sha256Digest& tie_seed, unsigned threads = 1);

}  // namespace urna::election
