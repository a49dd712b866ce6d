// SPDX-License-Identifier: EUPL-1.2
// How often what happened on a day: numbers for reports, of nobody in particular.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "registrar/office.h"
#include "registrar/store.h"

namespace urna::registrar {

// What is counted, by names of a closed list:
//   identify.fits, identify.fits-nobody, identify.locked   data that somebody gave
//   code.right, code.wrong, code.too-many; letter.…        codes that somebody gave
//   certificate.LEVEL.FACTOR                               certificates issued
//   refused.level, .not-on-register, .not-on-roll, .guardian, .too-many   and refused
//   sent.KIND.WAY, unsent.KIND.WHY                         messages
//   told.SECONDS                                           from the ballot box's word of a recorded
//                                                          vote to the gateway's taking the notice
//   complaint.opened

// So many more today (UTC), in this transaction, at its end: other rows are locked before. All
// names cost the same. Precondition (else the program stops): a word of a-z, 0-9, "." and "-".
[[nodiscard]] Status count(RegistrarTransaction& transaction, const Office& office,
                           std::string_view name, std::uint64_t by = 1);

[[nodiscard]] std::string_view word_of(Factor factor);
// The bounds of "told.…": "within-10", "within-60", "within-600", "within-3600", "within-86400",
// "later".
[[nodiscard]] std::string_view told_within(std::uint64_t seconds);

// By day (Unix seconds / 86400) and name.
using Counters = std::map<std::uint64_t, std::map<std::string, std::uint64_t, std::less<>>>;
[[nodiscard]] Result<Counters> tell_counters(const Office& office);

}  // namespace urna::registrar
