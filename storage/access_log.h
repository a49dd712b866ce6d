// SPDX-License-Identifier: EUPL-1.2
// The witnessed log (protection/access_log.h) in the tables access_log, access_note and state,
// which every database that keeps one has.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "protection/access_log.h"
#include "storage/sql.h"

namespace urna::storage {

// Of a transaction that is open. Errors of all: io.
class AccessLogRows {
 public:
  // Whoever holds `lock` is the only one who adds rows; `sql` outlives this.
  AccessLogRows(Sql& sql, std::int64_t lock) : sql_(sql), lock_(lock) {}

  // Takes the lock. Error: also malformed (the head is damaged).
  [[nodiscard]] Result<protection::AccessLogHead> head();
  [[nodiscard]] Status append(const protection::AccessRow& row);
  // The new head, and the signed checkpoint over its rows.
  [[nodiscard]] Status finish(const protection::AccessLogHead& head, std::string_view note);

 private:
  Sql& sql_;
  std::int64_t lock_;
};

// The log of a database, however old its other tables are. Errors: io.
[[nodiscard]] Result<protection::AccessLogCopy> copy_access_log(Sql& sql);

}  // namespace urna::storage
