// SPDX-License-Identifier: EUPL-1.2
#include "storage/registrar_store.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "registrar/tables.h"
#include "storage/access_log.h"
#include "storage/values.h"

namespace urna::storage {
namespace {

using namespace registrar;  // NOLINT(google-build-using-namespace): the port is all about it
using columns::bytes;
using columns::number;
using protection::AccessLogCopy;
using protection::AccessLogHead;
using protection::AccessRow;

std::uint32_t as_count(const SqlCell& cell) { return static_cast<std::uint32_t>(cell.number); }

// "$1, $2 … $count"; the first number is `first`.
std::string places(std::size_t first, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "$" : ", $") + std::to_string(first + i);
  }
  return list;
}

constexpr std::string_view person_columns =
    "reference, identifier_hash, target_hash, digest, identifier, name, birth_date, address, "
    "district, phone, email, guardian, origin, withdrawn, on_roll";
constexpr std::array<SqlType, 15> person_types = {bytes, bytes, bytes,  bytes,  bytes,
                                                  bytes, bytes, bytes,  bytes,  bytes,
                                                  bytes, bytes, number, number, number};

constexpr std::array<std::string PersonRow::*, 8> sealed_members = {
    &PersonRow::identifier, &PersonRow::name,  &PersonRow::birth_date, &PersonRow::address,
    &PersonRow::district,   &PersonRow::phone, &PersonRow::email,      &PersonRow::guardian};

Result<PersonRow> person_of(std::vector<SqlCell>& row) {
  if (row[0].bytes.size() != 16 || row[1].bytes.size() != 32 || row[2].bytes.size() != 32 ||
      row[3].bytes.size() != 32) {
    return damaged("person");
  }
  PersonRow person;
  person.reference = {array_of<16>(row[0].bytes)};
  person.identifier_hash = array_of<32>(row[1].bytes);
  person.target_hash = array_of<32>(row[2].bytes);
  person.digest = array_of<32>(row[3].bytes);
  for (std::size_t i = 0; i < sealed_members.size(); ++i) {
    person.*sealed_members.at(i) = std::move(row[4 + i].bytes);
  }
  person.origin = row[12].number == 0 ? Origin::imported : Origin::assisted;
  person.withdrawn = row[13].number != 0;
  person.on_roll = row[14].number != 0;
  return person;
}

void append_person(std::vector<SqlValue>& values, const PersonRow& person) {
  values.insert(values.end(), {blob(person.reference.octets), blob(person.identifier_hash),
                               blob(person.target_hash), blob(person.digest)});
  for (const auto member : sealed_members) values.push_back(blob(person.*member));
  values.insert(values.end(), {integer(person.origin == Origin::imported ? 0 : 1),
                               integer(person.withdrawn ? 1 : 0), integer(person.on_roll ? 1 : 0)});
}

// Numbers for Sql::lock(), of different kinds of rows.
std::int64_t lock_number(std::string_view random, std::uint64_t kind) {
  return static_cast<std::int64_t>(big_endian(random.substr(0, 8)) ^ (kind << 56U));
}

class SqlRegistrarTransaction final : public RegistrarTransaction {
 public:
  explicit SqlRegistrarTransaction(Sql& sql) : sql_(sql), log_(sql, access_lock) {}

  // ---- The register

  Result<std::optional<PersonRow>> find_person(const KeyedHash& identifier) override {
    return one_person("identifier_hash", blob(identifier));
  }
  Result<std::optional<PersonRow>> person(const PersonRef& reference) override {
    return one_person("reference", blob(reference.octets));
  }

  Result<std::vector<PersonRef>> find_targets(const KeyedHash& target) override {
    constexpr std::array types = {bytes};
    const std::array values = {blob(target)};
    const Result<SqlRows> rows =
        sql_.query("SELECT reference FROM person WHERE target_hash = $1 LIMIT 16", values, types);
    if (!rows) return rows.error();
    std::vector<PersonRef> found;
    for (const std::vector<SqlCell>& row : *rows) {
      if (row[0].bytes.size() != 16) return damaged("person");
      found.push_back({array_of<16>(row[0].bytes)});
    }
    return found;
  }

  Result<std::vector<KnownPerson>> known_people(std::span<const KeyedHash> identifiers) override {
    std::vector<KnownPerson> known;
    constexpr std::array types = {bytes, bytes, bytes, number};
    static const std::string statement =
        "SELECT identifier_hash, reference, digest, withdrawn FROM person WHERE identifier_hash "
        "IN (" +
        places(1, in_list) + ")";
    for (; !identifiers.empty();
         identifiers = identifiers.subspan(std::min(in_list, identifiers.size()))) {
      std::vector<SqlValue> values;
      // A shorter list is filled up with its last value, so that there is one statement.
      for (std::size_t i = 0; i < in_list; ++i) {
        values.push_back(blob(identifiers[std::min(i, identifiers.size() - 1)]));
      }
      const Result<SqlRows> rows = sql_.query(statement, values, types);
      if (!rows) return rows.error();
      for (const std::vector<SqlCell>& row : *rows) {
        if (row[0].bytes.size() != 32 || row[1].bytes.size() != 16 || row[2].bytes.size() != 32) {
          return damaged("person");
        }
        known.push_back({array_of<32>(row[0].bytes),
                         {array_of<16>(row[1].bytes)},
                         array_of<32>(row[2].bytes),
                         row[3].number != 0});
      }
    }
    return known;
  }

