// SPDX-License-Identifier: EUPL-1.2
#include "registrar/cases.h"

#include <algorithm>
#include <utility>

#include "registrar/case_records.h"
#include "registrar/messages.h"

namespace urna::registrar {
namespace {

using protection::AccessAction;
using protection::Field;
using protection::Purpose;

CaseView view_of_case(const std::string& number, LoadedCase&& loaded) {
  CaseView view;
  CaseRecord& record = loaded.record;
  view.number = number;
  view.origin = record.origin;
  view.official = std::move(record.official);
  view.reason = std::move(record.reason);
  view.opened = record.opened;
  view.version = record.version;
  view.asked = record.asked;
  view.answer_until = record.answer_until;
  view.summary = std::move(record.summary);
  for (SubjectSignal& one : record.signals) view.signals.push_back(std::move(one.signal));
  view.voters = loaded.voters.size();
  for (CaseVoterRecord& voter : loaded.voters) {
    if (was_told(voter)) ++view.told;
    if (voter.told == Told::unreachable) ++view.undelivered;
    if (voter.answer == cases::Answer::mine) ++view.mine;
    if (voter.answer == cases::Answer::not_mine) ++view.not_mine;
    if (!voter.text.empty()) view.texts.push_back(std::move(voter.text));
  }
  std::ranges::sort(view.texts);
  return view;
}

}  // namespace

Result<std::vector<CaseView>> list_cases(const Office& office, const std::string& official) {
  std::vector<CaseView> views;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    views.clear();
    const Result<std::vector<CaseRow>> rows = transaction.cases();
    if (!rows) return rows.error();
    std::uint64_t people = 0;
    for (const CaseRow& row : *rows) {
      Result<LoadedCase> loaded = load_case(transaction, office, row);
      if (!loaded) return std::move(loaded).error();
      people += loaded->rows.size();
      views.push_back(view_of_case(row.number, *std::move(loaded)));
    }
    if (views.empty()) return ok_status();
    return note_access(transaction, office, "official", official, AccessAction::read,
                       {Field::case_record, Field::case_voter_record}, people, Purpose::complaints);
  });
  if (!done) return done.error();
  return views;
}

Result<CaseView> show_case(const Office& office, const std::string& official,
                           std::string_view number) {
  CaseView view;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<CaseRow>> row = transaction.find_case(number);
    if (!row) return row.error();
    if (!*row) return no_such_case();
    Result<LoadedCase> loaded = load_case(transaction, office, **row);
    if (!loaded) return std::move(loaded).error();
    const std::uint64_t people = loaded->rows.size();
    view = view_of_case((*row)->number, *std::move(loaded));
    return note_access(transaction, office, "official", official, AccessAction::read,
                       {Field::case_record, Field::case_voter_record}, people, Purpose::complaints);
  });
  if (!done) return done.error();
  return view;
}

Result<HearingReport> hear_case(const Office& office, const std::string& official,
                                std::string_view number, const cases::Clocks& clocks,
                                std::uint64_t latest) {
  HearingReport report;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    report = {};
    const Result<std::optional<CaseRow>> row = transaction.case_for_update(number);
    if (!row) return row.error();
    if (!*row) return no_such_case();
    Result<LoadedCase> loaded = load_case(transaction, office, **row);
    if (!loaded) return std::move(loaded).error();
    CaseRecord& record = loaded.value().record;
    const std::uint64_t now = office.clock();
    const Result<std::uint64_t> due = clocks.due("hearing-answer", now);
    if (!due) return due.error();
    const std::uint64_t until = latest == 0 ? *due : std::min(*due, latest);
    const bool all_asked = std::ranges::none_of(
        loaded->voters, [](const CaseVoterRecord& voter) { return voter.told == Told::no; });
    report.before = loaded->voters.size();
    report.answer_until = record.answer_until;
    if (all_asked) return ok_status();
    if (until <= now) {
      return Error{ErrorCode::conflict,
                   "no time is left for answers",
                   {.field = "cases.answer_by"},
                   "ask before the list of counted ballots is made"};
    }
    if (record.asked == 0) record.asked = now;
    // Who is asked later has the whole term.
    record.answer_until = std::max(record.answer_until, until);
    report.answer_until = record.answer_until;
    for (const CaseVoterRow& voter_row : loaded->rows) {
      // Once more, for the lock.
      const Result<std::optional<CaseVoterRow>> locked =
          transaction.case_voter_for_update(number, voter_row.person);
      if (!locked) return locked.error();
      if (!*locked) continue;
      Result<CaseVoterRecord> opened = open_case_voter(office, **locked);
      if (!opened) return std::move(opened).error();
      CaseVoterRecord voter = *std::move(opened);
      if (voter.told != Told::no) continue;
      voter.told = Told::waiting;
      const Status put =
          transaction.put_case_voter({std::string(number), voter_row.person,
                                      seal_case_voter(office, number, voter_row.person, voter)});
      if (!put) return put;
      Message message;
      message.kind = MessageKind::question;
      message.person = voter_row.person;
      message.code = std::string(number);
      message.until = record.answer_until;
      const Status queued = queue_message(transaction, office, message, record.answer_until);
      if (!queued) return queued;
      ++report.asked;
    }
    report.before = loaded->voters.size() - report.asked;
    const Status put =
        transaction.put_case({std::string(number), seal_case(office, number, record)});
    if (!put) return put;
    return note_access(transaction, office, "official", official, AccessAction::write,
                       {Field::case_record, Field::case_voter_record}, report.asked,
                       Purpose::notification);
  });
  if (!done) return done.error();
  return report;
}

}  // namespace urna::registrar
