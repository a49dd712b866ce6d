// SPDX-License-Identifier: EUPL-1.2
#include "registrar/counters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/date.h"

namespace urna::registrar {
Status count(RegistrarTransaction& transaction, const Office& office, std::string_view name,
             std::uint64_t by) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  if (name.empty() || !std::ranges::all_of(name, good)) {
    stop_on_broken_precondition("count: a word of the list");
  }
  return transaction.add_to_counter(office.clock() / seconds_of_day, name, by);
}

std::string_view word_of(Factor factor) {
  switch (factor) {
    case Factor::none:
      return "none";
    case Factor::sms:
      return "sms";
    case Factor::email:
      return "email";
    case Factor::sms_given:
      return "sms-given";
    case Factor::email_given:
      return "email-given";
    case Factor::letter:
      return "letter";
    case Factor::electronic_identity:
      return "electronic-identity";
    case Factor::point:
      return "point";
  }
  stop_on_broken_precondition("word_of: a factor");
}

std::string_view told_within(std::uint64_t seconds) {
  constexpr std::array<std::pair<std::uint64_t, std::string_view>, 5> bounds = {
      {{10, "told.within-10"},
       {60, "told.within-60"},
       {600, "told.within-600"},
       {3600, "told.within-3600"},
       {86400, "told.within-86400"}}};
  for (const auto& [bound, name] : bounds) {
    if (seconds <= bound) return name;
  }
  return "told.later";
}

Result<Counters> tell_counters(const Office& office) {
  Counters counters;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    counters.clear();
    const Result<std::vector<CounterRow>> rows = transaction.counters();
    if (!rows) return rows.error();
    for (const CounterRow& row : *rows) counters[row.day][row.name] += row.count;
    return ok_status();
  });
  if (!done) return done.error();
  return counters;
}

}  // namespace urna::registrar
