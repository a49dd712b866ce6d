// SPDX-License-Identifier: EUPL-1.2
// The breach desk: what happened to personal data, since when it is known, and what was told to
// whom (GDPR art. 33 and 34). One incident is one log, to which is only appended.
//
// The log has the form of an access log (protection/access_log.h): chained rows under checkpoints
// signed with the log's key, which the second controller cosigns. The moment of awareness is that
// of the first row, by the program's own clock: nobody states it, and no later row changes it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "cases/clocks.h"
#include "protection/access_log.h"
#include "protection/breach_entry.h"

namespace urna::breach {

// What a notification has to contain, as data (breach/items.json).
struct Item {
  std::string name;  // "nature"
  std::string law;
  std::string pl, en;
  bool letter = false;  // a letter to persons has to have it, too
};
struct Items {
  std::string clock;  // the rule of the clocks that gives the term
  std::vector<Item> items;
  std::string letter_pl, letter_en;  // "{NAME}" for an item

  // Error: malformed.
  [[nodiscard]] static Result<Items> parse(std::string_view json);
  [[nodiscard]] static std::string_view standard_text();
};

// As protection/breach_entry.h has them, so that the log's verifier knows its rows.
using Act = protection::BreachAct;
using Stage = protection::BreachStage;
using Entry = protection::BreachEntry;

// What the rows of a log come to.
struct Incident {
  std::string name;
  std::uint64_t aware = 0;
  std::vector<std::string> controllers;
  std::map<std::string, std::string, std::less<>> items;  // the latest of each
  struct Filing {
    std::string controller;
    Stage stage = Stage::initial;
    std::uint64_t time = 0;
    bool late = false;
    std::string reason;
  };
  std::vector<Filing> filings;
  std::vector<std::string> letters;  // controllers that have written to persons
  std::uint64_t due = 0;             // the first second at which a first filing is late

  [[nodiscard]] std::vector<std::string> missing(const Items& items, bool for_letter) const;
  // Controllers that have not filed at all; none of one's filing is another's.
  [[nodiscard]] std::vector<std::string> not_filed() const;
};

// A log in memory: the file of a copy (`urna log copy` has the same form), so that `urna log
// verify` and `urna log cosign` work on it.
class Log {
 public:
  Log() = default;
  // Errors: malformed; conflict (the log is not sound under this key; the first bad row is named).
  [[nodiscard]] static Result<Log> read(std::string_view bytes, const board::LogKey& key);
  [[nodiscard]] std::string bytes() const { return protection::encode(copy_); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  // Errors: usage (a word is none, an act is out of place), conflict (the clock is behind the last
  // row: nothing is back-dated).
  [[nodiscard]] Status append(const Entry& entry, const board::LogSecretKey& key);

 private:
  protection::AccessLogCopy copy_;
  protection::AccessLogHead head_;
  std::vector<Entry> entries_;
};

// Errors: usage (nothing was opened), and those of the clocks.
[[nodiscard]] Result<Incident> incident_of(const Log& log, const Items& items,
                                           const cases::Clocks& clocks);

// Whether these may be appended now; appends. Errors: usage (no such item or controller), conflict
// (an item is missing for a complete filing or a letter; a late filing has no reason; personal data
// in a text), and those of append().
[[nodiscard]] Status open(Log& log, const std::string& name,
                          const std::vector<std::string>& controllers, const std::string& by,
                          std::uint64_t now, const board::LogSecretKey& key);
[[nodiscard]] Status add_item(Log& log, const Items& items, const std::string& name,
                              const std::string& text, const std::string& by, std::uint64_t now,
                              const board::LogSecretKey& key);
[[nodiscard]] Status file(Log& log, const Items& items, const cases::Clocks& clocks,
                          const std::string& controller, Stage stage, const std::string& reason,
                          const std::string& by, std::uint64_t now, const board::LogSecretKey& key);
// The letter to persons, in both languages; that it was made is in the log.
struct Letter {
  std::string pl, en;
};
[[nodiscard]] Result<Letter> write_letter(Log& log, const Items& items, const cases::Clocks& clocks,
                                          const std::string& controller, const std::string& by,
                                          std::uint64_t now, const board::LogSecretKey& key);

}  // namespace urna::breach
