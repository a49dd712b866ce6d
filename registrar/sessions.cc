// SPDX-License-Identifier: EUPL-1.2
#include "registrar/sessions.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/bytes.h"
#include "protection/disclosure.h"
#include "registrar/counters.h"
#include "registrar/events.h"
#include "registrar/operators.h"
#include "registrar/plain_text.h"

namespace urna::registrar {
namespace {

using protection::AccessAction;
using protection::Field;
using protection::Purpose;

Error no_session() {
  return {ErrorCode::not_found, "there is no such session, or it is over", {}, "begin again"};
}
Error wrong_code() {
  return {ErrorCode::conflict,
          "the code is wrong or no longer valid",
          {.field = "code"},
          "ask for a new one"};
}
Error too_many() {
  return {ErrorCode::limit,
          "too many attempts in this session",
          {.field = "code"},
          "use another way, or begin again later"};
}

KeyedHash token_hash(const Office& office, const SessionToken& token) {
  return protection::keyed_hash(office.keys.codes, "session\n" + token.text);
}

std::string session_context(const KeyedHash& token) {
  return "session.person\n" + std::string(view_of(token));
}

// A mark, the reference, and the official's account in a field of one size: a session that is
// nobody's has a random reference and looks the same.
constexpr std::size_t subject_bytes = 1 + 16 + 1 + account_bytes_max;

std::string seal_subject(const Office& office, const KeyedHash& token,
                         const std::optional<PersonRef>& person, const std::string& account) {
  const PersonRef reference = person ? *person : random_person_ref();
  std::string subject(1, person ? '\1' : '\0');
  subject += reference.view();
  subject += static_cast<char>(account.size());
  subject += account;
  if (subject.size() > subject_bytes) stop_on_broken_precondition("seal_subject: a short account");
  subject.resize(subject_bytes, '\0');
  return protection::seal(office.keys.sealing, subject, session_context(token));
}

struct NewSession {
  SessionToken token;
  SessionRow row;
};
NewSession make_session(const Office& office, const std::optional<PersonRef>& person,
                        std::uint8_t level, Factor factor, const std::string& account = {}) {
  NewSession made;
  made.token.text = to_hex(protection::random_bytes(32));
  made.row.token_hash = token_hash(office, made.token);
  made.row.person = seal_subject(office, made.row.token_hash, person, account);
  made.row.level = level;
  made.row.factor = factor;
  made.row.expires = office.clock() + office.policy.session_seconds;
  return made;
}

bool is_locked(const Office& office, const AttemptRow& attempts) {
  return attempts.locked_until > office.clock();
}

// One more failure; at the limit the person is locked and told.
Status count_failure(RegistrarTransaction& transaction, const Office& office,
                     const PersonRef& person) {
  Result<AttemptRow> attempts = attempts_of_today(transaction, office, person);
  if (!attempts) return attempts.error();
  const bool locked_before = is_locked(office, *attempts);
  ++attempts.value().failures;
  if (attempts->failures >= office.policy.failures_per_day && !locked_before) {
    attempts.value().locked_until = office.clock() + office.policy.lock_seconds;
    Message message;
    message.kind = MessageKind::locked;
    message.person = person;
    const Status queued =
        queue_message(transaction, office, message, office.clock() + office.policy.notice_seconds);
    if (!queued) return queued;
  }
  return transaction.put_attempts(*attempts);
}

// A failure on nobody costs as much.
Status count_failure_on(RegistrarTransaction& transaction, const Office& office,
                        const std::optional<PersonRef>& person) {
  if (person) return count_failure(transaction, office, *person);
  const Result<AttemptRow> none = attempts_of_today(transaction, office, random_person_ref());
  return none ? ok_status() : Status(none.error());
}

KeyedHash code_hash(const Office& office, const KeyedHash& token, std::string_view code) {
  return protection::keyed_hash(office.keys.codes,
                                "code\n" + std::string(view_of(token)) + std::string(code));
}
// Under the contacts' key, so that this table cannot be joined with another one without it.
KeyedHash contact_user(const Office& office, const PersonRef& person) {
  return protection::keyed_hash(office.keys.contacts, "person\n" + std::string(person.view()));
}

Factor factor_of(Channel channel, bool typed) {
  if (channel == Channel::sms) return typed ? Factor::sms_given : Factor::sms;
  return typed ? Factor::email_given : Factor::email;
}

std::uint32_t persons_per(const Office& office, const ContactKey& contact) {
  return contact[0] == 'p' ? office.policy.persons_per_phone : office.policy.persons_per_email;
}

// Six digits, uniform: 000000 is as good as any.
std::string random_code() {
  static_assert(code_digits == 6);
  return fmt::format("{:06}", protection::random_below(1'000'000));
}

// What the outcome of a check has to be after the transaction has been committed, failures counted.
struct Verdict {
  std::optional<Error> refused;
  std::uint8_t level = 1;
};

Result<std::uint8_t> answer(const Status& done, const Verdict& verdict) {
  if (!done) return done.error();
  if (verdict.refused) return *verdict.refused;
  return verdict.level;
}

// Whether the session's person is locked; nobody is not, at the same cost.
Result<bool> subject_is_locked(RegistrarTransaction& transaction, const Office& office,
                               const std::optional<PersonRef>& person) {
  const Result<AttemptRow> attempts =
      attempts_of_today(transaction, office, person ? *person : random_person_ref());
  if (!attempts) return attempts.error();
  return person && is_locked(office, *attempts);
}

// A session of a level that somebody else has established.
Result<SessionToken> established(const Office& office, IdentifierKind kind,
                                 const PersonFields& fields, Factor factor,
                                 const std::string& account) {
  const Result<NormalisedPerson> claim =
      normalise(kind, fields, date_of(office.clock()), office.policy.ages);
  if (!claim) return claim.error();
  SessionToken token;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<std::optional<PersonRow>> found =
        transaction.find_person(identifier_hash(office.keys, claim->identifier));
    if (!found) return found.error();
    const bool there = found->has_value() && !(*found)->withdrawn &&
                       (*found)->target_hash == target_hash(office.keys, *claim);
    if (!there) {
      return Error{ErrorCode::not_found,
                   "the person is not on the register",
                   {},
                   "see to the spelling; people who are missing can be added at a point"};
    }
    const bool vouched = factor == Factor::point;
    const NewSession made =
        make_session(office, (*found)->reference, vouched ? 4 : 3, factor, account);
    token = made.token;
    if (Status put = transaction.put_session(made.row); !put) return put;
    return note_voter_access(transaction, office, vouched ? "operator" : "voter",
                             vouched ? account : "self", AccessAction::read,
                             {Field::person_identifier_hash}, (*found)->reference,
                             Purpose::identification);
  });
  if (!done) return done.error();
  return token;
}

