// SPDX-License-Identifier: EUPL-1.2
// A connection to a PostgreSQL server: statements with bound values, rows, transactions whose end
// is known or said to be unknown. The only header that stands for libpq.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::storage::postgres {

// A value for a parameter: bigint, text, bytea, boolean or null.
class Value {
 public:
  static Value null() { return {}; }
  static Value of(std::int64_t number);
  static Value of(bool truth);
  static Value text(std::string_view text);
  static Value bytes(std::string_view bytes);
  // bigint[] and bytea[] of these. At most 2^31 - 1 elements.
  static Value array(const std::vector<std::int64_t>& numbers);
  static Value array(const std::vector<std::string>& strings);

 private:
  friend class Connection;
  std::optional<std::string> data_;  // in the server's binary form
  std::uint32_t type_ = 0;           // its OID
};

// What a statement returned, owned.
class Rows {
 public:
  [[nodiscard]] std::size_t size() const;
  // How many rows an INSERT, UPDATE or DELETE concerned.
  [[nodiscard]] std::uint64_t affected() const;
  // Views live as long as the rows. Preconditions (else the program stops): a row and column that
  // exist, and for integer() a column of type bigint, integer or boolean.
  [[nodiscard]] std::int64_t integer(std::size_t row, int column) const;
  [[nodiscard]] std::string_view bytes(std::size_t row, int column) const;  // text or bytea
  [[nodiscard]] bool is_null(std::size_t row, int column) const;

 private:
  friend class Connection;
  std::shared_ptr<void> result_;
};

// How a transaction ended.
enum class Ending : std::uint8_t {
  committed,  // durable
  undone,     // nothing of it is there
  unknown,    // the connection broke in the middle of the commit: look before trying again
};

struct TransactionResult {
  Ending ending = Ending::undone;
  std::optional<Error> error;  // present unless committed
};

// Use from one thread at a time. After the connection is lost every call fails with io until
// reconnect() succeeds.
class Connection {
 public:
  // `parameters` in libpq's form, e.g. "host=/run/postgresql dbname=urna". Asks the server for
  // synchronous_commit=on and times out after ten seconds. Errors: io, without the parameters,
  // which may hold a password.
  [[nodiscard]] static Result<Connection> open(const std::string& parameters);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // One statement with parameters $1 … . Errors: conflict (unique violation, serialisation failure,
  // deadlock, lock time-out), io (all else).
  [[nodiscard]] Result<Rows> query(const char* sql, std::span<const Value> values = {});
  // Several statements without parameters.
  [[nodiscard]] Status execute(const char* sql);

  // Runs `work` between BEGIN and COMMIT; rolls back if it returns an error.
  [[nodiscard]] TransactionResult in_transaction(const std::function<Status()>& work);

  [[nodiscard]] bool alive() const;
  // A new connection with the same parameters. Errors: io.
  [[nodiscard]] Status reconnect();

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace urna::storage::postgres
