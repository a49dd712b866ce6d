// SPDX-License-Identifier: EUPL-1.2
#include "registrar/candidates.h"

#include <optional>
#include <span>
#include <utility>

#include "registrar/counters.h"

namespace urna::registrar {
namespace {

using protection::Field;

}  // namespace

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

Result<Candidate> judge_candidate(const Office& office, const SessionToken& token) {
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
  return *std::move(candidate);
}

Result<election::Pseudonym> pseudonym_of(const Office& office, const Candidate& candidate) {
  const Result<std::vector<election::Pseudonym>> pseudonym = office.pseudonyms.pseudonyms(
      std::span(&candidate.identifier, 1), PseudonymSource::Use::certificate);
  if (!pseudonym) return pseudonym.error();
  if (pseudonym->size() != 1) {
    return Error{ErrorCode::io, "the keepers answered for another number of people", {}, ""};
  }
  return pseudonym->front();
}

}  // namespace urna::registrar
