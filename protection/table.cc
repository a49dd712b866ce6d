// SPDX-License-Identifier: EUPL-1.2
#include "protection/table.h"

#include <map>
#include <utility>

namespace urna::protection {

Status check_schema(std::span<const Table> tables, std::span<const LiveColumn> live) {
  std::map<std::pair<std::string, std::string>, ColumnType> missing;
  for (const Table& table : tables) {
    for (const Column& column : table.columns()) {
      missing.emplace(std::pair(table.name(), column.name), column.type);
    }
  }
  for (const LiveColumn& column : live) {
    const auto declared = missing.find({column.table, column.column});
    if (declared == missing.end()) {
      return Error{ErrorCode::conflict,
                   "the database has a column that is not declared",
                   {.field = column.table + "." + column.column},
                   "declare what it is for, or remove it"};
    }
    if (column.type != declared->second) {
      return Error{ErrorCode::conflict,
                   "a column of the database is of another type than is declared",
                   {.field = column.table + "." + column.column},
                   "the database is of another version"};
    }
    missing.erase(declared);
  }
  if (!missing.empty()) {
    const auto& [table, column] = missing.begin()->first;
    return Error{ErrorCode::conflict,
                 "the database lacks a declared column",
                 {.field = table + "." + column},
                 "the database is of another version"};
  }
  return ok_status();
}

}  // namespace urna::protection
