// SPDX-License-Identifier: EUPL-1.2
// Reading whole files, never more than a stated number of bytes.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace urna {

// The bytes of the regular file (or pipe) at `path`. Errors, each with the path and a remedy:
// not_found (no such file), io (not readable, a folder), limit (longer than max_bytes, known after
// reading at most one byte more).
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

}  // namespace urna
