// SPDX-License-Identifier: EUPL-1.2
#include "cmd/stores.h"

#include "storage/postgres/record_store.h"
#include "storage/sqlite/record_store.h"

namespace urna::cmd {
namespace {

constexpr std::string_view sqlite = "sqlite:";
constexpr std::string_view postgres = "postgres:";

}  // namespace

Result<std::unique_ptr<ballotbox::RecordStore>> open_record_store(const std::string& store) {
  if (store.starts_with(sqlite)) {
    return storage::sqlite::open_record_store(store.substr(sqlite.size()));
  }
  if (store.starts_with(postgres)) {
    return storage::postgres::open_record_store(store.substr(postgres.size()));
  }
  return Error{ErrorCode::usage,
               "the store is neither of SQLite nor of PostgreSQL",
               {},
               std::string("write ") + store_help};
}

}  // namespace urna::cmd
