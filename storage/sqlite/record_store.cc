// SPDX-License-Identifier: EUPL-1.2
#include "storage/sqlite/record_store.h"

#include <mutex>
#include <sodium/randombytes.h>
#include <utility>

#include "ballotbox/tables.h"
#include "storage/sql.h"
#include "storage/sqlite/database.h"

namespace urna::storage::sqlite {
namespace {

using ballotbox::Ending;
using ballotbox::PendingNotice;
using ballotbox::Round;
using ballotbox::RoundResult;

// Files in pieces, so that no row is longer than SQLite allows.
constexpr std::size_t part_bytes = std::size_t{16} << 20U;

std::int64_t random_id() {
  std::uint64_t id = 0;
  randombytes_buf(&id, sizeof id);
  return static_cast<std::int64_t>(id >> 1U);
}

class SqliteRecordStore final : public ballotbox::RecordStore {
 public:
  SqliteRecordStore(std::string path, Database writer, Database reader)
      : path_(std::move(path)), writer_(std::move(writer)), reader_(std::move(reader)) {}

  RoundResult append(std::uint64_t known, const Visit& follow, const Decide& decide) override {
    const std::lock_guard lock(writing_);
    const Status done = writer_.in_transaction([&]() -> Status {
      std::uint64_t next = known;
      if (Status followed = visit_entries(writer_, known, ~std::uint64_t{0} >> 1U,
                                          [&](std::uint64_t index, std::string_view entry) {
                                            next = index + 1;
                                            return follow(index, entry);
                                          });
          !followed) {
        return followed;
      }
      const Result<Round> round = decide();
      if (!round) return round.error();
      return write(*round, next);
    });
    if (done) return {Ending::committed, std::nullopt, true};
    // What SQLite did not report as committed is rolled back when the file is opened again; while
    // the outcome of a failed sync is open, this connection is not used any more.
    return {writer_.failed() ? Ending::unknown : Ending::undone, done.error(), !writer_.failed()};
  }

  Status read(std::uint64_t first, std::uint64_t count, const Visit& visit) override {
    const std::lock_guard lock(reading_);
    return visit_entries(reader_, first, count, visit);
  }

  Result<Head> head() override {
    const std::lock_guard lock(reading_);
    Result<Statement> select = reader_.prepare(
        "SELECT (SELECT max(idx) + 1 FROM entry), (SELECT note FROM checkpoint WHERE one = 1)");
    if (!select) return std::move(select).error();
    const Result<bool> row = select->step();
    if (!row) return row.error();
    Head head;
    head.size = static_cast<std::uint64_t>(select->integer(0));
    head.checkpoint = select->text(1);
    return head;
  }

  Result<std::optional<std::string>> file(std::string_view path) override {
    const std::lock_guard lock(reading_);
    Result<Statement> select =
        reader_.prepare("SELECT bytes FROM file WHERE path = ?1 ORDER BY part");
    if (!select) return std::move(select).error();
    select->bind(1, path);
    std::optional<std::string> bytes;
    while (true) {
      const Result<bool> row = select->step();
      if (!row) return row.error();
      if (!*row) return bytes;
      if (!bytes) bytes.emplace();
      *bytes += select->blob(0);
    }
  }

  Result<std::vector<std::string>> paths() override {
    const std::lock_guard lock(reading_);
    Result<Statement> select = reader_.prepare("SELECT DISTINCT path FROM file ORDER BY path");
    if (!select) return std::move(select).error();
    std::vector<std::string> paths;
    while (true) {
      const Result<bool> row = select->step();
      if (!row) return row.error();
      if (!*row) return paths;
      paths.emplace_back(select->text(0));
    }
  }

  Result<std::vector<PendingNotice>> notices(std::size_t most) override {
    const std::lock_guard lock(reading_);
    Result<Statement> select =
        reader_.prepare("SELECT id, sealed FROM notice ORDER BY id LIMIT ?1");
    if (!select) return std::move(select).error();
    select->bind(1, static_cast<std::int64_t>(most));
    std::vector<PendingNotice> notices;
    while (true) {
      const Result<bool> row = select->step();
      if (!row) return row.error();
      if (!*row) return notices;
      notices.push_back({select->integer(0), std::string(select->blob(1))});
    }
  }

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(open_sqlite(path_), deletion);
  }

