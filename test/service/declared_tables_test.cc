// SPDX-License-Identifier: EUPL-1.2
// The databases of all five services, on both systems: their tables are the declared ones, whatever
// else is found there is refused at the start, and what is due goes and nothing else.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ballotbox/tables.h"
#include "desk/office.h"
#include "desk/tables.h"
#include "inspection/tables.h"
#include "keeper/tables.h"
#include "protection/disclosure.h"
#include "registrar/tables.h"
#include "storage/desk_store.h"
#include "storage/inspection_store.h"
#include "storage/postgres/keeper_store.h"
#include "storage/postgres/record_store.h"
#include "storage/registrar_store.h"
#include "storage/sql.h"
#include "storage/sqlite/keeper_store.h"
#include "storage/sqlite/record_store.h"
#include "test/service/postgres_server.h"
#include "test/unit/keeper_sample.h"

namespace urna {
namespace {

using protection::ColumnType;
using protection::DataSet;
using protection::Deletion;
using protection::Table;
using storage::Sql;
using storage::SqlType;

std::span<const Table> tables_of(DataSet set) {
  switch (set) {
    case DataSet::registrar:
      return registrar::tables;
    case DataSet::desk:
      return desk::tables;
    case DataSet::ballot_box:
      return ballotbox::tables;
    case DataSet::keeper:
      return keeper::tables;
    case DataSet::inspection:
      return inspection::tables;
  }
  return {};
}

// What the database itself says of its columns, not by way of the program: table.column: type.
using Columns = std::map<std::string, std::string>;

// A fresh database of one service.
class Declared : public ::testing::TestWithParam<std::tuple<DataSet, bool>> {
 protected:
  static trial::PostgresServer* server() {
    static const std::unique_ptr<trial::PostgresServer> instance = trial::PostgresServer::start();
    return instance.get();
  }

  void SetUp() override {
    if (!postgres()) return;
    if (server() == nullptr) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    static int number = 0;
    name_ = "declared" + std::to_string(++number);
    ASSERT_TRUE(
        storage::open_postgres(server()->parameters()).value()->run("CREATE DATABASE " + name_));
  }

  static DataSet set() { return std::get<0>(GetParam()); }
  static bool postgres() { return std::get<1>(GetParam()); }
  [[nodiscard]] std::string place() const {
    return postgres() ? server()->parameters(name_) : folder_.file("declared.db");
  }
  [[nodiscard]] std::unique_ptr<Sql> sql() const {
    return (postgres() ? storage::open_postgres(place()) : storage::open_sqlite(place())).value();
  }
  void run(const std::string& statement) const {
    const Status done = sql()->run(statement);
    ASSERT_TRUE(done.ok()) << statement << ": " << done.error().to_string();
  }

  // As the service opens it.
  template <typename Store>
  static Status status_of(const Result<Store>& store) {
    return store ? ok_status() : Status(store.error());
  }
  [[nodiscard]] Status open() const {
    switch (set()) {
      case DataSet::registrar:
        return status_of(storage::make_registrar_store(sql()));
      case DataSet::desk:
        return status_of(storage::make_desk_store(sql()));
      case DataSet::ballot_box:
        return status_of(postgres() ? storage::postgres::open_record_store(place())
                                    : storage::sqlite::open_record_store(place()));
      case DataSet::keeper:
        return status_of(postgres() ? storage::postgres::open_keeper_store(place())
                                    : storage::sqlite::open_keeper_store(place()));
      case DataSet::inspection:
        return status_of(storage::make_inspection_store(sql()));
    }
    return Error{ErrorCode::usage, "no such data set"};
  }
  // Why it is refused, as table.column; "" if it is not.
  [[nodiscard]] std::string refused() const {
    const Status opened = open();
    if (opened) return "";
    EXPECT_EQ(opened.error().code, ErrorCode::conflict);
    return opened.error().place.field;
  }

  [[nodiscard]] Columns columns() const {
    constexpr std::array types = {SqlType::bytes, SqlType::bytes, SqlType::bytes};
    const auto database = sql();
    Columns found;
    if (postgres()) {
      const auto rows = database
                            ->query(
                                "SELECT table_name::text, column_name::text, data_type::text "
                                "FROM information_schema.columns "
                                "WHERE table_schema = 'public'",
                                {}, types)
                            .value();
      for (const auto& row : rows) found[row[0].bytes + "." + row[1].bytes] = row[2].bytes;
      return found;
    }
    constexpr std::array one = {SqlType::bytes};
    const auto names =
        database->query("SELECT name FROM sqlite_schema WHERE type = 'table'", {}, one).value();
    for (const auto& name : names) {
      if (name[0].bytes == "sqlite_sequence") continue;
      constexpr std::array described = {SqlType::integer, SqlType::bytes, SqlType::bytes};
      const auto rows =
          database->query("PRAGMA table_info(" + name[0].bytes + ")", {}, described).value();
      for (const auto& row : rows) found[name[0].bytes + "." + row[1].bytes] = row[2].bytes;
    }
    return found;
  }

