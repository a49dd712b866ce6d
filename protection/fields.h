// SPDX-License-Identifier: EUPL-1.2
// The declaration: every stored field that can relate to a person, and why it may be there.
//
// Tables are built from it (table.h), and from it come the register of processing and the notices
// (register.h), the deletion job (retention.h) and the export filter (disclosure.h). A field that
// is not declared here does not build.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "protection/law.h"
#include "protection/words.h"

namespace urna::protection {

// Sets of data that never share a database, a key or a log.
enum class DataSet : std::uint8_t { registrar, desk, ballot_box, keeper, inspection };

enum class PersonCategory : std::uint8_t { resident, guardian, official };

enum class Purpose : std::uint8_t {
  eligibility,     // who may vote, and in which pools
  identification,  // that the one who asks is that person
  notification,    // telling the person what is done in their name
  abuse,           // caps, locks, attempts
  complaints,      // looking into what a person did not do
  accountability,  // who read or wrote what
  conduct,         // preparing and running the vote
  verifiability,   // letting everybody check the result
};

enum class Recipient : std::uint8_t {
  register_office,     // the registrar's own staff
  sms_gateway,         // processor
  mail_service,        // processor
  letter_printer,      // processor
  keepers,             // get blinded elements only, from which nobody can be recognised
  second_controller,   // witnesses the access log
  budget_office,       // the participatory-budget office's own staff
  everybody,           // published
  keeper_staff,        // a pseudonym keeper's own staff
  inspecting_offices,  // the data protection officers of both controllers
};

enum class Source : std::uint8_t {
  residents_register,
  person,
  official,
  identity_provider,
  itself
};

enum class Sensitivity : std::uint8_t {
  technical,      // means nothing outside the data set
  pseudonymised,  // a person's only with keys that others hold; personal data all the same
  ordinary,
  identifying,  // enough to recognise a person
  national_id,  // GDPR art. 87
};

// A set of few enumerators, known when compiling.
template <typename Enum>
class SetOf {
 public:
  constexpr SetOf(std::initializer_list<Enum> members) {  // NOLINT(*-explicit-*): reads as a set
    for (const Enum member : members) bits_ |= bit(member);
  }
  [[nodiscard]] constexpr bool contains(Enum member) const { return (bits_ & bit(member)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint32_t bit(Enum member) {
    return std::uint32_t{1} << static_cast<unsigned>(member);
  }
  std::uint32_t bits_ = 0;
};

// Names of fields in code; their order is of no meaning.
enum class Field : std::uint8_t {
  person_reference,
  person_identifier_hash,
  person_target_hash,
  person_digest,
  person_identifier,
  person_name,
  person_birth_date,
  person_address,
  person_district,
  person_phone,
  person_email,
  person_guardian,
  person_origin,
  person_withdrawn,
  person_on_roll,
  session_token_hash,
  session_person,
  session_level,
  session_expires,
  session_code,
  session_code_expires,
  session_failures,
  session_codes_sent,
  session_contact,
  session_by_guardian,
  session_factor,
  attempt_person,
  attempt_failures,
  attempt_codes,
  attempt_day,
  attempt_locked_until,
  attempt_certificates,
  attempt_checks,
  attempt_complaints,
  letter_person,
  letter_code,
  letter_used,
  letter_printed,
  use_person,
  use_record,
  complaint_number,
  complaint_record,
  case_number,
  case_record,
  case_voter_number,
  case_voter_person,
  case_voter_record,
  signal_event_record,
  signal_event_expires,
  contact_use_contact,
  contact_use_person,
  ward_person,
  ward_guardian,
  outbox_message,
  outbox_expires,
  access_entry,
  access_pending_entry,
  official_reference,
  official_name,
  official_role,
  official_invitation,
  official_invitation_expires,
  official_credential,
  official_public_key,
  official_signing_key,
  desk_session_token_hash,
  desk_session_official,
  desk_session_begun,
  desk_session_expires,
  edition_draft,
  edition_file,
  edition_statement,
  edition_proposer,
  edition_signer,
  edition_signature,
  desk_action_entry,
  official_algorithm,
  official_counter,
  official_revoked,
  case_file_number,
  case_file_document,
  case_event_number,
  case_event_official,
  case_event_time,
  case_event_content,
  proposal_created,
  proposal_assertion,
  proposal_signed,
  board_place,
  board_entry,
  record_file,
  pending_notice,
  request_number,
  request_time,
  request_event,
  request_purpose,
  request_count,
  request_detail,
  inspection_entry,
};

struct FieldDeclaration {
  Field field{};
  DataSet set{};
  std::string_view table;
  std::string_view column;
  Words what;
  PersonCategory who{};
  SetOf<Purpose> purposes;
  const LegalRef* basis = nullptr;
  Source source{};
  SetOf<Recipient> recipients;
  const RetentionRule* retention = nullptr;
  Sensitivity sensitivity{};
};

namespace declared {

using enum Purpose;
using enum Recipient;
using enum PersonCategory;
using enum Sensitivity;

inline constexpr SetOf<Recipient> inside{register_office};

// ---- registrar: the residents' register as imported

inline constexpr FieldDeclaration in_register(Field field, std::string_view column, Words what,
                                              SetOf<Purpose> purposes, SetOf<Recipient> recipients,
                                              Sensitivity sensitivity,
                                              Source source = Source::residents_register) {
  return {field,
          DataSet::registrar,
          "person",
          column,
          what,
          resident,
          purposes,
          &law::register_duty,
          source,
          recipients,
          &retention::protests,
          sensitivity};
}
inline constexpr FieldDeclaration in_registrar(Field field, std::string_view table,
                                               std::string_view column, Words what,
                                               SetOf<Purpose> purposes, const LegalRef& basis,
                                               Source source, const RetentionRule& kept,
                                               Sensitivity sensitivity = technical,
                                               SetOf<Recipient> recipients = inside,
                                               PersonCategory who = resident) {
  return {field,  DataSet::registrar, table, column,     what, who, purposes, &basis,
          source, recipients,         &kept, sensitivity};
}

// ---- desk: the officials who prepare and run an edition

inline constexpr SetOf<Recipient> at_the_desk{budget_office};
inline constexpr FieldDeclaration at_desk(Field field, std::string_view table,
                                          std::string_view column, Words what,
                                          SetOf<Purpose> purposes, Source source,
                                          const RetentionRule& kept,
                                          Sensitivity sensitivity = technical,
                                          SetOf<Recipient> recipients = at_the_desk) {
  return {field,    DataSet::desk,  table,  column,     what,  official,
          purposes, &law::security, source, recipients, &kept, sensitivity};
}

// ---- ballot box: the record of an edition, public from the first entry on

// Of residents whose ballots somebody contests, under their pseudonyms.
inline constexpr FieldDeclaration in_case(Field field, std::string_view table,
                                          std::string_view column, Words what, Source source,
                                          const RetentionRule& kept) {
  return {field,
          DataSet::desk,
          table,
          column,
          what,
          resident,
          {Purpose::complaints, Purpose::abuse},
          &law::public_task,
          source,
          at_the_desk,
          &kept,
          Sensitivity::pseudonymised};
}

inline constexpr FieldDeclaration in_record(Field field, std::string_view table,
                                            std::string_view column, Words what) {
  return {field,
          DataSet::ballot_box,
          table,
          column,
          what,
          resident,
          {conduct, verifiability},
          &law::public_task,
          Source::person,
          {budget_office, everybody},
          &retention::public_record,
          pseudonymised};
}

// ---- keeper: what was asked of it. Who the persons are it cannot know.

inline constexpr FieldDeclaration in_requests(Field field, std::string_view column, Words what,
                                              Sensitivity sensitivity = pseudonymised,
                                              PersonCategory who = resident) {
  return {field,
          DataSet::keeper,
          "line",
          column,
          what,
          who,
          {abuse, accountability},
          &law::security,
          Source::itself,
          {keeper_staff},
          &retention::accountability,
          sensitivity};
}

}  // namespace declared

inline constexpr std::array declared_fields = {
    // The register. All but hashes and marks is sealed at rest.
    declared::in_register(Field::person_reference, "reference",
                          {"losowe oznaczenie osoby", "random reference to the person"},
                          {Purpose::eligibility, Purpose::identification, Purpose::notification},
                          declared::inside, Sensitivity::technical, Source::itself),
    declared::in_register(Field::person_identifier_hash, "identifier_hash",
                          {"skrót identyfikatora z kluczem, do wyszukiwania",
                           "keyed hash of the identifier, to find the person by"},
                          {Purpose::identification}, declared::inside, Sensitivity::technical,
                          Source::itself),
    declared::in_register(
        Field::person_target_hash, "target_hash",
        {"skrót imienia, nazwiska i daty urodzenia z kluczem", "keyed hash of name and birth date"},
        {Purpose::abuse}, declared::inside, Sensitivity::technical, Source::itself),
    declared::in_register(Field::person_digest, "digest",
                          {"skrót wiersza rejestru z kluczem, do rozpoznania zmian",
                           "keyed hash of the register's row, to see changes by"},
                          {Purpose::eligibility}, declared::inside, Sensitivity::technical,
                          Source::itself),
    declared::in_register(Field::person_identifier, "identifier",
                          {"identyfikator wskazany w uchwale (np. PESEL), zaszyfrowany",
                           "the identifier that the resolution names (such as PESEL), sealed"},
                          {Purpose::eligibility, Purpose::identification, Purpose::complaints},
                          {Recipient::register_office, Recipient::keepers},
                          Sensitivity::national_id),
    declared::in_register(
        Field::person_name, "name", {"imię i nazwisko, zaszyfrowane", "name, sealed"},
        {Purpose::identification, Purpose::notification, Purpose::complaints},
        {Recipient::register_office, Recipient::letter_printer}, Sensitivity::identifying),
    declared::in_register(Field::person_birth_date, "birth_date",
                          {"data urodzenia, zaszyfrowana", "birth date, sealed"},
                          {Purpose::eligibility, Purpose::identification}, declared::inside,
                          Sensitivity::ordinary),
    declared::in_register(Field::person_address, "address",
                          {"adres zamieszkania, zaszyfrowany", "address of residence, sealed"},
                          {Purpose::identification, Purpose::notification},
                          {Recipient::register_office, Recipient::letter_printer},
                          Sensitivity::identifying),
    declared::in_register(Field::person_district, "district",
                          {"dzielnica, zaszyfrowana", "district, sealed"}, {Purpose::eligibility},
                          declared::inside, Sensitivity::ordinary),
    declared::in_register(
        Field::person_phone, "phone", {"numer telefonu, zaszyfrowany", "phone number, sealed"},
        {Purpose::identification, Purpose::notification},
        {Recipient::register_office, Recipient::sms_gateway}, Sensitivity::identifying),
    declared::in_register(Field::person_email, "email",
                          {"adres poczty elektronicznej, zaszyfrowany", "e-mail address, sealed"},
                          {Purpose::identification, Purpose::notification},
                          {Recipient::register_office, Recipient::mail_service},
                          Sensitivity::identifying),
    declared::in_register(Field::person_guardian, "guardian",
                          {"oznaczenie identyfikatora opiekuna, zaszyfrowane",
                           "reference to the guardian's identifier, sealed"},
                          {Purpose::eligibility}, declared::inside, Sensitivity::ordinary),
    declared::in_register(Field::person_origin, "origin",
                          {"skąd jest wiersz: rejestr albo punkt obsługi",
                           "where the row is from: register or point"},
                          {Purpose::eligibility}, declared::inside, Sensitivity::technical,
                          Source::itself),
    declared::in_register(
        Field::person_withdrawn, "withdrawn",
        {"czy osoby nie ma już w rejestrze", "whether the person is no longer on the register"},
        {Purpose::eligibility}, declared::inside, Sensitivity::technical, Source::itself),
    declared::in_register(
        Field::person_on_roll, "on_roll",
        {"czy osoba jest w spisie uprawnionych", "whether the person is on the roll"},
        {Purpose::eligibility}, declared::inside, Sensitivity::technical, Source::itself),

    // Sessions of people who are proving who they are.
    declared::in_registrar(Field::session_token_hash, "session", "token_hash",
                           {"skrót tokenu sesji z kluczem", "keyed hash of the session's token"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::until_expiry),
    declared::in_registrar(Field::session_person, "session", "person",
                           {"oznaczenie osoby, zaszyfrowane", "reference to the person, sealed"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::until_expiry),
    declared::in_registrar(Field::session_level, "session", "level",
                           {"osiągnięty poziom pewności", "assurance level reached"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::until_expiry),
    declared::in_registrar(Field::session_expires, "session", "expires",
                           {"koniec sesji", "end of the session"}, {Purpose::identification},
                           law::public_task, Source::itself, retention::until_expiry),
    declared::in_registrar(Field::session_code, "session", "code_hash",
                           {"skrót kodu jednorazowego z kluczem", "keyed hash of a one-time code"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::until_expiry),
    declared::in_registrar(Field::session_code_expires, "session", "code_expires",
                           {"koniec ważności kodu", "end of the code's validity"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::until_expiry),
    declared::in_registrar(Field::session_failures, "session", "failures",
                           {"liczba błędnych kodów", "number of wrong codes"}, {Purpose::abuse},
                           law::public_task, Source::itself, retention::until_expiry),
    declared::in_registrar(Field::session_codes_sent, "session", "codes_sent",
                           {"liczba wysłanych kodów", "number of codes sent"}, {Purpose::abuse},
                           law::public_task, Source::itself, retention::until_expiry),

    declared::in_registrar(
        Field::session_contact, "session", "contact_hash",
        {"skrót podanego numeru lub adresu z kluczem", "keyed hash of the number or address given"},
        {Purpose::abuse}, law::public_task, Source::person, retention::until_expiry),
    declared::in_registrar(
        Field::session_by_guardian, "session", "by_guardian",
        {"czy za osobę działa opiekun", "whether a guardian acts for the person"},
        {Purpose::eligibility}, law::public_task, Source::itself, retention::until_expiry),

    declared::in_registrar(
        Field::session_factor, "session", "factor",
        {"sposób potwierdzenia tożsamości", "the way in which the identity was confirmed"},
        {Purpose::identification, Purpose::notification}, law::public_task, Source::itself,
        retention::until_expiry),

    // Attempts on a person, whoever makes them.
    declared::in_registrar(Field::attempt_person, "attempt", "person",
                           {"losowe oznaczenie osoby", "random reference to the person"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),
    declared::in_registrar(Field::attempt_failures, "attempt", "failures",
                           {"nieudane próby w ciągu dnia", "failed attempts of the day"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),
    declared::in_registrar(Field::attempt_codes, "attempt", "codes",
                           {"kody wysłane w ciągu dnia", "codes sent in the day"}, {Purpose::abuse},
                           law::public_task, Source::itself, retention::voting),
    declared::in_registrar(Field::attempt_day, "attempt", "day", {"dzień prób", "day of attempts"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),
    declared::in_registrar(Field::attempt_locked_until, "attempt", "locked_until",
                           {"koniec blokady", "end of the lock"}, {Purpose::abuse},
                           law::public_task, Source::itself, retention::voting),
    declared::in_registrar(Field::attempt_certificates, "attempt", "certificates",
                           {"liczba wydanych zaświadczeń", "number of certificates issued"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),

    declared::in_registrar(Field::attempt_checks, "attempt", "checks",
                           {"pytania „czy użyto mojej tożsamości” w ciągu dnia",
                            "questions of the day whether the identity was used"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),
    declared::in_registrar(Field::attempt_complaints, "attempt", "complaints",
                           {"zgłoszenia w ciągu dnia", "complaints of the day"}, {Purpose::abuse},
                           law::public_task, Source::itself, retention::voting),

    // Code letters.
    declared::in_registrar(Field::letter_person, "letter", "person",
                           {"losowe oznaczenie osoby", "random reference to the person"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::voting),
    declared::in_registrar(Field::letter_code, "letter", "code_hash",
                           {"skrót kodu z listu z kluczem", "keyed hash of the letter's code"},
                           {Purpose::identification}, law::public_task, Source::itself,
                           retention::voting),
    declared::in_registrar(
        Field::letter_used, "letter", "used", {"czy kod został użyty", "whether the code was used"},
        {Purpose::identification}, law::public_task, Source::itself, retention::voting),
    declared::in_registrar(
        Field::letter_printed, "letter", "printed",
        {"czy list wydrukowano w całości", "whether the letter was printed to the end"},
        {Purpose::identification}, law::public_task, Source::itself, retention::voting),

    // What was done in a person's name, for that person to ask.
    declared::in_registrar(Field::use_person, "identity_use", "person",
                           {"losowe oznaczenie osoby", "random reference to the person"},
                           {Purpose::notification, Purpose::complaints}, law::public_task,
                           Source::itself, retention::protests),
    declared::in_registrar(
        Field::use_record,
        "identity_use", "record",
        {"godzina, sposób i punkt potwierdzenia tożsamości oraz powiadomienia o głosach, bez "
         "treści głosów; zaszyfrowane",
         "hour, way and point of confirming the identity, and notices of votes, without what was "
         "voted; sealed"},
        {Purpose::notification, Purpose::complaints}, law::public_task, Source::itself,
        retention::protests, Sensitivity::ordinary),

    // What people say they did not do.
    declared::in_registrar(Field::complaint_number, "complaint", "number",
                           {"losowy numer zgłoszenia", "random number of a complaint"},
                           {Purpose::complaints}, law::public_task, Source::itself,
                           retention::protests),
    declared::in_registrar(Field::complaint_record, "complaint", "record",
                           {"kto, o której godzinie, jak potwierdzony i co zgłosił; zaszyfrowane",
                            "who, in which hour, how confirmed, and what was said; sealed"},
                           {Purpose::complaints}, law::public_task, Source::person,
                           retention::protests, Sensitivity::identifying),

    // Votes that officials look into, and what the people say in whose names they are.
    declared::in_registrar(Field::case_number, "case_file", "number",
                           {"losowy numer sprawy", "random number of a case"},
                           {Purpose::complaints}, law::public_task, Source::itself,
                           retention::protests, Sensitivity::pseudonymised,
                           {Recipient::register_office, Recipient::budget_office}),
    declared::in_registrar(
        Field::case_record, "case_file", "record",
        {"co zwróciło uwagę, w liczbach, kto i dlaczego otworzył sprawę; zaszyfrowane",
         "what was striking, in numbers, who opened the case and why; sealed"},
        {Purpose::complaints}, law::public_task, Source::itself, retention::protests,
        Sensitivity::pseudonymised, {Recipient::register_office, Recipient::budget_office}),
    declared::in_registrar(
        Field::case_voter_number, "case_voter", "number", {"numer sprawy", "number of the case"},
        {Purpose::complaints}, law::public_task, Source::itself, retention::protests,
        Sensitivity::pseudonymised, {Recipient::register_office, Recipient::budget_office}),
    declared::in_registrar(Field::case_voter_person, "case_voter", "person",
                           {"losowe oznaczenie osoby, której głosu dotyczy sprawa",
                            "random reference to the person whose vote the case is about"},
                           {Purpose::complaints}, law::public_task, Source::itself,
                           retention::protests),
    declared::in_registrar(
        Field::case_voter_record, "case_voter", "record",
        {"godzina potwierdzenia, godzina pytania o głos, odpowiedź i wyjaśnienie osoby; "
         "zaszyfrowane (urząd prowadzący budżet dostaje pseudonim, godziny i odpowiedź)",
         "hour of the confirmation, hour of the question about the vote, the person's answer and "
         "words; sealed (the budget office gets the pseudonym, the hours and the answer)"},
        {Purpose::complaints}, law::public_task, Source::person, retention::protests,
        Sensitivity::identifying, {Recipient::register_office, Recipient::budget_office}),

    // What signals are computed from.
    declared::in_registrar(
        Field::signal_event_record, "signal_event", "record",
        {"minuta potwierdzenia lub nieudanej próby, wiek, pierwsza litera nazwiska, dzienne "
         "znaczniki telefonu, sieci, punktu i opiekuna, a po potwierdzeniu oznaczenie osoby, by "
         "można było zapytać ją o jej głos; zaszyfrowane",
         "minute of a confirmation or failed attempt, age, first letter of the surname, tokens of "
         "the day for telephone, network, point and guardian, and after a confirmation the "
         "reference to the person, so that they can be asked about their vote; sealed"},
        {Purpose::abuse}, law::public_task, Source::itself, retention::until_expiry,
        Sensitivity::ordinary),
    declared::in_registrar(Field::signal_event_expires, "signal_event", "expires",
                           {"koniec następnego dnia", "end of the following day"}, {Purpose::abuse},
                           law::public_task, Source::itself, retention::until_expiry),

    // How many people one phone or address served.
    declared::in_registrar(Field::contact_use_contact, "contact_use", "contact_hash",
                           {"skrót numeru telefonu lub adresu e-mail z kluczem",
                            "keyed hash of a phone number or e-mail address"},
                           {Purpose::abuse}, law::public_task, Source::person, retention::voting),
    declared::in_registrar(Field::contact_use_person, "contact_use", "person_hash",
                           {"skrót oznaczenia osoby z kluczem", "keyed hash of the reference"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),

    // Children whom a guardian helped to vote.
    declared::in_registrar(Field::ward_person, "ward", "person",
                           {"losowe oznaczenie dziecka", "random reference to the child"},
                           {Purpose::abuse}, law::public_task, Source::itself, retention::voting),
    declared::in_registrar(
        Field::ward_guardian, "ward", "guardian_hash",
        {"skrót oznaczenia opiekuna z kluczem", "keyed hash of the guardian's reference"},
        {Purpose::abuse}, law::public_task, Source::itself, retention::voting,
        Sensitivity::technical, declared::inside, PersonCategory::guardian),

    // Messages on their way out.
    declared::in_registrar(
        Field::outbox_message, "outbox", "message",
        {"treść i adresat wiadomości, zaszyfrowane", "text and addressee of a message, sealed"},
        {Purpose::identification, Purpose::notification}, law::public_task, Source::itself,
        retention::until_expiry, Sensitivity::identifying,
        {Recipient::register_office, Recipient::sms_gateway, Recipient::mail_service}),
    declared::in_registrar(Field::outbox_expires, "outbox", "expires",
                           {"kiedy wiadomość traci sens", "when the message is of no use any more"},
                           {Purpose::notification}, law::public_task, Source::itself,
                           retention::until_expiry),

    // Who read and wrote all that.
    declared::in_registrar(
        Field::access_entry, "access_log", "entry",
        {"kto, kiedy i w jakim celu czytał lub zapisał dane; osoba tylko jako skrót z kluczem",
         "who read or wrote data, when and what for; the person as a keyed hash only"},
        {Purpose::accountability}, law::security, Source::itself, retention::accountability,
        Sensitivity::ordinary, {Recipient::register_office, Recipient::second_controller},
        PersonCategory::official),
    declared::in_registrar(
        Field::access_pending_entry, "access_pending", "entry",
        {"to samo, zanim trafi do dziennika", "the same before it is in the log"},
        {Purpose::accountability}, law::security, Source::itself, retention::accountability,
        Sensitivity::ordinary, declared::inside, PersonCategory::official),

    // ---- The desk. Officials act in public office: what they sign is published, under a number.
    declared::at_desk(Field::official_reference, "official", "reference",
                      {"losowe oznaczenie pracownika", "random reference to the official"},
                      {Purpose::conduct, Purpose::accountability}, Source::itself,
                      retention::accountability),
    declared::at_desk(Field::official_name, "official", "name",
                      {"imię i nazwisko pracownika, zaszyfrowane", "the official's name, sealed"},
                      {Purpose::conduct, Purpose::accountability}, Source::official,
                      retention::accountability, Sensitivity::identifying),
    declared::at_desk(Field::official_role, "official", "role",
                      {"rola: pracownik, administrator albo inspektor ochrony danych",
                       "role: official, administrator or data protection officer"},
                      {Purpose::conduct}, Source::official, retention::accountability,
                      Sensitivity::ordinary),
    declared::at_desk(Field::official_invitation, "official", "invitation_hash",
                      {"skrót zaproszenia z kluczem", "keyed hash of the invitation"},
                      {Purpose::identification}, Source::itself, retention::accountability),
    declared::at_desk(Field::official_invitation_expires, "official", "invitation_expires",
                      {"koniec ważności zaproszenia", "end of the invitation's validity"},
                      {Purpose::identification}, Source::itself, retention::accountability),
    declared::at_desk(Field::official_credential, "official", "credential",
                      {"numer klucza dostępu", "number of the passkey"}, {Purpose::identification},
                      Source::official, retention::accountability),
    declared::at_desk(Field::official_public_key, "official", "public_key",
                      {"klucz publiczny klucza dostępu", "public key of the passkey"},
                      {Purpose::identification}, Source::official, retention::accountability),
    declared::at_desk(Field::official_signing_key, "official", "signing_key",
                      {"klucz publiczny podpisu, publikowany w manifeście edycji",
                       "public signing key, published in an edition's manifest"},
                      {Purpose::conduct}, Source::official, retention::accountability,
                      Sensitivity::technical, {Recipient::budget_office, Recipient::everybody}),
    declared::at_desk(Field::desk_session_token_hash, "session", "token_hash",
                      {"skrót tokenu sesji z kluczem", "keyed hash of the session's token"},
                      {Purpose::identification}, Source::itself, retention::until_expiry),
    declared::at_desk(Field::desk_session_official, "session", "official",
                      {"oznaczenie pracownika", "reference to the official"},
                      {Purpose::identification}, Source::itself, retention::until_expiry),
    declared::at_desk(Field::desk_session_begun, "session", "begun",
                      {"początek sesji", "beginning of the session"}, {Purpose::identification},
                      Source::itself, retention::until_expiry),
    declared::at_desk(Field::desk_session_expires, "session", "expires",
                      {"koniec sesji", "end of the session"}, {Purpose::identification},
                      Source::itself, retention::until_expiry),
    declared::at_desk(Field::edition_draft, "edition", "draft",
                      {"projekt edycji; nazwiska powierników, publikowane w manifeście",
                       "draft of an edition; trustees' names, which its manifest publishes"},
                      {Purpose::conduct}, Source::official, retention::accountability,
                      Sensitivity::ordinary, {Recipient::budget_office, Recipient::everybody}),
    declared::at_desk(Field::edition_file, "edition_file", "bytes",
                      {"pliki edycji: projekty, karty powierników z nazwiskami",
                       "files of an edition: projects, trustees' cards with their names"},
                      {Purpose::conduct}, Source::official, retention::accountability,
                      Sensitivity::ordinary, {Recipient::budget_office, Recipient::everybody}),
    declared::at_desk(
        Field::edition_statement, "proposal", "statement",
        {"treść czynności, którą podpisują urzędnicy; przy decyzji o głosach (wstrzymaniu, "
         "unieważnieniu, utrzymaniu w mocy) numer sprawy i uzasadnienie, które może mówić o osobie",
         "what officials sign; for a decision about ballots (freezing, annulling, upholding) the "
         "number of the case and the grounds, which may speak of a person"},
        {Purpose::conduct, Purpose::accountability}, Source::official, retention::accountability),
    declared::at_desk(Field::edition_proposer, "proposal", "proposer",
                      {"oznaczenie pracownika, który zaproponował czynność",
                       "reference to the official who proposed an action"},
                      {Purpose::conduct, Purpose::accountability}, Source::itself,
                      retention::accountability),
    declared::at_desk(
        Field::edition_signer, "proposal_signature", "official",
        {"oznaczenie pracownika, który podpisał", "reference to the official who signed"},
        {Purpose::conduct, Purpose::accountability}, Source::itself, retention::accountability),
    declared::at_desk(Field::edition_signature, "proposal_signature", "signature",
                      {"podpis pracownika, publikowany na tablicy",
                       "the official's signature, published on the board"},
                      {Purpose::conduct, Purpose::accountability}, Source::official,
                      retention::accountability, Sensitivity::technical,
                      {Recipient::budget_office, Recipient::everybody}),
    declared::at_desk(Field::desk_action_entry, "access_log", "entry",
                      {"kto, kiedy i co zrobił; pracownik tylko jako losowe oznaczenie",
                       "who did what and when; the official as a random reference only"},
                      {Purpose::accountability}, Source::itself, retention::accountability,
                      Sensitivity::ordinary,
                      {Recipient::budget_office, Recipient::second_controller}),
    declared::at_desk(Field::official_algorithm, "official", "algorithm",
                      {"rodzaj podpisu klucza dostępu", "kind of signature of the passkey"},
                      {Purpose::identification}, Source::official, retention::accountability),
    declared::at_desk(Field::official_counter, "official", "counter",
                      {"licznik klucza dostępu, do rozpoznania jego kopii",
                       "what the passkey counts, to notice a copy of it"},
                      {Purpose::identification}, Source::official, retention::accountability),
    declared::at_desk(Field::official_revoked, "official", "revoked",
                      {"czy konto jest zamknięte", "whether the account is closed"},
                      {Purpose::conduct}, Source::itself, retention::accountability),
    declared::at_desk(
        Field::proposal_created, "proposal", "created",
        {"kiedy pracownik zaproponował czynność", "when the official proposed the action"},
        {Purpose::conduct, Purpose::accountability}, Source::itself, retention::accountability),
    declared::at_desk(Field::proposal_assertion, "proposal_signature", "assertion",
                      {"co podpisał klucz dostępu pracownika, do późniejszego sprawdzenia",
                       "what the official's passkey has signed, to be checked later"},
                      {Purpose::conduct, Purpose::accountability}, Source::official,
                      retention::accountability),
    declared::at_desk(Field::proposal_signed, "proposal_signature", "signed",
                      {"kiedy pracownik podpisał", "when the official signed"},
                      {Purpose::conduct, Purpose::accountability}, Source::itself,
                      retention::accountability),

    declared::in_case(
        Field::case_file_number, "case_file", "number",
        {"losowy numer sprawy o wątpliwe głosy", "random number of a case about contested ballots"},
        Source::itself, retention::protests),
    declared::in_case(
        Field::case_file_document, "case_file", "document",
        {"akta sprawy podpisane przez rejestr: pseudonimy głosujących, ich odpowiedzi i godziny, "
         "sygnały w liczbach; bez nazwisk i kontaktów",
         "case file signed by the registrar: voters' pseudonyms, their answers with the hour, "
         "signals in numbers; no names and no contacts"},
        Source::itself, retention::protests),
    declared::in_case(Field::case_event_number, "case_event", "number",
                      {"losowy numer sprawy, której dotyczy wpis",
                       "random number of the case that an entry is about"},
                      Source::itself, retention::accountability),
    declared::at_desk(Field::case_event_official, "case_event", "official",
                      {"oznaczenie osoby, która coś zrobiła w sprawie",
                       "reference to who did something in the case"},
                      {Purpose::complaints, Purpose::accountability}, Source::itself,
                      retention::accountability),
    declared::at_desk(
        Field::case_event_time, "case_event", "time", {"kiedy to zrobiono", "when it was done"},
        {Purpose::complaints, Purpose::accountability}, Source::itself, retention::accountability),
    declared::in_case(
        Field::case_event_content, "case_event", "content",
        {"co zrobiono w sprawie: opinia inspektora, powód i uzasadnienie decyzji, odwołanie, bez "
         "nazwisk; mogą mówić o osobie",
         "what was done in the case: the officer's opinion, reason and grounds of a decision, an "
         "appeal, without names; they may speak of a person"},
        Source::official, retention::accountability),

    // ---- The ballot box. Nothing in it tells who anybody is; it is about people all the same.
    declared::in_record(Field::board_place, "entry", "idx",
                        {"miejsce wpisu na tablicy, które podaje też potwierdzenie głosującego",
                         "place of an entry on the board, which the voter's receipt names too"}),
    declared::in_record(
        Field::board_entry, "entry", "bytes",
        {"wpisy tablicy: zaszyfrowane głosy pod pseudonimami z zaświadczeniami, klucze i podpisy "
         "urzędników",
         "entries of the board: encrypted ballots under pseudonyms with their certificates, keys "
         "and signatures of officials"}),
    declared::in_record(
        Field::record_file, "file", "bytes",
        {"pliki zapisu: manifest z nazwiskami powierników kluczy wyborczych, pseudonimy "
         "uprawnionych, głosy po wymieszaniu i odszyfrowaniu",
         "files of the record: the manifest with the trustees' names, pseudonyms of those "
         "entitled, "
         "ballots after mixing and decryption"}),
    FieldDeclaration{Field::pending_notice,
                     DataSet::ballot_box,
                     "notice",
                     "sealed",
                     {"oznaczenie osoby, zaszyfrowane kluczem ewidencji ludności, i pula, w której "
                      "zapisano głos; "
                      "do chwili przekazania",
                      "reference to a person, sealed to the registrar, and the pool in which a "
                      "vote was recorded; "
                      "until it is passed on"},
                     PersonCategory::resident,
                     {Purpose::notification},
                     &law::public_task,
                     Source::person,
                     {Recipient::register_office},
                     &retention::voting,
                     Sensitivity::pseudonymised},

    // ---- The keepers. A request for one element is one person's confirming of their identity.
    declared::in_requests(Field::request_number, "number",
                          {"numer wiersza dziennika", "number of the log's line"}),
    declared::in_requests(Field::request_time, "time",
                          {"kiedy poproszono o pseudonimy; nie wiadomo czyje",
                           "when pseudonyms were asked for; whose is not known"}),
    declared::in_requests(
        Field::request_event, "event",
        {"co się stało: wykonanie, odmowa, alarm", "what happened: done, refused, alarm"}),
    declared::in_requests(
        Field::request_purpose, "purpose",
        {"w jakim celu poproszono o pseudonimy", "what the pseudonyms were asked for"}),
    declared::in_requests(
        Field::request_count, "count",
        {"o ile pseudonimów poproszono naraz", "how many pseudonyms were asked for at once"}),
    declared::in_requests(Field::request_detail, "detail",
                          {"powód odmowy albo alarmu, albo komórka urzędu, która się nim zajęła",
                           "reason of a refusal or an alarm, or the office that has seen to it"},
                          Sensitivity::technical, PersonCategory::official),

    // ---- Inspections: what one controller looked at of another's data, or tried to.
    FieldDeclaration{
        Field::inspection_entry,
        DataSet::inspection,
        "access_log",
        "entry",
        {"kto, kiedy i na podstawie jakiego upoważnienia czytał dane drugiego administratora albo "
         "próbował; kontrolujący tylko jako początek jego klucza publicznego",
         "who read another controller's data or tried to, when and under which mandate; the "
         "inspector only as the beginning of a public key"},
        PersonCategory::official,
        {Purpose::accountability},
        &law::security,
        Source::itself,
        {Recipient::inspecting_offices, Recipient::second_controller},
        &retention::accountability,
        Sensitivity::pseudonymised},
};

// The place of a field's declaration in declared_fields; their number if there is none.
constexpr std::size_t declaration_place(Field field) {
  std::size_t place = 0;
  while (place < declared_fields.size() && declared_fields[place].field != field) ++place;
  return place;
}
constexpr bool is_declared(Field field) {
  return declaration_place(field) < declared_fields.size();
}
// Precondition: is_declared(field); else it does not compile, or stops the program.
constexpr const FieldDeclaration& declaration_of(Field field) {
  return declared_fields.at(declaration_place(field));
}

// "registrar", and for people.
[[nodiscard]] std::string_view id_of(DataSet set);
[[nodiscard]] Words describe(DataSet set);
[[nodiscard]] std::string_view id_of(Purpose purpose);
[[nodiscard]] Words describe(Purpose purpose);
[[nodiscard]] std::string_view id_of(Recipient recipient);
[[nodiscard]] Words describe(Recipient recipient);
[[nodiscard]] Words describe(PersonCategory category);
[[nodiscard]] Words describe(Source source);
[[nodiscard]] Words describe(Sensitivity sensitivity);

// All there are, in order.
inline constexpr std::array all_data_sets = {DataSet::registrar, DataSet::desk, DataSet::ballot_box,
                                             DataSet::keeper, DataSet::inspection};
inline constexpr std::array all_purposes = {
    Purpose::eligibility, Purpose::identification, Purpose::notification, Purpose::abuse,
    Purpose::complaints,  Purpose::accountability, Purpose::conduct,      Purpose::verifiability};
inline constexpr std::array all_recipients = {
    Recipient::register_office,   Recipient::sms_gateway, Recipient::mail_service,
    Recipient::letter_printer,    Recipient::keepers,     Recipient::second_controller,
    Recipient::budget_office,     Recipient::everybody,   Recipient::keeper_staff,
    Recipient::inspecting_offices};

}  // namespace urna::protection
