// SPDX-License-Identifier: EUPL-1.2
#include "storage/postgres/record_store.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <sodium/randombytes.h>
#include <utility>

#include "ballotbox/tables.h"
#include "storage/postgres/connection.h"
#include "storage/sql.h"

namespace urna::storage::postgres {
namespace {

using ballotbox::PendingNotice;
using ballotbox::Round;
using ballotbox::RoundResult;

constexpr std::size_t part_bytes = std::size_t{16} << 20U;
// Entries fetched, or sent, with one statement.
constexpr std::int64_t entries_at_once = 4'096;

// The one row of `checkpoint` is what rounds lock.
const char* const first_row = "INSERT INTO checkpoint VALUES(1, '') ON CONFLICT DO NOTHING";

std::int64_t random_id() {
  std::uint64_t id = 0;
  randombytes_buf(&id, sizeof id);
  return static_cast<std::int64_t>(id >> 1U);
}

Value number(std::uint64_t value) { return Value::of(static_cast<std::int64_t>(value)); }

// A connection that reconnects when it is used after having been lost.
class Line {
 public:
  explicit Line(Connection connection) : connection_(std::move(connection)) {}
  Result<Connection*> get() {
    if (!connection_.alive()) {
      if (Status again = connection_.reconnect(); !again) return std::move(again).error();
    }
    return &connection_;
  }

 private:
  Connection connection_;
};

Status visit_entries(Connection& connection, std::uint64_t first, std::uint64_t count,
                     const ballotbox::RecordStore::Visit& visit) {
  std::uint64_t index = first;
  while (count > 0) {
    const std::array values = {
        number(index),
        Value::of(std::min<std::int64_t>(entries_at_once, static_cast<std::int64_t>(count)))};
    const Result<Rows> rows = connection.query(
        "SELECT idx, bytes FROM entry WHERE idx >= $1 ORDER BY idx LIMIT $2", values);
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row, ++index, --count) {
      if (rows->integer(row, 0) != static_cast<std::int64_t>(index)) {
        return Error{ErrorCode::conflict,
                     "entry " + std::to_string(index) + " is missing in the store",
                     {},
                     "restore the database: rows were removed by something else"};
      }
      if (Status visited = visit(index, rows->bytes(row, 1)); !visited) return visited;
    }
    if (rows->size() < static_cast<std::size_t>(entries_at_once)) break;
  }
  return ok_status();
}

Status discard(const Result<Rows>& rows) { return rows ? ok_status() : Status(rows.error()); }

Status write(Connection& connection, const Round& round, std::uint64_t next) {
  if (!round.entries.empty()) {
    std::vector<std::int64_t> indices;
    for (std::size_t k = 0; k < round.entries.size(); ++k) {
      indices.push_back(static_cast<std::int64_t>(next++));
    }
    const std::array values = {Value::array(indices), Value::array(round.entries)};
    if (Status done = discard(connection.query(
            "INSERT INTO entry SELECT * FROM unnest($1::bigint[], $2::bytea[])", values));
        !done) {
      return done;
    }
  }
  if (!round.checkpoint.empty()) {
    const std::array values = {Value::text(round.checkpoint)};
    if (Status done =
            discard(connection.query("UPDATE checkpoint SET note = $1 WHERE one = 1", values));
        !done) {
      return done;
    }
  }
  for (const ballotbox::RecordFile& file : round.files) {
    const std::array path = {Value::text(file.path)};
    if (Status done = discard(connection.query("DELETE FROM file WHERE path = $1", path)); !done) {
      return done;
    }
    std::size_t part = 0;
    do {
      const std::array values = {
          Value::text(file.path), number(part),
          Value::bytes(std::string_view(file.bytes).substr(part * part_bytes, part_bytes))};
      if (Status done = discard(connection.query("INSERT INTO file VALUES($1, $2, $3)", values));
          !done) {
        return done;
      }
      ++part;
    } while (part * part_bytes < file.bytes.size());
  }
  if (!round.notices.empty()) {
    std::vector<std::int64_t> ids;
    for (std::size_t k = 0; k < round.notices.size(); ++k) ids.push_back(random_id());
    const std::array values = {Value::array(ids), Value::array(round.notices)};
    return discard(connection.query(
        "INSERT INTO notice SELECT * FROM unnest($1::bigint[], $2::bytea[])", values));
  }
  return ok_status();
}

ballotbox::Ending ending_of(Ending ending) {
  switch (ending) {
    case Ending::committed:
      return ballotbox::Ending::committed;
    case Ending::undone:
      return ballotbox::Ending::undone;
    case Ending::unknown:
      break;
  }
  return ballotbox::Ending::unknown;
}

class PostgresRecordStore final : public ballotbox::RecordStore {
 public:
  PostgresRecordStore(std::string parameters, Connection writer, Connection reader)
      : parameters_(std::move(parameters)),
        writer_(std::move(writer)),
        reader_(std::move(reader)) {}

