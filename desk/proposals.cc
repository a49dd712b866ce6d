// SPDX-License-Identifier: EUPL-1.2
#include "desk/proposals.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "desk/officials.h"
#include "election/entries.h"
#include "proof/signature.h"

namespace urna::desk {
namespace {

using election::OfficialNumber;

constexpr std::size_t signature_bytes = sizeof(proof::Signature);

Error conflict(std::string message, std::string remedy = "reload the page") {
  return {ErrorCode::conflict, std::move(message), {}, std::move(remedy)};
}

std::optional<OfficialNumber> number_of(const election::Manifest& manifest,
                                        std::string_view signing_key) {
  if (signing_key.size() != sizeof(group::ElementBytes)) return std::nullopt;
  const auto found = std::ranges::find(manifest.officials, array_of<32>(signing_key));
  if (found == manifest.officials.end()) return std::nullopt;
  return OfficialNumber{static_cast<std::uint8_t>(found - manifest.officials.begin())};
}

Status require_official(const Official& actor, const election::Manifest& manifest) {
  if (Status allowed = require(actor, Right::decide); !allowed) return allowed;
  if (number_of(manifest, actor.signing_key)) return ok_status();
  return not_allowed("the manifest of this edition does not name this official");
}

// The ballots that a proposal annuls.
Result<std::vector<std::uint64_t>> annulled_by(const ProposalRow& row) {
  const Result<std::vector<std::string>> entries = split_entries(row.content);
  if (!entries) return entries.error();
  std::vector<std::uint64_t> indices;
  for (const std::string& bytes : *entries) {
    const Result<election::Entry> entry = election::decode_entry(bytes);
    if (!entry) return entry.error();
    if (const auto* annulment = std::get_if<election::Annulment>(&*entry))
      indices.push_back(annulment->index.value);
  }
  return indices;
}

// What is kept of an assertion: CBOR [client data, authenticator data, signature].
std::string encode(const AssertionAnswer& answer) {
  CborWriter out;
  out.array(3);
  out.bytes(answer.client_data);
  out.bytes(answer.authenticator_data);
  out.bytes(answer.signature);
  return std::move(out).take();
}

Result<ProposalRow> open_proposal(DeskTransaction& transaction, std::string_view id) {
  Result<std::optional<ProposalRow>> row = transaction.proposal(id);
  if (!row) return std::move(row).error();
  if (!*row) return no_such("proposal");
  return **std::move(row);
}

bool is_expired(const Office& office, const ProposalRow& row) {
  return row.state == ProposalState::open && row.expires <= office.clock();
}

// Whether the new proposal may stand beside the other one.
Status require_free(const Office& office, const ProposalRow& other, const ProposalRow& proposal) {
  if (other.action != proposal.action) return ok_status();
  const bool waits = (other.state == ProposalState::open && !is_expired(office, other)) ||
                     other.state == ProposalState::confirmed;
  if (!waits && other.state != ProposalState::done) return ok_status();
  if (!is_repeatable(proposal.action)) return conflict("this is proposed already");
  if (proposal.action != action_annul)
    return waits ? Status(conflict("this is proposed already")) : ok_status();
  // Several annulments may wait at once, of different ballots: their entries differ in the ballot
  // or in the reason, so the ballots are compared.
  const Result<std::vector<std::uint64_t>> theirs = annulled_by(other);
  if (!theirs) return theirs.error();
  const Result<std::vector<std::uint64_t>> mine = annulled_by(proposal);
  if (!mine) return mine.error();
  for (const std::uint64_t index : *mine) {
    if (std::ranges::find(*theirs, index) != theirs->end())
      return Error{ErrorCode::conflict,
                   "the annulment of entry " + std::to_string(index) + " is proposed already",
                   {.field = "ballots"},
                   "see the other proposal"};
  }
  return ok_status();
}

}  // namespace

Result<std::string> propose(const Office& office, const Official& actor, const EditionRow& edition,
                            const Snapshot& snapshot, const election::VotingTerm& term,
                            const Wish& wish) {
  if (Status allowed = require_official(actor, *snapshot.manifest); !allowed)
    return std::move(allowed).error();
  ProposalRow row;
  row.id = random_reference();
  Result<Statement> statement = statement_of(office.clock(), row.id, snapshot, term, wish);
  if (!statement) return std::move(statement).error();
  row.edition = edition.id;
  row.action = wish.action;
  row.statement = std::move(statement.value().text);
  row.content = join_entries(statement->entries);
  row.proposer = actor.reference;
  row.created = office.clock();
  row.expires = row.created + office.policy.proposal_s;
  if (statement->sign_before) row.expires = std::min(row.expires, *statement->sign_before);
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::vector<ProposalRow>> others = transaction.proposals(edition.id);
    if (!others) return others.error();
    for (const ProposalRow& other : *others) {
      if (Status free = require_free(office, other, row); !free) return free;
    }
    if (Status put = transaction.put_proposal(row); !put) return put;
    return note_action(transaction, office, actor_of(actor), Action::proposed, edition.id,
                       row.statement);
  });
  if (!done) return done.error();
  return row.id;
}

