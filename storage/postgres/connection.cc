// SPDX-License-Identifier: EUPL-1.2
#include "storage/postgres/connection.h"

#include <array>
#include <libpq-fe.h>
#include <utility>

#include "base/bytes.h"

namespace urna::storage::postgres {
namespace {

// Object identifiers of the server's types (pg_type.dat), fixed for ever.
constexpr Oid type_bool = 16;
constexpr Oid type_bytea = 17;
constexpr Oid type_int8 = 20;
constexpr Oid type_int4 = 23;
constexpr Oid type_text = 25;
constexpr Oid type_bytea_array = 1001;
constexpr Oid type_int8_array = 1016;
constexpr int binary = 1;

using Answer = std::shared_ptr<PGresult>;

Answer owned(PGresult* result) {
  return {result, [](PGresult* given) { PQclear(given); }};
}

// Errors of the classes that go away when the same is tried again, or that contradict what is
// there.
bool is_conflict(std::string_view sql_state) {
  return sql_state == "23505" || sql_state == "40001" || sql_state == "40P01" ||
         sql_state == "55P03";
}

// The server's own message may quote values: only its five-character code is passed on.
Error error_of(const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) {
    return {ErrorCode::io, "the connection to the database was lost", {}, "try again"};
  }
  if (is_conflict(state)) {
    return {ErrorCode::conflict,
            std::string("the database refused: SQLSTATE ") + state,
            {},
            "try again"};
  }
  return {ErrorCode::io,
          std::string("the database refused: SQLSTATE ") + state,
          {},
          "see the log of the database server"};
}

// Whether the server has gone, or has said that it is going: no answer, or the classes 08
// (connection) and 57P (operator intervention).
bool is_farewell(const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view code = state == nullptr ? "" : state;
  return code.empty() || code.starts_with("08") || code.starts_with("57P");
}

bool succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

Value Value::of(std::int64_t number) {
  Value value;
  value.data_.emplace();
  append_big_endian(*value.data_, static_cast<std::uint64_t>(number), 8);
  value.type_ = type_int8;
  return value;
}

Value Value::of(bool truth) {
  Value value;
  value.data_ = std::string(1, truth ? '\1' : '\0');
  value.type_ = type_bool;
  return value;
}

Value Value::text(std::string_view text) {
  Value value;
  value.data_ = std::string(text);
  value.type_ = type_text;
  return value;
}

Value Value::bytes(std::string_view bytes) {
  Value value;
  value.data_ = std::string(bytes);
  value.type_ = type_bytea;
  return value;
}

namespace {

// The server's binary form of an array of one dimension: number of dimensions, whether there are
// nulls, type of the elements; length and lower bound; then each element after its length.
std::string array_head(Oid element_type, std::size_t count) {
  std::string bytes;
  append_big_endian(bytes, count == 0 ? 0 : 1, 4);
  append_big_endian(bytes, 0, 4);
  append_big_endian(bytes, element_type, 4);
  if (count == 0) return bytes;
  append_big_endian(bytes, count, 4);
  append_big_endian(bytes, 1, 4);
  return bytes;
}

}  // namespace

Value Value::array(const std::vector<std::int64_t>& numbers) {
  Value value;
  value.data_ = array_head(type_int8, numbers.size());
  for (const std::int64_t number : numbers) {
    append_big_endian(*value.data_, 8, 4);
    append_big_endian(*value.data_, static_cast<std::uint64_t>(number), 8);
  }
  value.type_ = type_int8_array;
  return value;
}

Value Value::array(const std::vector<std::string>& strings) {
  Value value;
  value.data_ = array_head(type_bytea, strings.size());
  for (const std::string& string : strings) {
    append_big_endian(*value.data_, string.size(), 4);
    *value.data_ += string;
  }
  value.type_ = type_bytea_array;
  return value;
}

namespace {

const PGresult* result_of(const std::shared_ptr<void>& result) {
  return static_cast<const PGresult*>(result.get());
}

void require_place(const PGresult* result, std::size_t row, int column) {
  if (result == nullptr || row >= static_cast<std::size_t>(PQntuples(result)) || column < 0 ||
      column >= PQnfields(result)) {
    stop_on_broken_precondition("Rows: a row and column that exist");
  }
}

}  // namespace

std::size_t Rows::size() const { return static_cast<std::size_t>(PQntuples(result_of(result_))); }

std::uint64_t Rows::affected() const {
  const std::string_view digits = PQcmdTuples(static_cast<PGresult*>(result_.get()));
  std::uint64_t number = 0;
  for (const char digit : digits) number = 10 * number + static_cast<std::uint64_t>(digit - '0');
  return number;
}

std::int64_t Rows::integer(std::size_t row, int column) const {
  const std::string_view data = bytes(row, column);
  const Oid type = PQftype(result_of(result_), column);
  if (type == type_int4 && data.size() == 4) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(big_endian(data)));
  }
  if (!((type == type_int8 && data.size() == 8) || (type == type_bool && data.size() == 1))) {
    stop_on_broken_precondition("Rows::integer: a column of numbers that is not null");
  }
  return static_cast<std::int64_t>(big_endian(data));
}

