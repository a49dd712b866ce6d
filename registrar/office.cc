// SPDX-License-Identifier: EUPL-1.2
#include "registrar/office.h"

#include <array>

#include "base/bytes.h"
#include "registrar/tables.h"

namespace urna::registrar {
namespace {

struct PlaceOfField {
  std::string_view name;
  std::string PersonRow::*member;
};

const PlaceOfField& place_of(PersonField field) {
  static constexpr std::array<PlaceOfField, 8> places = {{
      {"identifier", &PersonRow::identifier},
      {"name", &PersonRow::name},
      {"birth_date", &PersonRow::birth_date},
      {"address", &PersonRow::address},
      {"district", &PersonRow::district},
      {"phone", &PersonRow::phone},
      {"email", &PersonRow::email},
      {"guardian", &PersonRow::guardian},
  }};
  return places.at(static_cast<std::size_t>(field));
}

std::string context_of(const PersonRef& person, PersonField field) {
  return "person." + std::string(place_of(field).name) + "\n" + std::string(person.view());
}

protection::AccessRecord record_of(std::uint64_t time, std::string role, std::string actor,
                                   protection::AccessAction action,
                                   std::vector<protection::Field> fields, std::uint64_t persons,
                                   protection::Purpose purpose) {
  protection::AccessRecord record;
  record.time = time;
  record.role = std::move(role);
  record.actor = std::move(actor);
  record.action = action;
  record.fields = std::move(fields);
  record.persons = persons;
  record.purpose = purpose;
  return record;
}

}  // namespace

RegistrarKeys RegistrarKeys::from(const protection::SecretKey& master) {
  return {master.derived("urna/1 registrar sealing"),  master.derived("urna/1 registrar finding"),
          master.derived("urna/1 registrar contacts"), master.derived("urna/1 registrar codes"),
          master.derived("urna/1 registrar tickets"),  master.derived("urna/1 registrar log")};
}

std::string seal_field(const RegistrarKeys& keys, const PersonRef& person, PersonField field,
                       std::string_view value) {
  return protection::seal(keys.sealing, value, context_of(person, field));
}

Result<std::string> open_field(const RegistrarKeys& keys, const PersonRow& row, PersonField field) {
  return protection::open_sealed(keys.sealing, row.*place_of(field).member,
                                 context_of(row.reference, field));
}

KeyedHash identifier_hash(const RegistrarKeys& keys, const CanonicalIdentifier& identifier) {
  return protection::keyed_hash(keys.finding, "identifier\n" + identifier.bytes());
}

KeyedHash target_hash(const RegistrarKeys& keys, const NormalisedPerson& person) {
  return protection::keyed_hash(keys.finding, "target\n" + person.target);
}

PersonRef random_person_ref() { return {array_of<16>(protection::random_bytes(16))}; }
RandomId random_id() { return array_of<16>(protection::random_bytes(16)); }

Status note_voter_access(RegistrarTransaction& transaction, const Office& office, std::string role,
                         std::string actor, protection::AccessAction action,
                         std::vector<protection::Field> fields,
                         const std::optional<PersonRef>& person, protection::Purpose purpose) {
  const std::uint64_t hour = office.clock() / 3600;
  protection::AccessRecord record = record_of(hour * 3600, std::move(role), std::move(actor),
                                              action, std::move(fields), person ? 1 : 0, purpose);
  if (person) record.person = protection::keyed_hash(office.keys.log, person->view());
  const Result<std::string> entry = encode(record);
  if (!entry) return entry.error();
  return transaction.put_pending_access(random_id(), hour, *entry);
}

Status note_access(RegistrarTransaction& transaction, const Office& office, std::string role,
                   std::string actor, protection::AccessAction action,
                   std::vector<protection::Field> fields, std::uint64_t persons,
                   protection::Purpose purpose) {
  const Result<std::string> entry =
      encode(record_of(office.clock(), std::move(role), std::move(actor), action, std::move(fields),
                       persons, purpose));
  if (!entry) return entry.error();
  return append_to_access_log(transaction, std::span(&*entry, 1), office.log_key);
}

Status note_access_to(RegistrarTransaction& transaction, const Office& office, std::string role,
                      std::string actor, protection::AccessAction action,
                      std::vector<protection::Field> fields, const PersonRef& person,
                      protection::Purpose purpose) {
  protection::AccessRecord record = record_of(office.clock(), std::move(role), std::move(actor),
                                              action, std::move(fields), 1, purpose);
  record.person = protection::keyed_hash(office.keys.log, person.view());
  const Result<std::string> entry = encode(record);
  if (!entry) return entry.error();
  return append_to_access_log(transaction, std::span(&*entry, 1), office.log_key);
}

Result<std::uint64_t> publish_voter_accesses(const Office& office) {
  std::uint64_t published = 0;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::vector<std::string>> entries =
        transaction.take_pending_access(office.clock() / 3600);
    if (!entries) return entries.error();
    published = entries->size();
    return append_to_access_log(transaction, *entries, office.log_key);
  });
  if (!done) return done.error();
  return published;
}

Result<std::uint64_t> delete_what_is_due(const Office& office,
                                         const protection::EditionDates& dates) {
  std::uint64_t rows = 0;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::uint64_t> all = protection::delete_due(
        tables, dates, office.clock(),
        [&](const protection::Deletion& deletion) { return transaction.apply(deletion); },
        [&](std::string_view table, std::uint64_t gone) {
          std::vector<protection::Field> fields;
          for (const protection::FieldDeclaration& field : protection::declared_fields) {
            if (field.set == protection::DataSet::registrar && field.table == table) {
              fields.push_back(field.field);
            }
          }
          return note_access(transaction, office, "service", "retention",
                             protection::AccessAction::remove, fields, gone,
                             protection::Purpose::accountability);
        });
    if (!all) return all.error();
    rows = *all;
    return ok_status();
  });
  if (!done) return done.error();
  return rows;
}

}  // namespace urna::registrar