  [[nodiscard]] std::int64_t count(std::string_view table) const {
    constexpr std::array types = {SqlType::integer};
    return sql()
        ->query("SELECT count(*) FROM " + std::string(table), {}, types)
        .value()[0][0]
        .number;
  }

  // A row of made-up values in every table.
  void fill() const {
    for (const Table& table : tables_of(set())) {
      std::string values;
      for (const protection::Column& column : table.columns()) {
        values += values.empty() ? "" : ", ";
        switch (column.type) {
          case ColumnType::integer:
            values += "1";
            break;
          case ColumnType::text:
            values += "'1'";
            break;
          case ColumnType::bytes:
            values += postgres() ? "'\\x31'" : "X'31'";
            break;
        }
      }
      run("INSERT INTO " + std::string(table.name()) + " VALUES (" + values + ")" +
          (postgres() ? " ON CONFLICT DO NOTHING" : ""));
    }
  }

 private:
  keeper::test::Folder folder_;
  std::string name_;
};

INSTANTIATE_TEST_SUITE_P(Services, Declared,
                         ::testing::Combine(::testing::ValuesIn(protection::all_data_sets),
                                            ::testing::Bool()),
                         [](const auto& about) {
                           std::string name(id_of(std::get<0>(about.param)));
                           std::ranges::replace(name, '-', '_');
                           return name + (std::get<1>(about.param) ? "_postgres" : "_sqlite");
                         });

TEST_P(Declared, SchemaIsExactlyTheDeclaredOne) {
  ASSERT_TRUE(open().ok());
  const std::map<ColumnType, std::string> names =
      postgres() ? std::map<ColumnType, std::string>{{ColumnType::integer, "bigint"},
                                                     {ColumnType::text, "text"},
                                                     {ColumnType::bytes, "bytea"}}
                 : std::map<ColumnType, std::string>{{ColumnType::integer, "INTEGER"},
                                                     {ColumnType::text, "TEXT"},
                                                     {ColumnType::bytes, "BLOB"}};
  Columns declared;
  for (const Table& table : tables_of(set())) {
    for (const protection::Column& column : table.columns()) {
      declared[std::string(table.name()) + "." + std::string(column.name)] = names.at(column.type);
    }
  }
  EXPECT_EQ(columns(), declared);
  EXPECT_EQ(refused(), "") << "opened again";
}

TEST_P(Declared, EveryFieldIsAColumnOfItsDataSetOnce) {
  std::multiset<std::pair<std::string_view, std::string_view>> declared;
  std::multiset<std::pair<std::string_view, std::string_view>> stored;
  for (const protection::FieldDeclaration& field : protection::declared_fields) {
    if (field.set == set()) declared.emplace(field.table, field.column);
  }
  for (const Table& table : tables_of(set())) {
    for (const protection::Column& column : table.columns()) {
      if (!column.is_personal()) {
        EXPECT_FALSE(column.reason.empty());
        continue;
      }
      EXPECT_EQ(protection::declared_fields[column.place].set, set()) << column.name;
      stored.emplace(table.name(), column.name);
    }
  }
  EXPECT_FALSE(declared.empty());
  EXPECT_EQ(stored, declared);
}

TEST_P(Declared, AColumnThatIsNotDeclaredIsRefusedAtTheStart) {
  ASSERT_TRUE(open().ok());
  for (const Table& table : tables_of(set())) {
    const std::string name(table.name());
    run("ALTER TABLE " + name + " ADD COLUMN nickname TEXT");
    EXPECT_EQ(refused(), name + ".nickname");
    run("ALTER TABLE " + name + " DROP COLUMN nickname");
  }
  EXPECT_EQ(refused(), "");
}

TEST_P(Declared, ATableThatIsNotDeclaredIsRefusedAtTheStart) {
  ASSERT_TRUE(open().ok());
  // The name begins like those of SQLite's own tables.
  run("CREATE TABLE sqlitenotes (who TEXT)");
  EXPECT_EQ(refused(), "sqlitenotes.who");
  run("DROP TABLE sqlitenotes");
  if (postgres()) {
    run("CREATE MATERIALIZED VIEW seen AS SELECT 'x'::text AS who");
    EXPECT_EQ(refused(), "seen.who");
  } else {
    run("ALTER TABLE " + std::string(tables_of(set()).front().name()) +
        " ADD COLUMN computed TEXT AS ('x')");
    EXPECT_EQ(refused(), std::string(tables_of(set()).front().name()) + ".computed");
  }
}

TEST_P(Declared, AColumnThatIsMissingOrOfAnotherTypeIsRefusedAtTheStart) {
  ASSERT_TRUE(open().ok());
  // The last column of the last table is no key in any of them.
  const Table& table = tables_of(set()).back();
  const std::string name(table.name());
  const std::string column(table.columns().back().name);
  run("ALTER TABLE " + name + " RENAME COLUMN " + column + " TO kept");
  run("ALTER TABLE " + name + " ADD COLUMN " + column +
      (table.columns().back().type == ColumnType::integer ? " TEXT" : " INTEGER"));
  run("ALTER TABLE " + name + " DROP COLUMN kept");
  EXPECT_EQ(refused(), name + "." + column);
  run("ALTER TABLE " + name + " DROP COLUMN " + column);
  EXPECT_EQ(refused(), name + "." + column);
}

TEST_P(Declared, WhatIsDueGoesAndNothingElse) {
  ASSERT_TRUE(open().ok());
  fill();
  const std::uint64_t closed = unix_seconds_of(protection::law::day(2026, 10, 2));
  const std::uint64_t days = 86'400;
  protection::EditionDates dates;
  const auto due = [&](std::uint64_t now) {
    const auto gone =
        protection::delete_due(tables_of(set()), dates, now, [&](const Deletion& deletion) {
          return storage::delete_rows(
              postgres() ? storage::open_postgres(place()) : storage::open_sqlite(place()),
              deletion);
        });
    EXPECT_TRUE(gone.ok());
    std::set<std::string> left;
    for (const Table& table : tables_of(set())) {
      if (count(table.name()) > 0) left.emplace(table.name());
    }
    return left;
  };
  // Which tables a rule keeps, of all.
  const auto left_if = [&](const auto& kept) {
    std::set<std::string> left;
    for (const Table& table : tables_of(set())) {
      if (!table.retention() || kept(*table.retention())) left.emplace(table.name());
    }
    return left;
  };
  using protection::RetentionEvent;
  using protection::RetentionRule;
  const auto not_expiring = [](const RetentionRule& rule) {
    return rule.from != RetentionEvent::row_expiry;
  };
  // Rows expire by themselves; all else waits for the closing.
  EXPECT_EQ(due(closed), left_if(not_expiring));
  dates.voting_closed = date_of(closed);
  EXPECT_EQ(due(closed + 30 * days), left_if(not_expiring));
  EXPECT_EQ(due(closed + 31 * days), left_if([](const RetentionRule& rule) {
              return rule.from == RetentionEvent::protests_over ||
                     rule.from == RetentionEvent::never;
            }));
  dates.protests_over = date_of(closed + 40 * days);
  dates.legal_hold = true;
  const std::set<std::string> held = due(closed + 100'000 * days);
  dates.legal_hold = false;
  EXPECT_EQ(held, due(closed + 130 * days)) << "90 days are not over yet, and a hold keeps all";
  EXPECT_EQ(due(closed + 131 * days), left_if([](const RetentionRule& rule) {
              return rule.days > 90 || rule.from == RetentionEvent::never;
            }));
  // A century later: what relates to nobody, and the public record.
  EXPECT_EQ(due(closed + 36'525 * days),
            left_if([](const RetentionRule& rule) { return rule.from == RetentionEvent::never; }));
  if (set() == DataSet::ballot_box) {
    EXPECT_EQ(count("notice"), 0);
    EXPECT_EQ(count("entry"), 1);
    EXPECT_EQ(count("file"), 1);
    EXPECT_EQ(protection::may_delete(ballotbox::tables, "entry", dates, closed + 36'525 * days)
                  .error()
                  .code,
              ErrorCode::conflict);
  }
  if (set() == DataSet::keeper) {
    EXPECT_EQ(count("line"), 0);
    EXPECT_EQ(count("counter"), 1) << "quotas stay charged";
  }
}

// What the declaration lets out of the ballot box and the keepers, and what it does not.
TEST(Disclosed, TheRecordIsPublicAndTheRestIsNot) {
  using protection::check_disclosure;
  using protection::Field;
  using protection::Purpose;
  using protection::Recipient;
  const Date day = protection::law::day(2026, 11, 1);
  const std::array record = {Field::board_place, Field::board_entry, Field::record_file};
  EXPECT_TRUE(check_disclosure(record, Purpose::verifiability, Recipient::everybody, day).ok());
  EXPECT_FALSE(check_disclosure(record, Purpose::eligibility, Recipient::everybody, day).ok());
  const std::array notice = {Field::pending_notice};
  EXPECT_TRUE(
      check_disclosure(notice, Purpose::notification, Recipient::register_office, day).ok());
  EXPECT_FALSE(check_disclosure(notice, Purpose::notification, Recipient::everybody, day).ok());
  for (const protection::FieldDeclaration& field : protection::declared_fields) {
    if (field.set != DataSet::keeper) continue;
    for (const Recipient recipient : protection::all_recipients) {
      EXPECT_EQ(field.recipients.contains(recipient), recipient == Recipient::keeper_staff);
    }
  }
}

}  // namespace
}  // namespace urna
