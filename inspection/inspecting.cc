// SPDX-License-Identifier: EUPL-1.2
#include "inspection/inspecting.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/date.h"
#include "registrar/csv.h"

namespace urna::inspection {
namespace {

using protection::AccessEntry;
using protection::Mandate;
using protection::MandateFault;

// Words of the log have no "_".
std::string as_word(std::string_view name) {
  std::string word(name);
  std::ranges::replace(word, '_', '-');
  return word;
}

std::string mandate_purpose(const std::optional<Mandate>& mandate) {
  return mandate ? "mandate-" + protection::mandate_word(protection::mandate_hash(*mandate))
                 : "no-mandate";
}

// The rows of the period, with the fields asked for. Errors: io, malformed, limit.
Result<Rows> read_rows(const DataSource& source, const ReadRequest& request) {
  std::ifstream file(source.path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, "the data set's file cannot be read"};
  registrar::CsvReader reader(file);
  const auto header = reader.next();
  if (!header) return header.error();
  if (!*header) return Error{ErrorCode::malformed, "the data set's file is empty"};
  const std::vector<std::string>& names = (*header)->fields;
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  };
  std::vector<std::size_t> wanted;
  for (const std::string& field : request.fields) wanted.push_back(column(field));
  const std::size_t date_column = column(source.date_field);
  if (date_column == names.size() || std::ranges::count(wanted, names.size()) != 0) {
    return Error{ErrorCode::malformed, "the data set's file lacks a column"};
  }
  Rows rows;
  rows.fields = request.fields;
  while (true) {
    auto row = reader.next();
    if (!row) return row.error();
    if (!*row) return rows;
    std::vector<std::string>& cells = row.value()->fields;
    if (cells.size() != names.size()) continue;
    const Result<Date> date = parse_date(cells[date_column]);
    if (!date || date->year() < std::chrono::year(1970)) continue;
    const std::uint64_t moment = unix_seconds_of(*date);
    if (moment < request.from || moment > request.to) continue;
    if (rows.rows.size() == rows_max) {
      return Error{ErrorCode::limit, "more rows than one answer may have"};
    }
    std::vector<std::string>& given = rows.rows.emplace_back();
    for (const std::size_t k : wanted) given.push_back(cells[k]);
  }
}

}  // namespace

AccessEntry list_check_entry(std::uint64_t time, std::string actor, std::string action,
                             std::string mandate, std::uint64_t persons) {
  AccessEntry entry;
  entry.time = time;
  entry.role = "list-check";
  entry.actor = std::move(actor);
  entry.action = std::move(action);
  entry.set = "roll";
  entry.fields = {"pseudonym"};
  entry.persons = persons;
  entry.purpose = std::move(mandate);
  return entry;
}

Status Inspection::log_here(const AccessEntry& entry) {
  const Result<std::string> bytes = protection::encode(entry);
  if (!bytes) return bytes.error();
  return store_.transact([&](InspectionTransaction& transaction) {
    return protection::append_to_access_log(transaction, std::span(&*bytes, 1), log_key_);
  });
}

Refused Inspection::refuse(Refusal why, std::optional<MandateFault> fault, AccessEntry entry) {
  constexpr std::array<std::string_view, 5> words = {"malformed", "mandate", "signature",
                                                     "no-second-log", "unavailable"};
  entry.action = "refused-" + std::string(fault ? protection::to_string(*fault)
                                                : words[static_cast<std::size_t>(why)]);
  entry.persons = 0;
  // A log that takes nothing is no reason to hand out anything.
  const Status here = log_here(entry);
  const Result<std::string> bytes = protection::encode(entry);
  if (!here || !bytes) return {Refusal::unavailable, std::nullopt};
  if (why != Refusal::no_second && !second_.append(*bytes)) {
    entry.action = "refusal-not-in-second-log";
    if (!log_here(entry)) return {Refusal::unavailable, std::nullopt};
  }
  return {why, fault};
}

