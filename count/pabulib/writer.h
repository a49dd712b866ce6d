// SPDX-License-Identifier: EUPL-1.2
// An instance written back as .pb with the outcome in the column `selected`.
#pragma once

#include <string>

#include "base/result.h"
#include "count/instance.h"

namespace urna::count::pabulib {

// Copies the .pb bytes of `source` to the file `path`, setting the column `selected` of PROJECTS to
// 1 or 0. If it is missing it is added after `name`, or as the last column if there is no name.
// META, VOTES, line ends and a byte order mark stay byte for byte the same, as does every other
// cell. `path` is written to a temporary file beside it, synced, and renamed; it may equal
// `source`. Reads the source twice (hence not standard input: usage); memory O(projects). Errors:
// usage, not_found, io (also if the source changes meanwhile), malformed (not a .pb file, or not as
// many projects as `selected` has).
[[nodiscard]] Status write_selected(const std::string& source, const std::string& path,
                                    const PerProject<bool>& selected);

}  // namespace urna::count::pabulib
