// SPDX-License-Identifier: EUPL-1.2
// The signed case file for the officials' desk, in which nobody is named (docs/cases.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cases/case_file.h"
#include "registrar/office.h"

namespace urna::registrar {

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
