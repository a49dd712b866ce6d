// SPDX-License-Identifier: EUPL-1.2
// What two officials do together: one proposes and signs, another one signs too. To freeze ballots
// the first signature is enough.
//
// What is signed is a statement: a JSON text that says the action, the edition by its hash, and
// everything that will be on the board. The challenge of the passkey is SHA-256 of the statement,
// so that an assertion is for this action alone. Besides, the official's browser signs with the
// official's key for the protocol, which the desk does not have: the entry's transcript
// (docs/protocol.md section 4.1), or, for what is no entry, Transcript("urna/1 desk"),
// append("edition", E), append("statement", statement).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/office.h"
#include "desk/snapshot.h"
#include "desk/statements.h"

namespace urna::desk {

// Proposes an action that is due; nothing is signed yet. The proposal's id. Errors: usage (the
// role, or no official of this edition), malformed (no such action), conflict (not due, or proposed
// already).
[[nodiscard]] Result<std::string> propose(const Office& office, const Official& actor,
                                          const EditionRow& edition, const Snapshot& snapshot,
                                          const election::VotingTerm& term, const Wish& wish);

// Signs a proposal; with the last signature that it needs it is confirmed, and true is returned.
// Errors: usage (the role; no official of this edition; this official has signed already, or has
// annulled the ballot whose appeal is decided), conflict (not open any
// more), malformed (a signature does not hold), not_found.
[[nodiscard]] Result<bool> sign_proposal(const Office& office, const Official& actor,
                                         const Snapshot& snapshot, std::string_view proposal,
                                         std::string_view signature,
                                         const AssertionAnswer& assertion);

// Errors: usage, not_found, conflict (confirmed already).
[[nodiscard]] Status withdraw(const Office& office, const Official& actor,
                              std::string_view proposal);

struct ProposalView {
  ProposalRow row;
  std::vector<SignatureRow> signatures;
  bool expired = false;
};
[[nodiscard]] Result<std::vector<ProposalView>> list_proposals(const Office& office,
                                                               std::string_view edition);

// The confirmed proposal of an action that is still to be carried out, if there is one.
[[nodiscard]] Result<std::optional<ProposalView>> confirmed(const Office& office,
                                                            std::string_view edition,
                                                            std::string_view action);
// The entries of a confirmed proposal, with the signatures of all. Error: malformed.
[[nodiscard]] Result<std::vector<std::string>> signed_entries(const Office& office,
                                                              const ProposalView& proposal,
                                                              const election::Manifest& manifest);
// Takes note that it was carried out (`done`), or that the board does not take it (`refused`).
[[nodiscard]] Status mark(const Office& office, const ProposalView& proposal, ProposalState state);

}  // namespace urna::desk
