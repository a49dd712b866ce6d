// SPDX-License-Identifier: EUPL-1.2
#include "storage/inspection_store.h"

#include <array>
#include <mutex>
#include <utility>

#include "inspection/tables.h"
#include "storage/access_log.h"
#include "storage/values.h"

namespace urna::storage {
namespace {

using protection::AccessLogCopy;
using protection::AccessLogHead;
using protection::AccessRow;

class SqlInspectionTransaction final : public inspection::InspectionTransaction {
 public:
  explicit SqlInspectionTransaction(Sql& sql) : sql_(sql), log_(sql, log_lock) {}

  Result<bool> charge(const std::string& name, std::uint64_t amount, std::uint64_t most) override {
    if (Status locked = sql_.lock(log_lock); !locked) return std::move(locked).error();
    constexpr std::array types = {SqlType::integer};
    const std::array<SqlValue, 1> which = {std::string_view(name)};
    const Result<SqlRows> rows =
        sql_.query("SELECT used FROM counter WHERE name = $1", which, types);
    if (!rows) return rows.error();
    const std::uint64_t used = rows->empty() ? 0 : static_cast<std::uint64_t>((*rows)[0][0].number);
    if (used > most || amount > most - used) return false;
    const std::array<SqlValue, 2> values = {std::string_view(name), integer(used + amount)};
    const Status put = sql_.run(
        "INSERT INTO counter (name, used) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET used = "
        "excluded.used",
        values);
    if (!put) return put.error();
    return true;
  }

  Result<AccessLogHead> access_head() override { return log_.head(); }
  Status append_access(const AccessRow& row) override { return log_.append(row); }
  Status finish_access(const AccessLogHead& head, std::string_view note) override {
    return log_.finish(head, note);
  }

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(sql_, deletion);
  }

 private:
  static constexpr std::int64_t log_lock = 0x696e7370;
  Sql& sql_;
  AccessLogRows log_;
};

class SqlInspectionStore final : public inspection::InspectionStore {
 public:
  explicit SqlInspectionStore(std::unique_ptr<Sql> sql) : sql_(std::move(sql)) {}

  Status transact(const Work& work) override {
    const std::scoped_lock lock(mutex_);
    return sql_->in_transaction([&]() -> Status {
      SqlInspectionTransaction transaction(*sql_);
      return work(transaction);
    });
  }
  Result<AccessLogCopy> copy_log() override {
    const std::scoped_lock lock(mutex_);
    return copy_access_log(*sql_);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Sql> sql_;
};

}  // namespace

Result<std::unique_ptr<inspection::InspectionStore>> make_inspection_store(
    std::unique_ptr<Sql> sql) {
  if (Status made = sql->make_tables(inspection::tables); !made) return std::move(made).error();
  return std::unique_ptr<inspection::InspectionStore>(
      std::make_unique<SqlInspectionStore>(std::move(sql)));
}

}  // namespace urna::storage
