// SPDX-License-Identifier: EUPL-1.2
// Numbers of few people are hidden before a report goes out, so that neither it nor it together
// with earlier ones gives them away (statistics/gate.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "answers/figures.h"
#include "base/result.h"
#include "statistics/gate.h"

namespace urna::answers {

// Adds the sums of the registrar's groups: "registrar.refused" of "registrar.refused.*".
void add_groups(Facts& facts);

// What the office keeps between two reports: what was told, and the numbers as they were, of which
// the next report's readers could take the difference. For the office alone.
struct Told {
  statistics::Releases releases;
  std::vector<std::map<std::string, std::uint64_t, std::less<>>> seen;  // one for each release
};
// Errors: malformed, limit. An empty text: nothing was told yet.
[[nodiscard]] Result<Told> parse_told(std::string_view json);
[[nodiscard]] std::string to_json(const Told& told);

// Hides figures about people outside the record (the record is public): those of 1 to least - 1,
// also those that came to be since an earlier report, and others that would give them away. `told`
// has this release too then. Errors: those of statistics::make_safe(); conflict (a number is
// smaller than when it was told: the counters are not the same ones).
[[nodiscard]] Status make_safe(Facts& facts, Told& told, const statistics::Policy& policy,
                               statistics::GateReport& report);

}  // namespace urna::answers
