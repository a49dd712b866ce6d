// SPDX-License-Identifier: EUPL-1.2
// A database that statements run on, whichever it is: what stores of small rows need of SQLite and
// of PostgreSQL, so that each is written once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "protection/retention.h"
#include "protection/table.h"

namespace urna::storage {

struct Bytes {
  std::string_view view;
};
// A parameter: null, a number, text or bytes. Views live during the call only.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string_view, Bytes>;

struct SqlCell {
  bool null = true;
  std::int64_t number = 0;  // of an integer column
  std::string bytes;        // of a column of text or bytes
};
using SqlRows = std::vector<std::vector<SqlCell>>;

// What a column of a result holds.
enum class SqlType : std::uint8_t { integer, bytes };

// Use from one thread at a time. Errors are those of the two databases: conflict and io.
class Sql {
 public:
  Sql() = default;
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;
  virtual ~Sql() = default;

  // One statement with parameters $1 …, and its rows. Statements are kept prepared by their text,
  // so there must be few different ones.
  [[nodiscard]] virtual Result<SqlRows> query(const std::string& statement,
                                              std::span<const SqlValue> values,
                                              std::span<const SqlType> columns) = 0;
  [[nodiscard]] Status run(const std::string& statement, std::span<const SqlValue> values = {});

  // All of `work` durable, or nothing; after io it is not known.
  [[nodiscard]] virtual Status in_transaction(const std::function<Status()>& work) = 0;

  // The same for reading: all statements see the database as of one moment.
  [[nodiscard]] virtual Status in_snapshot(const std::function<Status()>& work) = 0;

  // Makes the others who ask for the same number wait until the transaction ends; where there is
  // one writer at a time they wait already.
  [[nodiscard]] virtual Status lock(std::int64_t number) = 0;
  // " FOR UPDATE" where rows can be locked; "" where there is one writer at a time.
  [[nodiscard]] virtual std::string_view for_update() const = 0;

  // Makes the tables that are not there, and compares what is there with the declaration. Error:
  // conflict (protection::check_schema()).
  [[nodiscard]] Status make_tables(std::span<const protection::Table> tables);
  [[nodiscard]] virtual Result<std::vector<protection::LiveColumn>> live_columns() = 0;

 protected:
  [[nodiscard]] virtual std::string_view type_name(protection::ColumnType type) const = 0;
  // The type of a column whose numbers the database gives, ascending and none twice, and what
  // follows its being the key.
  [[nodiscard]] virtual std::string_view numbered_type() const = 0;
  [[nodiscard]] virtual std::string_view numbered_end() const = 0;
  // What follows the columns of a table: rows by_key lie by their key, not in order of insertion,
  // where that can be had.
  [[nodiscard]] virtual std::string_view table_end(protection::Rows rows) const = 0;
};

[[nodiscard]] Result<std::unique_ptr<Sql>> open_sqlite(const std::string& path);
// Reads only. Error: also not_found.
[[nodiscard]] Result<std::unique_ptr<Sql>> open_sqlite_read_only(const std::string& path);
// `parameters` as for postgres::Connection::open(). A lost connection is made anew by the next
// transaction.
[[nodiscard]] Result<std::unique_ptr<Sql>> open_postgres(const std::string& parameters);

// Sql::make_tables() on a database that was opened for it alone. Errors: also those of opening.
[[nodiscard]] Status make_tables(const Result<std::unique_ptr<Sql>>& sql,
                                 std::span<const protection::Table> tables);

// Deletes what is due (protection/retention.h), in the transaction that is open. How many rows
// went.
[[nodiscard]] Result<std::uint64_t> delete_rows(Sql& sql, const protection::Deletion& deletion);
// The same on a database that is opened for it alone, in a transaction of its own.
[[nodiscard]] Result<std::uint64_t> delete_rows(Result<std::unique_ptr<Sql>> sql,
                                                const protection::Deletion& deletion);

}  // namespace urna::storage
