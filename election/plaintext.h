// SPDX-License-Identifier: EUPL-1.2
// Decrypted elements read as a ballot (docs/protocol.md section 6.4).
#pragma once

#include <string_view>
#include <vector>

#include "election/ballot_content.h"

namespace urna::election {

// A valid content, or the first reason that applies. `elements` is the packed encodings of the
// ballot's group elements; that they are elements is not asked again. Precondition (else the
// program stops): 32 bytes for each of layout.width.
[[nodiscard]] ContentReading read_plaintext(const BallotTerms& terms, std::string_view elements);

// The same for many ballots, one after the other: several times faster.
[[nodiscard]] std::vector<ContentReading> read_plaintexts(const BallotTerms& terms,
                                                          std::string_view elements);

}  // namespace urna::election
