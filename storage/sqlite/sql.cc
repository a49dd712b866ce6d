// SPDX-License-Identifier: EUPL-1.2
// Sql on a SQLite file.
#include "storage/sql.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "storage/sqlite/database.h"

namespace urna::storage {
namespace {

class SqliteSql final : public Sql {
 public:
  explicit SqliteSql(sqlite::Database database) : database_(std::move(database)) {}

  Result<SqlRows> query(const std::string& text, std::span<const SqlValue> values,
                        std::span<const SqlType> columns) override {
    auto found = prepared_.find(text);
    if (found == prepared_.end()) {
      std::string own = text;
      std::ranges::replace(own, '$', '?');
      Result<sqlite::Statement> statement = database_.prepare(own);
      if (!statement) return std::move(statement).error();
      found = prepared_.emplace(text, *std::move(statement)).first;
    }
    sqlite::Statement& statement = found->second;
    for (std::size_t i = 0; i < values.size(); ++i)
      bind(statement, static_cast<int>(i) + 1, values[i]);
    SqlRows rows;
    for (;;) {
      const Result<bool> more = statement.step();
      if (!more) return more.error();
      if (!*more) return rows;
      std::vector<SqlCell>& row = rows.emplace_back(columns.size());
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const int place = static_cast<int>(i);
        row[i].null = statement.is_null(place);
        if (row[i].null) continue;
        if (columns[i] == SqlType::integer) {
          row[i].number = statement.integer(place);
        } else {
          row[i].bytes = statement.blob(place);
        }
      }
    }
  }

  Status in_transaction(const std::function<Status()>& work) override {
    return database_.in_transaction(work);
  }
  Status in_snapshot(const std::function<Status()>& work) override {
    if (Status begun = database_.execute("BEGIN"); !begun) return begun;
    const Status done = work();
    const Status ended = database_.execute("COMMIT");
    return done ? ended : done;
  }
  Status lock(std::int64_t /*number*/) override { return ok_status(); }
  std::string_view for_update() const override { return ""; }

  Result<std::vector<protection::LiveColumn>> live_columns() override {
    constexpr std::array types = {SqlType::bytes, SqlType::bytes, SqlType::bytes};
    // table_xinfo also has columns that are computed. Names with sqlite_ are SQLite's own.
    const Result<SqlRows> rows = query(
        "SELECT tables.name, columns.name, columns.type FROM sqlite_schema AS tables "
        "JOIN pragma_table_xinfo(tables.name) AS columns WHERE tables.type = 'table' "
        "AND substr(tables.name, 1, 7) <> 'sqlite_' ORDER BY 1, 2",
        {}, types);
    if (!rows) return rows.error();
    std::vector<protection::LiveColumn> live;
    for (const std::vector<SqlCell>& row : *rows) {
      protection::LiveColumn& column = live.emplace_back();
      column.table = row[0].bytes;
      column.column = row[1].bytes;
      for (const protection::ColumnType type : protection::all_column_types) {
        if (row[2].bytes == type_name(type)) column.type = type;
      }
    }
    return live;
  }

 protected:
  std::string_view type_name(protection::ColumnType type) const override {
    switch (type) {
      case protection::ColumnType::integer:
        return "INTEGER";
      case protection::ColumnType::text:
        return "TEXT";
      case protection::ColumnType::bytes:
        return "BLOB";
    }
    return "BLOB";
  }
  // A column of this very type is SQLite's own number of the row.
  std::string_view numbered_type() const override { return "INTEGER"; }
  std::string_view numbered_end() const override { return " AUTOINCREMENT"; }
  // Without WITHOUT ROWID SQLite numbers rows in the order in which they came.
  std::string_view table_end(protection::Rows rows) const override {
    return rows == protection::Rows::by_key ? " STRICT, WITHOUT ROWID" : " STRICT";
  }

 private:
  static void bind(sqlite::Statement& statement, int place, const SqlValue& value) {
    if (const auto* integral = std::get_if<std::int64_t>(&value)) {
      statement.bind(place, *integral);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      statement.bind(place, *text);
    } else if (const auto* octets = std::get_if<Bytes>(&value)) {
      statement.bind_blob(place, octets->view);
    } else {
      statement.bind_null(place);
    }
  }

  sqlite::Database database_;
  // After the database, so that statements go first.
  std::unordered_map<std::string, sqlite::Statement> prepared_;
};

Result<std::unique_ptr<Sql>> open_mode(const std::string& path, sqlite::Database::Mode mode) {
  Result<sqlite::Database> database = sqlite::Database::open(path, mode);
  if (!database) return std::move(database).error();
  // KiB of pages in memory: keys are random, and tables of a city do not fit into the default 2 MB.
  if (Status set = database->execute("PRAGMA cache_size = -65536"); !set) return set.error();
  return std::unique_ptr<Sql>(std::make_unique<SqliteSql>(*std::move(database)));
}

}  // namespace

Result<std::unique_ptr<Sql>> open_sqlite(const std::string& path) {
  return open_mode(path, sqlite::Database::Mode::create_or_open);
}
Result<std::unique_ptr<Sql>> open_sqlite_read_only(const std::string& path) {
  return open_mode(path, sqlite::Database::Mode::read_only);
}

}  // namespace urna::storage
