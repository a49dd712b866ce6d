// SPDX-License-Identifier: EUPL-1.2
#include "storage/sqlite/keeper_store.h"

#include <mutex>
#include <utility>

#include "keeper/tables.h"
#include "storage/sql.h"
#include "storage/sqlite/database.h"

namespace urna::storage::sqlite {
namespace {

using keeper::Counter;
using keeper::Event;
using keeper::LogLine;

class SqliteKeeperStore final : public keeper::KeeperStore {
 public:
  SqliteKeeperStore(std::string path, Database database)
      : path_(std::move(path)), database_(std::move(database)) {}

  Result<std::optional<std::size_t>> charge(std::span<const Counter> counters, std::uint64_t amount,
                                            const LogLine& line) override {
    const std::lock_guard guard(lock_);
    std::optional<std::size_t> exceeded;
    const Status done = database_.in_transaction([&]() -> Status {
      for (std::size_t i = 0; i < counters.size(); ++i) {
        const Result<std::uint64_t> used = read(counters[i].name);
        if (!used) return used.error();
        if (*used > counters[i].most || amount > counters[i].most - *used) {
          exceeded = i;
          return ok_status();
        }
      }
      for (const Counter& counter : counters) {
        Result<Statement> add = database_.prepare(
            "INSERT INTO counter(name, used) VALUES(?1, ?2)"
            " ON CONFLICT(name) DO UPDATE SET used = used + ?2");
        if (!add) return std::move(add).error();
        if (Status added = add->bind(1, counter.name).bind(2, signed_of(amount)).run(); !added) {
          return added;
        }
      }
      return insert(line);
    });
    if (!done) return done.error();
    return exceeded;
  }

  Result<std::uint64_t> counted(const std::string& name) override {
    const std::lock_guard guard(lock_);
    return read(name);
  }

  Status append(const LogLine& line) override {
    const std::lock_guard guard(lock_);
    return database_.in_transaction([&] { return insert(line); });
  }

  Result<std::vector<LogLine>> lines(std::uint64_t first, std::size_t count) override {
    const std::lock_guard guard(lock_);
    Result<Statement> select = database_.prepare(
        "SELECT number, time, event, caller, purpose, count, detail FROM line"
        " WHERE number >= ?1 ORDER BY number LIMIT ?2");
    if (!select) return std::move(select).error();
    select->bind(1, signed_of(first)).bind(2, signed_of(count));
    std::vector<LogLine> lines;
    while (true) {
      const Result<bool> row = select->step();
      if (!row) return row.error();
      if (!*row) return lines;
      const Result<Event> event = keeper::parse_event(select->text(2));
      if (!event) return event.error();
      lines.push_back({static_cast<std::uint64_t>(select->integer(0)),
                       static_cast<std::uint64_t>(select->integer(1)), *event,
                       std::string(select->text(3)), std::string(select->text(4)),
                       static_cast<std::uint64_t>(select->integer(5)),
                       std::string(select->text(6))});
    }
  }

  Result<std::uint64_t> last(Event event) override {
    const std::lock_guard guard(lock_);
    Result<Statement> select =
        database_.prepare("SELECT coalesce(max(number), 0) FROM line WHERE event = ?1");
    if (!select) return std::move(select).error();
    return number_of(select->bind(1, to_string(event)));
  }

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(open_sqlite(path_), deletion);
  }

 private:
  // SQLite's integers have a sign; counts and times do not come near it.
  static std::int64_t signed_of(std::uint64_t number) {
    constexpr std::uint64_t most = ~std::uint64_t{0} >> 1U;
    return static_cast<std::int64_t>(number < most ? number : most);
  }
  static Result<std::uint64_t> number_of(Statement& select) {
    const Result<bool> row = select.step();
    if (!row) return row.error();
    return *row ? static_cast<std::uint64_t>(select.integer(0)) : 0;
  }

  Result<std::uint64_t> read(const std::string& name) {
    Result<Statement> select = database_.prepare("SELECT used FROM counter WHERE name = ?1");
    if (!select) return std::move(select).error();
    return number_of(select->bind(1, name));
  }

  Status insert(const LogLine& line) {
    Result<Statement> add = database_.prepare(
        "INSERT INTO line(time, event, caller, purpose, count, detail)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!add) return std::move(add).error();
    return add->bind(1, signed_of(line.time))
        .bind(2, to_string(line.event))
        .bind(3, line.caller)
        .bind(4, line.purpose)
        .bind(5, signed_of(line.count))
        .bind(6, line.detail)
        .run();
  }

  const std::string path_;
  std::mutex lock_;
  Database database_;
};

}  // namespace

Result<std::unique_ptr<keeper::KeeperStore>> open_keeper_store(const std::string& path) {
  if (Status made = make_tables(open_sqlite(path), keeper::tables); !made) {
    return std::move(made).error();
  }
  Result<Database> database = Database::open(path);
  if (!database) return std::move(database).error();
  return std::unique_ptr<keeper::KeeperStore>(
      std::make_unique<SqliteKeeperStore>(path, *std::move(database)));
}

}  // namespace urna::storage::sqlite