  RoundResult append(std::uint64_t known, const Visit& follow, const Decide& decide) override {
    const std::lock_guard lock(writing_);
    const Result<Connection*> connection = writer_.get();
    if (!connection) return {ballotbox::Ending::undone, connection.error(), true};
    TransactionResult result = (*connection)->in_transaction([&]() -> Status {
      const Result<Rows> locked =
          (*connection)->query("SELECT one FROM checkpoint WHERE one = 1 FOR UPDATE");
      if (!locked) return locked.error();
      std::uint64_t next = known;
      if (Status followed = visit_entries(**connection, known, ~std::uint64_t{0} >> 1U,
                                          [&](std::uint64_t index, std::string_view entry) {
                                            next = index + 1;
                                            return follow(index, entry);
                                          });
          !followed) {
        return followed;
      }
      const Result<Round> round = decide();
      if (!round) return round.error();
      return write(**connection, *round, next);
    });
    return {ending_of(result.ending), std::move(result.error), true};
  }

  Status read(std::uint64_t first, std::uint64_t count, const Visit& visit) override {
    const std::lock_guard lock(reading_);
    const Result<Connection*> connection = reader_.get();
    if (!connection) return connection.error();
    return visit_entries(**connection, first, count, visit);
  }

  Result<Head> head() override {
    const std::lock_guard lock(reading_);
    const Result<Rows> rows = select(
        "SELECT (SELECT coalesce(max(idx) + 1, 0) FROM entry), (SELECT note FROM checkpoint WHERE "
        "one = 1)");
    if (!rows) return rows.error();
    Head head;
    head.size = static_cast<std::uint64_t>(rows->integer(0, 0));
    head.checkpoint = rows->bytes(0, 1);
    return head;
  }

  Result<std::optional<std::string>> file(std::string_view path) override {
    const std::lock_guard lock(reading_);
    const std::array values = {Value::text(path)};
    const Result<Rows> rows =
        select("SELECT bytes FROM file WHERE path = $1 ORDER BY part", values);
    if (!rows) return rows.error();
    if (rows->size() == 0) return std::optional<std::string>();
    std::string bytes;
    for (std::size_t row = 0; row < rows->size(); ++row) bytes += rows->bytes(row, 0);
    return std::optional(std::move(bytes));
  }

  Result<std::vector<std::string>> paths() override {
    const std::lock_guard lock(reading_);
    const Result<Rows> rows = select("SELECT DISTINCT path FROM file ORDER BY path");
    if (!rows) return rows.error();
    std::vector<std::string> paths;
    for (std::size_t row = 0; row < rows->size(); ++row) paths.emplace_back(rows->bytes(row, 0));
    return paths;
  }

  Result<std::vector<PendingNotice>> notices(std::size_t most) override {
    const std::lock_guard lock(reading_);
    const std::array values = {number(most)};
    const Result<Rows> rows = select("SELECT id, sealed FROM notice ORDER BY id LIMIT $1", values);
    if (!rows) return rows.error();
    std::vector<PendingNotice> notices;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      notices.push_back({rows->integer(row, 0), std::string(rows->bytes(row, 1))});
    }
    return notices;
  }

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(open_postgres(parameters_), deletion);
  }

  Status forget_notices(const std::vector<std::int64_t>& ids) override {
    const std::lock_guard lock(reading_);
    const std::array values = {Value::array(ids)};
    return discard(select("DELETE FROM notice WHERE id = ANY($1::bigint[])", values));
  }

 private:
  Result<Rows> select(const char* sql, std::span<const Value> values = {}) {
    const Result<Connection*> connection = reader_.get();
    if (!connection) return connection.error();
    return (*connection)->query(sql, values);
  }

  const std::string parameters_;
  std::mutex writing_;
  std::mutex reading_;
  Line writer_;
  Line reader_;
};

}  // namespace

Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(const std::string& parameters) {
  if (Status made = make_tables(open_postgres(parameters), ballotbox::tables); !made) {
    return std::move(made).error();
  }
  Result<Connection> writer = Connection::open(parameters);
  if (!writer) return std::move(writer).error();
  if (Status made = writer->execute(first_row); !made) return std::move(made).error();
  Result<Connection> reader = Connection::open(parameters);
  if (!reader) return std::move(reader).error();
  return std::unique_ptr<ballotbox::RecordStore>(
      std::make_unique<PostgresRecordStore>(parameters, std::move(*writer), std::move(*reader)));
}

}  // namespace urna::storage::postgres
