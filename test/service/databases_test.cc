// SPDX-License-Identifier: EUPL-1.2
// The two databases behind storage/: values go in and come out as they are, transactions are whole,
// endings are told truly.
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "storage/postgres/connection.h"
#include "storage/sqlite/database.h"
#include "test/service/postgres_server.h"

namespace urna {
namespace {

using storage::postgres::Connection;
using storage::postgres::Ending;
using storage::postgres::Value;
using storage::sqlite::Database;

class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "urna-db.XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

const std::string awkward("a\0b\xff'\";--", 10);

TEST(Sqlite, GivesBackWhatWasBound) {
  const Folder folder;
  Database database = Database::open(folder.file("a.db")).value();
  ASSERT_TRUE(database.execute("CREATE TABLE t(n INTEGER, s TEXT, b BLOB, e BLOB) STRICT"));
  auto insert = database.prepare("INSERT INTO t VALUES(?1, ?2, ?3, ?4)").value();
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  ASSERT_TRUE(insert.bind(1, least).bind(2, "zażółć").bind_blob(3, awkward).bind_null(4).run());
  ASSERT_TRUE(insert.bind(1, std::int64_t{7}).bind(2, "").bind_blob(3, "").bind_blob(4, "").run());
  auto select = database.prepare("SELECT n, s, b, e FROM t ORDER BY n").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.integer(0), least);
  EXPECT_EQ(select.text(1), "zażółć");
  EXPECT_EQ(select.blob(2), awkward);
  EXPECT_TRUE(select.is_null(3));
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.blob(2), "");
  EXPECT_FALSE(select.is_null(3));
  EXPECT_FALSE(select.step().value());
}

TEST(Sqlite, UndoesWhatFailsAndKeepsWhatIsCommitted) {
  const Folder folder;
  {
    Database database = Database::open(folder.file("a.db")).value();
    ASSERT_TRUE(database.execute("CREATE TABLE t(n INTEGER PRIMARY KEY) STRICT"));
    const Status undone = database.in_transaction([&]() -> Status {
      if (Status done = database.execute("INSERT INTO t VALUES(1)"); !done) return done;
      return Error{ErrorCode::limit, "no"};
    });
    EXPECT_EQ(undone.error().code, ErrorCode::limit);
    EXPECT_TRUE(
        database.in_transaction([&] { return database.execute("INSERT INTO t VALUES(2)"); }));
    const Status twice =
        database.in_transaction([&] { return database.execute("INSERT INTO t VALUES(2)"); });
    EXPECT_EQ(twice.error().code, ErrorCode::conflict);
    EXPECT_FALSE(database.failed());
  }
  Database again = Database::open(folder.file("a.db")).value();
  auto count = again.prepare("SELECT group_concat(n) FROM t").value();
  ASSERT_TRUE(count.step().value());
  EXPECT_EQ(count.text(0), "2");
}

TEST(Sqlite, IsPrivateFromTheFirstByte) {
  const Folder folder;
  const mode_t before = ::umask(0);
  Database database = Database::open(folder.file("a.db")).value();
  ASSERT_TRUE(database.execute("CREATE TABLE t(n INTEGER) STRICT"));
  ::umask(before);
  for (const char* name : {"a.db", "a.db-wal", "a.db-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat(folder.file(name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
}

TEST(Sqlite, RefusesWhatIsNoDatabase) {
  const Folder folder;
  const std::string path = folder.file("a.txt");
  FILE* file = std::fopen(path.c_str(), "w");
  std::fputs(std::string(5000, 'x').c_str(), file);
  std::fclose(file);
  EXPECT_EQ(Database::open(path).error().code, ErrorCode::malformed);
  EXPECT_EQ(Database::open(folder.file("no/a.db")).error().code, ErrorCode::not_found);
  EXPECT_EQ(Database::open(folder.file("b.db"), Database::Mode::read_only).error().code,
            ErrorCode::not_found);
}

class Postgres : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server() = trial::PostgresServer::start(); }
  static void TearDownTestSuite() { server().reset(); }
  void SetUp() override {
    if (!server()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  static std::unique_ptr<trial::PostgresServer>& server() {
    static std::unique_ptr<trial::PostgresServer> instance;
    return instance;
  }
};

TEST_F(Postgres, GivesBackWhatWasBound) {
  Connection connection = Connection::open(server()->parameters()).value();
  ASSERT_TRUE(
      connection.execute("CREATE TEMP TABLE t(n bigint, s text, b bytea, e bytea, f bool)"));
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::array values = {Value::of(least), Value::text("zażółć"), Value::bytes(awkward),
                             Value::null(), Value::of(true)};
  ASSERT_TRUE(connection.query("INSERT INTO t VALUES($1, $2, $3, $4, $5)", values));
  const auto rows = connection.query("SELECT n, s, b, e, f FROM t").value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.integer(0, 0), least);
  EXPECT_EQ(rows.bytes(0, 1), "zażółć");
  EXPECT_EQ(rows.bytes(0, 2), awkward);
  EXPECT_TRUE(rows.is_null(0, 3));
  EXPECT_EQ(rows.integer(0, 4), 1);
}

TEST_F(Postgres, TellsHowATransactionEnded) {
  Connection connection = Connection::open(server()->parameters()).value();
  ASSERT_TRUE(connection.execute("CREATE TABLE u(n bigint PRIMARY KEY)"));
  const auto insert = [&](std::int64_t n) {
    return connection.in_transaction([&]() -> Status {
      const std::array values = {Value::of(n)};
      const auto done = connection.query("INSERT INTO u VALUES($1)", values);
      return done ? ok_status() : Status(done.error());
    });
  };
  EXPECT_EQ(insert(1).ending, Ending::committed);
  const auto twice = insert(1);
  EXPECT_EQ(twice.ending, Ending::undone);
  EXPECT_EQ(twice.error->code, ErrorCode::conflict);
  EXPECT_EQ(twice.error->message.find("(1)"), std::string::npos) << "values stay in the server";

  // A server that dies in the middle: nothing is there, and the connection says so.
  const auto crashed = connection.in_transaction([&]() -> Status {
    const std::array values = {Value::of(std::int64_t{2})};
    if (const auto done = connection.query("INSERT INTO u VALUES($1)", values); !done) {
      return done.error();
    }
    EXPECT_TRUE(server()->stop("immediate"));
    return ok_status();
  });
  EXPECT_EQ(crashed.ending, Ending::unknown);
  EXPECT_FALSE(connection.alive());
  EXPECT_EQ(connection.query("SELECT 1").error().code, ErrorCode::io);
  ASSERT_TRUE(server()->restart());
  ASSERT_TRUE(connection.reconnect());
  const auto rows = connection.query("SELECT n FROM u").value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.integer(0, 0), 1);
}

TEST(PostgresConnection, SaysNothingOfItsParametersWhenItFails) {
  const auto connection = Connection::open("host=/nonexistent password=geheim dbname=x");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().to_string().find("geheim"), std::string::npos);
}

}  // namespace
}  // namespace urna