// Whether the register has this guardian for the child, who is of an age to need one, and the
// guardian acts for few enough.
Result<bool> may_act(RegistrarTransaction& transaction, const Office& office,
                     const PersonRow& adult, const PersonRow& ward, const NormalisedPerson& claim) {
  const Result<std::string> named = open_field(office.keys, ward, PersonField::guardian);
  if (!named) return named.error();
  if (ward.withdrawn || ward.target_hash != target_hash(office.keys, claim) ||
      !needs_guardian(office.policy.eligibility, claim.birth) ||
      *named != view_of(adult.identifier_hash)) {
    return false;
  }
  const KeyedHash acting = protection::keyed_hash(
      office.keys.contacts, "guardian\n" + std::string(adult.reference.view()));
  return transaction.use_guardian(ward.reference, acting,
                                  office.policy.eligibility.guardian.wards_max);
}

// What lives for so many seconds and ends then. If the end is further away than that, it was made
// by a clock that was ahead and has been set back since; it must not live longer for that.
bool is_alive(std::uint64_t end, std::uint64_t seconds, std::uint64_t now) {
  return end > now && end - now <= seconds;
}

}  // namespace

KeyedHash letter_hash(const Office& office, const PersonRef& person, std::string_view code) {
  return protection::keyed_hash(office.keys.codes,
                                "letter\n" + std::string(person.view()) + std::string(code));
}

Result<AttemptRow> attempts_of_today(RegistrarTransaction& transaction, const Office& office,
                                     const PersonRef& person) {
  Result<AttemptRow> attempts = transaction.attempts_for_update(person);
  if (!attempts) return attempts;
  const std::uint64_t today = office.clock() / 86400;
  if (attempts->day != today) {
    AttemptRow& fresh = attempts.value();
    fresh.failures = fresh.codes = fresh.checks = fresh.complaints = 0;
    fresh.day = today;
  }
  return attempts;
}

std::string random_readable(std::size_t length) {
  static constexpr std::string_view alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  static_assert(alphabet.size() == 32);
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += alphabet[protection::random_below(32)];
  return text;
}

std::string random_number() {
  constexpr std::size_t half = 5;
  std::string number = random_readable(2 * half);
  number.insert(half, "-");
  return number;
}

