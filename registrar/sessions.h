// SPDX-License-Identifier: EUPL-1.2
// Sessions in which a person shows who they are, by assurance level (docs/registrar.md):
// 1 knowledge, never sufficient; 2 a one-time code or a code letter; 3 an electronic identity;
// 4 in person at an official point.
//
// Whoever only knows data must not learn from an answer whether a person is on the register, has a
// phone there, or is locked. So identify() always begins a session; if it is nobody's, codes are
// "sent" and never right. The same rows are read and written in both cases. What differs is below a
// few microseconds beside a commit of milliseconds.
//
// Errors of all: those of the store; not_found (no such session, or it is over).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "registrar/messages.h"
#include "registrar/office.h"

namespace urna::registrar {

inline constexpr unsigned code_digits = 6;          // of a code by SMS or e-mail
inline constexpr unsigned letter_code_length = 12;  // of a letter's, without hyphens

// 64 hexadecimal digits that whoever holds them acts by; the store has their keyed hash.
struct SessionToken {
  std::string text;
};

// Where a request came from, for signals alone (events.h).
struct Circumstances {
  std::string network;  // differs between networks; empty: not known
  bool named = false;   // the city has named it as shared by many
};

struct SessionView {
  std::uint8_t level = 1;
  std::uint64_t expires = 0;  // Unix seconds
  bool by_guardian = false;
};

// ---- Level 1

// Begins a session for whom the fields describe. A name and birth date with a wrong number or
// address counts as an attempt on everybody of that name and birth date: after a few of a day they
// are locked for levels 1 and 2, and told so. Errors: malformed (a field is not of its form; says
// nothing of the register), usage (the edition does not use this kind).
[[nodiscard]] Result<SessionToken> identify(const Office& office, IdentifierKind kind,
                                            const PersonFields& fields,
                                            const Circumstances& where = {});

// ---- Level 2

// Queues a code of six digits to the register's contact, or to the one typed, as the policy has it.
// Errors: malformed (the contact), usage (the policy does not allow it), limit (too many codes in
// this session; the contact serves as many people as one may).
[[nodiscard]] Status request_code(const Office& office, const SessionToken& token, Channel channel,
                                  std::string_view typed_contact, protection::Language language);
// The level reached. A code works once. Errors: conflict (wrong, expired or none: not told which),
// limit (too many wrong ones in this session).
[[nodiscard]] Result<std::uint8_t> check_code(const Office& office, const SessionToken& token,
                                              std::string_view code);
// The same with the code of a letter (letters.h); blanks and hyphens in it do not matter.
[[nodiscard]] Result<std::uint8_t> check_letter(const Office& office, const SessionToken& token,
                                                std::string_view code);

// ---- Levels 3 and 4: who the person is has been established; locks do not apply

// For what a provider of identities has vouched for. Errors: malformed, not_found (not on the
// register).
[[nodiscard]] Result<SessionToken> accept_electronic_identity(const Office& office,
                                                              IdentifierKind kind,
                                                              const PersonFields& fields);
// By an official who sees the person and a document. Errors: also usage (no credential in force).
[[nodiscard]] Result<SessionToken> vouch(const Office& office, std::string_view operator_token,
                                         IdentifierKind kind, const PersonFields& fields);

// ---- Children

// A session for a child, of the level that the guardian has reached in their own. Errors: usage
// (level 1), conflict (the register does not have this guardian for a child of that age, the
// guardian acts for as many as one may, or another acts for the child): not told which.
[[nodiscard]] Result<SessionToken> act_for_ward(const Office& office, const SessionToken& guardian,
                                                IdentifierKind kind, const PersonFields& fields);

// ---- Any

[[nodiscard]] Result<SessionView> view_session(const Office& office, const SessionToken& token);
[[nodiscard]] Status end_session(const Office& office, const SessionToken& token);

// The keyed hash of a letter's code, for letters.h.
[[nodiscard]] KeyedHash letter_hash(const Office& office, const PersonRef& person,
                                    std::string_view code);

// What a contact is known by; the same for one of the register and one that was given.
[[nodiscard]] ContactKey contact_key(const Office& office, Channel channel,
                                     std::string_view mailbox);

inline constexpr std::size_t account_bytes_max = 64;

// For what is done in a session: its row, locked, and whose it is; nothing if it is nobody's.
struct OpenSession {
  SessionRow row;
  std::optional<PersonRef> person;
  std::string account;  // of the official who vouched; empty: nobody did
};
[[nodiscard]] Result<OpenSession> open_session(RegistrarTransaction& transaction,
                                               const Office& office, const SessionToken& token);
// The attempts on a person, locked; counts of another day are gone.
[[nodiscard]] Result<AttemptRow> attempts_of_today(RegistrarTransaction& transaction,
                                                   const Office& office, const PersonRef& person);

// Letters and digits of the 32 that are not mistaken for each other, each choice uniform.
[[nodiscard]] std::string random_readable(std::size_t length);
// Ten of them, "ABCDE-FGHJK": nobody's number is guessed, and none is there twice.
[[nodiscard]] std::string random_number();

}  // namespace urna::registrar
