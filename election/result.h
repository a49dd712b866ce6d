// SPDX-License-Identifier: EUPL-1.2
// From the plaintexts of a pool to its result: read, published, counted (docs/protocol.md section
// 13). The same for who announces and who verifies.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "election/ballot_content.h"
#include "election/entries.h"
#include "election/manifest.h"

namespace urna::election {

struct DerivedResult {
  PoolResult entry;
  std::string published;  // result/POOL.pb
};

// Everything that follows from the plaintexts and the tie seed. Precondition: `plaintexts` holds
// 32 bytes for each of terms.layout.width elements of every ballot. Errors: those of the count.
[[nodiscard]] Result<DerivedResult> derive_result(const Manifest& manifest,
                                                  const EditionHash& edition, PoolNumber pool,
                                                  const BallotTerms& terms,
                                                  std::string_view plaintexts,
                                                  const Sha256Digest& tie_seed);

}  // namespace urna::election
