// SPDX-License-Identifier: EUPL-1.2
#include "registrar/complaints.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "registrar/counters.h"
#include "registrar/events.h"
#include "registrar/messages.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

using protection::AccessAction;
using protection::Field;
using protection::Purpose;

constexpr std::size_t complaint_bytes = 1280;
constexpr std::size_t complaints_page = 200;

constexpr std::array<std::string_view, 5> reasons = {"vote-not-mine", "code-not-asked",
                                                     "letter-not-intact", "pressure", "other"};

// What lies sealed under a number.
struct Record {
  PersonRef person;
  ComplaintReason reason = ComplaintReason::other;
  std::string text;
  Use grounds;
};

std::string context_of(std::string_view number) {
  return "complaint.record\n" + std::string(number);
}

std::string seal_record(const Office& office, std::string_view number, const Record& record) {
  CborWriter out;
  out.map(8);
  out.key(0);
  out.bytes(record.person.view());
  out.key(1);
  out.unsigned_integer(static_cast<std::uint64_t>(record.reason));
  out.key(2);
  out.text(record.text);
  out.key(3);
  out.unsigned_integer(record.grounds.hour);
  out.key(4);
  out.unsigned_integer(record.grounds.level);
  out.key(5);
  out.unsigned_integer(static_cast<std::uint64_t>(record.grounds.factor));
  out.key(6);
  out.text(record.grounds.account);
  out.key(7);
  out.boolean(record.grounds.by_guardian);
  const std::string bytes = std::move(out).take();
  std::string padded;
  append_big_endian(padded, bytes.size(), 2);
  padded += bytes;
  if (padded.size() > complaint_bytes) stop_on_broken_precondition("seal_record: a bounded text");
  padded.resize(complaint_bytes, '\0');
  return protection::seal(office.keys.sealing, padded, context_of(number));
}

Result<Record> open_record(const Office& office, const ComplaintRow& row) {
  const Error damaged{ErrorCode::io,
                      "a complaint is damaged",
                      {.field = "complaint.record"},
                      "restore it from a backup"};
  const Result<std::string> padded =
      protection::open_sealed(office.keys.sealing, row.record, context_of(row.number));
  if (!padded || padded->size() != complaint_bytes) return damaged;
  const std::size_t size = big_endian(std::string_view(*padded).substr(0, 2));
  if (size > complaint_bytes - 2) return damaged;
  CborReader in(std::string_view(*padded).substr(2, size));
  Record record;
  in.map(8);
  in.key(0);
  record.person = {in.fixed_bytes<16>()};
  in.key(1);
  record.reason = static_cast<ComplaintReason>(in.unsigned_integer(reasons.size() - 1));
  in.key(2);
  record.text = std::string(in.text(complaint_text_bytes_max));
  record.grounds.kind = UseKind::complaint;
  in.key(3);
  record.grounds.hour = in.unsigned_integer(UINT32_MAX);
  in.key(4);
  record.grounds.level = static_cast<std::uint8_t>(in.unsigned_integer(4));
  in.key(5);
  record.grounds.factor = static_cast<Factor>(in.unsigned_integer(factor_last));
  in.key(6);
  record.grounds.account = std::string(in.text(64));
  in.key(7);
  record.grounds.by_guardian = in.boolean();
  if (Status end = in.finish(); !end) return damaged;
  return record;
}

Result<Record> find_record(RegistrarTransaction& transaction, const Office& office,
                           std::string_view number) {
  const Result<std::optional<ComplaintRow>> row = transaction.complaint(number);
  if (!row) return row.error();
  if (!*row) {
    return Error{ErrorCode::not_found,
                 "there is no complaint with this number",
                 {.field = "number"},
                 "see the list for their numbers"};
  }
  return open_record(office, **row);
}

Complaint complaint_of(const std::string& number, Record record) {
  return {number, record.reason, std::move(record.text), std::move(record.grounds)};
}

// Of complaints about a letter, or about something else, the vote may be the person's own.
bool disowns(ComplaintReason reason) {
  switch (reason) {
    case ComplaintReason::vote_not_mine:
    case ComplaintReason::code_not_asked:
    case ComplaintReason::pressure:
      return true;
    case ComplaintReason::letter_not_intact:
    case ComplaintReason::other:
      return false;
  }
  stop_on_broken_precondition("disowns: a reason");
}

}  // namespace

std::string_view to_string(ComplaintReason reason) {
  return reasons.at(static_cast<std::size_t>(reason));
}

Result<ComplaintReason> parse_complaint_reason(std::string_view text) {
  const auto* const found = std::ranges::find(reasons, text);
  if (found == reasons.end()) {
    return Error{ErrorCode::malformed, "no such reason", {.field = "reason"}, ""};
  }
  return static_cast<ComplaintReason>(found - reasons.begin());
}

