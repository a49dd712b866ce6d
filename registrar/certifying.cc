// SPDX-License-Identifier: EUPL-1.2
#include "registrar/certifying.h"

#include <array>
#include <fmt/format.h>

#include "election/ballot.h"
#include "registrar/counters.h"
#include "registrar/events.h"
#include "registrar/messages.h"
#include "registrar/uses.h"

namespace urna::registrar {
namespace {

using protection::Field;

// A person who may be certified, with what the certificate says of them.
struct Candidate {
  PersonRef person;
  std::string identifier;
  std::vector<election::PoolNumber> pools;
  std::uint8_t level = 0;
  PersonRow row;
  Date birth;
};

Error conflict(const char* message, const char* remedy) {
  return {ErrorCode::conflict, message, {}, remedy};
}

// What there is to be said against it, in the order in which a person can do something about it.
// `why` becomes what a refusal is counted as.
Result<Candidate> candidate_of(RegistrarTransaction& transaction, const Office& office,
                               const SessionToken& token, std::string_view& why) {
  why = "refused.other";
  const Result<OpenSession> session = open_session(transaction, office, token);
  if (!session) return session.error();
  if (!session->person || session->row.level < 2 ||
      session->row.level < office.policy.lowest_level) {
    why = "refused.level";
    return Error{ErrorCode::usage,
                 "knowing who somebody is is not enough",
                 {.field = "level"},
                 "confirm with a code, an electronic identity, or at an official point"};
  }
  const Result<std::optional<PersonRow>> found = transaction.person(*session->person);
  if (!found) return found.error();
  if (!*found || (*found)->withdrawn) {
    why = "refused.not-on-register";
    return conflict("the person is no longer on the register", "ask at an official point");
  }
  const PersonRow& row = **found;
  if (!row.on_roll) {
    why = "refused.not-on-roll";
    return conflict("the person is not on the roll yet", "try again later today");
  }
  const Result<std::string> birth = open_field(office.keys, row, PersonField::birth_date);
  if (!birth) return birth.error();
  const Result<std::string> district = open_field(office.keys, row, PersonField::district);
  if (!district) return district.error();
  Result<std::string> identifier = open_field(office.keys, row, PersonField::identifier);
  if (!identifier) return identifier.error();
  const Result<Date> date = parse_date(*birth);
  if (!date) return date.error();
  if (needs_guardian(office.policy.eligibility, *date) && !session->row.by_guardian) {
    why = "refused.guardian";
    return conflict("a guardian must act for a person of this age",
                    "the guardian identifies themselves and then names the child");
  }
  Result<std::vector<election::PoolNumber>> pools =
      pools_of(office.policy.eligibility, *date, *district);
  if (!pools) return pools.error();
  return Candidate{
      row.reference, *std::move(identifier), *std::move(pools), session->row.level, row, *date};
}

}  // namespace

Result<Certified> certify(const Office& office, const SessionToken& token,
                          const group::ElementBytes& voter_key, const Circumstances& where) {
  const Result<group::Element> key = group::Element::decode(voter_key);
  if (!key || key->is_identity()) {
    return Error{ErrorCode::usage, "the voter's key is not an element", {.field = "key"}, ""};
  }
  std::optional<Candidate> candidate;
  std::optional<Error> refused;
  std::string_view why;
  const Status judged = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    Result<Candidate> one = candidate_of(transaction, office, token, why);
    if (one) {
      candidate = *std::move(one);
    } else if (one.error().code == ErrorCode::io) {
      return std::move(one).error();
    } else {
      // Data were read for the refusal too, so the note must stay.
      refused = std::move(one).error();
      if (Status counted = count(transaction, office, why); !counted) return counted;
    }
    return note_voter_access(
        transaction, office, "voter", "self", protection::AccessAction::read,
        {Field::person_identifier, Field::person_birth_date, Field::person_district},
        session->person, protection::Purpose::eligibility);
  });
  if (!judged) return judged.error();
  if (refused) return *std::move(refused);

  const Result<std::vector<election::Pseudonym>> pseudonym = office.pseudonyms.pseudonyms(
      std::span(&candidate->identifier, 1), PseudonymSource::Use::certificate);
  if (!pseudonym) return pseudonym.error();
  if (pseudonym->size() != 1) {
    return Error{ErrorCode::io, "the keepers answered for another number of people", {}, ""};
  }

  std::uint64_t serial = 0;
  const Status taken = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    // Once more: of two requests in one session one finds it ended.
    const Result<Candidate> still = candidate_of(transaction, office, token, why);
    if (!still) return still.error();
    const Result<OpenSession> session = open_session(transaction, office, token);
    if (!session) return session.error();
    Result<AttemptRow> attempts = transaction.attempts_for_update(candidate->person);
    if (!attempts) return attempts.error();
    if (attempts->certificates >= office.policy.certificates_per_person) {
      return Error{ErrorCode::limit,
                   "the person has as many certificates as one may",
                   {},
                   "ask at an official point"};
    }
    ++attempts.value().certificates;
    if (Status put = transaction.put_attempts(*attempts); !put) return put;
    const Use use = use_in(office, *session, UseKind::certificate);
    if (Status added = add_use(transaction, office, candidate->person, use); !added) return added;
    if (Status noted =
            note_certified(transaction, office, where, *session, still->row, still->birth);
        !noted) {
      return noted;
    }
    const std::string name =
        fmt::format("certificate.{}.{}", session->row.level, word_of(session->row.factor));
    if (Status counted = count(transaction, office, name); !counted) return counted;
    if (Status ended = transaction.end_session(session->row.token_hash); !ended) return ended;
    const Result<std::uint64_t> next = transaction.take_serial();
    if (!next) return next.error();
    serial = *next;
    return ok_status();
  });
  if (!taken) return taken.error();

  Certified certified;
  certified.certificate =
      election::issue_certificate(office.edition, office.signing, pseudonym->front(), voter_key,
                                  candidate->level, candidate->pools, office.clock(), serial);
  certified.ticket =
      election::make_notice_ticket(office.edition, certified.certificate,
                                   seal_reference(office, candidate->person), office.signing);
  return certified;
}

Result<SerialCount> count_certificates(const Office& office) {
  SerialCount count;
  const Status done = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    const Result<SerialCount> serials = transaction.serials();
    if (!serials) return serials.error();
    count = *serials;
    return ok_status();
  });
  if (!done) return done.error();
  return count;
}

Result<election::Issuance> state_issuance(const Office& office) {
  const Result<SerialCount> count = count_certificates(office);
  if (!count) return count.error();
  election::Issuance issuance;
  issuance.edition = office.edition;
  issuance.certificates = count->bound;
  election::sign(issuance, office.signing);
  return issuance;
}

}  // namespace urna::registrar
