// SPDX-License-Identifier: EUPL-1.2
// A filter before the scanner: bytes that end a strict scan are reported and replaced, so that the
// rest of the file is still checked.
#pragma once

#include "count/pabulib/check/finding.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib::check {

// Passes on what `source` gives, with every NUL byte and every byte that is not part of well-formed
// UTF-8 replaced by '?' (so places stay the same) and reported as nul_byte or invalid_utf8, once
// per run of such bytes. `source` and `findings` must outlive the result. O(bytes).
[[nodiscard]] ByteSource clean_bytes(const ByteSource& source, Findings& findings);

}  // namespace urna::count::pabulib::check
