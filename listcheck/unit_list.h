// SPDX-License-Identifier: EUPL-1.2
// A unit's list of people, read on the unit's own computer: the same columns and the same
// normalisation as the residents' register, so that the same person has the same identifier.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "registrar/identifier.h"

namespace urna::listcheck {

struct UnitList {
  std::vector<SecretBytes> identifiers;  // canonical, in the order of the file
  std::uint64_t bad = 0;                 // rows that were refused
};

// Reads columns of docs/registrar.md; other columns are skipped. Each bad row is reported with its
// line, column and reason, never with a value. Errors: malformed (the header lacks a column), io,
// limit (more people than a list may have). What the file's stream has read is not wiped.
[[nodiscard]] Result<UnitList> read_unit_list(std::istream& file, registrar::IdentifierKind kind,
                                              Date today,
                                              const std::function<void(const Error&)>& report_bad);

}  // namespace urna::listcheck
