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

// What a proposal would do to which ballot.
struct Touch {
  enum class How : std::uint8_t { freeze, annul, end_freeze, end_annulment };
  std::uint64_t ballot = 0;
  How how = How::freeze;
  friend bool operator==(const Touch&, const Touch&) = default;
};

Result<std::vector<Touch>> touches_of(const ProposalRow& row) {
  const Result<std::vector<std::string>> entries = split_entries(row.content);
  if (!entries) return entries.error();
  std::vector<Touch> touches;
  for (const std::string& bytes : *entries) {
    const Result<election::Entry> entry = election::decode_entry(bytes);
    if (!entry) return entry.error();
    if (const auto* freeze = std::get_if<election::Freeze>(&*entry)) {
      for (const election::NamedBallot& ballot : freeze->ballots)
        touches.push_back({ballot.index.value, Touch::How::freeze});
    }
    if (const auto* annulment = std::get_if<election::Annulment>(&*entry))
      touches.push_back({annulment->index.value, Touch::How::annul});
    if (const auto* upholding = std::get_if<election::Upholding>(&*entry)) {
      const bool appeal = upholding->ends == election::Lifted::annulment;
      touches.push_back(
          {upholding->index.value, appeal ? Touch::How::end_annulment : Touch::How::end_freeze});
    }
  }
  return touches;
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
  const bool waits = (other.state == ProposalState::open && !is_expired(office, other)) ||
                     other.state == ProposalState::confirmed;
  if (!waits && other.state != ProposalState::done) return ok_status();
  if (!is_about_ballots(proposal.action)) {
    if (other.action != proposal.action) return ok_status();
    return waits || !is_repeatable(proposal.action) ? Status(conflict("this is proposed already"))
                                                    : ok_status();
  }
  if (!is_about_ballots(other.action)) return ok_status();
  // Several may wait at once, about different ballots. Each thing is done to a ballot once, and of
  // two decisions about it the second one is proposed when it is known what the first one was.
  const Result<std::vector<Touch>> theirs = touches_of(other);
  if (!theirs) return theirs.error();
  const Result<std::vector<Touch>> mine = touches_of(proposal);
  if (!mine) return mine.error();
  for (const Touch& one : *mine) {
    for (const Touch& there : *theirs) {
      if (one.ballot != there.ballot) continue;
      const bool decisions = one.how != Touch::How::freeze && there.how != Touch::How::freeze;
      if (one != there && !(waits && decisions)) continue;
      return Error{
          ErrorCode::conflict,
          "about the ballot of entry " + std::to_string(one.ballot) +
              (one == there ? " the same is proposed already" : " another decision is proposed"),
          {.field = "ballots"},
          "see the other proposal"};
    }
  }
  return ok_status();
}

// Who annulled the ballot, by their references, as far as this desk knows.
Result<std::vector<std::string>> annulled_by(DeskTransaction& transaction, std::string_view edition,
                                             std::uint64_t ballot) {
  const Result<std::vector<ProposalRow>> rows = transaction.proposals(edition);
  if (!rows) return rows.error();
  std::vector<std::string> officials;
  for (const ProposalRow& row : *rows) {
    if (row.action != action_annul || row.state != ProposalState::done) continue;
    const Result<std::vector<Touch>> touches = touches_of(row);
    if (!touches) return touches.error();
    if (std::ranges::find(*touches, Touch{ballot, Touch::How::annul}) == touches->end()) continue;
    const Result<std::vector<SignatureRow>> signatures = transaction.signatures(row.id);
    if (!signatures) return signatures.error();
    for (const SignatureRow& one : *signatures) officials.push_back(one.official);
  }
  return officials;
}

// The board refuses an appeal that those who annulled decide (docs/protocol.md section 7.2); who
// may not decide is told so before signing.
Status require_may_decide(DeskTransaction& transaction, const ProposalRow& row,
                          const std::vector<SignatureRow>& before, std::string_view official,
                          std::size_t officials) {
  const Result<std::vector<Touch>> touches = touches_of(row);
  if (!touches) return touches.error();
  for (const Touch& touch : *touches) {
    if (touch.how != Touch::How::end_annulment) continue;
    const Result<std::vector<std::string>> annulled =
        annulled_by(transaction, row.edition, touch.ballot);
    if (!annulled) return annulled.error();
    const auto took_part = [&](std::string_view one) {
      return std::ranges::find(*annulled, one) != annulled->end();
    };
    const bool other_did = std::ranges::any_of(
        before, [&](const SignatureRow& signature) { return took_part(signature.official); });
    if (took_part(official) && (officials >= election::officials_for_other_deciders || other_did))
      return not_allowed("you have annulled the ballot; others decide the appeal");
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
  bool all = false;
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
    if (Status may = require_may_decide(transaction, *row, *before, actor.reference,
                                        snapshot.manifest->officials.size());
        !may) {
      return may;
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
    all = before->size() + 1 >= signers_of(row->action);
    if (all) {
      row->state = ProposalState::confirmed;
      if (Status put = transaction.put_proposal(*row); !put) return put;
    }
    return note_action(transaction, office, actor_of(actor), Action::signed_proposal, row->edition,
                       row->statement);
  });
  if (!done) return done.error();
  return all;
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
                    "the proposal does not have the signatures of officials that it needs",
                    {},
                    "propose it anew"};
  if (proposal.signatures.size() != signers_of(proposal.row.action)) return wrong;
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
    std::vector<election::OfficialSignature> signatures;
    for (const auto& [official, all] : signers) {
      const std::string_view one =
          std::string_view(all).substr(k * signature_bytes, signature_bytes);
      signatures.push_back({official, array_of<signature_bytes>(one)});
    }
    Result<std::string> entry = with_signatures((*entries)[k], signatures);
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
