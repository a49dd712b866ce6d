// SPDX-License-Identifier: EUPL-1.2
#include "storage/inspection_store.h"

#include <array>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "inspection/tables.h"
#include "storage/registrar_store.h"

namespace urna::storage {
namespace {

using protection::AccessLogCopy;
using protection::AccessLogHead;
using protection::AccessRow;

template <typename Octets>
SqlValue blob(const Octets& octets) {
  return Bytes{view_of(octets)};
}
SqlValue blob(const std::string& text) { return Bytes{text}; }
SqlValue integer(std::uint64_t value) { return static_cast<std::int64_t>(value); }

class Transaction final : public inspection::InspectionTransaction {
 public:
  explicit Transaction(Sql& sql) : sql_(sql) {}

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

  Result<AccessLogHead> access_head() override {
    if (Status locked = sql_.lock(log_lock); !locked) return std::move(locked).error();
    constexpr std::array types = {SqlType::bytes};
    const std::array<SqlValue, 1> values = {std::string_view("access_head")};
    const Result<SqlRows> rows =
        sql_.query("SELECT value FROM state WHERE name = $1", values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return AccessLogHead();
    return AccessLogHead::decode((*rows)[0][0].bytes);
  }
  Status append_access(const AccessRow& row) override {
    const std::array values = {integer(row.position), blob(row.entry), blob(row.chain)};
    return sql_.run("INSERT INTO access_log (position, entry, chain) VALUES ($1, $2, $3)", values);
  }
  Status finish_access(const AccessLogHead& head, std::string_view note) override {
    const std::array<SqlValue, 2> values = {integer(head.size()), note};
    if (Status put = sql_.run("INSERT INTO access_note (size, note) VALUES ($1, $2)", values); !put)
      return put;
    const std::string encoded = head.encode();
    const std::array<SqlValue, 2> state = {std::string_view("access_head"), blob(encoded)};
    return sql_.run(
        "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        state);
  }

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(sql_, deletion);
  }

 private:
  static constexpr std::int64_t log_lock = 0x696e7370;
  Sql& sql_;
};

class Store final : public inspection::InspectionStore {
 public:
  explicit Store(std::unique_ptr<Sql> sql) : sql_(std::move(sql)) {}

  Status transact(const Work& work) override {
    const std::scoped_lock lock(mutex_);
    return sql_->in_transaction([&]() -> Status {
      Transaction transaction(*sql_);
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
  return std::unique_ptr<inspection::InspectionStore>(std::make_unique<Store>(std::move(sql)));
}

}  // namespace urna::storage
