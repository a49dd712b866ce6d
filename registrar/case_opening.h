// SPDX-License-Identifier: EUPL-1.2
// From a cluster of signals or a complaint to a case, and to the people in whose names the votes
// are (docs/cases.md). A case annuls nothing and blocks nothing.
//
// Whose events a cluster is of is looked up here and nowhere else, and each person is noted in the
// access log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
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

}  // namespace urna::registrar
