// SPDX-License-Identifier: EUPL-1.2
// Who may be given something to vote with: a certificate, or a card of paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "election/types.h"
#include "registrar/office.h"
#include "registrar/sessions.h"

namespace urna::registrar {

// A person who may vote, with what the certificate or mark says of them.
struct Candidate {
  PersonRef person;
  std::string identifier;
  std::vector<election::PoolNumber> pools;
  std::uint8_t level = 0;
  PersonRow row;
  Date birth;
};

// The error about a person who may not have it, or not so.
[[nodiscard]] inline Error conflict(const char* message, const char* remedy) {
  return {ErrorCode::conflict, message, {}, remedy};
}

// What there is to be said against it, in the order in which a person can do something about it.
// `why` becomes what a refusal is counted as. Errors: not_found (no session), usage (the level is
// too low), conflict (withdrawn; not on the roll yet; a guardian must act; too young).
[[nodiscard]] Result<Candidate> candidate_of(RegistrarTransaction& transaction,
                                             const Office& office, const SessionToken& token,
                                             std::string_view& why);

// The same as a transaction of its own that notes the access and counts a refusal.
[[nodiscard]] Result<Candidate> judge_candidate(const Office& office, const SessionToken& token);

// Errors: those of PseudonymSource.
[[nodiscard]] Result<election::Pseudonym> pseudonym_of(const Office& office,
                                                       const Candidate& candidate);

}  // namespace urna::registrar