  Status put_people(std::span<const PersonRow> people) override {
    while (!people.empty()) {
      const std::size_t count = people.size() >= rows_at_once ? rows_at_once : 1;
      if (Status put = put_some(people.first(count)); !put) return put;
      people = people.subspan(count);
    }
    return ok_status();
  }

  Result<std::vector<PersonRow>> people_after(const std::optional<PersonRef>& after,
                                              std::size_t count) override {
    // Every reference is above the empty string.
    const std::array<SqlValue, 2> values = {Bytes{after ? after->view() : std::string_view()},
                                            integer(count)};
    Result<SqlRows> rows = sql_.query("SELECT " + std::string(person_columns) +
                                          " FROM person WHERE reference > $1 ORDER BY reference "
                                          "LIMIT $2",
                                      values, person_types);
    if (!rows) return rows.error();
    std::vector<PersonRow> people;
    for (std::vector<SqlCell>& row : rows.value()) {
      Result<PersonRow> one = person_of(row);
      if (!one) return std::move(one).error();
      people.push_back(*std::move(one));
    }
    return people;
  }

  Status mark_withdrawn(std::span<const PersonRef> people) override {
    return mark("withdrawn", people);
  }
  Status mark_on_roll(std::span<const PersonRef> people) override {
    return mark("on_roll", people);
  }

  // ---- Sessions and attempts

  Status put_session(const registrar::SessionRow& session) override {
    const SqlValue null;
    const std::array values = {
        blob(session.token_hash),
        blob(session.person),
        integer(session.level),
        integer(session.expires),
        session.code ? blob(*session.code) : null,
        integer(session.code_expires),
        integer(session.failures),
        integer(session.codes_sent),
        session.contact ? blob(*session.contact) : null,
        integer(session.by_guardian ? 1 : 0),
        integer(static_cast<std::uint64_t>(session.factor)),
    };
    return sql_.run(
        "INSERT INTO session (token_hash, person, level, expires, code_hash, code_expires, "
        "failures, codes_sent, contact_hash, by_guardian, factor) VALUES ($1, $2, $3, $4, $5, $6, "
        "$7, $8, $9, $10, $11) ON CONFLICT (token_hash) DO UPDATE SET level = excluded.level, "
        "code_hash = excluded.code_hash, code_expires = excluded.code_expires, failures = "
        "excluded.failures, codes_sent = excluded.codes_sent, contact_hash = "
        "excluded.contact_hash, factor = excluded.factor",
        values);
  }

