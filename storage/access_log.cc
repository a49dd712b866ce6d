// SPDX-License-Identifier: EUPL-1.2
#include "storage/access_log.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "storage/values.h"

namespace urna::storage {
namespace {

constexpr std::string_view head_name = "access_head";

}  // namespace

Result<protection::AccessLogHead> AccessLogRows::head() {
  if (Status locked = sql_.lock(lock_); !locked) return std::move(locked).error();
  constexpr std::array types = {SqlType::bytes};
  const std::array<SqlValue, 1> values = {head_name};
  const Result<SqlRows> rows = sql_.query("SELECT value FROM state WHERE name = $1", values, types);
  if (!rows) return rows.error();
  if (rows->empty()) return protection::AccessLogHead();
  return protection::AccessLogHead::decode((*rows)[0][0].bytes);
}

Status AccessLogRows::append(const protection::AccessRow& row) {
  const std::array<SqlValue, 3> values = {integer(row.position), Bytes{row.entry},
                                          Bytes{view_of(row.chain)}};
  return sql_.run("INSERT INTO access_log (position, entry, chain) VALUES ($1, $2, $3)", values);
}

Status AccessLogRows::finish(const protection::AccessLogHead& head, std::string_view note) {
  const std::array<SqlValue, 2> values = {integer(head.size()), note};
  if (Status put = sql_.run("INSERT INTO access_note (size, note) VALUES ($1, $2)", values); !put)
    return put;
  const std::string encoded = head.encode();
  const std::array<SqlValue, 2> state = {head_name, Bytes{encoded}};
  return sql_.run(
      "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
      "excluded.value",
      state);
}

Result<protection::AccessLogCopy> copy_access_log(Sql& sql) {
  protection::AccessLogCopy copy;
  // In one transaction, so that rows and checkpoints are of one moment.
  constexpr std::array row_types = {SqlType::integer, SqlType::bytes, SqlType::bytes};
  constexpr std::array note_types = {SqlType::bytes};
  const auto read = [&]() -> Status {
    copy = {};
    Result<SqlRows> rows =
        sql.query("SELECT position, entry, chain FROM access_log ORDER BY position", {}, row_types);
    if (!rows) return rows.error();
    for (std::vector<SqlCell>& row : rows.value()) {
      protection::AccessRow& one = copy.rows.emplace_back();
      one.position = static_cast<std::uint64_t>(row[0].number);
      one.entry = std::move(row[1].bytes);
      // A chain of another length is as wrong as another one: the verifier names the row.
      if (row[2].bytes.size() == 32) one.chain = array_of<32>(row[2].bytes);
    }
    Result<SqlRows> notes = sql.query("SELECT note FROM access_note ORDER BY size", {}, note_types);
    if (!notes) return notes.error();
    for (std::vector<SqlCell>& row : notes.value()) copy.notes.push_back(std::move(row[0].bytes));
    return ok_status();
  };
  if (Status done = sql.in_snapshot(read); !done) return std::move(done).error();
  return copy;
}

}  // namespace urna::storage
