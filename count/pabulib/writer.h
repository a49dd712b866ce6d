// SPDX-License-Identifier: EUPL-1.2
// An instance written back as .pb with the outcome in the column `selected`.
#pragma once

#include <string>

#include "base/result.h"
#include "count/instance.h"

namespace urna::count::pabulib {

// Copies the .pb bytes of `source` to the file `path`, setting the column `selected` of PROJECTS
// (added if it is missing, after `name` if there is one) to 1 or 0; META and VOTES stay byte for
// byte the same. Written to a temporary file beside `path`, synced, and renamed. Errors: io,
// malformed.
[[nodiscard]] Status write_selected(const std::string& source, const std::string& path,
                                    const PerProject<bool>& selected);

}  // namespace urna::count::pabulib
