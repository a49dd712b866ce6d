// SPDX-License-Identifier: EUPL-1.2
// The registrar's tables. None has a column of insertion order or of exact time that would outlive
// a session: a certificate's serial and a ballot's place on the board are public, and whatever here
// had the same order would say whose they are. Events for signals have a minute: sealed, and gone
// at the end of the following day (events.h).
#pragma once

#include <array>

#include "protection/table.h"

namespace urna::registrar {

namespace columns {

using protection::column;
using protection::not_personal;
using enum protection::ColumnType;
using protection::Field;
using protection::Null;

inline constexpr std::array person = {
    column<Field::person_reference>(bytes),   column<Field::person_identifier_hash>(bytes),
    column<Field::person_target_hash>(bytes), column<Field::person_digest>(bytes),
    column<Field::person_identifier>(bytes),  column<Field::person_name>(bytes),
    column<Field::person_birth_date>(bytes),  column<Field::person_address>(bytes),
    column<Field::person_district>(bytes),    column<Field::person_phone>(bytes),
    column<Field::person_email>(bytes),       column<Field::person_guardian>(bytes),
    column<Field::person_origin>(integer),    column<Field::person_withdrawn>(integer),
    column<Field::person_on_roll>(integer),
};
inline constexpr std::array session = {
    column<Field::session_token_hash>(bytes),
    column<Field::session_person>(bytes),
    column<Field::session_level>(integer),
    column<Field::session_expires>(integer),
    column<Field::session_code>(bytes, Null::yes),
    column<Field::session_code_expires>(integer),
    column<Field::session_failures>(integer),
    column<Field::session_codes_sent>(integer),
    column<Field::session_contact>(bytes, Null::yes),
    column<Field::session_by_guardian>(integer),
    column<Field::session_factor>(integer),
};
inline constexpr std::array attempt = {
    column<Field::attempt_person>(bytes),         column<Field::attempt_failures>(integer),
    column<Field::attempt_codes>(integer),        column<Field::attempt_day>(integer),
    column<Field::attempt_locked_until>(integer), column<Field::attempt_certificates>(integer),
    column<Field::attempt_checks>(integer),       column<Field::attempt_complaints>(integer),
};
inline constexpr std::array letter = {
    column<Field::letter_person>(bytes),
    column<Field::letter_code>(bytes),
    column<Field::letter_used>(integer),
    column<Field::letter_printed>(integer),
};
inline constexpr std::array identity_use = {
    column<Field::use_person>(bytes),
    column<Field::use_record>(bytes),
};
inline constexpr std::array complaint = {
    column<Field::complaint_number>(text),
    column<Field::complaint_record>(bytes),
};
inline constexpr std::array case_file = {
    column<Field::case_number>(text),
    column<Field::case_record>(bytes),
};
inline constexpr std::array case_voter = {
    column<Field::case_voter_number>(text),
    column<Field::case_voter_person>(bytes),
    column<Field::case_voter_record>(bytes),
};
inline constexpr std::array signal_event = {
    not_personal("id", bytes, "random, so that rows have no order"),
    column<Field::signal_event_record>(bytes),
    column<Field::signal_event_expires>(integer),
};
inline constexpr std::array counter = {
    not_personal("day", integer, "a day on which something happened to many people or few"),
    not_personal("name", text, "what is counted, a word of the program's"),
    not_personal("part", integer, "random, so that servers do not wait for each other"),
    not_personal("count", integer, "how often it happened, to nobody in particular"),
};
inline constexpr std::array contact_use = {
    column<Field::contact_use_contact>(bytes),
    column<Field::contact_use_person>(bytes),
};
inline constexpr std::array ward = {
    column<Field::ward_person>(bytes),
    column<Field::ward_guardian>(bytes),
};
inline constexpr std::array outbox = {
    not_personal("id", bytes, "random, says nothing of the addressee"),
    column<Field::outbox_message>(bytes),
    not_personal("attempts", integer, "how often the gateway was tried"),
    not_personal("due", integer, "when the gateway is tried next"),
    column<Field::outbox_expires>(integer),
};
inline constexpr std::array notice_batch = {
    not_personal("id", bytes, "a random number of the ballot box's, so that a batch counts once"),
};
inline constexpr std::array free_serial = {
    not_personal("serial", integer, "a serial number that no certificate has"),
};
inline constexpr std::array state = {
    not_personal("name", text, "which value this is"),
    not_personal(
        "value", bytes,
        "the next block of serial numbers, the head of the access log, which files of letters "
        "were printed to the end, the key of the day's tokens, the legal hold as two officials "
        "signed "
        "it"),
};
inline constexpr std::array access_log = {
    not_personal("position", integer, "the row's number in the log"),
    column<Field::access_entry>(bytes),
    not_personal("chain", bytes, "a hash that only proves that rows are unchanged"),
};
inline constexpr std::array access_note = {
    not_personal("size", integer, "how many rows the checkpoint is over"),
    not_personal("note", text, "a signed checkpoint"),
};
inline constexpr std::array access_pending = {
    not_personal("id", bytes, "random, so that rows have no order"),
    not_personal("hour", integer, "Unix time / 3600: no ballot can be told by it"),
    column<Field::access_pending_entry>(bytes),
};

}  // namespace columns

inline constexpr std::array tables = {
    protection::Table("person", columns::person, "reference",
                      {.plain = "target_hash", .unique = "identifier_hash"}),
    protection::Table("session", columns::session, "token_hash", {}, "expires"),
    protection::Table("attempt", columns::attempt, "person"),
    protection::Table("letter", columns::letter, "person"),
    protection::Table("identity_use", columns::identity_use, "person"),
    protection::Table("complaint", columns::complaint, "number"),
    protection::Table("case_file", columns::case_file, "number"),
    protection::Table("case_voter", columns::case_voter, "number, person", {.plain = "person"}),
    protection::Table("signal_event", columns::signal_event, "id", {}, "expires"),
    protection::Table("counter", columns::counter, "day, name, part"),
    protection::Table("contact_use", columns::contact_use, "contact_hash, person_hash"),
    protection::Table("ward", columns::ward, "person", {.plain = "guardian_hash"}),
    protection::Table("outbox", columns::outbox, "id", {}, "expires"),
    protection::Table("notice_batch", columns::notice_batch, "id"),
    protection::Table("free_serial", columns::free_serial, "serial"),
    protection::Table("state", columns::state, "name"),
    protection::Table("access_log", columns::access_log, "position"),
    protection::Table("access_note", columns::access_note, "size"),
    protection::Table("access_pending", columns::access_pending, "id", {.plain = "hour"}),
};

}  // namespace urna::registrar