Result<OpenSession> open_session(RegistrarTransaction& transaction, const Office& office,
                                 const SessionToken& token) {
  Result<std::optional<SessionRow>> row = transaction.session_for_update(token_hash(office, token));
  if (!row) return row.error();
  if (!*row || !is_alive((*row)->expires, office.policy.session_seconds, office.clock())) {
    return no_session();
  }
  const Result<std::string> subject = protection::open_sealed(office.keys.sealing, (*row)->person,
                                                              session_context((*row)->token_hash));
  if (!subject || subject->size() != subject_bytes) return no_session();
  const auto account_bytes = static_cast<unsigned char>((*subject)[17]);
  if (account_bytes > account_bytes_max) return no_session();
  OpenSession session{**row, std::nullopt, subject->substr(18, account_bytes)};
  if ((*subject)[0] == '\1') session.person = PersonRef{array_of<16>(subject->substr(1, 16))};
  return session;
}

ContactKey contact_key(const Office& office, Channel channel, std::string_view mailbox) {
  const bool sms = channel == Channel::sms;
  const KeyedHash hash = protection::keyed_hash(
      office.keys.contacts, std::string(sms ? "phone\n" : "email\n") + std::string(mailbox));
  return array_of<33>(std::string(1, sms ? 'p' : 'e') + std::string(view_of(hash)));
}

// ---- Level 1

Result<SessionToken> identify(const Office& office, IdentifierKind kind, const PersonFields& fields,
                              const Circumstances& where) {
  if (std::ranges::find(office.policy.identifiers, kind) == office.policy.identifiers.end()) {
    return Error{ErrorCode::usage, "this edition does not identify people in that way", {}, ""};
  }
  const Result<NormalisedPerson> claim =
      normalise(kind, fields, date_of(office.clock()), office.policy.ages);
  if (!claim) return claim.error();
  SessionToken token;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const KeyedHash target = target_hash(office.keys, *claim);
    const Result<std::optional<PersonRow>> found =
        transaction.find_person(identifier_hash(office.keys, claim->identifier));
    if (!found) return found.error();
    const Result<std::vector<PersonRef>> targets = transaction.find_targets(target);
    if (!targets) return targets.error();

    std::optional<PersonRef> person;
    if (*found && !(*found)->withdrawn && (*found)->target_hash == target) {
      person = (*found)->reference;
    }
    const Result<bool> locked = subject_is_locked(transaction, office, person);
    if (!locked) return locked.error();
    if (!person) {
      // The name and birth date are somebody's, the number is not: a guess at these people. A
      // number with another name is one at its owner.
      std::vector<PersonRef> attempted = *targets;
      if (*found) attempted.push_back((*found)->reference);
      // In one order, so that two servers do not wait for each other's rows.
      std::ranges::sort(attempted);
      attempted.erase(std::unique(attempted.begin(), attempted.end()), attempted.end());
      for (const PersonRef& one : attempted) {
        if (Status counted = count_failure(transaction, office, one); !counted) return counted;
      }
    }
    const bool somebody = person.has_value();
    if (*locked) person.reset();
    const NewSession made = make_session(office, person, 1, Factor::none);
    token = made.token;
    if (Status put = transaction.put_session(made.row); !put) return put;
    if (Status noted = note_attempt(transaction, office, where, somebody); !noted) return noted;
    const char* const counted = !somebody ? "identify.fits-nobody"
                                : *locked ? "identify.locked"
                                          : "identify.fits";
    if (Status one = count(transaction, office, counted); !one) return one;
    return note_voter_access(transaction, office, "voter", "self", AccessAction::read,
                             {Field::person_identifier_hash, Field::person_target_hash}, person,
                             Purpose::identification);
  });
  if (!done) return done.error();
  return token;
}

// ---- Level 2