  Status forget_notices(const std::vector<std::int64_t>& ids) override {
    const std::lock_guard lock(writing_);
    return writer_.in_transaction([&]() -> Status {
      Result<Statement> remove = writer_.prepare("DELETE FROM notice WHERE id = ?1");
      if (!remove) return std::move(remove).error();
      for (const std::int64_t id : ids) {
        if (Status done = remove->bind(1, id).run(); !done) return done;
      }
      return ok_status();
    });
  }

 private:
  static Status visit_entries(Database& database, std::uint64_t first, std::uint64_t count,
                              const Visit& visit) {
    Result<Statement> select =
        database.prepare("SELECT idx, bytes FROM entry WHERE idx >= ?1 ORDER BY idx LIMIT ?2");
    if (!select) return std::move(select).error();
    select->bind(1, static_cast<std::int64_t>(first)).bind(2, static_cast<std::int64_t>(count));
    for (std::uint64_t index = first;; ++index) {
      const Result<bool> row = select->step();
      if (!row) return row.error();
      if (!*row) return ok_status();
      if (select->integer(0) != static_cast<std::int64_t>(index)) {
        return Error{ErrorCode::conflict,
                     "entry " + std::to_string(index) + " is missing in the store",
                     {},
                     "restore the database: rows were removed by something else"};
      }
      if (Status visited = visit(index, select->blob(1)); !visited) return visited;
    }
  }

  Status write(const Round& round, std::uint64_t next) {
    if (!round.entries.empty()) {
      Result<Statement> insert = writer_.prepare("INSERT INTO entry VALUES(?1, ?2)");
      if (!insert) return std::move(insert).error();
      for (const std::string& entry : round.entries) {
        insert->bind(1, static_cast<std::int64_t>(next++)).bind_blob(2, entry);
        if (Status done = insert->run(); !done) return done;
      }
    }
    if (!round.checkpoint.empty()) {
      Result<Statement> replace =
          writer_.prepare("INSERT OR REPLACE INTO checkpoint VALUES(1, ?1)");
      if (!replace) return std::move(replace).error();
      if (Status done = replace->bind(1, round.checkpoint).run(); !done) return done;
    }
    for (const ballotbox::RecordFile& file : round.files) {
      Result<Statement> remove = writer_.prepare("DELETE FROM file WHERE path = ?1");
      Result<Statement> insert = writer_.prepare("INSERT INTO file VALUES(?1, ?2, ?3)");
      if (!remove || !insert) return remove ? insert.error() : remove.error();
      if (Status done = remove->bind(1, file.path).run(); !done) return done;
      std::size_t part = 0;
      do {
        insert->bind(1, file.path)
            .bind(2, static_cast<std::int64_t>(part))
            .bind_blob(3, std::string_view(file.bytes).substr(part * part_bytes, part_bytes));
        if (Status done = insert->run(); !done) return done;
        ++part;
      } while (part * part_bytes < file.bytes.size());
    }
    if (!round.notices.empty()) {
      Result<Statement> insert = writer_.prepare("INSERT INTO notice VALUES(?1, ?2)");
      if (!insert) return std::move(insert).error();
      for (const std::string& sealed : round.notices) {
        if (Status done = insert->bind(1, random_id()).bind_blob(2, sealed).run(); !done) {
          return done;
        }
      }
    }
    return ok_status();
  }

  const std::string path_;
  std::mutex writing_;
  std::mutex reading_;
  Database writer_;
  Database reader_;
};

}  // namespace

Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(const std::string& path) {
  if (Status made = make_tables(open_sqlite(path), ballotbox::tables); !made) {
    return std::move(made).error();
  }
  Result<Database> writer = Database::open(path);
  if (!writer) return std::move(writer).error();
  Result<Database> reader = Database::open(path, Database::Mode::read_only);
  if (!reader) return std::move(reader).error();
  return std::unique_ptr<ballotbox::RecordStore>(
      std::make_unique<SqliteRecordStore>(path, std::move(*writer), std::move(*reader)));
}

}  // namespace urna::storage::sqlite
