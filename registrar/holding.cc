// SPDX-License-Identifier: EUPL-1.2
#include "registrar/holding.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "protection/log_word.h"
#include "registrar/counters.h"
#include "registrar/tables.h"

namespace urna::registrar {
namespace {

using protection::AccessAction;
using protection::Field;
using protection::is_word;
using protection::Purpose;
using protection::word_bytes_max;

constexpr std::size_t people_page = 1000;

proof::Transcript statement(const Office& office, const Hold& hold) {
  proof::Transcript transcript("legal hold");
  transcript.append("edition", office.edition.view());
  transcript.append("number", hold.number);
  transcript.append("held", std::string_view(hold.held ? "held" : "released"));
  transcript.append("reason", hold.reason);
  transcript.append("time", hold.time);
  return transcript;
}

std::string encode(const Hold& hold) {
  CborWriter out;
  out.array(8);
  out.boolean(hold.held);
  out.text(hold.reason);
  out.unsigned_integer(hold.time);
  out.unsigned_integer(hold.number);
  for (std::size_t i = 0; i < 2; ++i) {
    out.bytes(view_of(hold.keys.at(i)));
    out.bytes(view_of(hold.signatures.at(i)));
  }
  return std::move(out).take();
}

Result<Hold> decode_hold(std::string_view bytes) {
  CborReader in(bytes);
  Hold hold;
  in.array_exactly(8);
  hold.held = in.boolean();
  hold.reason = in.text(word_bytes_max);
  hold.time = in.unsigned_integer();
  hold.number = in.unsigned_integer();
  for (std::size_t i = 0; i < 2; ++i) {
    hold.keys.at(i) = in.fixed_bytes<32>();
    hold.signatures.at(i) = in.fixed_bytes<64>();
  }
  if (Status end = in.finish(); !end) return std::move(end).error();
  return hold;
}

bool is_signed(const Office& office, const Hold& hold,
               std::span<const proof::ElementBytes> officials) {
  if (hold.keys[0] == hold.keys[1]) return false;
  for (std::size_t i = 0; i < 2; ++i) {
    if (std::ranges::find(officials, hold.keys.at(i)) == officials.end()) return false;
    if (!proof::verify_signature(hold.keys.at(i), statement(office, hold), hold.signatures.at(i)))
      return false;
  }
  return true;
}

std::vector<Field> fields_of_table(std::string_view table) {
  std::vector<Field> fields;
  for (const protection::FieldDeclaration& field : protection::declared_fields) {
    if (field.set == protection::DataSet::registrar && field.table == table)
      fields.push_back(field.field);
  }
  return fields;
}

// A refusal is counted on its own: the transaction that it belongs to leaves nothing.
void count_refusal(const Office& office, std::string_view name) {
  // That it could not be counted does not make it less of a refusal.
  [[maybe_unused]] const Status counted = office.store.transact(
      [&](RegistrarTransaction& transaction) { return count(transaction, office, name); });
}

struct NamedField {
  std::string_view name;
  PersonField field;
  Field declared;
};
constexpr std::array<NamedField, 8> named_fields = {
    {{"identifier", PersonField::identifier, Field::person_identifier},
     {"name", PersonField::name, Field::person_name},
     {"birth-date", PersonField::birth_date, Field::person_birth_date},
     {"address", PersonField::address, Field::person_address},
     {"district", PersonField::district, Field::person_district},
     {"phone", PersonField::phone, Field::person_phone},
     {"email", PersonField::email, Field::person_email},
     {"guardian", PersonField::guardian, Field::person_guardian}}};

Error no_such(const char* what, const std::string& name) {
  return {ErrorCode::conflict,
          std::string("no data are kept for a ") + what + " of this name",
          {.field = name},
          "see the register of processing for what these data are for"};
}

Status may_export(const Wanted& wanted, std::vector<Field>& fields, Date day) {
  const auto purpose = std::ranges::find_if(protection::all_purposes, [&](Purpose one) {
    return protection::id_of(one) == wanted.purpose;
  });
  if (purpose == protection::all_purposes.end()) return no_such("purpose", wanted.purpose);
  const auto recipient = std::ranges::find_if(
      protection::all_recipients,
      [&](protection::Recipient one) { return protection::id_of(one) == wanted.recipient; });
  if (recipient == protection::all_recipients.end()) {
    return no_such("recipient", wanted.recipient);
  }
  for (const PersonField field : wanted.fields) {
    fields.push_back(std::ranges::find(named_fields, field, &NamedField::field)->declared);
  }
  std::ranges::sort(fields, {}, protection::declaration_place);
  if (fields.empty()) return Error{ErrorCode::usage, "no field is named"};
  return protection::check_disclosure(fields, *purpose, *recipient, day);
}

}  // namespace

std::optional<PersonField> person_field(std::string_view name) {
  const auto found = std::ranges::find(named_fields, name, &NamedField::name);
  if (found == named_fields.end()) return std::nullopt;
  return found->field;
}

Result<std::optional<Hold>> find_hold(RegistrarTransaction& transaction, const Office& office,
                                      std::span<const proof::ElementBytes> officials) {
  const Result<std::string> bytes = transaction.hold();
  if (!bytes) return bytes.error();
  if (bytes->empty()) return std::optional<Hold>();
  Result<Hold> hold = decode_hold(*bytes);
  if (!hold || !is_signed(office, *hold, officials)) {
    return Error{ErrorCode::conflict,
                 "the legal hold in the database is not signed by two officials",
                 {.field = "legal_hold"},
                 "find out who has written into the database"};
  }
  return std::optional(*std::move(hold));
}

Status change_hold(const Office& office, std::span<const proof::ElementBytes> officials, bool held,
                   std::string_view reason, const std::array<const proof::SigningKey*, 2>& signers,
                   const std::array<std::string, 2>& accounts) {
  if (!is_word(reason)) {
    return Error{ErrorCode::usage,
                 "a reason is the number of a case or a letter",
                 {.field = "reason"},
                 "use a-z, 0-9, \".\" and \"-\""};
  }
  return office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<Hold>> before = find_hold(transaction, office, officials);
    if (!before) return before.error();
    if ((*before && (*before)->held == held) || (!*before && !held)) {
      return Error{ErrorCode::conflict,
                   held ? "there is a legal hold already" : "there is no legal hold",
                   {.field = "legal_hold"},
                   ""};
    }
    Hold hold;
    hold.held = held;
    hold.reason = reason;
    hold.time = office.clock();
    hold.number = *before ? (*before)->number + 1 : 0;
    for (std::size_t i = 0; i < 2; ++i) {
      hold.keys.at(i) = signers.at(i)->key;
      hold.signatures.at(i) = proof::sign(*signers.at(i), statement(office, hold));
    }
    if (!is_signed(office, hold, officials)) {
      return Error{ErrorCode::usage,
                   "two different officials of the edition must sign",
                   {.field = "key"},
                   "see the officials in the manifest"};
    }
    if (Status put = transaction.put_hold(encode(hold)); !put) return put;
    for (const std::string& account : accounts) {
      const Status noted =
          note_access(transaction, office, held ? "legal-hold-set" : "legal-hold-released", account,
                      AccessAction::write, fields_of_table("person"), 0, Purpose::accountability);
      if (!noted) return noted;
    }
    return ok_status();
  });
}

