// SPDX-License-Identifier: EUPL-1.2
// Cases, the registrar's side: from a cluster of signals or a complaint to the people in whose
// names the votes are, the question to them, and the signed case file for the officials' desk
// (docs/cases.md). A case annuls nothing and blocks nothing.
//
// Whose events a cluster is of is looked up here and nowhere else, and each person is noted in the
// access log. What leaves is the case file, in which nobody is named.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cases/case_file.h"
#include "cases/clocks.h"
#include "integrity/signal.h"
#include "registrar/office.h"

namespace urna::registrar {

inline constexpr std::size_t case_reason_bytes_max = 1000;

struct OpenedCase {
  std::string number;
  std::uint64_t voters = 0;  // in the case now
  std::uint64_t added = 0;   // by this call
  bool fresh = false;        // the case was not there before
};

// Opens the case of a cluster, counted from 1 as `urna registrar signals` lists them by these
// levels. If one of its telephones, networks … has a case already, the people who are not yet in it
// are added, and what it says is brought up to date. Errors: not_found (there is no such cluster),
// conflict (nobody was certified in it, so there is no vote to look into), malformed (the reason),
// limit.
[[nodiscard]] Result<OpenedCase> open_case_of_cluster(const Office& office,
                                                      const std::string& official,
                                                      std::string_view reason, std::size_t cluster,
                                                      const integrity::Levels& levels = {});

// The case of a complaint, under its number; opening it again changes nothing. Errors: not_found,
// malformed (the reason).
[[nodiscard]] Result<OpenedCase> open_case_of_complaint(const Office& office,
                                                        const std::string& official,
                                                        std::string_view reason,
                                                        std::string_view number);

// Opens a case for every cluster by these levels with somebody certified in it, or adds to the one
// that there is; for the service, which does so again and again. Those that are new or grew.
[[nodiscard]] Result<std::vector<OpenedCase>> open_cases_of_clusters(
    const Office& office, const integrity::Levels& levels);

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

struct ExportedCase {
  std::string text;        // the signed document
  cases::CaseFile file;    // what it says
  std::uint64_t gone = 0;  // people of the case who are no longer on the register
};

// The case file in its next version, with pseudonyms from the keepers. Nothing is changed if they
// do not answer. Errors: not_found, conflict (there is nobody in it any more), those of
// PseudonymSource.
[[nodiscard]] Result<ExportedCase> export_case(const Office& office, const std::string& official,
                                               std::string_view number);

}  // namespace urna::registrar
