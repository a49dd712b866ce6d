// SPDX-License-Identifier: EUPL-1.2
#include "listcheck/unit_list.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "pseudonym/list_check.h"
#include "registrar/csv.h"
#include "registrar/person_columns.h"

namespace urna::listcheck {
namespace {

using registrar::CsvRow;
using registrar::PersonFields;

// For each column of the file the field that it fills, if any.
using Columns = std::vector<std::string PersonFields::*>;

Result<Columns> columns_of(const CsvRow& header, registrar::IdentifierKind kind) {
  Columns columns;
  for (const std::string& name : header.fields) {
    const auto known =
        std::ranges::find(registrar::person_columns, name, &registrar::ColumnOfFile::name);
    columns.push_back(known == registrar::person_columns.end() ? nullptr : known->member);
  }
  for (const registrar::AskedField& asked : registrar::fields_asked(kind)) {
    const bool there = std::ranges::find(header.fields, asked.name) != header.fields.end();
    if (asked.required && !there) {
      return Error{ErrorCode::malformed,
                   "the list lacks a column",
                   {.line = header.line, .field = std::string(asked.name)},
                   "see docs/registrar.md for the names of columns"};
    }
  }
  return columns;
}

void wipe(std::string& text) { SecretBytes::wipe(text); }

void wipe(PersonFields& fields) {
  for (const registrar::ColumnOfFile& column : registrar::person_columns) {
    wipe(fields.*column.member);
  }
}

}  // namespace

Result<UnitList> read_unit_list(std::istream& file, registrar::IdentifierKind kind, Date today,
                                const std::function<void(const Error&)>& report_bad) {
  registrar::CsvReader reader(file);
  const Result<std::optional<CsvRow>> header = reader.next();
  if (!header) return header.error();
  if (!*header) return Error{ErrorCode::malformed, "the list is empty"};
  const Result<Columns> columns = columns_of(**header, kind);
  if (!columns) return columns.error();

  UnitList list;
  while (true) {
    Result<std::optional<CsvRow>> row = reader.next();
    if (!row) {
      if (row.error().code == ErrorCode::io) return row.error();
      report_bad(row.error());
      ++list.bad;
      continue;
    }
    if (!*row) return list;
    if (list.identifiers.size() == pseudonym::list_people_max) {
      return Error{ErrorCode::limit, "more people than a list may have"};
    }
    PersonFields fields;
    std::vector<std::string>& cells = row.value()->fields;
    for (std::size_t i = 0; i < cells.size() && i < columns->size(); ++i) {
      if ((*columns)[i] != nullptr) fields.*(*columns)[i] = cells[i];
      wipe(cells[i]);
    }
    const Result<registrar::NormalisedPerson> person = registrar::normalise(kind, fields, today);
    wipe(fields);
    if (!person || cells.size() != columns->size()) {
      Error error = person
                        ? Error{ErrorCode::malformed, "another number of columns than the header"}
                        : person.error();
      error.place.line = row.value()->line;
      report_bad(error);
      ++list.bad;
      continue;
    }
    list.identifiers.emplace_back(std::string(person->identifier.bytes()));
  }
}

}  // namespace urna::listcheck