Status request_code(const Office& office, const SessionToken& token, Channel channel,
                    std::string_view typed_contact, protection::Language language) {
  const bool typed = !typed_contact.empty();
  const ContactSource source = office.policy.contacts;
  if ((typed && source == ContactSource::registered) ||
      (!typed && source == ContactSource::typed)) {
    return Error{ErrorCode::usage,
                 typed ? "codes go to the contact that the register has"
                       : "a phone number or an e-mail address is needed",
                 {.field = "contact"},
                 ""};
  }
  std::string contact;
  ContactKey typed_key{};
  if (typed) {
    Result<std::string> canonical =
        channel == Channel::sms ? canonical_phone(typed_contact) : canonical_email(typed_contact);
    if (!canonical) {
      Error error = std::move(canonical).error();
      error.place.field = "contact";
      return error;
    }
    contact = *std::move(canonical);
    const std::string mailbox = channel == Channel::sms ? contact : mailbox_of(contact).value();
    typed_key = contact_key(office, channel, mailbox);
  }
  return office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    SessionRow& row = session.value().row;
    if (row.codes_sent >= office.policy.codes_per_session) return too_many();
    const PersonRef someone = session->person ? *session->person : random_person_ref();
    if (typed) {
      const Result<bool> room = transaction.contact_has_room(
          typed_key, contact_user(office, someone), persons_per(office, typed_key));
      if (!room) return room.error();
      if (!*room) {
        return Error{ErrorCode::limit,
                     "this contact already serves as many people as it may",
                     {.field = "contact"},
                     "use your own phone number or address"};
      }
    }
    Result<AttemptRow> attempts = attempts_of_today(transaction, office, someone);
    if (!attempts) return attempts.error();
    const Result<std::optional<PersonRow>> person = transaction.person(someone);
    if (!person) return person.error();

    Message message;
    const std::string code = random_code();
    const bool sendable = session->person && *person && !is_locked(office, *attempts) &&
                          attempts->codes < office.policy.codes_per_day;
    if (sendable && !typed) {
      const Result<std::string> registered = open_field(
          office.keys, **person, channel == Channel::sms ? PersonField::phone : PersonField::email);
      if (!registered) return registered.error();
      contact = *registered;
    }
    if (sendable && !contact.empty()) {
      message.kind = MessageKind::code;
      message.channel = channel;
      message.contact = contact;
      message.code = code;
      message.language = language;
      ++attempts.value().codes;
      if (Status put = transaction.put_attempts(*attempts); !put) return put;
    }
    ++row.codes_sent;
    row.code = code_hash(office, row.token_hash, code);
    row.code_expires = office.clock() + office.policy.code_seconds;
    row.contact = typed ? std::optional(typed_key) : std::nullopt;
    // How a level was reached stays, also if another code is asked for.
    if (row.level < 2) row.factor = factor_of(channel, typed);
    if (Status put = transaction.put_session(row); !put) return put;
    if (Status queued = queue_message(transaction, office, message, row.code_expires); !queued) {
      return queued;
    }
    return note_voter_access(transaction, office, "voter", "self", AccessAction::disclose,
                             {channel == Channel::sms ? Field::person_phone : Field::person_email},
                             session->person, Purpose::identification);
  });
}

Result<std::uint8_t> check_code(const Office& office, const SessionToken& token,
                                std::string_view code) {
  Verdict verdict;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    verdict = {};
    Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    SessionRow& row = session.value().row;
    if (row.failures >= office.policy.code_failures_max) {
      verdict.refused = too_many();
      return count(transaction, office, "code.too-many");
    }
    const Result<bool> locked = subject_is_locked(transaction, office, session->person);
    if (!locked) return locked.error();
    const KeyedHash given = code_hash(office, row.token_hash, code);
    const KeyedHash wanted = row.code ? *row.code : KeyedHash{};
    const bool same = protection::equal_in_constant_time(view_of(given), view_of(wanted));
    bool right = same && row.code &&
                 is_alive(row.code_expires, office.policy.code_seconds, office.clock()) &&
                 session->person && !*locked;
    if (right && row.contact) {
      // Sessions with one phone may have begun side by side: the cap is held where it counts.
      const KeyedHash user = contact_user(office, *session->person);
      const Result<bool> within =
          transaction.use_contact(*row.contact, user, persons_per(office, *row.contact));
      if (!within) return within.error();
      right = *within;
    }
    if (right) {
      row.level = std::max<std::uint8_t>(row.level, 2);
      row.code.reset();
      verdict.level = row.level;
      if (Status one = count(transaction, office, "code.right"); !one) return one;
      return transaction.put_session(row);
    }
    verdict.refused = wrong_code();
    ++row.failures;
    if (row.failures >= office.policy.code_failures_max) row.code.reset();
    if (Status put = transaction.put_session(row); !put) return put;
    if (Status counted = count_failure_on(transaction, office, session->person); !counted) {
      return counted;
    }
    return count(transaction, office, "code.wrong");
  });
  return answer(done, verdict);
}

