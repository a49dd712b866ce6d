// SPDX-License-Identifier: EUPL-1.2
// From when until when votes may be cast, and what may put the end off (docs/protocol.md
// section 7.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "election/entries.h"

namespace urna::election {

// Times are Unix seconds.
struct VotingTerm {
  std::uint64_t opened = 0;    // as the officials stated
  std::uint64_t closes = 0;    // the end in force: the manifest's, or that of the last extension
  std::uint64_t extended = 0;  // when the last extension was decided; 0 without one
  std::size_t extensions = 0;
};

// Whether this extension may follow, its signatures aside. Errors, whose message follows "the
// entry" and whose remedy is what it means: conflict, limit.
[[nodiscard]] Status check_extension(const VotingTerm& term, const Extension& extension);

// Precondition: check_extension().
void extend(VotingTerm& term, const Extension& extension);

// The last hour, Unix seconds divided by 3600, that a certificate may be of.
[[nodiscard]] inline std::uint64_t last_hour(const VotingTerm& term) { return term.closes / 3600; }

}  // namespace urna::election
