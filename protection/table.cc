// SPDX-License-Identifier: EUPL-1.2
#include "protection/table.h"

#include <set>
#include <utility>

namespace urna::protection {

Status check_schema(std::span<const Table> tables, std::span<const LiveColumn> live) {
  std::set<std::pair<std::string, std::string>> missing;
  for (const Table& table : tables) {
    for (const Column& column : table.columns()) missing.emplace(table.name(), column.name);
  }
  for (const LiveColumn& column : live) {
    if (missing.erase({column.table, column.column}) == 0) {
      return Error{ErrorCode::conflict,
                   "the database has a column that is not declared",
                   {.field = column.table + "." + column.column},
                   "declare what it is for, or remove it"};
    }
  }
  if (!missing.empty()) {
    const auto& [table, column] = *missing.begin();
    return Error{ErrorCode::conflict,
                 "the database lacks a declared column",
                 {.field = table + "." + column},
                 "the database is of another version"};
  }
  return ok_status();
}

}  // namespace urna::protection
