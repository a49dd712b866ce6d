// SPDX-License-Identifier: EUPL-1.2
#include "breach/desk.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <utility>

#include "base/bytes.h"
#include "base/date.h"
#include "base/sha256.h"

namespace urna::breach {
namespace {

namespace json = boost::json;

constexpr std::size_t word_bytes_max = 64;
constexpr std::size_t controllers_max = 20;

bool is_word(std::string_view text) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= word_bytes_max && std::ranges::all_of(text, good);
}

Error usage(std::string field, std::string message) {
  return {ErrorCode::usage, std::move(message), {.field = std::move(field)}, ""};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

Status check_controller(const Incident& incident, const std::string& controller) {
  if (std::ranges::find(incident.controllers, controller) != incident.controllers.end())
    return ok_status();
  return usage("controller", "the incident is not at this controller");
}

Status check_missing(const std::vector<std::string>& missing, const char* what) {
  if (missing.empty()) return ok_status();
  return Error{ErrorCode::conflict,
               fmt::format("{} is not complete without: {}", what, joined(missing)),
               {.field = missing.front()},
               "add it with `urna breach add`"};
}

std::string filled(std::string text, const Incident& incident) {
  for (const auto& [name, value] : incident.items) {
    const std::string place = "{" + name + "}";
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos; at += value.size())
      text.replace(at, place.size(), value);
  }
  return text;
}

}  // namespace

Result<Items> Items::parse(std::string_view text) {
  const Error wrong{
      ErrorCode::malformed, "not the items of a notification", {}, "see breach/items.json"};
  json::error_code failure;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), failure);
  if (failure || !value.is_object()) return wrong;
  const auto text_in = [](const json::object& object, const char* name) {
    const json::value* found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
  };
  const json::object& object = value.get_object();
  Items items;
  items.clock = text_in(object, "clock");
  const json::value* list = object.if_contains("items");
  const json::value* letter = object.if_contains("letter");
  if (items.clock.empty() || list == nullptr || !list->is_array() || letter == nullptr ||
      !letter->is_object()) {
    return wrong;
  }
  for (const json::value& one : list->get_array()) {
    if (!one.is_object()) return wrong;
    const json::value* for_letter = one.get_object().if_contains("letter");
    Item item{text_in(one.get_object(), "name"), text_in(one.get_object(), "law"),
              text_in(one.get_object(), "pl"), text_in(one.get_object(), "en"),
              for_letter != nullptr && for_letter->is_bool() && for_letter->get_bool()};
    if (!is_word(item.name)) return wrong;
    items.items.push_back(std::move(item));
  }
  items.letter_pl = text_in(letter->get_object(), "pl");
  items.letter_en = text_in(letter->get_object(), "en");
  return items;
}

// ---- The log

namespace {

// Rows and checkpoints into a copy in memory.
class CopyStore final : public protection::AccessLogStore {
 public:
  CopyStore(protection::AccessLogCopy& copy, protection::AccessLogHead& head)
      : copy_(copy), head_(head) {}
  [[nodiscard]] Result<protection::AccessLogHead> access_head() override { return head_; }
  [[nodiscard]] Status append_access(const protection::AccessRow& row) override {
    copy_.rows.push_back(row);
    return ok_status();
  }
  [[nodiscard]] Status finish_access(const protection::AccessLogHead& head,
                                     std::string_view note) override {
    head_ = head;
    copy_.notes.emplace_back(note);
    return ok_status();
  }

 private:
  protection::AccessLogCopy& copy_;
  protection::AccessLogHead& head_;
};

}  // namespace

Result<Log> Log::read(std::string_view bytes, const board::LogKey& key) {
  Result<protection::AccessLogCopy> copy = protection::decode_access_log_copy(bytes);
  if (!copy) return std::move(copy).error();
  protection::AccessLogKeys keys;
  keys.log = key;
  protection::AccessLogVerifier verifier(copy->notes, std::move(keys));
  for (const protection::AccessRow& row : copy->rows) verifier.add(row);
  const protection::AccessLogVerdict verdict = verifier.finish();
  if (!verdict.sound()) {
    return Error{ErrorCode::conflict,
                 verdict.first_bad ? fmt::format("row {}: {}", *verdict.first_bad, verdict.reason)
                                   : verdict.reason,
                 {.field = "log"},
                 "take the copy that the second controller has"};
  }
  Log log;
  for (const protection::AccessRow& row : copy->rows) {
    Result<Entry> entry = protection::decode_breach_entry(row.entry);
    if (!entry) return std::move(entry).error();
    log.entries_.push_back(*std::move(entry));
    log.head_.append(row.entry);
  }
  log.copy_ = *std::move(copy);
  return log;
}

Status Log::append(const Entry& entry, const board::LogSecretKey& key) {
  if (!is_word(entry.by)) return usage("by", "an account is 1 to 64 of a-z, 0-9, \".\" and \"-\"");
  if (entry.name.empty() || entry.name.size() > protection::breach_text_bytes_max ||
      entry.text.size() > protection::breach_text_bytes_max ||
      encode(entry).size() > protection::access_entry_bytes_max || !is_utf8(entry.name) ||
      !is_utf8(entry.text)) {
    return usage("text", fmt::format("a text has at most {} bytes of UTF-8",
                                     protection::breach_text_bytes_max));
  }
  if ((entry.act == Act::opened) != entries_.empty()) {
    return usage("act", "an incident is opened once, and first");
  }
  if (!entries_.empty() && entry.time < entries_.back().time) {
    return Error{ErrorCode::conflict,
                 "the clock is behind the last row of the log: nothing is back-dated",
                 {.field = "time"},
                 "set the clock right"};
  }
  const std::string bytes = encode(entry);
  CopyStore store(copy_, head_);
  const Status appended = protection::append_to_access_log(store, std::span(&bytes, 1), key);
  if (appended) entries_.push_back(entry);
  return appended;
}

