// SPDX-License-Identifier: EUPL-1.2
// The residents' register, from a file into the store; docs/registrar.md describes its columns.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "base/result.h"
#include "registrar/office.h"

namespace urna::registrar {

struct ImportReport {
  std::uint64_t rows = 0;  // read, good and bad
  std::uint64_t added = 0, changed = 0, unchanged = 0;
  std::uint64_t bad = 0;        // refused, the second row of one person included
  std::uint64_t withdrawn = 0;  // people who are no longer in the file, and may not vote now
  std::uint64_t absent = 0;     // the same, where bad rows leave it open; nothing was done
};

struct ImportWays {
  IdentifierKind kind = IdentifierKind::pesel;  // that the resolution names
  std::string official;                         // account, for the access log
  // Each bad row: line, number and name of the column, reason; no values.
  std::function<void(const Error&)> report_bad;
  std::function<void(std::uint64_t rows)> progress;  // every thousand rows
};

// Reads the file once, row by row, and keeps the good rows: new people are added, changed ones
// changed, equal ones left alone, so that the same file again changes nothing. People whom the
// file no longer has are withdrawn, but not if a row was bad, which may be theirs. Rows become
// durable by the fifty thousand, and the store is busy for a few seconds each time; after an
// error import again. Memory: 40 bytes for each person, and some 100 MB.
// Errors: malformed (the header: naming what is missing, unknown or twice), io, conflict.
[[nodiscard]] Result<ImportReport> import_register(const Office& office, std::istream& file,
                                                   const ImportWays& ways);

// Adds a person at a point, on papers that an official has seen, for those who are not on the
// register. Goes onto the roll by roll_additions(). Errors: malformed (a field), conflict (is
// there already), usage (not a credential in force).
[[nodiscard]] Status register_assisted(const Office& office, std::string_view operator_token,
                                       IdentifierKind kind, const PersonFields& fields,
                                       std::string_view district, std::string_view phone,
                                       std::string_view email);

}  // namespace urna::registrar
