// SPDX-License-Identifier: EUPL-1.2
// When rows must go, and that they do not go before.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "protection/table.h"

namespace urna::protection {

// What an edition has come to, and what stands against deletion. Where a database holds several
// editions, these are the dates of the last.
struct EditionDates {
  std::optional<Date> voting_closed;
  std::optional<Date> protests_over;
  bool legal_hold = false;  // on the whole data set: a prosecutor's or a court's
};

// All rows of the table, or those whose column is not after the moment.
struct Deletion {
  std::string_view table;
  std::string_view column;   // empty: all rows
  std::uint64_t before = 0;  // Unix seconds
  friend bool operator==(const Deletion&, const Deletion&) = default;
};

// What the declaration says must be deleted at the moment `now` (Unix seconds), in the order of the
// tables. Nothing under a legal hold, but for rows of row_expiry, which are of use to nobody.
[[nodiscard]] std::vector<Deletion> deletions_due(std::span<const Table> tables,
                                                  const EditionDates& dates, std::uint64_t now);

// Hands on what is due, one after another, and has noted what went for good: rows that expire by
// themselves go every minute, and a log is not told of its own end. How many rows went in all.
// Errors are passed on.
[[nodiscard]] Result<std::uint64_t> delete_due(
    std::span<const Table> tables, const EditionDates& dates, std::uint64_t now,
    const std::function<Result<std::uint64_t>(const Deletion&)>& apply,
    const std::function<Status(std::string_view table, std::uint64_t rows)>& note =
        [](std::string_view, std::uint64_t) { return ok_status(); });

// Whether a table may be deleted whole at that moment. Errors: conflict (before its time, or under
// a legal hold), not_found (no such table).
[[nodiscard]] Status may_delete(std::span<const Table> tables, std::string_view table,
                                const EditionDates& dates, std::uint64_t now);

}  // namespace urna::protection
