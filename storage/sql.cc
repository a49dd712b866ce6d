// SPDX-License-Identifier: EUPL-1.2
#include "storage/sql.h"

#include <array>
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
      const bool numbered = table.rows() == protection::Rows::numbered;
      std::string columns;
      for (const protection::Column& column : table.columns()) {
        columns += columns.empty() ? "" : ", ";
        if (numbered && column.name == table.key()) {
          columns += std::string(column.name) + " " + std::string(numbered_type()) +
                     " PRIMARY KEY" + std::string(numbered_end());
        } else {
          columns += std::string(column.name) + " " + std::string(type_name(column.type)) +
                     (column.null == protection::Null::yes ? "" : " NOT NULL");
        }
      }
      if (!numbered) columns += ", PRIMARY KEY (" + std::string(table.key()) + ")";
      const std::string name(table.name());
      if (Status created = run("CREATE TABLE IF NOT EXISTS " + name + " (" + columns + ")" +
                               std::string(table_end(table.rows())));
          !created) {
        return created;
      }
      const protection::Indexes& indexes = table.indexes();
      for (const auto& [kind, column] :
           {std::pair("INDEX", indexes.plain), std::pair("UNIQUE INDEX", indexes.unique)}) {
        if (column.empty()) continue;
        const std::string by(column);
        if (Status created = run(std::string("CREATE ") + kind + " IF NOT EXISTS " + name + "_" +
                                 by.substr(0, by.find(',')) + " ON " + name + " (" + by + ")");
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

Status make_tables(const Result<std::unique_ptr<Sql>>& sql,
                   std::span<const protection::Table> tables) {
  return sql ? (*sql)->make_tables(tables) : Status(sql.error());
}

Result<std::uint64_t> delete_rows(Sql& sql, const protection::Deletion& deletion) {
  // Names come from the declaration, not from outside.
  std::string from = "FROM " + std::string(deletion.table);
  std::vector<SqlValue> values;
  if (!deletion.column.empty()) {
    from += " WHERE " + std::string(deletion.column) + " <= $1";
    values.emplace_back(static_cast<std::int64_t>(deletion.before));
  }
  constexpr std::array types = {SqlType::integer};
  const Result<SqlRows> count = sql.query("SELECT count(*) " + from, values, types);
  if (!count) return count.error();
  if (Status gone = sql.run("DELETE " + from, values); !gone) return std::move(gone).error();
  return static_cast<std::uint64_t>((*count)[0][0].number);
}

Result<std::uint64_t> delete_rows(Result<std::unique_ptr<Sql>> sql,
                                  const protection::Deletion& deletion) {
  if (!sql) return std::move(sql).error();
  std::uint64_t rows = 0;
  const Status done = (*sql)->in_transaction([&]() -> Status {
    const Result<std::uint64_t> gone = delete_rows(**sql, deletion);
    if (!gone) return gone.error();
    rows = *gone;
    return ok_status();
  });
  if (!done) return done.error();
  return rows;
}

}  // namespace urna::storage