// ---- What it comes to

std::vector<std::string> Incident::missing(const Items& all, bool for_letter) const {
  std::vector<std::string> names;
  for (const Item& one : all.items) {
    const auto found = items.find(one.name);
    const bool there = found != items.end() && !found->second.empty();
    if (!there && (one.letter || !for_letter)) names.push_back(one.name);
  }
  return names;
}

std::vector<std::string> Incident::not_filed() const {
  std::vector<std::string> names;
  for (const std::string& controller : controllers) {
    if (std::ranges::find(filings, controller, &Filing::controller) == filings.end())
      names.push_back(controller);
  }
  return names;
}

Result<Incident> incident_of(const Log& log, const Items& items, const cases::Clocks& clocks) {
  if (log.entries().empty()) return usage("log", "no incident was opened");
  Incident incident;
  for (const Entry& entry : log.entries()) {
    switch (entry.act) {
      case Act::opened:
        incident.name = entry.name;
        incident.aware = entry.time;
        incident.controllers = lines_of(entry.text);
        break;
      case Act::item:
        incident.items[entry.name] = entry.text;
        break;
      case Act::filed:
        incident.filings.push_back(
            {entry.name, entry.stage.value_or(Stage::initial), entry.time, false, entry.text});
        break;
      case Act::letter:
        incident.letters.push_back(entry.name);
        break;
    }
  }
  const Result<std::uint64_t> due = clocks.due(items.clock, incident.aware);
  if (!due) return due.error();
  incident.due = *due;
  // The first filing of each controller is in time or late; what follows adds to it.
  std::vector<std::string> seen;
  for (Incident::Filing& filing : incident.filings) {
    const bool first = std::ranges::find(seen, filing.controller) == seen.end();
    filing.late = first && filing.time >= incident.due;
    seen.push_back(filing.controller);
  }
  return incident;
}

// ---- Acts

Status open(Log& log, const std::string& name, const std::vector<std::string>& controllers,
            const std::string& by, std::uint64_t now, const board::LogSecretKey& key) {
  std::string lines;
  for (const std::string& controller : controllers) {
    const bool good = !controller.empty() && controller.find('\n') == std::string::npos;
    if (!good || std::ranges::count(controllers, controller) > 1)
      return usage("controller", "controllers are told by different names of one line");
    lines += (lines.empty() ? "" : "\n") + controller;
  }
  if (controllers.empty() || controllers.size() > controllers_max) {
    return usage("controller", fmt::format("expected 1 to {}", controllers_max));
  }
  return log.append({Act::opened, now, by, name, lines, std::nullopt}, key);
}

Status add_item(Log& log, const Items& items, const std::string& name, const std::string& text,
                const std::string& by, std::uint64_t now, const board::LogSecretKey& key) {
  if (std::ranges::find(items.items, name, &Item::name) == items.items.end()) {
    std::vector<std::string> names;
    for (const Item& one : items.items) names.push_back(one.name);
    return usage("item", "there is no such item; there are: " + joined(names));
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return usage("text", "an empty item says nothing");
  }
  return log.append({Act::item, now, by, name, text, std::nullopt}, key);
}

Status file(Log& log, const Items& items, const cases::Clocks& clocks,
            const std::string& controller, Stage stage, const std::string& reason,
            const std::string& by, std::uint64_t now, const board::LogSecretKey& key) {
  const Result<Incident> incident = incident_of(log, items, clocks);
  if (!incident) return incident.error();
  if (Status there = check_controller(*incident, controller); !there) return there;
  if (stage == Stage::complete) {
    if (Status whole = check_missing(incident->missing(items, false), "a notification"); !whole)
      return whole;
  }
  const bool first = std::ranges::find(incident->filings, controller,
                                       &Incident::Filing::controller) == incident->filings.end();
  if (first && now >= incident->due && reason.empty()) {
    return Error{
        ErrorCode::conflict,
        fmt::format("the notification is late: it was due before {}", to_iso_moment(incident->due)),
        {.field = "reason"},
        "give the reasons for the delay with --reason"};
  }
  return log.append({Act::filed, now, by, controller, reason, stage}, key);
}

Result<Letter> write_letter(Log& log, const Items& items, const cases::Clocks& clocks,
                            const std::string& controller, const std::string& by, std::uint64_t now,
                            const board::LogSecretKey& key) {
  const Result<Incident> incident = incident_of(log, items, clocks);
  if (!incident) return incident.error();
  if (Status there = check_controller(*incident, controller); !there)
    return std::move(there).error();
  if (Status whole = check_missing(incident->missing(items, true), "a letter"); !whole)
    return std::move(whole).error();
  Letter letter{filled(items.letter_pl, *incident), filled(items.letter_en, *incident)};
  const Status noted = log.append(
      {Act::letter, now, by, controller, sha256_hex(letter.pl + letter.en), std::nullopt}, key);
  if (!noted) return noted.error();
  return letter;
}

}  // namespace urna::breach
