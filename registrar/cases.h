// SPDX-License-Identifier: EUPL-1.2
// Cases that the registrar has: what officials of the register see of them, and the question to
// their voters (docs/cases.md). Opened by case_opening.h, handed over by case_export.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cases/case_file.h"
#include "cases/clocks.h"
#include "registrar/office.h"

namespace urna::registrar {

// A case as officials of the register see it: nothing says who it is about.
struct CaseView {
  std::string number;
  cases::Origin origin = cases::Origin::signals;
  std::string official, reason;
  std::uint64_t opened = 0, version = 0, asked = 0, answer_until = 0;
  cases::Words summary;
  std::vector<cases::CaseSignal> signals;
  std::uint64_t voters = 0;
  std::uint64_t told = 0, undelivered = 0;  // of the question
  std::uint64_t mine = 0, not_mine = 0;     // answers
  std::vector<std::string> texts;           // what people wrote, in no order
};

// In order of numbers; logged as read by the official.
[[nodiscard]] Result<std::vector<CaseView>> list_cases(const Office& office,
                                                       const std::string& official);
// Error: not_found.
[[nodiscard]] Result<CaseView> show_case(const Office& office, const std::string& official,
                                         std::string_view number);

struct HearingReport {
  std::uint64_t asked = 0;   // by this call
  std::uint64_t before = 0;  // by earlier ones
  std::uint64_t answer_until = 0;
};

// Queues the question to each voter of the case who was not asked yet, to the register's contact,
// and gives all of them the term of the clock "hearing-answer", but no longer than until `latest`
// (Unix seconds; 0: no bound), which is before the list of counted ballots is made. All or none are
// queued; doing it again asks nobody twice. Errors: not_found, conflict (no time is left until
// `latest`), those of the clocks.
[[nodiscard]] Result<HearingReport> hear_case(const Office& office, const std::string& official,
                                              std::string_view number, const cases::Clocks& clocks,
                                              std::uint64_t latest = 0);

}  // namespace urna::registrar
