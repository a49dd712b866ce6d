// SPDX-License-Identifier: EUPL-1.2
#include "registrar/case_export.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/date.h"
#include "registrar/case_records.h"
#include "registrar/messages.h"
#include "registrar/sessions.h"
#include "registrar/uses.h"

namespace urna::registrar {
namespace {

using cases::CaseFile;
using cases::NodeKind;
using protection::AccessAction;
using protection::Field;
using protection::Purpose;

// What the keepers are asked about, and what is known of each.
struct Person {
  std::string identifier;
  bool reclaimed = false;
};

// Certified again by a means of a higher level, in the same hour or later.
bool took_back(const Uses& uses, const CaseVoterRecord& voter) {
  return std::ranges::any_of(uses.uses, [&](const Use& use) {
    return use.kind == UseKind::certificate && use.level > voter.level && use.hour >= voter.hour;
  });
}

// Nothing for who is no longer on the register.
Result<std::vector<std::optional<Person>>> people_of(RegistrarTransaction& transaction,
                                                     const Office& office,
                                                     const std::string& official,
                                                     const LoadedCase& loaded) {
  std::vector<std::optional<Person>> people;
  for (std::size_t i = 0; i < loaded.rows.size(); ++i) {
    const PersonRef& reference = loaded.rows[i].person;
    std::optional<Person>& person = people.emplace_back();
    const Result<std::optional<PersonRow>> row = transaction.person(reference);
    if (!row) return row.error();
    if (!*row) continue;
    Result<std::string> identifier = open_field(office.keys, **row, PersonField::identifier);
    if (!identifier) return std::move(identifier).error();
    const Result<Uses> uses = uses_of(transaction, office, reference);
    if (!uses) return uses.error();
    person = Person{*std::move(identifier), took_back(*uses, loaded.voters[i])};
    const Status noted =
        note_access_to(transaction, office, "official", official, AccessAction::disclose,
                       {Field::person_identifier, Field::use_record, Field::case_voter_record},
                       reference, Purpose::complaints);
    if (!noted) return noted.error();
  }
  return people;
}

cases::CaseVoter voter_of(const CaseVoterRecord& record, const election::Pseudonym& pseudonym,
                          bool reclaimed) {
  cases::CaseVoter voter;
  voter.pseudonym = pseudonym.octets;
  voter.node = record.node;
  if (was_told(record)) voter.told = record.told_hour * seconds_of_hour;
  voter.answer = record.answer;
  voter.answered = record.answered_hour * seconds_of_hour;
  if (record.told == Told::unreachable && record.answer == cases::Answer::none) {
    voter.answer = cases::Answer::undelivered;
  }
  voter.reclaimed = reclaimed;
  return voter;
}

// Everything but the voters.
CaseFile file_of(const Office& office, std::string_view number, const CaseRecord& record) {
  CaseFile file;
  file.number = std::string(number);
  file.edition = office.edition.octets;
  file.version = record.version;
  file.opened = record.opened;
  file.made = std::max(office.clock(), record.opened);
  file.origin = record.origin;
  file.summary = record.summary;
  for (const SubjectSignal& one : record.signals) file.signals.push_back(one.signal);
  file.timeline = record.timeline;
  for (const TokenNode& node : record.nodes) file.nodes.push_back({node.id, node.kind});
  file.asked = record.asked;
  file.answer_until = record.answer_until;
  return file;
}

}  // namespace

Result<ExportedCase> export_case(const Office& office, const std::string& official,
                                 std::string_view number) {
  LoadedCase loaded;
  std::vector<std::optional<Person>> people;
  const Status read = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<CaseRow>> row = transaction.find_case(number);
    if (!row) return row.error();
    if (!*row) return no_such_case();
    Result<LoadedCase> found = load_case(transaction, office, **row);
    if (!found) return std::move(found).error();
    loaded = *std::move(found);
    auto known = people_of(transaction, office, official, loaded);
    if (!known) return std::move(known).error();
    people = *std::move(known);
    return ok_status();
  });
  if (!read) return read.error();

  std::vector<std::string> identifiers;
  for (const std::optional<Person>& person : people) {
    if (person) identifiers.push_back(person->identifier);
  }
  if (identifiers.empty()) {
    return Error{ErrorCode::conflict, "nobody of the case is on the register any more", {}, ""};
  }
  const Result<std::vector<election::Pseudonym>> pseudonyms =
      office.pseudonyms.pseudonyms_for_case(identifiers, number);
  if (!pseudonyms) {
    Error error = pseudonyms.error();
    error.message = "no pseudonyms from the keepers: " + error.message;
    error.remedy = "nothing was written: try again once enough of them answer";
    return error;
  }
  if (pseudonyms->size() != identifiers.size()) {
    return Error{ErrorCode::io, "the keepers answered for another number of people", {}, ""};
  }

  const Status counted = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<CaseRow>> row = transaction.case_for_update(number);
    if (!row) return row.error();
    if (!*row) return no_such_case();
    Result<CaseRecord> record = open_case_record(office, **row);
    if (!record) return std::move(record).error();
    ++record.value().version;
    loaded.record.version = record->version;
    return transaction.put_case({std::string(number), seal_case(office, number, *record)});
  });
  if (!counted) return counted.error();

  ExportedCase exported;
  exported.file = file_of(office, number, loaded.record);
  auto pseudonym = pseudonyms->begin();
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (!people[i]) {
      ++exported.gone;
      continue;
    }
    const CaseVoterRecord& voter = loaded.voters[i];
    exported.file.voters.push_back(voter_of(voter, *pseudonym++, people[i]->reclaimed));
    exported.file.nodes.push_back({voter.node, NodeKind::voter});
    for (const std::string& node : voter.linked) exported.file.edges.push_back({voter.node, node});
  }
  // Two rows of the register with one identifier are one voter. Labels are random: sorted by them,
  // nodes and edges are in no order.
  cases::put_in_order(exported.file);
  Result<std::string> text = cases::sign_case(exported.file, office.signing);
  if (!text) return std::move(text).error();
  exported.text = *std::move(text);
  return exported;
}

}  // namespace urna::registrar
