// SPDX-License-Identifier: EUPL-1.2
#include "protection/retention.h"

#include <algorithm>

namespace urna::protection {
namespace {

// The moment from which a rule that counts from an event demands deletion; nothing before the
// event, and of what is kept for good.
std::optional<std::uint64_t> deletion_time(const RetentionRule& rule, const EditionDates& dates) {
  if (rule.from == RetentionEvent::never) return std::nullopt;
  const std::optional<Date>& event =
      rule.from == RetentionEvent::voting_closed ? dates.voting_closed : dates.protests_over;
  if (!event) return std::nullopt;
  // The day of the event itself is not counted (art. 111 of the Polish Civil Code).
  return unix_seconds_of(*event) + (std::uint64_t{rule.days} + 1) * 86400;
}

}  // namespace

std::vector<Deletion> deletions_due(std::span<const Table> tables, const EditionDates& dates,
                                    std::uint64_t now) {
  std::vector<Deletion> due;
  for (const Table& table : tables) {
    const std::optional<RetentionRule>& rule = table.retention();
    if (!rule) continue;
    if (rule->from == RetentionEvent::row_expiry) {
      const std::uint64_t kept = std::uint64_t{rule->days} * 86400;
      if (now >= kept) due.push_back({table.name(), table.expires(), now - kept});
    } else if (!dates.legal_hold) {
      const std::optional<std::uint64_t> time = deletion_time(*rule, dates);
      if (time && now >= *time) due.push_back({table.name(), {}, now});
    }
  }
  return due;
}

Result<std::uint64_t> delete_due(
    std::span<const Table> tables, const EditionDates& dates, std::uint64_t now,
    const std::function<Result<std::uint64_t>(const Deletion&)>& apply,
    const std::function<Status(std::string_view, std::uint64_t)>& note) {
  std::uint64_t rows = 0;
  for (const Deletion& deletion : deletions_due(tables, dates, now)) {
    const Result<std::uint64_t> gone = apply(deletion);
    if (!gone) return gone;
    rows += *gone;
    if (*gone == 0 || !deletion.column.empty() || deletion.table.starts_with("access")) continue;
    if (Status noted = note(deletion.table, *gone); !noted) return std::move(noted).error();
  }
  return rows;
}

Status may_delete(std::span<const Table> tables, std::string_view name, const EditionDates& dates,
                  std::uint64_t now) {
  const auto table = std::ranges::find(tables, name, &Table::name);
  if (table == tables.end()) {
    return Error{ErrorCode::not_found, "there is no such table", {.field = std::string(name)}, ""};
  }
  if (dates.legal_hold) {
    return Error{ErrorCode::conflict,
                 "the data are under a legal hold",
                 {.field = std::string(name)},
                 "ask who put the hold on"};
  }
  const std::vector<Deletion> due = deletions_due(std::span(&*table, 1), dates, now);
  const bool whole = !due.empty() && due.front().column.empty();
  if (table->retention() && !whole) {
    return Error{ErrorCode::conflict,
                 "the time to keep these data is not over",
                 {.field = std::string(name)},
                 "wait until it is; see the register of processing"};
  }
  return ok_status();
}

}  // namespace urna::protection