  Result<std::optional<registrar::SessionRow>> session_for_update(const KeyedHash& token) override {
    constexpr std::array types = {bytes,  number, number, bytes,  number,
                                  number, number, bytes,  number, number};
    const std::array values = {blob(token)};
    Result<SqlRows> rows = sql_.query(
        "SELECT person, level, expires, code_hash, code_expires, failures, codes_sent, "
        "contact_hash, by_guardian, factor FROM session WHERE token_hash = $1" +
            std::string(sql_.for_update()),
        values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<registrar::SessionRow>();
    std::vector<SqlCell>& row = rows.value()[0];
    if ((!row[3].null && row[3].bytes.size() != 32) ||
        (!row[7].null && row[7].bytes.size() != 33) || as_number(row[9]) > factor_last) {
      return damaged("session");
    }
    registrar::SessionRow session;
    session.token_hash = token;
    session.person = std::move(row[0].bytes);
    session.level = static_cast<std::uint8_t>(row[1].number);
    session.expires = as_number(row[2]);
    if (!row[3].null) session.code = array_of<32>(row[3].bytes);
    session.code_expires = as_number(row[4]);
    session.failures = as_count(row[5]);
    session.codes_sent = as_count(row[6]);
    if (!row[7].null) session.contact = array_of<33>(row[7].bytes);
    session.by_guardian = row[8].number != 0;
    session.factor = static_cast<Factor>(row[9].number);
    return std::optional(std::move(session));
  }

  Status end_session(const KeyedHash& token) override {
    const std::array values = {blob(token)};
    return sql_.run("DELETE FROM session WHERE token_hash = $1", values);
  }

  Result<AttemptRow> attempts_for_update(const PersonRef& person) override {
    // The row may not be there yet, so the number is locked rather than the row.
    if (Status locked = sql_.lock(lock_number(person.view(), 1)); !locked) return locked.error();
    constexpr std::array types = {number, number, number, number, number, number, number};
    const std::array values = {blob(person.octets)};
    const Result<SqlRows> rows = sql_.query(
        "SELECT failures, codes, day, locked_until, certificates, checks, complaints FROM attempt "
        "WHERE person = $1",
        values, types);
    if (!rows) return rows.error();
    AttemptRow attempts;
    attempts.person = person;
    if (rows->empty()) return attempts;
    const std::vector<SqlCell>& row = (*rows)[0];
    attempts.failures = as_count(row[0]);
    attempts.codes = as_count(row[1]);
    attempts.day = as_number(row[2]);
    attempts.locked_until = as_number(row[3]);
    attempts.certificates = as_count(row[4]);
    attempts.checks = as_count(row[5]);
    attempts.complaints = as_count(row[6]);
    return attempts;
  }

  Status put_attempts(const AttemptRow& attempts) override {
    const std::array values = {blob(attempts.person.octets),   integer(attempts.failures),
                               integer(attempts.codes),        integer(attempts.day),
                               integer(attempts.locked_until), integer(attempts.certificates),
                               integer(attempts.checks),       integer(attempts.complaints)};
    return sql_.run(
        "INSERT INTO attempt (person, failures, codes, day, locked_until, certificates, checks, "
        "complaints) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (person) DO UPDATE SET "
        "failures = excluded.failures, codes = excluded.codes, day = excluded.day, locked_until = "
        "excluded.locked_until, certificates = excluded.certificates, checks = excluded.checks, "
        "complaints = excluded.complaints",
        values);
  }

  Result<bool> contact_has_room(const ContactKey& contact, const KeyedHash& person,
                                std::uint32_t most) override {
    constexpr std::array types = {number, number};
    const std::array values = {blob(contact), blob(person)};
    const Result<SqlRows> rows = sql_.query(
        "SELECT count(*), count(CASE WHEN person_hash = $2 THEN 1 END) FROM contact_use WHERE "
        "contact_hash = $1",
        values, types);
    if (!rows) return rows.error();
    const std::vector<SqlCell>& row = (*rows)[0];
    return row[1].number > 0 || as_number(row[0]) < most;
  }

  Result<bool> use_contact(const ContactKey& contact, const KeyedHash& person,
                           std::uint32_t most) override {
    // From the hash's second byte on: the first says which kind of contact it is.
    const std::int64_t lock = lock_number(view_of(contact).substr(1), 2);
    if (Status locked = sql_.lock(lock); !locked) return locked.error();
    const Result<bool> room = contact_has_room(contact, person, most);
    if (!room || !*room) return room;
    const std::array values = {blob(contact), blob(person)};
    const Status used = sql_.run(
        "INSERT INTO contact_use (contact_hash, person_hash) VALUES ($1, $2) ON CONFLICT DO "
        "NOTHING",
        values);
    if (!used) return used.error();
    return true;
  }

  Result<bool> use_guardian(const PersonRef& ward, const KeyedHash& guardian,
                            std::uint32_t most) override {
    if (Status locked = sql_.lock(lock_number(view_of(guardian), 3)); !locked) {
      return locked.error();
    }
    constexpr std::array one_hash = {bytes};
    const std::array child = {blob(ward.octets)};
    const Result<SqlRows> present =
        sql_.query("SELECT guardian_hash FROM ward WHERE person = $1", child, one_hash);
    if (!present) return present.error();
    if (!present->empty()) return (*present)[0][0].bytes == view_of(guardian);
    constexpr std::array one_number = {number};
    const std::array adult = {blob(guardian)};
    const Result<SqlRows> count =
        sql_.query("SELECT count(*) FROM ward WHERE guardian_hash = $1", adult, one_number);
    if (!count) return count.error();
    if (as_number((*count)[0][0]) >= most) return false;
    const std::array values = {blob(ward.octets), blob(guardian)};
    const Status put = sql_.run("INSERT INTO ward (person, guardian_hash) VALUES ($1, $2)", values);
    if (!put) return put.error();
    return true;
  }

  Result<std::optional<KeyedHash>> guardian_of(const PersonRef& ward) override {
    constexpr std::array types = {bytes};
    const std::array values = {blob(ward.octets)};
    const Result<SqlRows> rows =
        sql_.query("SELECT guardian_hash FROM ward WHERE person = $1", values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<KeyedHash>();
    if ((*rows)[0][0].bytes.size() != 32) return damaged("ward");
    return std::optional(array_of<32>((*rows)[0][0].bytes));
  }

  Status put_letter(const LetterRow& letter) override {
    const std::array values = {blob(letter.person.octets), blob(letter.code),
                               integer(letter.used ? 1 : 0), integer(letter.printed ? 1 : 0)};
    return sql_.run(
        "INSERT INTO letter (person, code_hash, used, printed) VALUES ($1, $2, $3, $4) ON CONFLICT "
        "(person) DO UPDATE SET code_hash = excluded.code_hash, used = excluded.used, printed = "
        "excluded.printed",
        values);
  }

  Result<std::optional<LetterRow>> letter_for_update(const PersonRef& person) override {
    constexpr std::array types = {bytes, number, number};
    const std::array values = {blob(person.octets)};
    const Result<SqlRows> rows =
        sql_.query("SELECT code_hash, used, printed FROM letter WHERE person = $1" +
                       std::string(sql_.for_update()),
                   values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<LetterRow>();
    const std::vector<SqlCell>& row = (*rows)[0];
    if (row[0].bytes.size() != 32) return damaged("letter");
    return std::optional(
        LetterRow{person, array_of<32>(row[0].bytes), row[1].number != 0, row[2].number != 0});
  }

  Status note_printed(const Sha256Digest& file) override {
    return put_state("letters " + to_hex(view_of(file)), "1");
  }
  Result<bool> was_printed(const Sha256Digest& file) override {
    const Result<std::string> value = get_state("letters " + to_hex(view_of(file)));
    if (!value) return value.error();
    return !value->empty();
  }

  // ---- What was done in a person's name

  Result<std::optional<std::string>> uses_for_update(const PersonRef& person) override {
    // One lock for all that there is about a person, so that two are never taken in two orders.
    if (Status locked = sql_.lock(lock_number(person.view(), 1)); !locked) return locked.error();
    constexpr std::array types = {bytes};
    const std::array values = {blob(person.octets)};
    Result<SqlRows> rows =
        sql_.query("SELECT record FROM identity_use WHERE person = $1", values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<std::string>();
    return std::optional(std::move(rows.value()[0][0].bytes));
  }

  Status put_uses(const PersonRef& person, std::string_view record) override {
    const std::array<SqlValue, 2> values = {blob(person.octets), Bytes{record}};
    return sql_.run(
        "INSERT INTO identity_use (person, record) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE "
        "SET record = excluded.record",
        values);
  }

  Status put_signal_event(const RandomId& id, std::string_view record,
                          std::uint64_t expires) override {
    const std::array<SqlValue, 3> values = {blob(id), Bytes{record}, integer(expires)};
    return sql_.run("INSERT INTO signal_event (id, record, expires) VALUES ($1, $2, $3)", values);
  }

  Result<std::vector<SignalEventRow>> signal_events_after(const std::optional<RandomId>& after,
                                                          std::size_t count) override {
    constexpr std::array types = {bytes, bytes};
    const std::string least = after ? std::string(view_of(*after)) : std::string();
    const std::array<SqlValue, 2> values = {blob(least), integer(count)};
    Result<SqlRows> rows = sql_.query(
        "SELECT id, record FROM signal_event WHERE id > $1 ORDER BY id LIMIT $2", values, types);
    if (!rows) return rows.error();
    std::vector<SignalEventRow> events;
    for (std::vector<SqlCell>& row : rows.value()) {
      if (row[0].bytes.size() != sizeof(RandomId)) return damaged("signal_event");
      events.push_back({array_of<sizeof(RandomId)>(row[0].bytes), std::move(row[1].bytes)});
    }
    return events;
  }

  Result<std::string> hold() override { return get_state("legal_hold"); }
  Status put_hold(const std::string& statement) override {
    return put_state("legal_hold", statement);
  }

  Status add_to_counter(std::uint64_t day, std::string_view name, std::uint64_t by) override {
    constexpr std::uint64_t parts = 8;
    const std::array<SqlValue, 4> values = {integer(day), name,
                                            integer(protection::random_below(parts)), integer(by)};
    return sql_.run(
        "INSERT INTO counter (day, name, part, count) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (day, name, part) DO UPDATE SET count = counter.count + excluded.count",
        values);
  }

  Result<std::vector<CounterRow>> counters() override {
    constexpr std::array types = {number, bytes, number};
    Result<SqlRows> rows =
        sql_.query("SELECT day, name, count FROM counter ORDER BY day, name, part", {}, types);
    if (!rows) return std::move(rows).error();
    std::vector<CounterRow> all;
    for (std::vector<SqlCell>& row : rows.value()) {
      all.push_back({as_number(row[0]), std::move(row[1].bytes), as_number(row[2])});
    }
    return all;
  }

  Result<std::optional<SignalEventRow>> signal_event(const RandomId& id) override {
    constexpr std::array types = {bytes};
    const std::array values = {blob(id)};
    Result<SqlRows> rows =
        sql_.query("SELECT record FROM signal_event WHERE id = $1", values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<SignalEventRow>();
    return std::optional(SignalEventRow{id, std::move(rows.value()[0][0].bytes)});
  }

  Result<std::string> signal_key(std::uint64_t day, const std::string& fresh) override {
    const std::string name = "signal_key " + std::to_string(day);
    Result<std::string> there = get_state(name);
    if (!there || !there->empty()) return there;
    const std::array<SqlValue, 1> others = {name};
    if (Status gone =
            sql_.run("DELETE FROM state WHERE name LIKE 'signal_key %' AND name <> $1", others);
        !gone) {
      return gone.error();
    }
    // Of two who draw one at the same time, the first one's counts.
    const std::array<SqlValue, 2> values = {name, blob(fresh)};
    const Status put = sql_.run(
        "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", values);
    if (!put) return put.error();
    return get_state(name);
  }

  Status put_complaint(const ComplaintRow& complaint) override {
    const std::array<SqlValue, 2> values = {std::string_view(complaint.number),
                                            blob(complaint.record)};
    return sql_.run("INSERT INTO complaint (number, record) VALUES ($1, $2)", values);
  }

  Result<std::optional<ComplaintRow>> complaint(std::string_view given) override {
    constexpr std::array types = {bytes, bytes};
    const std::array<SqlValue, 1> values = {given};
    Result<SqlRows> rows =
        sql_.query("SELECT number, record FROM complaint WHERE number = $1", values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<ComplaintRow>();
    std::vector<SqlCell>& row = rows.value()[0];
    return std::optional(ComplaintRow{std::move(row[0].bytes), std::move(row[1].bytes)});
  }

  Result<std::vector<ComplaintRow>> complaints_after(std::string_view after,
                                                     std::size_t count) override {
    constexpr std::array types = {bytes, bytes};
    const std::array<SqlValue, 2> values = {after, integer(count)};
    Result<SqlRows> rows = sql_.query(
        "SELECT number, record FROM complaint WHERE number > $1 ORDER BY number LIMIT $2", values,
        types);
    if (!rows) return rows.error();
    std::vector<ComplaintRow> complaints;
    for (std::vector<SqlCell>& row : rows.value()) {
      complaints.push_back({std::move(row[0].bytes), std::move(row[1].bytes)});
    }
    return complaints;
  }

  // ---- Cases

  Result<std::vector<registrar::CaseRow>> cases_for_update() override {
    constexpr std::int64_t all_cases = 0x63617365;  // no one's person or contact
    if (Status locked = sql_.lock(all_cases); !locked) return locked.error();
    return all_of_cases(sql_.for_update());
  }

  Result<std::vector<registrar::CaseRow>> cases() override { return all_of_cases({}); }

  Result<std::optional<registrar::CaseRow>> find_case(std::string_view given) override {
    return one_case(given, {});
  }
  Result<std::optional<registrar::CaseRow>> case_for_update(std::string_view given) override {
    return one_case(given, sql_.for_update());
  }

  Status put_case(const registrar::CaseRow& one) override {
    const std::array<SqlValue, 2> values = {std::string_view(one.number), blob(one.record)};
    return sql_.run(
        "INSERT INTO case_file (number, record) VALUES ($1, $2) ON CONFLICT (number) DO UPDATE SET "
        "record = excluded.record",
        values);
  }

  Result<std::vector<CaseVoterRow>> case_voters(std::string_view given) override {
    const std::array<SqlValue, 1> values = {given};
    return voters_of(
        "SELECT number, person, record FROM case_voter WHERE number = $1 ORDER BY person", values);
  }

  Result<std::vector<CaseVoterRow>> cases_of(const PersonRef& person, std::size_t count) override {
    const std::array<SqlValue, 2> values = {blob(person.octets), integer(count)};
    return voters_of(
        "SELECT number, person, record FROM case_voter WHERE person = $1 ORDER BY number LIMIT $2",
        values);
  }

  Result<std::optional<CaseVoterRow>> case_voter_for_update(std::string_view given,
                                                            const PersonRef& person) override {
    if (Status locked = sql_.lock(lock_number(person.view(), 1)); !locked) return locked.error();
    const std::array<SqlValue, 2> values = {given, blob(person.octets)};
    Result<std::vector<CaseVoterRow>> rows = voters_of(
        "SELECT number, person, record FROM case_voter WHERE number = $1 AND person = $2", values);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<CaseVoterRow>();
    return std::optional(std::move(rows.value()[0]));
  }

  Status put_case_voter(const CaseVoterRow& voter) override {
    const std::array<SqlValue, 3> values = {std::string_view(voter.number),
                                            blob(voter.person.octets), blob(voter.record)};
    return sql_.run(
        "INSERT INTO case_voter (number, person, record) VALUES ($1, $2, $3) ON CONFLICT (number, "
        "person) DO UPDATE SET record = excluded.record",
        values);
  }

  // ---- Certificates

  Result<std::uint64_t> take_serial() override {
    Result<std::uint64_t> next = next_block();
    if (!next) return next;
    Result<std::vector<std::uint64_t>> free = free_serials();
    if (!free) return free.error();
    // Never from fewer than half a block: the last of a block would be anybody's guess.
    if (free->size() < serial_block / 2) {
      for (std::uint64_t serial = *next; serial < *next + serial_block; ++serial) {
        const std::array values = {integer(serial)};
        if (Status put = sql_.run("INSERT INTO free_serial (serial) VALUES ($1)", values); !put) {
          return put.error();
        }
        free.value().push_back(serial);
      }
      std::string block;
      append_big_endian(block, *next + serial_block, 8);
      if (Status put = put_state("next_serial", block); !put) return put.error();
    }
    const std::uint64_t serial =
        (*free)[protection::random_below(static_cast<std::uint32_t>(free->size()))];
    const std::array values = {integer(serial)};
    if (Status gone = sql_.run("DELETE FROM free_serial WHERE serial = $1", values); !gone) {
      return gone.error();
    }
    return serial;
  }

  Result<SerialCount> serials() override {
    const Result<std::uint64_t> next = next_block();
    if (!next) return next.error();
    const Result<std::vector<std::uint64_t>> free = free_serials();
    if (!free) return free.error();
    SerialCount count;
    count.issued = *next - free->size();
    count.bound = *next;
    const std::set<std::uint64_t> unused(free->begin(), free->end());
    while (count.bound > 0 && unused.contains(count.bound - 1)) --count.bound;
    return count;
  }

  // ---- Messages and notices

  Status put_message(const OutboxRow& message) override {
    const std::array values = {blob(message.id), blob(message.message), integer(message.attempts),
                               integer(message.due), integer(message.expires)};
    return sql_.run(
        "INSERT INTO outbox (id, message, attempts, due, expires) VALUES ($1, $2, $3, $4, $5) ON "
        "CONFLICT (id) DO UPDATE SET attempts = excluded.attempts, due = excluded.due",
        values);
  }

  Result<std::vector<OutboxRow>> due_messages(std::uint64_t now, std::size_t count) override {
    constexpr std::array types = {bytes, bytes, number, number, number};
    const std::array values = {integer(now), integer(now + message_pause_seconds_max),
                               integer(count)};
    std::string statement =
        "SELECT id, message, attempts, due, expires FROM outbox WHERE due <= $1 OR due > $2 "
        "LIMIT $3" +
        std::string(sql_.for_update());
    if (!sql_.for_update().empty()) statement += " SKIP LOCKED";
    Result<SqlRows> rows = sql_.query(statement, values, types);
    if (!rows) return rows.error();
    std::vector<OutboxRow> due;
    for (std::vector<SqlCell>& row : rows.value()) {
      if (row[0].bytes.size() != 16) return damaged("outbox");
      due.push_back({array_of<16>(row[0].bytes), std::move(row[1].bytes), as_count(row[2]),
                     as_number(row[3]), as_number(row[4])});
    }
    return due;
  }

  Status remove_message(const RandomId& id) override {
    const std::array values = {blob(id)};
    return sql_.run("DELETE FROM outbox WHERE id = $1", values);
  }

  Result<std::uint64_t> count_messages() override {
    constexpr std::array types = {number};
    const Result<SqlRows> rows = sql_.query("SELECT count(*) FROM outbox", {}, types);
    if (!rows) return rows.error();
    return as_number((*rows)[0][0]);
  }

  Result<bool> first_time(const RandomId& batch) override {
    constexpr std::array types = {bytes};
    const std::array values = {blob(batch)};
    const Result<SqlRows> rows =
        sql_.query("INSERT INTO notice_batch (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id",
                   values, types);
    if (!rows) return rows.error();
    return !rows->empty();
  }

  // ---- Access log

  Status put_pending_access(const RandomId& id, std::uint64_t hour,
                            std::string_view entry) override {
    const std::array<SqlValue, 3> values = {blob(id), integer(hour), Bytes{entry}};
    return sql_.run("INSERT INTO access_pending (id, hour, entry) VALUES ($1, $2, $3)", values);
  }

  Result<std::vector<std::string>> take_pending_access(std::uint64_t before_hour) override {
    constexpr std::array types = {bytes, bytes};
    const std::array values = {integer(before_hour)};
    Result<SqlRows> rows =
        sql_.query("DELETE FROM access_pending WHERE hour < $1 RETURNING id, entry", values, types);
    if (!rows) return rows.error();
    std::ranges::sort(rows.value(), {}, [](const std::vector<SqlCell>& row) -> const std::string& {
      return row[0].bytes;
    });
    std::vector<std::string> entries;
    for (std::vector<SqlCell>& row : rows.value()) entries.push_back(std::move(row[1].bytes));
    return entries;
  }

  Result<AccessLogHead> access_head() override { return log_.head(); }
  Status append_access(const AccessRow& row) override { return log_.append(row); }
  Status finish_access(const AccessLogHead& head, std::string_view note) override {
    return log_.finish(head, note);
  }

  // ---- Deletion

  Result<std::uint64_t> apply(const protection::Deletion& deletion) override {
    return delete_rows(sql_, deletion);
  }

 private:
  Result<std::vector<registrar::CaseRow>> all_of_cases(std::string_view locking) {
    constexpr std::array types = {bytes, bytes};
    Result<SqlRows> rows = sql_.query(
        "SELECT number, record FROM case_file ORDER BY number" + std::string(locking), {}, types);
    if (!rows) return rows.error();
    std::vector<registrar::CaseRow> cases;
    for (std::vector<SqlCell>& row : rows.value()) {
      cases.push_back({std::move(row[0].bytes), std::move(row[1].bytes)});
    }
    return cases;
  }

  Result<std::optional<registrar::CaseRow>> one_case(std::string_view given,
                                                     std::string_view locked) {
    constexpr std::array types = {bytes, bytes};
    const std::array<SqlValue, 1> values = {given};
    Result<SqlRows> rows =
        sql_.query("SELECT number, record FROM case_file WHERE number = $1" + std::string(locked),
                   values, types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<registrar::CaseRow>();
    std::vector<SqlCell>& row = rows.value()[0];
    return std::optional(registrar::CaseRow{std::move(row[0].bytes), std::move(row[1].bytes)});
  }

  Result<std::vector<CaseVoterRow>> voters_of(const std::string& statement,
                                              std::span<const SqlValue> values) {
    constexpr std::array types = {bytes, bytes, bytes};
    Result<SqlRows> rows = sql_.query(statement, values, types);
    if (!rows) return rows.error();
    std::vector<CaseVoterRow> voters;
    for (std::vector<SqlCell>& row : rows.value()) {
      if (row[1].bytes.size() != sizeof(PersonRef)) return damaged("case_voter");
      voters.push_back({std::move(row[0].bytes),
                        {array_of<sizeof(PersonRef)>(row[1].bytes)},
                        std::move(row[2].bytes)});
    }
    return voters;
  }

  static constexpr std::size_t in_list = 100;
  static constexpr std::size_t rows_at_once = 50;
  static constexpr std::int64_t access_lock = 0x6c6f67;
  static constexpr std::int64_t serial_lock = 0x736572;

  Result<std::optional<PersonRow>> one_person(std::string_view column, const SqlValue& value) {
    const std::array values = {value};
    Result<SqlRows> rows = sql_.query("SELECT " + std::string(person_columns) +
                                          " FROM person WHERE " + std::string(column) + " = $1",
                                      values, person_types);
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<PersonRow>();
    Result<PersonRow> person = person_of(rows.value()[0]);
    if (!person) return std::move(person).error();
    return std::optional(*std::move(person));
  }

  Status put_some(std::span<const PersonRow> people) {
    std::string statement = "INSERT INTO person (" + std::string(person_columns) + ") VALUES ";
    std::vector<SqlValue> values;
    values.reserve(people.size() * person_types.size());
    for (std::size_t i = 0; i < people.size(); ++i) {
      statement +=
          (i == 0 ? "(" : ", (") + places(1 + i * person_types.size(), person_types.size()) + ")";
      append_person(values, people[i]);
    }
    statement +=
        " ON CONFLICT (reference) DO UPDATE SET identifier_hash = excluded.identifier_hash, "
        "target_hash = excluded.target_hash, digest = excluded.digest, identifier = "
        "excluded.identifier, name = excluded.name, birth_date = excluded.birth_date, address = "
        "excluded.address, district = excluded.district, phone = excluded.phone, email = "
        "excluded.email, guardian = excluded.guardian, origin = excluded.origin, withdrawn = "
        "excluded.withdrawn";
    return sql_.run(statement, values);
  }

  Status mark(std::string_view column, std::span<const PersonRef> people) {
    const std::string statement = "UPDATE person SET " + std::string(column) +
                                  " = 1 WHERE reference IN (" + places(1, in_list) + ")";
    for (; !people.empty(); people = people.subspan(std::min(in_list, people.size()))) {
      std::vector<SqlValue> values;
      for (std::size_t i = 0; i < in_list; ++i) {
        values.push_back(blob(people[std::min(i, people.size() - 1)].octets));
      }
      if (Status marked = sql_.run(statement, values); !marked) return marked;
    }
    return ok_status();
  }

  Result<std::string> get_state(std::string_view name) {
    constexpr std::array types = {bytes};
    const std::array<SqlValue, 1> values = {name};
    Result<SqlRows> rows = sql_.query("SELECT value FROM state WHERE name = $1", values, types);
    if (!rows) return rows.error();
    return rows->empty() ? std::string() : std::move(rows.value()[0][0].bytes);
  }
  Status put_state(std::string_view name, const std::string& value) {
    const std::array<SqlValue, 2> values = {name, blob(value)};
    return sql_.run(
        "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        values);
  }

  // The first serial of the next block; excludes others until the end of the transaction.
  Result<std::uint64_t> next_block() {
    if (Status locked = sql_.lock(serial_lock); !locked) return locked.error();
    const Result<std::string> value = get_state("next_serial");
    if (!value) return value.error();
    if (!value->empty() && value->size() != 8) return damaged("state");
    return big_endian(*value);
  }
  Result<std::vector<std::uint64_t>> free_serials() {
    constexpr std::array types = {number};
    const Result<SqlRows> rows = sql_.query("SELECT serial FROM free_serial", {}, types);
    if (!rows) return rows.error();
    std::vector<std::uint64_t> free;
    for (const std::vector<SqlCell>& row : *rows) free.push_back(as_number(row[0]));
    return free;
  }

  Sql& sql_;
  AccessLogRows log_;
};

class SqlRegistrarStore final : public RegistrarStore {
 public:
  explicit SqlRegistrarStore(std::unique_ptr<Sql> sql) : sql_(std::move(sql)) {}

  // Works that wait at the same time are committed together, each within a savepoint of its own, by
  // whichever caller comes first: a commit costs milliseconds, and they share it.
  Status transact(const Work& work) override {
    Waiting mine{&work, std::nullopt};
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&mine);
    while (!mine.result && leading_) done_.wait(lock);
    while (!mine.result) {
      leading_ = true;
      const std::size_t count = std::min(queue_.size(), works_in_commit_max);
      const std::vector<Waiting*> batch(queue_.begin(),
                                        queue_.begin() + static_cast<std::ptrdiff_t>(count));
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
      lock.unlock();
      std::vector<Status> results = commit_together(batch);
      lock.lock();
      for (std::size_t i = 0; i < count; ++i) batch[i]->result = std::move(results[i]);
      leading_ = false;
      done_.notify_all();
    }
    return *mine.result;
  }

  Result<std::vector<protection::LiveColumn>> live_columns() override {
    const std::scoped_lock lock(mutex_);
    return sql_->live_columns();
  }

  Result<AccessLogCopy> copy_access_log() override {
    const std::scoped_lock lock(mutex_);
    return storage::copy_access_log(*sql_);
  }

  Status put_cosigned_note(std::string_view note) override {
    const Result<board::UnverifiedNote> cosigned = board::UnverifiedNote::parse(note);
    if (!cosigned) return cosigned.error();
    const std::scoped_lock lock(mutex_);
    return sql_->in_transaction([&]() -> Status {
      constexpr std::array types = {bytes};
      const std::array<SqlValue, 1> place = {integer(cosigned->checkpoint.size)};
      const Result<SqlRows> rows =
          sql_->query("SELECT note FROM access_note WHERE size = $1", place, types);
      if (!rows) return rows.error();
      if (rows->empty()) {
        return Error{ErrorCode::not_found, "the access log has no checkpoint of that size", {}, ""};
      }
      const Result<board::UnverifiedNote> own = board::UnverifiedNote::parse((*rows)[0][0].bytes);
      if (!own) return own.error();
      if (own->checkpoint != cosigned->checkpoint) {
        return Error{ErrorCode::conflict, "the checkpoint is not that of this access log", {}, ""};
      }
      const std::array<SqlValue, 2> values = {integer(cosigned->checkpoint.size), note};
      return sql_->run("UPDATE access_note SET note = $2 WHERE size = $1", values);
    });
  }

 private:
  struct Waiting {
    const Work* work;
    std::optional<Status> result;
  };
  static constexpr std::size_t works_in_commit_max = 64;

  std::vector<Status> commit_together(const std::vector<Waiting*>& batch) {
    std::vector<Status> results(batch.size(), ok_status());
    const std::scoped_lock lock(mutex_);
    const Status committed = sql_->in_transaction([&]() -> Status {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch.size() == 1) {
          SqlRegistrarTransaction transaction(*sql_);
          return results[i] = (*batch[i]->work)(transaction);
        }
        if (Status begun = sql_->run("SAVEPOINT work"); !begun) return begun;
        {
          SqlRegistrarTransaction transaction(*sql_);
          results[i] = (*batch[i]->work)(transaction);
        }
        if (!results[i]) {
          if (Status undone = sql_->run("ROLLBACK TO SAVEPOINT work"); !undone) return undone;
        }
        if (Status ended = sql_->run("RELEASE SAVEPOINT work"); !ended) return ended;
      }
      return ok_status();
    });
    if (!committed) results.assign(batch.size(), committed);
    return results;
  }

  std::mutex queue_mutex_;  // of what follows
  std::condition_variable done_;
  std::deque<Waiting*> queue_;
  bool leading_ = false;

  std::mutex mutex_;
  std::unique_ptr<Sql> sql_;
};

}  // namespace

Result<std::unique_ptr<RegistrarStore>> make_registrar_store(std::unique_ptr<Sql> sql) {
  if (Status made = sql->make_tables(registrar::tables); !made) return std::move(made).error();
  return std::unique_ptr<RegistrarStore>(std::make_unique<SqlRegistrarStore>(std::move(sql)));
}

}  // namespace urna::storage
