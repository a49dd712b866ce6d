// SPDX-License-Identifier: EUPL-1.2
#include "storage/sqlite/database.h"

#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sqlite3.h>
#include <unistd.h>
#include <utility>

#include "base/bytes.h"

namespace urna::storage::sqlite {

// The connection, and the error that ended all writing.
struct Statement::Shared {
  sqlite3* handle = nullptr;
  std::string path;
  std::optional<Error> failure;

  Shared() = default;
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { sqlite3_close_v2(handle); }

  // The error of the connection's last call; those that leave the file in doubt stay.
  Error error(int code) {
    const int primary = code & 0xff;
    Error result{ErrorCode::io,
                 std::string("the database refused: ") + sqlite3_errstr(code),
                 {path},
                 "see to the disk and its permissions, then restart"};
    if (primary == SQLITE_CONSTRAINT || primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
      result.code = ErrorCode::conflict;
      result.remedy = "try again";
      return result;
    }
    if (!failure) failure = result;
    return result;
  }
};

namespace {

constexpr int lock_wait_ms = 5'000;

// Values that the program itself gets wrong.
void require(bool holds, const char* what) {
  if (!holds) stop_on_broken_precondition(what);
}

}  // namespace

Statement::Statement(sqlite3_stmt* handle, std::shared_ptr<Shared> shared)
    : handle_(handle), shared_(std::move(shared)) {}

Statement::Statement(Statement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), shared_(std::move(other.shared_)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(shared_, other.shared_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int place, std::int64_t value) {
  require(sqlite3_bind_int64(handle_, place, value) == SQLITE_OK, "bind: a parameter's place");
  return *this;
}

Statement& Statement::bind(int place, std::string_view text) {
  require(sqlite3_bind_text64(handle_, place, text.data() == nullptr ? "" : text.data(),
                              text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK,
          "bind: a parameter's place");
  return *this;
}

Statement& Statement::bind_blob(int place, std::string_view bytes) {
  require(sqlite3_bind_blob64(handle_, place, bytes.data() == nullptr ? "" : bytes.data(),
                              bytes.size(), SQLITE_TRANSIENT) == SQLITE_OK,
          "bind_blob: a parameter's place");
  return *this;
}

Statement& Statement::bind_null(int place) {
  require(sqlite3_bind_null(handle_, place) == SQLITE_OK, "bind_null: a parameter's place");
  return *this;
}

Result<bool> Statement::step() {
  if (shared_->failure) return *shared_->failure;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(handle_);
  if (code == SQLITE_DONE) return false;
  return shared_->error(sqlite3_extended_errcode(shared_->handle));
}

Status Statement::run() {
  const Result<bool> row = step();
  if (!row) return row.error();
  require(!*row, "run: a statement without rows");
  return ok_status();
}

void Statement::reset() { sqlite3_reset(handle_); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return {text == nullptr ? "" : text,
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  return {bytes == nullptr ? "" : bytes,
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Database::Database(std::shared_ptr<Statement::Shared> shared) : shared_(std::move(shared)) {}
Database::Database(Database&& other) noexcept = default;
Database& Database::operator=(Database&& other) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path, Mode mode) {
  const bool writes = mode == Mode::create_or_open;
  if (writes) {
    // SQLite gives its companions the file's own permissions.
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0) {
      const bool folder = std::filesystem::exists(std::filesystem::path(path).parent_path());
      return Error{folder ? ErrorCode::io : ErrorCode::not_found,
                   "the database file cannot be made or opened",
                   {path},
                   "make its folder, and let this user write there"};
    }
    ::close(made);
  }
  auto shared = std::make_shared<Statement::Shared>();
  shared->path = path;
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  if (const int code = sqlite3_open_v2(path.c_str(), &shared->handle, flags, nullptr);
      code != SQLITE_OK) {
    return Error{(code & 0xff) == SQLITE_CANTOPEN && !writes ? ErrorCode::not_found : ErrorCode::io,
                 std::string("the database cannot be opened: ") + sqlite3_errstr(code),
                 {path}};
  }
  sqlite3_busy_timeout(shared->handle, lock_wait_ms);
  sqlite3_db_config(shared->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(shared->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  Database database(std::move(shared));
  const Status set = database.execute(
      writes ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
               "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
             : "PRAGMA query_only=ON;");
  if (!set) {
    Error error = set.error();
    if (sqlite3_errcode(database.shared_->handle) == SQLITE_NOTADB) {
      error.code = ErrorCode::malformed;
      error.remedy = "name a database of this program, or a file that does not exist yet";
    }
    return error;
  }
  return database;
}

Status Database::execute(const std::string& sql) {
  if (shared_->failure) return *shared_->failure;
  const int code = sqlite3_exec(shared_->handle, sql.c_str(), nullptr, nullptr, nullptr);
  require((code & 0xff) != SQLITE_ERROR, "execute: well-formed SQL");
  if (code != SQLITE_OK) return shared_->error(code);
  return ok_status();
}

Result<Statement> Database::prepare(std::string_view sql) {
  if (shared_->failure) return *shared_->failure;
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(shared_->handle, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  require((code & 0xff) != SQLITE_ERROR, "prepare: well-formed SQL");
  if (code != SQLITE_OK) return shared_->error(code);
  return Statement(handle, shared_);
}

Status Database::in_transaction(const std::function<Status()>& work) {
  if (const Status begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
  Status done = work();
  if (done.ok()) done = execute("COMMIT");
  if (!done.ok() && sqlite3_get_autocommit(shared_->handle) == 0) {
    // The failure, if this is one, stands already; a rollback needs no disk.
    sqlite3_exec(shared_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return done;
}

bool Database::failed() const { return shared_->failure.has_value(); }

}  // namespace urna::storage::sqlite