Result<bool> sign_proposal(const Office& office, const Official& actor, const Snapshot& snapshot,
                           std::string_view proposal, std::string_view signature,
                           const AssertionAnswer& assertion) {
  if (Status allowed = require_official(actor, *snapshot.manifest); !allowed)
    return std::move(allowed).error();
  const Error not_held{ErrorCode::malformed,
                       "a signature of the official's key does not hold",
                       {.field = "signature"},
                       "sign again"};
  bool both = false;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<ProposalRow> row = open_proposal(transaction, proposal);
    if (!row) return std::move(row).error();
    if (row->state != ProposalState::open || is_expired(office, *row)) {
      return conflict("this proposal cannot be signed any more", "propose it anew");
    }
    const Result<std::vector<SignatureRow>> before = transaction.signatures(proposal);
    if (!before) return before.error();
    for (const SignatureRow& other : *before) {
      if (other.official == actor.reference)
        return not_allowed("a second official must sign; you have signed already");
    }
    if (Status verified = verify_and_count(transaction, office, actor.reference,
                                           view_of(sha256(row->statement)), assertion);
        !verified) {
      return verified;
    }
    const Result<std::vector<std::string>> entries = split_entries(row->content);
    if (!entries) return entries.error();
    const auto transcripts = transcripts_of(row->statement, *entries, snapshot.edition);
    if (!transcripts) return transcripts.error();
    if (signature.size() != transcripts->size() * signature_bytes) return not_held;
    for (std::size_t k = 0; k < transcripts->size(); ++k) {
      const std::string_view one = signature.substr(k * signature_bytes, signature_bytes);
      if (!proof::verify_signature(array_of<32>(actor.signing_key), (*transcripts)[k],
                                   array_of<signature_bytes>(one))) {
        return not_held;
      }
    }
    const SignatureRow mine{row->id, actor.reference, std::string(signature), encode(assertion),
                            office.clock()};
    if (Status put = transaction.put_signature(mine); !put) return put;
    both = !before->empty();
    if (both) {
      row->state = ProposalState::confirmed;
      if (Status put = transaction.put_proposal(*row); !put) return put;
    }
    return note_action(transaction, office, actor_of(actor), Action::signed_proposal, row->edition,
                       row->statement);
  });
  if (!done) return done.error();
  return both;
}

Status withdraw(const Office& office, const Official& actor, std::string_view proposal) {
  if (Status allowed = require(actor, Right::decide); !allowed) return allowed;
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<ProposalRow> row = open_proposal(transaction, proposal);
    if (!row) return std::move(row).error();
    if (row->state != ProposalState::open) return conflict("both have signed, or it is over");
    row->state = ProposalState::withdrawn;
    if (Status put = transaction.put_proposal(*row); !put) return put;
    return note_action(transaction, office, actor_of(actor), Action::withdrew, row->edition,
                       row->statement);
  });
}

Result<std::vector<ProposalView>> list_proposals(const Office& office, std::string_view edition) {
  std::vector<ProposalView> list;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<std::vector<ProposalRow>> rows = transaction.proposals(edition);
    if (!rows) return std::move(rows).error();
    for (ProposalRow& row : rows.value()) {
      Result<std::vector<SignatureRow>> signatures = transaction.signatures(row.id);
      if (!signatures) return std::move(signatures).error();
      const bool expired = is_expired(office, row);
      list.push_back({std::move(row), *std::move(signatures), expired});
    }
    return ok_status();
  });
  if (!done) return done.error();
  return list;
}

Result<std::optional<ProposalView>> confirmed(const Office& office, std::string_view edition,
                                              std::string_view action) {
  Result<std::vector<ProposalView>> list = list_proposals(office, edition);
  if (!list) return std::move(list).error();
  for (ProposalView& one : list.value()) {
    if (one.row.action == action && one.row.state == ProposalState::confirmed)
      return std::optional(std::move(one));
  }
  return std::optional<ProposalView>();
}

Result<std::vector<std::string>> signed_entries(const Office& office, const ProposalView& proposal,
                                                const election::Manifest& manifest) {
  const Error wrong{ErrorCode::malformed,
                    "the proposal does not have the signatures of two officials of the edition",
                    {},
                    "propose it anew"};
  if (proposal.signatures.size() != 2) return wrong;
  const Result<std::vector<std::string>> entries = split_entries(proposal.row.content);
  if (!entries) return entries.error();
  std::vector<std::pair<OfficialNumber, std::string>> signers;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    for (const SignatureRow& one : proposal.signatures) {
      const auto row = transaction.official(one.official);
      if (!row) return row.error();
      const auto number = *row ? number_of(manifest, (*row)->signing_key) : std::nullopt;
      if (!number || one.signature.size() != entries->size() * signature_bytes) return wrong;
      signers.emplace_back(*number, one.signature);
    }
    return ok_status();
  });
  if (!done) return done.error();
  std::ranges::sort(signers);
  std::vector<std::string> made;
  for (std::size_t k = 0; k < entries->size(); ++k) {
    election::TwoOfficials both;
    for (std::size_t i = 0; i < both.size(); ++i) {
      const std::string_view all = signers[i].second;
      both[i] = {signers[i].first,
                 array_of<signature_bytes>(all.substr(k * signature_bytes, signature_bytes))};
    }
    Result<std::string> entry = with_signatures((*entries)[k], both);
    if (!entry) return std::move(entry).error();
    made.push_back(*std::move(entry));
  }
  return made;
}

Status mark(const Office& office, const ProposalView& proposal, ProposalState state) {
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<ProposalRow> row = open_proposal(transaction, proposal.row.id);
    if (!row) return std::move(row).error();
    row->state = state;
    if (Status put = transaction.put_proposal(*row); !put) return put;
    const Action action =
        state == ProposalState::done ? Action::carried_out : Action::refused_to_carry_out;
    return note_action(transaction, office, the_desk(), action, row->edition, row->statement);
  });
}

}  // namespace urna::desk
