// SPDX-License-Identifier: EUPL-1.2
// From a .pb file to an Instance ready to be counted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "count/instance.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib {

// Reads strictly what counting depends on: budget, vote type, ids, costs, every ballot. A missing
// count (num_votes, num_projects) or one that differs from the rows found is malformed: a file cut
// anywhere never yields a result. What counting does not depend on (dates, domains …) is `check`'s
// business. Every error names line, column and field, and a remedy.
[[nodiscard]] Result<Instance> read_instance(const ByteSource& source, std::string_view file);

// The vote type that `vote_type` of META names; nullopt for any other word.
[[nodiscard]] std::optional<VoteType> vote_type_named(std::string_view name);

// open_bytes() and read_instance().
[[nodiscard]] Result<Instance> read_instance_file(const std::string& path);

}  // namespace urna::count::pabulib
