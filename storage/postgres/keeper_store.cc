// SPDX-License-Identifier: EUPL-1.2
#include "storage/postgres/keeper_store.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <utility>

#include "keeper/tables.h"
#include "storage/postgres/connection.h"
#include "storage/sql.h"

namespace urna::storage::postgres {
namespace {

using keeper::Counter;
using keeper::Event;
using keeper::LogLine;

// Writers exclude each other until they have committed: counters are read before they are added to,
// and lines become visible in the order of their numbers.
const char* const lock_writers = "SELECT pg_advisory_xact_lock(7525270003)";

std::int64_t signed_of(std::uint64_t number) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(number, most));
}
Value value_of(std::uint64_t number) { return Value::of(signed_of(number)); }

class PostgresKeeperStore final : public keeper::KeeperStore {
 public:
  PostgresKeeperStore(std::string parameters, Connection connection)
      : parameters_(std::move(parameters)), connection_(std::move(connection)) {}

  Result<std::optional<std::size_t>> charge(std::span<const Counter> counters, std::uint64_t amount,
                                            const LogLine& line) override {
    std::optional<std::size_t> exceeded;
    const Status done = write([&]() -> Status {
      for (std::size_t i = 0; i < counters.size(); ++i) {
        const Result<std::uint64_t> used = read(counters[i].name);
        if (!used) return used.error();
        if (*used > counters[i].most || amount > counters[i].most - *used) {
          exceeded = i;
          return ok_status();
        }
      }
      for (const Counter& counter : counters) {
        const std::array values = {Value::text(counter.name), value_of(amount)};
        const Result<Rows> added = connection_.query(
            "INSERT INTO counter(name, used) VALUES($1, $2)"
            " ON CONFLICT(name) DO UPDATE SET used = counter.used + $2",
            values);
        if (!added) return added.error();
      }
      return insert(line);
    });
    if (!done) return done.error();
    return exceeded;
  }

  Result<std::uint64_t> counted(const std::string& name) override {
    const std::lock_guard guard(lock_);
    if (Status there = be_connected(); !there) return std::move(there).error();
    return read(name);
  }

  Status append(const LogLine& line) override {
    return write([&] { return insert(line); });
  }

  Result<std::vector<LogLine>> lines(std::uint64_t first, std::size_t count) override {
    const std::lock_guard guard(lock_);
    if (Status there = be_connected(); !there) return std::move(there).error();
    const std::array values = {value_of(first), value_of(count)};
    const Result<Rows> rows = connection_.query(
        "SELECT number, time, event, caller, purpose, count, detail FROM line"
        " WHERE number >= $1 ORDER BY number LIMIT $2",
        values);
    if (!rows) return rows.error();
    std::vector<LogLine> lines;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const Result<Event> event = keeper::parse_event(rows->bytes(row, 2));
      if (!event) return event.error();
      lines.push_back({static_cast<std::uint64_t>(rows->integer(row, 0)),
                       static_cast<std::uint64_t>(rows->integer(row, 1)), *event,
                       std::string(rows->bytes(row, 3)), std::string(rows->bytes(row, 4)),
                       static_cast<std::uint64_t>(rows->integer(row, 5)),
                       std::string(rows->bytes(row, 6))});
    }
    return lines;
  }

  Result<std::uint64_t> last(Event event) override {
    const std::lock_guard guard(lock_);
    if (Status there = be_connected(); !there) return std::move(there).error();
    return number("SELECT coalesce(max(number), 0) FROM line WHERE event = $1",
                  keeper::to_string(event));
  }

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(open_postgres(parameters_), deletion);
  }

 private:
  Status be_connected() { return connection_.alive() ? ok_status() : connection_.reconnect(); }

  Status write(const std::function<Status()>& work) {
    const std::lock_guard guard(lock_);
    if (Status there = be_connected(); !there) return there;
    TransactionResult result = connection_.in_transaction([&]() -> Status {
      const Result<Rows> locked = connection_.query(lock_writers);
      if (!locked) return locked.error();
      return work();
    });
    if (result.ending == Ending::committed) return ok_status();
    return *std::move(result.error);
  }

  // The one number of the one row, 0 if there is none.
  Result<std::uint64_t> number(const char* sql, std::string_view parameter) {
    const std::array values = {Value::text(parameter)};
    const Result<Rows> rows = connection_.query(sql, values);
    if (!rows) return rows.error();
    return rows->size() == 0 ? 0 : static_cast<std::uint64_t>(rows->integer(0, 0));
  }
  Result<std::uint64_t> read(const std::string& name) {
    return number("SELECT used FROM counter WHERE name = $1", name);
  }

  Status insert(const LogLine& line) {
    const std::array values = {value_of(line.time),      Value::text(keeper::to_string(line.event)),
                               Value::text(line.caller), Value::text(line.purpose),
                               value_of(line.count),     Value::text(line.detail)};
    const Result<Rows> added = connection_.query(
        "INSERT INTO line(time, event, caller, purpose, count, detail)"
        " VALUES($1, $2, $3, $4, $5, $6)",
        values);
    if (!added) return added.error();
    return ok_status();
  }

  const std::string parameters_;
  std::mutex lock_;
  Connection connection_;
};

}  // namespace

Result<std::unique_ptr<keeper::KeeperStore>> open_keeper_store(const std::string& parameters) {
  if (Status made = make_tables(open_postgres(parameters), keeper::tables); !made) {
    return std::move(made).error();
  }
  Result<Connection> connection = Connection::open(parameters);
  if (!connection) return std::move(connection).error();
  return std::unique_ptr<keeper::KeeperStore>(
      std::make_unique<PostgresKeeperStore>(parameters, *std::move(connection)));
}

}  // namespace urna::storage::postgres
