// SPDX-License-Identifier: EUPL-1.2
#include "cmd/stores.h"

#include "storage/desk_store.h"
#include "storage/inspection_store.h"
#include "storage/postgres/keeper_store.h"
#include "storage/postgres/record_store.h"
#include "storage/registrar_store.h"
#include "storage/sql.h"
#include "storage/sqlite/keeper_store.h"
#include "storage/sqlite/record_store.h"

namespace urna::cmd {
namespace {

constexpr std::string_view sqlite = "sqlite:";
constexpr std::string_view postgres = "postgres:";

// What the store's name says, opened by one of two functions.
template <typename Store, typename OpenSqlite, typename OpenPostgres>
Result<Store> open_store(const std::string& store, OpenSqlite open_sqlite,
                         OpenPostgres open_postgres) {
  if (store.starts_with(sqlite)) return open_sqlite(store.substr(sqlite.size()));
  if (store.starts_with(postgres)) return open_postgres(store.substr(postgres.size()));
  return Error{ErrorCode::usage,
               "the store is neither of SQLite nor of PostgreSQL",
               {},
               std::string("write ") + store_help};
}

Result<std::unique_ptr<registrar::RegistrarStore>> registrar_store(
    Result<std::unique_ptr<storage::Sql>> sql) {
  if (!sql) return std::move(sql).error();
  return storage::make_registrar_store(std::move(*sql));
}

Result<std::unique_ptr<desk::DeskStore>> desk_store(Result<std::unique_ptr<storage::Sql>> sql) {
  if (!sql) return std::move(sql).error();
  return storage::make_desk_store(std::move(*sql));
}

Result<std::unique_ptr<inspection::InspectionStore>> inspection_store(
    Result<std::unique_ptr<storage::Sql>> sql) {
  if (!sql) return std::move(sql).error();
  return storage::make_inspection_store(std::move(*sql));
}

}  // namespace

Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(const std::string& store) {
  return open_store<std::unique_ptr<ballotbox::RecordStore>>(
      store, storage::sqlite::open_record_store, storage::postgres::open_record_store);
}

Result<std::unique_ptr<keeper::KeeperStore>> open_keeper_store(const std::string& store) {
  return open_store<std::unique_ptr<keeper::KeeperStore>>(store, storage::sqlite::open_keeper_store,
                                                          storage::postgres::open_keeper_store);
}

Result<std::unique_ptr<registrar::RegistrarStore>> open_registrar_store(const std::string& store) {
  return open_store<std::unique_ptr<registrar::RegistrarStore>>(
      store, [](const std::string& path) { return registrar_store(storage::open_sqlite(path)); },
      [](const std::string& parameters) {
        return registrar_store(storage::open_postgres(parameters));
      });
}

Result<std::unique_ptr<desk::DeskStore>> open_desk_store(const std::string& store) {
  return open_store<std::unique_ptr<desk::DeskStore>>(
      store, [](const std::string& path) { return desk_store(storage::open_sqlite(path)); },
      [](const std::string& parameters) { return desk_store(storage::open_postgres(parameters)); });
}

Result<std::unique_ptr<inspection::InspectionStore>> open_inspection_store(
    const std::string& store) {
  return open_store<std::unique_ptr<inspection::InspectionStore>>(
      store, [](const std::string& path) { return inspection_store(storage::open_sqlite(path)); },
      [](const std::string& parameters) {
        return inspection_store(storage::open_postgres(parameters));
      });
}

}  // namespace urna::cmd