Result<protection::EditionDates> with_hold(const Office& office,
                                           std::span<const proof::ElementBytes> officials,
                                           protection::EditionDates dates) {
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<Hold>> hold = find_hold(transaction, office, officials);
    // A hold that somebody has tampered with holds.
    dates.legal_hold = dates.legal_hold || !hold || (*hold && (*hold)->held);
    return hold || hold.error().code == ErrorCode::conflict ? ok_status() : Status(hold.error());
  });
  if (!done) return done.error();
  return dates;
}

Result<std::uint64_t> destroy(const Office& office, std::span<const proof::ElementBytes> officials,
                              const protection::EditionDates& dates, std::string_view table,
                              const std::string& official) {
  std::uint64_t rows = 0;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<Hold>> hold = find_hold(transaction, office, officials);
    if (!hold) return hold.error();
    protection::EditionDates now = dates;
    now.legal_hold = now.legal_hold || (*hold && (*hold)->held);
    if (Status may = protection::may_delete(tables, table, now, office.clock()); !may) return may;
    const std::vector<Field> fields = fields_of_table(table);
    // What is nobody's has no time to be kept, and no reason to go.
    if (fields.empty()) {
      return Error{ErrorCode::usage,
                   "there are no personal data in this table",
                   {.field = std::string(table)},
                   ""};
    }
    const Result<std::uint64_t> gone = transaction.apply({table, {}, office.clock()});
    if (!gone) return gone.error();
    rows = *gone;
    return note_access(transaction, office, "official", official, AccessAction::remove, fields,
                       rows, Purpose::accountability);
  });
  if (done) return rows;
  if (done.error().code == ErrorCode::conflict) count_refusal(office, "refused-destruction");
  return done.error();
}

Result<std::uint64_t> export_people(
    const Office& office, const Wanted& wanted, const std::string& official,
    const std::function<Status(const std::vector<std::string>&)>& tell) {
  std::vector<Field> fields;
  if (Status may = may_export(wanted, fields, date_of(office.clock())); !may) {
    if (may.error().code == ErrorCode::conflict) count_refusal(office, "refused-export");
    return std::move(may).error();
  }
  const Purpose purpose = *std::ranges::find_if(protection::all_purposes, [&](Purpose one) {
    return protection::id_of(one) == wanted.purpose;
  });
  std::uint64_t people = 0;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    people = 0;
    std::optional<PersonRef> after;
    for (;;) {
      const Result<std::vector<PersonRow>> rows = transaction.people_after(after, people_page);
      if (!rows) return rows.error();
      if (rows->empty()) break;
      after = rows->back().reference;
      for (const PersonRow& row : *rows) {
        if (row.withdrawn) continue;
        std::vector<std::string> values;
        for (const PersonField field : wanted.fields) {
          Result<std::string> value = open_field(office.keys, row, field);
          if (!value) return std::move(value).error();
          values.push_back(*std::move(value));
        }
        if (std::ranges::any_of(values, [](const std::string& one) { return one.empty(); }))
          continue;
        ++people;
        if (Status told = tell(values); !told) return told;
      }
    }
    return note_access(transaction, office, "official", official, AccessAction::disclose, fields,
                       people, purpose);
  });
  if (!done) return done.error();
  return people;
}

}  // namespace urna::registrar
