// SPDX-License-Identifier: EUPL-1.2
#include "storage/sql.h"

#include <utility>

namespace urna::storage {

Status Sql::run(const std::string& statement, std::span<const SqlValue> values) {
  const Result<SqlRows> rows = query(statement, values, {});
  return rows ? ok_status() : Status(rows.error());
}

Status Sql::make_tables(std::span<const protection::Table> tables) {
  // One number for all who make tables of the house.
  constexpr std::int64_t making_tables = 0x75726e61;
  const Status made = in_transaction([&]() -> Status {
    if (Status locked = lock(making_tables); !locked) return locked;
    for (const protection::Table& table : tables) {
      std::string columns;
      for (const protection::Column& column : table.columns()) {
        columns += std::string(column.name) + " " + std::string(type_name(column.type)) +
                   (column.null == protection::Null::yes ? ", " : " NOT NULL, ");
      }
      const std::string name(table.name());
      if (Status created =
              run("CREATE TABLE IF NOT EXISTS " + name + " (" + columns + "PRIMARY KEY (" +
                  std::string(table.key()) + "))" + std::string(table_end()));
          !created) {
        return created;
      }
      const protection::Indexes& indexes = table.indexes();
      for (const auto& [kind, column] :
           {std::pair("INDEX", indexes.plain), std::pair("UNIQUE INDEX", indexes.unique)}) {
        if (column.empty()) continue;
        const std::string by(column);
        if (Status created = run(std::string("CREATE ") + kind + " IF NOT EXISTS " + name + "_" +
                                 by + " ON " + name + " (" + by + ")");
            !created) {
          return created;
        }
      }
    }
    return ok_status();
  });
  if (!made) return made;
  const Result<std::vector<protection::LiveColumn>> live = live_columns();
  if (!live) return live.error();
  return protection::check_schema(tables, *live);
}

}  // namespace urna::storage
