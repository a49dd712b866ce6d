// SPDX-License-Identifier: EUPL-1.2
// Sql on a PostgreSQL server.
#include "storage/sql.h"

#include <array>
#include <utility>

#include "storage/postgres/connection.h"

namespace urna::storage {
namespace {

class PostgresSql final : public Sql {
 public:
  explicit PostgresSql(postgres::Connection connection) : connection_(std::move(connection)) {}

  Result<SqlRows> query(const std::string& text, std::span<const SqlValue> values,
                        std::span<const SqlType> columns) override {
    std::vector<postgres::Value> bound;
    bound.reserve(values.size());
    for (const SqlValue& value : values) bound.push_back(of(value));
    const Result<postgres::Rows> answer = connection_.query(text.c_str(), bound);
    if (!answer) return answer.error();
    SqlRows rows(columns.empty() ? 0 : answer->size(), std::vector<SqlCell>(columns.size()));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const int place = static_cast<int>(i);
        SqlCell& cell = rows[r][i];
        cell.null = answer->is_null(r, place);
        if (cell.null) continue;
        if (columns[i] == SqlType::integer) {
          cell.number = answer->integer(r, place);
        } else {
          cell.bytes = answer->bytes(r, place);
        }
      }
    }
    return rows;
  }

  Status in_transaction(const std::function<Status()>& work) override {
    if (!connection_.alive()) {
      if (Status again = connection_.reconnect(); !again) return again;
    }
    postgres::TransactionResult result = connection_.in_transaction(work);
    switch (result.ending) {
      case postgres::Ending::committed:
        return ok_status();
      case postgres::Ending::undone:
        return *std::move(result.error);
      case postgres::Ending::unknown:
        break;
    }
    return Error{ErrorCode::io,
                 "the database was lost in the middle of a commit: it is not known whether it was "
                 "done",
                 {},
                 "look before trying again"};
  }

  Status in_snapshot(const std::function<Status()>& work) override {
    return in_transaction([&]() -> Status {
      if (Status set = run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); !set) return set;
      return work();
    });
  }
  Status lock(std::int64_t which) override {
    const std::array<SqlValue, 1> values = {which};
    return run("SELECT pg_advisory_xact_lock($1)", values);
  }
  std::string_view for_update() const override { return " FOR UPDATE"; }

  Result<std::vector<protection::LiveColumn>> live_columns() override {
    constexpr std::array types = {SqlType::bytes, SqlType::bytes, SqlType::bytes};
    // information_schema would leave out what this role has no rights to. Views hold nothing.
    const Result<SqlRows> rows = query(
        "SELECT tables.relname::text, columns.attname::text, "
        "upper(format_type(columns.atttypid, columns.atttypmod)) "
        "FROM pg_class AS tables JOIN pg_attribute AS columns ON columns.attrelid = tables.oid "
        "WHERE tables.relnamespace = current_schema()::regnamespace "
        "AND tables.relkind IN ('r', 'p', 'f', 'm') AND columns.attnum > 0 "
        "AND NOT columns.attisdropped ORDER BY 1, 2",
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
        return "BIGINT";
      case protection::ColumnType::text:
        return "TEXT";
      case protection::ColumnType::bytes:
        return "BYTEA";
    }
    return "BYTEA";
  }
  std::string_view numbered_type() const override { return "BIGSERIAL"; }
  std::string_view numbered_end() const override { return ""; }
  std::string_view table_end(protection::Rows /*rows*/) const override { return ""; }

 private:
  static postgres::Value of(const SqlValue& value) {
    if (const auto* integral = std::get_if<std::int64_t>(&value))
      return postgres::Value::of(*integral);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      return postgres::Value::text(*text);
    }
    if (const auto* octets = std::get_if<Bytes>(&value))
      return postgres::Value::bytes(octets->view);
    return postgres::Value::null();
  }

  postgres::Connection connection_;
};

}  // namespace

Result<std::unique_ptr<Sql>> open_postgres(const std::string& parameters) {
  Result<postgres::Connection> connection = postgres::Connection::open(parameters);
  if (!connection) return std::move(connection).error();
  return std::unique_ptr<Sql>(std::make_unique<PostgresSql>(*std::move(connection)));
}

}  // namespace urna::storage
