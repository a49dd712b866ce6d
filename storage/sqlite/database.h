// SPDX-License-Identifier: EUPL-1.2
// A SQLite database file: opened so that what a commit reports as done survives a power failure,
// statements with bound values, transactions. The only header that stands for SQLite.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace urna::storage::sqlite {

// One SQL statement with its values, wiped by nothing: bind no secrets. Use from the thread that
// uses its database. A statement must not outlive the database.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Sets the value of parameter `place`, from 1; the bytes are copied. Returns this. A place that
  // the statement does not have stops the program.
  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, std::string_view text);
  Statement& bind_blob(int place, std::string_view bytes);
  Statement& bind_null(int place);

  // Advances to the next row; false if there is none, and the statement is then ready to be run
  // again. Errors: conflict (a constraint, or another process holds the lock for too long), io (all
  // else; see Database).
  [[nodiscard]] Result<bool> step();
  // Runs a statement that yields no rows, and makes it ready to be run again. Errors: as step().
  [[nodiscard]] Status run();
  // Ends reading before the last row. Values stay bound.
  void reset();

  // The columns of the present row, from 0. Views live until the next step() or reset().
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Shared;
  Statement(sqlite3_stmt* handle, std::shared_ptr<Shared> shared);
  sqlite3_stmt* handle_ = nullptr;
  std::shared_ptr<Shared> shared_;
};

// A database file in WAL mode with synchronous=FULL: a commit returns after the log was synced. Use
// from one thread at a time. Deleted content is overwritten with zeros (secure_delete).
//
// After an error of io in a write, nothing more is written: what the disk holds is then unknown,
// because a failed fsync may drop what it could not write, and what has been read since may not be
// there after a restart. Every later call returns that error. Open the file again.
class Database {
 public:
  enum class Mode : std::uint8_t { create_or_open, read_only };

  // Opens or makes the file with permissions 0600. Errors: io, not_found (the folder; or the file
  // if read only), malformed (not a database).
  [[nodiscard]] static Result<Database> open(const std::string& path,
                                             Mode mode = Mode::create_or_open);
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // Runs statements without parameters or rows. Errors: as Statement::step(); malformed SQL stops
  // the program.
  [[nodiscard]] Status execute(const std::string& sql);
  // Errors: io. Malformed SQL, which is the program's own, stops the program.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);

  // Runs `work` between BEGIN IMMEDIATE and COMMIT, so that nobody else writes meanwhile; rolls
  // back if it returns an error, which is passed on. Ok: all of it is durable. Other errors:
  // conflict (the lock was not had within five seconds), io.
  [[nodiscard]] Status in_transaction(const std::function<Status()>& work);

  // Whether an earlier error of io has ended all writing.
  [[nodiscard]] bool failed() const;

 private:
  explicit Database(std::shared_ptr<Statement::Shared> shared);
  std::shared_ptr<Statement::Shared> shared_;
};

}  // namespace urna::storage::sqlite