std::string_view Rows::bytes(std::size_t row, int column) const {
  const PGresult* result = result_of(result_);
  require_place(result, row, column);
  const int at = static_cast<int>(row);
  return {PQgetvalue(result, at, column),
          static_cast<std::size_t>(PQgetlength(result, at, column))};
}

bool Rows::is_null(std::size_t row, int column) const {
  require_place(result_of(result_), row, column);
  return PQgetisnull(result_of(result_), static_cast<int>(row), column) != 0;
}

struct Connection::State {
  PGconn* handle = nullptr;
  std::string parameters;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { PQfinish(handle); }

  // The error of a statement that did not succeed; gives up a connection that is lost.
  Error failure(const PGresult* result) {
    if (is_farewell(result)) PQfinish(std::exchange(handle, nullptr));
    return error_of(result);
  }

  Status connect() {
    PQfinish(std::exchange(handle, nullptr));
    const std::array<const char*, 4> keys = {"dbname", "connect_timeout", "options", nullptr};
    const std::array<const char*, 4> values = {
        parameters.c_str(), "10",
        "-c synchronous_commit=on -c lock_timeout=10s -c statement_timeout=60s "
        "-c client_min_messages=warning",
        nullptr};
    constexpr int expand_dbname = 1;
    handle = PQconnectdbParams(keys.data(), values.data(), expand_dbname);
    if (PQstatus(handle) != CONNECTION_OK) {
      return Error{ErrorCode::io,
                   "the database server cannot be reached, or refuses this user",
                   {},
                   "see that it runs, and to the connection parameters of the configuration"};
    }
    // Notices are the server's log's business, and might quote values.
    PQsetNoticeProcessor(
        handle, [](void*, const char*) {}, nullptr);
    return ok_status();
  }
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const std::string& parameters) {
  auto state = std::make_unique<State>();
  state->parameters = parameters;
  if (const Status connected = state->connect(); !connected) return connected.error();
  return Connection(std::move(state));
}

Result<Rows> Connection::query(const char* sql, std::span<const Value> values) {
  std::vector<Oid> types;
  std::vector<const char*> data;
  std::vector<int> lengths;
  for (const Value& value : values) {
    types.push_back(value.type_);
    data.push_back(value.data_ ? value.data_->data() : nullptr);
    lengths.push_back(value.data_ ? static_cast<int>(value.data_->size()) : 0);
  }
  const std::vector<int> formats(values.size(), binary);
  const Answer answer =
      owned(PQexecParams(state_->handle, sql, static_cast<int>(values.size()), types.data(),
                         data.data(), lengths.data(), formats.data(), binary));
  if (!succeeded(answer.get())) return state_->failure(answer.get());
  Rows rows;
  rows.result_ = answer;
  return rows;
}

Status Connection::execute(const char* sql) {
  const Answer answer = owned(PQexec(state_->handle, sql));
  if (!succeeded(answer.get())) return state_->failure(answer.get());
  return ok_status();
}

TransactionResult Connection::in_transaction(const std::function<Status()>& work) {
  if (const Status begun = execute("BEGIN"); !begun) return {Ending::undone, begun.error()};
  if (const Status done = work(); !done) {
    // If this fails the connection is lost, and the server undoes the transaction by itself.
    (void)execute("ROLLBACK");
    return {Ending::undone, done.error()};
  }
  const Answer answer = owned(PQexec(state_->handle, "COMMIT"));
  if (succeeded(answer.get())) {
    // A transaction that failed before is rolled back by COMMIT, which the server calls a success.
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") {
      return {Ending::committed, std::nullopt};
    }
    return {Ending::undone, Error{ErrorCode::conflict, "the transaction was rolled back"}};
  }
  Error error = state_->failure(answer.get());
  return {alive() ? Ending::undone : Ending::unknown, std::move(error)};
}

bool Connection::alive() const { return PQstatus(state_->handle) == CONNECTION_OK; }

Status Connection::reconnect() { return state_->connect(); }

}  // namespace urna::storage::postgres
