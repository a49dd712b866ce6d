// SPDX-License-Identifier: EUPL-1.2
#include "registrar/hearings.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/bytes.h"
#include "base/date.h"
#include "registrar/case_records.h"
#include "registrar/events.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

using protection::AccessAction;
using protection::Field;
using protection::Purpose;

// Whose session it is. Error: usage.
Result<PersonRef> heard_person(const OpenSession& session) {
  const Factor factor = session.row.factor;
  const bool given = factor == Factor::sms_given || factor == Factor::email_given;
  if (!session.person || session.row.level < 2 || given) {
    return Error{ErrorCode::usage,
                 "a session that does not show who somebody is well enough",
                 {.field = "level"},
                 "confirm with a code to the register's contact, a letter, an electronic identity, "
                 "or at an official point"};
  }
  return *session.person;
}

// As many rows are opened for each person: those of nothing are of no case.
Result<CaseVoterRecord> open_or_pretend(const Office& office, const CaseVoterRow* row) {
  if (row != nullptr) return open_case_voter(office, *row);
  const CaseVoterRow nothing{"", {}, seal_case_voter(office, "", {}, {})};
  return open_case_voter(office, nothing);
}

}  // namespace

Result<std::vector<Hearing>> tell_hearings(const Office& office, const SessionToken& token) {
  std::vector<Hearing> hearings;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    hearings.clear();
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    const Result<PersonRef> person = heard_person(*session);
    if (!person) return person.error();
    const Result<std::vector<CaseVoterRow>> rows = transaction.cases_of(*person, 64);
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < std::max(rows->size(), hearings_told_max); ++i) {
      const CaseVoterRow* row = i < rows->size() ? &(*rows)[i] : nullptr;
      const Result<CaseVoterRecord> voter = open_or_pretend(office, row);
      if (!voter) return voter.error();
      const Result<std::optional<CaseRow>> found =
          transaction.find_case(row != nullptr ? row->number : std::string());
      if (!found) return found.error();
      if (!*found) continue;
      const Result<CaseRecord> record = open_case_record(office, **found);
      if (!record) return record.error();
      if (record->asked == 0 || voter->told == Told::no) continue;
      const bool answered = voter->answered_hour != 0;
      hearings.push_back({row->number, voter->hour, record->answer_until,
                          answered ? voter->answer : cases::Answer::none});
    }
    std::ranges::stable_sort(hearings, std::greater<>(), &Hearing::answer_until);
    if (hearings.size() > hearings_told_max) hearings.resize(hearings_told_max);
    return note_voter_access(transaction, office, "voter", "self", AccessAction::read,
                             {Field::case_record, Field::case_voter_record}, *person,
                             Purpose::complaints);
  });
  if (!done) return done.error();
  return hearings;
}

Status answer_hearing(const Office& office, const SessionToken& token, std::string_view number,
                      cases::Answer answer, std::string_view text) {
  if (answer != cases::Answer::mine && answer != cases::Answer::not_mine) {
    return Error{ErrorCode::malformed, "neither yes nor no", {.field = "answer"}, ""};
  }
  if (Status good = check_written(text, answer_text_bytes_max); !good) return good;
  return office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    const Result<PersonRef> person = heard_person(*session);
    if (!person) return person.error();
    const Error nothing{ErrorCode::not_found,
                        "no question to this person in a case of this number",
                        {.field = "number"},
                        "see the list of questions"};
    const Result<std::optional<CaseVoterRow>> row =
        transaction.case_voter_for_update(number, *person);
    if (!row) return row.error();
    const Result<std::optional<CaseRow>> found = transaction.find_case(number);
    if (!found) return found.error();
    if (!*row || !*found) return nothing;
    const Result<CaseRecord> record = open_case_record(office, **found);
    if (!record) return record.error();
    Result<CaseVoterRecord> opened = open_case_voter(office, **row);
    if (!opened) return std::move(opened).error();
    CaseVoterRecord voter = *std::move(opened);
    if (record->asked == 0 || voter.told == Told::no) return nothing;
    if (office.clock() >= record->answer_until) {
      return Error{ErrorCode::conflict,
                   "the time for an answer is over",
                   {.field = "answer_until"},
                   "tell the office, with the number of the case"};
    }
    if (voter.answers >= answers_per_hearing) {
      return Error{ErrorCode::limit,
                   "answered as often as one may",
                   {},
                   "tell the office, with the number of the case"};
    }
    ++voter.answers;
    voter.answer = answer;
    voter.answered_hour = office.clock() / seconds_of_hour;
    voter.text = std::string(text);
    const Status put = transaction.put_case_voter(
        {std::string(number), *person, seal_case_voter(office, number, *person, voter)});
    if (!put) return put;
    if (answer == cases::Answer::not_mine) {
      if (Status noted = note_disowned(transaction, office, *person); !noted) return noted;
    }
    return note_voter_access(transaction, office, "voter", "self", AccessAction::write,
                             {Field::case_voter_record}, *person, Purpose::complaints);
  });
}

Status settle_question(RegistrarTransaction& transaction, const Office& office,
                       std::string_view number, const PersonRef& person, NoticeWay way) {
  const Result<std::optional<CaseVoterRow>> row = transaction.case_voter_for_update(number, person);
  if (!row) return row.error();
  if (!*row) return ok_status();
  Result<CaseVoterRecord> voter = open_case_voter(office, **row);
  if (!voter) return std::move(voter).error();
  CaseVoterRecord& record = voter.value();
  switch (way) {
    case NoticeWay::waiting:
      record.told = Told::waiting;
      break;
    case NoticeWay::sms:
      record.told = Told::sms;
      break;
    case NoticeWay::email:
      record.told = Told::email;
      break;
    case NoticeWay::unreachable:
      record.told = Told::unreachable;
      break;
  }
  record.told_hour = office.clock() / seconds_of_hour;
  return transaction.put_case_voter(
      {std::string(number), person, seal_case_voter(office, number, person, record)});
}

}  // namespace urna::registrar