std::variant<Rows, Refused> Inspection::read(std::string_view bytes) {
  const std::uint64_t now = config_.clock();
  AccessEntry entry;
  entry.time = now;
  entry.role = "inspector";
  entry.actor = "unknown";
  entry.action = "read";
  entry.set = "unknown";
  entry.fields = {"unknown"};
  entry.purpose = "no-mandate";
  const Result<ReadRequest> request = decode_read_request(bytes);
  if (!request) return refuse(Refusal::malformed, std::nullopt, entry);
  entry.actor = to_hex(view_of(request->inspector).substr(0, 8));
  entry.set = as_word(request->set);
  entry.fields = request->fields;

  if (request->mandate.empty()) return refuse(Refusal::mandate, MandateFault::missing, entry);
  std::optional<Mandate> mandate;
  if (Result<Mandate> decoded = protection::decode_mandate(request->mandate)) {
    mandate = *std::move(decoded);
  } else {
    return refuse(Refusal::mandate, MandateFault::malformed, entry);
  }
  entry.purpose = mandate_purpose(mandate);
  if (!is_signed(*request) || request->time + request_seconds_max < now ||
      request->time > now + request_seconds_max) {
    return refuse(Refusal::signature, std::nullopt, entry);
  }
  std::optional<MandateFault> fault = protection::find_fault(*mandate, config_.trust, now);
  if (!fault && std::ranges::find(mandate->inspectors, request->inspector,
                                  &protection::MandateParty::key) == mandate->inspectors.end()) {
    fault = MandateFault::not_an_inspector;
  }
  const auto source = std::ranges::find(config_.data, request->set, &DataSource::set);
  if (!fault &&
      (!protection::covers(*mandate, request->set, request->fields, request->from, request->to) ||
       source == config_.data.end() ||
       !std::ranges::all_of(request->fields, [&](const std::string& field) {
         return std::ranges::find(source->fields, field) != source->fields.end();
       }))) {
    fault = MandateFault::out_of_scope;
  }
  if (fault) return refuse(Refusal::mandate, fault, entry);

  Result<Rows> rows = read_rows(*source, *request);
  if (!rows) return refuse(Refusal::unavailable, std::nullopt, entry);
  entry.persons = rows->rows.size();
  const Result<std::string> encoded = protection::encode(entry);
  if (!encoded) return refuse(Refusal::unavailable, std::nullopt, entry);
  bool repeated = false;
  bool exceeded = false;
  const Status charged = store_.transact([&](InspectionTransaction& transaction) -> Status {
    repeated = exceeded = false;
    const Result<bool> first =
        transaction.charge("request/" + to_hex(view_of(sha256(bytes))), 1, 1);
    if (!first) return first.error();
    repeated = !*first;
    if (repeated) return ok_status();
    // An answer without rows is one too: nobody tries dates for nothing.
    const Result<bool> within = transaction.charge(
        entry.purpose, std::max<std::uint64_t>(rows->rows.size(), 1), mandate->rows_most);
    if (!within) return within.error();
    exceeded = !*within;
    if (exceeded) return ok_status();
    return protection::append_to_access_log(transaction, std::span(&*encoded, 1), log_key_);
  });
  if (!charged) return Refused{Refusal::unavailable, std::nullopt};
  if (repeated) return refuse(Refusal::signature, std::nullopt, entry);
  if (exceeded) return refuse(Refusal::mandate, MandateFault::over_quota, entry);
  if (!second_.append(*encoded)) return refuse(Refusal::no_second, std::nullopt, entry);
  return *std::move(rows);
}

Status Inspection::take_entry(std::string_view entry) {
  if (const auto decoded = protection::decode_access_entry(entry); !decoded) {
    return decoded.error();
  }
  const std::string bytes(entry);
  return store_.transact([&](InspectionTransaction& transaction) {
    return protection::append_to_access_log(transaction, std::span(&bytes, 1), log_key_);
  });
}

}  // namespace urna::inspection