Result<std::string> open_complaint(const Office& office, const SessionToken& token,
                                   ComplaintReason reason, std::string_view text,
                                   protection::Language language) {
  if (Status good = check_written(text, complaint_text_bytes_max); !good)
    return std::move(good).error();
  std::string number;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    if (!session->person || session->row.level < 2) {
      return Error{ErrorCode::usage,
                   "knowing who somebody is is not enough",
                   {.field = "level"},
                   "confirm with a code, an electronic identity, or at an official point"};
    }
    const PersonRef& person = *session->person;
    Result<AttemptRow> attempts = attempts_of_today(transaction, office, person);
    if (!attempts) return attempts.error();
    if (attempts->complaints >= office.policy.complaints_per_day) {
      return Error{ErrorCode::limit,
                   "as many complaints as one may open in a day",
                   {},
                   "tell the office, with the number of one of them"};
    }
    ++attempts.value().complaints;
    if (Status put = transaction.put_attempts(*attempts); !put) return put;

    number = random_number();
    const Use grounds = use_in(office, *session, UseKind::complaint);
    const Record record{person, reason, std::string(text), grounds};
    if (Status put = transaction.put_complaint({number, seal_record(office, number, record)});
        !put) {
      return put;
    }
    if (Status added = add_use(transaction, office, person, grounds); !added) return added;
    if (disowns(reason)) {
      if (Status noted = note_disowned(transaction, office, person); !noted) return noted;
    }
    Message message;
    message.kind = MessageKind::complaint_opened;
    message.person = person;
    message.code = number;
    message.language = language;
    const Status queued =
        queue_message(transaction, office, message, office.clock() + office.policy.notice_seconds);
    if (!queued) return queued;
    if (Status counted = count(transaction, office, "complaint.opened"); !counted) return counted;
    return note_voter_access(transaction, office, "voter", "self", AccessAction::write,
                             {Field::complaint_record}, person, Purpose::complaints);
  });
  if (!done) return done.error();
  return number;
}

Result<std::uint64_t> list_complaints(const Office& office, const std::string& official,
                                      const std::function<Status(const Complaint&)>& tell) {
  std::uint64_t told = 0;
  std::string last;
  for (;;) {
    std::vector<Complaint> complaints;
    const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
      complaints.clear();
      const Result<std::vector<ComplaintRow>> rows =
          transaction.complaints_after(last, complaints_page);
      if (!rows) return rows.error();
      for (const ComplaintRow& row : *rows) {
        Result<Record> record = open_record(office, row);
        if (!record) return std::move(record).error();
        complaints.push_back(complaint_of(row.number, *std::move(record)));
      }
      if (complaints.empty()) return ok_status();
      return note_access(transaction, office, "official", official, AccessAction::read,
                         {Field::complaint_record}, complaints.size(), Purpose::complaints);
    });
    if (!done) return done.error();
    for (const Complaint& one : complaints) {
      if (Status ok = tell(one); !ok) return std::move(ok).error();
      ++told;
    }
    if (complaints.size() < complaints_page) return told;
    last = complaints.back().number;
  }
}

Result<ComplaintCase> open_case(const Office& office, const std::string& official,
                                std::string_view number) {
  ComplaintCase opened;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    opened = {};
    Result<Record> record = find_record(transaction, office, number);
    if (!record) return std::move(record).error();
    const PersonRef person = record->person;
    const Result<std::optional<PersonRow>> found = transaction.person(person);
    if (!found) return found.error();
    if (*found) {
      Result<std::string> name = open_field(office.keys, **found, PersonField::name);
      if (!name) return std::move(name).error();
      opened.name = *std::move(name);
    }
    Result<Uses> uses = uses_of(transaction, office, person);
    if (!uses) return std::move(uses).error();
    opened.uses = *std::move(uses);
    opened.complaint = complaint_of(std::string(number), *std::move(record));
    return note_access_to(transaction, office, "official", official, AccessAction::read,
                          {Field::person_name, Field::use_record, Field::complaint_record}, person,
                          Purpose::complaints);
  });
  if (!done) return done.error();
  return opened;
}

Result<ComplaintSubject> subject_of_complaint(RegistrarTransaction& transaction,
                                              const Office& office, const std::string& official,
                                              std::string_view number) {
  Result<Record> record = find_record(transaction, office, number);
  if (!record) return std::move(record).error();
  const PersonRef person = record->person;
  const Status noted = note_access_to(transaction, office, "official", official, AccessAction::read,
                                      {Field::complaint_record}, person, Purpose::complaints);
  if (!noted) return noted.error();
  return ComplaintSubject{complaint_of(std::string(number), *std::move(record)), person};
}

}  // namespace urna::registrar
