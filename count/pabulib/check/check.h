// SPDX-License-Identifier: EUPL-1.2
// `urna check`: everything that is wrong, doubtful or contradictory in one .pb file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "count/pabulib/check/finding.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib::check {

struct CheckOptions {
  std::optional<std::size_t> places_max = 20;  // findings of one code kept with details
};

struct CheckReport {
  std::string file;
  std::uint64_t votes = 0;     // rows of VOTES
  std::uint64_t projects = 0;  // rows of PROJECTS
  // False iff reading ended before the end of the file (`file-structure`, `limit-exceeded`); checks
  // that need the rest were left out.
  bool complete = false;
  std::vector<Finding> findings;                       // sorted by line and column
  std::array<std::uint64_t, codes_count> counts = {};  // by code, those not kept included

  [[nodiscard]] std::uint64_t count(Code code) const {
    return counts[static_cast<std::size_t>(code)];
  }
  [[nodiscard]] std::uint64_t count(Level level) const;
};

// Reads `source` once to its end. Format: pabulib.org/format; severity follows Pabulib's own
// checker where it has the same check (see docs/check.md). Time: linear in the file plus one count
// by the declared rule. Memory: projects, distinct labels, 4 bytes plus the id per voter, and for
// Equal Shares the distinct ballots. Errors: io from the source only; every fault of the file is a
// finding.
[[nodiscard]] Result<CheckReport> check_file(const ByteSource& source, std::string_view file,
                                             const CheckOptions& options = {});

}  // namespace urna::count::pabulib::check
