// SPDX-License-Identifier: EUPL-1.2
#include "registrar/certifying.h"

#include <array>
#include <fmt/format.h>

#include "election/ballot.h"
#include "registrar/candidates.h"
#include "registrar/counters.h"
#include "registrar/events.h"
#include "registrar/messages.h"
#include "registrar/uses.h"

namespace urna::registrar {
Result<Certified> certify(const Office& office, const SessionToken& token,
                          const group::ElementBytes& voter_key, const Circumstances& where) {
  const Result<group::Element> key = group::Element::decode(voter_key);
  if (!key || key->is_identity()) {
    return Error{ErrorCode::usage, "the voter's key is not an element", {.field = "key"}, ""};
  }
  const Result<Candidate> candidate = judge_candidate(office, token);
  if (!candidate) return candidate.error();
  const Result<election::Pseudonym> pseudonym = pseudonym_of(office, *candidate);
  if (!pseudonym) return pseudonym.error();

  std::uint64_t serial = 0;
  const Status taken = office.store.transact([&](RegistrarTransaction& transaction) -> Status {
    // Once more: of two requests in one session one finds it ended.
    std::string_view why;
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
      election::issue_certificate(office.edition, office.signing, *pseudonym, voter_key,
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
