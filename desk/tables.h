// SPDX-License-Identifier: EUPL-1.2
// The desk's tables.
#pragma once

#include <array>

#include "protection/table.h"

namespace urna::desk {

namespace columns {

using protection::column;
using protection::not_personal;
using enum protection::ColumnType;
using protection::Field;
using protection::Null;

inline constexpr std::array official = {
    column<Field::official_reference>(text),
    column<Field::official_name>(bytes),
    column<Field::official_role>(text),
    column<Field::official_invitation>(bytes, Null::yes),
    column<Field::official_invitation_expires>(integer),
    column<Field::official_credential>(bytes, Null::yes),
    column<Field::official_algorithm>(integer),
    column<Field::official_public_key>(bytes),
    column<Field::official_counter>(integer),
    column<Field::official_signing_key>(bytes),
    column<Field::official_revoked>(integer),
};
inline constexpr std::array session = {
    column<Field::desk_session_token_hash>(bytes),
    column<Field::desk_session_official>(text),
    column<Field::desk_session_begun>(integer),
    column<Field::desk_session_expires>(integer),
};
inline constexpr std::array challenge = {
    not_personal("hash", bytes, "of a random number that waits to be signed by anybody"),
    not_personal("valid_until", integer, "when that number is of no use any more"),
};
inline constexpr std::array edition = {
    not_personal("id", text, "random number of an edition"),
    not_personal("version", integer, "how often the draft was changed"),
    column<Field::edition_draft>(bytes),
    not_personal("frozen", integer, "when the rules were frozen"),
    not_personal("counting", integer, "whether the list of counted ballots is wanted"),
    not_personal("announced", integer, "when the result was announced"),
    not_personal("box", text, "name of a ballot box"),
};
inline constexpr std::array edition_file = {
    not_personal("edition", text, "random number of an edition"),
    not_personal("name", text, "letters and digits by which the draft names the file"),
    column<Field::edition_file>(bytes),
};
inline constexpr std::array proposal = {
    not_personal("id", text, "random number of a proposal"),
    not_personal("edition", text, "random number of an edition"),
    not_personal("action", text,
                 "a word: open, extend, freeze, annul, uphold, keep, close or announce"),
    column<Field::edition_statement>(bytes),
    not_personal("content", bytes, "entries of the board without their signatures"),
    column<Field::edition_proposer>(text),
    not_personal("state", integer, "what has become of it"),
    column<Field::proposal_created>(integer),
    not_personal("valid_until", integer, "until when it can be signed"),
};
inline constexpr std::array proposal_signature = {
    not_personal("proposal", text, "random number of a proposal"),
    column<Field::edition_signer>(text),
    column<Field::edition_signature>(bytes),
    column<Field::proposal_assertion>(bytes),
    column<Field::proposal_signed>(integer),
};
inline constexpr std::array case_file = {
    not_personal("edition", text, "random number of an edition"),
    column<Field::case_file_number>(text),
    not_personal("version", integer, "which hand-over of the case file it is"),
    column<Field::case_file_document>(bytes),
    not_personal("received", integer, "when the file was handed in"),
};
inline constexpr std::array case_event = {
    not_personal("edition", text, "random number of an edition"),
    column<Field::case_event_number>(text),
    not_personal("position", integer, "the entry's place in the case"),
    not_personal("kind", text, "a word: received, dismissed, opinion, proposed, appeal or closed"),
    column<Field::case_event_official>(text),
    column<Field::case_event_time>(integer),
    column<Field::case_event_content>(bytes),
};
inline constexpr std::array state = {
    not_personal("name", text, "which value this is"),
    not_personal("value", bytes, "the head of the log"),
};
inline constexpr std::array access_log = {
    not_personal("position", integer, "the row's number in the log"),
    column<Field::desk_action_entry>(bytes),
    not_personal("chain", bytes, "a hash that only proves that rows are unchanged"),
};
inline constexpr std::array access_note = {
    not_personal("size", integer, "how many rows the checkpoint is over"),
    not_personal("note", text, "a signed checkpoint"),
};

}  // namespace columns

inline constexpr std::array tables = {
    protection::Table("official", columns::official, "reference",
                      {.plain = "invitation_hash", .unique = "credential"}),
    protection::Table("session", columns::session, "token_hash", {}, "expires"),
    protection::Table("challenge", columns::challenge, "hash"),
    protection::Table("edition", columns::edition, "id"),
    protection::Table("edition_file", columns::edition_file, "edition, name"),
    protection::Table("proposal", columns::proposal, "id", {.plain = "edition"}),
    protection::Table("proposal_signature", columns::proposal_signature, "proposal, official"),
    protection::Table("case_file", columns::case_file, "edition, number"),
    protection::Table("case_event", columns::case_event, "edition, number, position"),
    protection::Table("state", columns::state, "name"),
    protection::Table("access_log", columns::access_log, "position"),
    protection::Table("access_note", columns::access_note, "size"),
};

}  // namespace urna::desk