Result<std::uint8_t> check_letter(const Office& office, const SessionToken& token,
                                  std::string_view code) {
  std::string plain;
  for (const char c : code.substr(0, 64)) {
    if (c == ' ' || c == '-') continue;
    plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  Verdict verdict;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    verdict = {};
    Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    SessionRow& row = session.value().row;
    if (row.failures >= office.policy.code_failures_max) {
      verdict.refused = too_many();
      return count(transaction, office, "letter.too-many");
    }
    const Result<bool> locked = subject_is_locked(transaction, office, session->person);
    if (!locked) return locked.error();
    const PersonRef someone = session->person ? *session->person : random_person_ref();
    Result<std::optional<LetterRow>> letter = transaction.letter_for_update(someone);
    if (!letter) return letter.error();
    const KeyedHash given = letter_hash(office, someone, plain);
    const KeyedHash wanted = *letter ? (*letter)->code : KeyedHash{};
    const bool same = protection::equal_in_constant_time(view_of(given), view_of(wanted));
    // The code of a letter that was not printed to the end may lie in a file that nobody sends.
    if (same && *letter && (*letter)->printed && !(*letter)->used && session->person && !*locked) {
      LetterRow used = **letter;
      used.used = true;
      if (Status put = transaction.put_letter(used); !put) return put;
      if (row.level < 2) row.factor = Factor::letter;
      row.level = std::max<std::uint8_t>(row.level, 2);
      verdict.level = row.level;
      if (Status one = count(transaction, office, "letter.right"); !one) return one;
      return transaction.put_session(row);
    }
    verdict.refused = wrong_code();
    ++row.failures;
    if (Status put = transaction.put_session(row); !put) return put;
    if (Status counted = count_failure_on(transaction, office, session->person); !counted) {
      return counted;
    }
    return count(transaction, office, "letter.wrong");
  });
  return answer(done, verdict);
}

// ---- Levels 3 and 4

Result<SessionToken> accept_electronic_identity(const Office& office, IdentifierKind kind,
                                                const PersonFields& fields) {
  return established(office, kind, fields, Factor::electronic_identity, {});
}

Result<SessionToken> vouch(const Office& office, std::string_view operator_token,
                           IdentifierKind kind, const PersonFields& fields) {
  const Result<std::string> account = operator_of(office, operator_token);
  if (!account) return account.error();
  return established(office, kind, fields, Factor::point, *account);
}

// ---- Children

Result<SessionToken> act_for_ward(const Office& office, const SessionToken& guardian,
                                  IdentifierKind kind, const PersonFields& fields) {
  const Result<NormalisedPerson> claim =
      normalise(kind, fields, date_of(office.clock()), office.policy.ages);
  if (!claim) return claim.error();
  std::optional<SessionToken> token;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    token.reset();
    const Result<OpenSession> session = open_session(transaction, office, guardian);
    if (!session) return session.error();
    if (!session->person || session->row.level < 2 ||
        session->row.level < office.policy.lowest_level) {
      return Error{ErrorCode::usage, "first show who you are yourself", {}, ""};
    }
    const Result<std::optional<PersonRow>> adult = transaction.person(*session->person);
    if (!adult) return adult.error();
    const Result<std::optional<PersonRow>> ward =
        transaction.find_person(identifier_hash(office.keys, claim->identifier));
    if (!ward) return ward.error();
    if (!*adult || !*ward) return ok_status();
    // Whatever comes of it, the child's data are read.
    const Status noted =
        note_voter_access(transaction, office, "guardian", "self", AccessAction::read,
                          {Field::person_identifier_hash, Field::person_guardian},
                          (*ward)->reference, Purpose::eligibility);
    if (!noted) return noted;
    const Result<bool> may = may_act(transaction, office, **adult, **ward, *claim);
    if (!may) return may.error();
    if (!*may) return ok_status();
    NewSession made = make_session(office, (*ward)->reference, session->row.level,
                                   session->row.factor, session->account);
    made.row.by_guardian = true;
    token = made.token;
    return transaction.put_session(made.row);
  });
  if (!done) return done.error();
  if (!token) {
    return Error{
        ErrorCode::conflict, "you cannot act for this person", {}, "ask at an official point"};
  }
  return *std::move(token);
}

// ---- Any

Result<SessionView> view_session(const Office& office, const SessionToken& token) {
  SessionView view;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    view = {session->row.level, session->row.expires, session->row.by_guardian};
    return ok_status();
  });
  if (!done) return done.error();
  return view;
}

Status end_session(const Office& office, const SessionToken& token) {
  return office.store.transact([&](RegistrarTransaction& transaction) {
    return transaction.end_session(token_hash(office, token));
  });
}

}  // namespace urna::registrar
