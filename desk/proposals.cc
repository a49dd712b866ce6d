// SPDX-License-Identifier: EUPL-1.2
#include "desk/proposals.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/cbor.h"
#include "desk/officials.h"
#include "election/entries.h"
#include "proof/signature.h"
#include "tally/edition_config.h"

namespace urna::desk {
namespace {

namespace json = boost::json;
using election::OfficialNumber;

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

// The place of signatures in an entry that waits for them.
template <typename Entry>
std::string without_signatures(Entry entry) {
  entry.signatures = {election::OfficialSignature{OfficialNumber{0}, {}},
                      election::OfficialSignature{OfficialNumber{1}, {}}};
  return encode(entry);
}

struct Statement {
  std::string text;
  std::string content;
};

std::string time_text(std::uint64_t time) { return tally::format_time(time); }

Result<Statement> statement_of(const Office& office, std::string_view id, const Snapshot& snapshot,
                               std::string_view action) {
  const election::Manifest& manifest = *snapshot.manifest;
  const std::uint64_t now = office.clock();
  json::object text{{"statement", "urna/1 desk"}, {"proposal", id},
                    {"action", action},           {"edition", to_hex(snapshot.edition.view())},
                    {"name", manifest.edition},   {"title", manifest.title}};
  std::string content;
  if (action == action_open) {
    if (snapshot.phase != election::Phase::opening) return conflict("the opening is not due");
    election::Opening entry;
    entry.edition = snapshot.edition;
    entry.joint_key = snapshot.joint_key;
    entry.roll = snapshot.roll;
    entry.time = now;
    content = without_signatures(entry);
    text["time"] = time_text(now);
    text["opens"] = time_text(manifest.opens);
    text["closes"] = time_text(manifest.closes);
    text["body"] = to_hex(signed_body(entry));
  } else if (action == action_close) {
    if (snapshot.phase != election::Phase::voting) return conflict("the closing is not due");
    election::Closing entry;
    entry.edition = snapshot.edition;
    entry.time = now;
    content = without_signatures(entry);
    text["time"] = time_text(now);
    text["closes"] = time_text(manifest.closes);
    text["early"] = now < manifest.closes;
    text["body"] = to_hex(signed_body(entry));
  } else if (action == action_announce) {
    if (!snapshot.complete) return conflict("there is no result yet");
    json::array results;
    for (std::size_t p = 0; p < snapshot.pools.size(); ++p) {
      const PoolSnapshot& pool = snapshot.pools[p];
      const election::Pool& terms = manifest.pools[p];
      json::object result{{"pool", terms.id}, {"withheld", pool.withheld}};
      if (pool.result) {
        json::array winners;
        for (const election::ProjectNumber project : pool.result->winners)
          winners.emplace_back(terms.projects[project.value - 1U].id);
        result["winners"] = std::move(winners);
        result["cost"] = to_plain_string(pool.result->cost);
        result["valid"] = pool.result->valid;
      }
      results.push_back(std::move(result));
    }
    text["entries"] = snapshot.entries;
    text["root"] = to_hex(view_of(snapshot.root));
    text["results"] = std::move(results);
  } else {
    return Error{ErrorCode::malformed,
                 "there is no such action",
                 {.field = "action"},
                 "open, close or announce"};
  }
  return Statement{json::serialize(text), std::move(content)};
}

// What the official's key signs.
Result<proof::Transcript> transcript_of(const ProposalRow& row, const election::EditionHash& hash) {
  if (row.content.empty()) {
    proof::Transcript transcript("urna/1 desk");
    transcript.append("edition", hash.view());
    transcript.append("statement", row.statement);
    return transcript;
  }
  const Result<election::Entry> entry = election::decode_entry(row.content);
  if (!entry) return entry.error();
  if (const auto* opening = std::get_if<election::Opening>(&*entry))
    return signature_transcript(*opening);
  if (const auto* closing = std::get_if<election::Closing>(&*entry))
    return signature_transcript(*closing);
  return Error{ErrorCode::malformed, "the proposal is of an entry that two do not sign", {}, ""};
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

}  // namespace

Result<std::string> propose(const Office& office, const Official& actor, const EditionRow& edition,
                            const Snapshot& snapshot, std::string_view action) {
  if (Status allowed = require_official(actor, *snapshot.manifest); !allowed)
    return std::move(allowed).error();
  ProposalRow row;
  row.id = random_reference();
  Result<Statement> statement = statement_of(office, row.id, snapshot, action);
  if (!statement) return std::move(statement).error();
  row.edition = edition.id;
  row.action = action;
  row.statement = std::move(statement.value().text);
  row.content = std::move(statement.value().content);
  row.proposer = actor.reference;
  row.created = office.clock();
  row.expires = row.created + office.policy.proposal_s;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    const Result<std::vector<ProposalRow>> others = transaction.proposals(edition.id);
    if (!others) return others.error();
    for (const ProposalRow& other : *others) {
      const bool alive = (other.state == ProposalState::open && !is_expired(office, other)) ||
                         other.state == ProposalState::confirmed ||
                         other.state == ProposalState::done;
      if (other.action == action && alive) return conflict("this is proposed already");
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
  if (signature.size() != sizeof(proof::Signature)) {
    return Error{
        ErrorCode::malformed, "a signature has 64 bytes", {.field = "signature"}, "sign again"};
  }
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
    const Result<proof::Transcript> transcript = transcript_of(*row, snapshot.edition);
    if (!transcript) return transcript.error();
    if (!proof::verify_signature(array_of<32>(actor.signing_key), *transcript,
                                 array_of<64>(signature))) {
      return Error{ErrorCode::malformed,
                   "the signature of the official's key does not hold",
                   {.field = "signature"},
                   "sign again"};
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

Result<std::string> signed_entry(const Office& office, const ProposalView& proposal,
                                 const election::Manifest& manifest) {
  const Error wrong{ErrorCode::malformed,
                    "the proposal does not have the signatures of two officials of the edition",
                    {},
                    "propose it anew"};
  if (proposal.signatures.size() != 2) return wrong;
  std::vector<election::OfficialSignature> signatures;
  const Status done = office.store.transact([&](DeskTransaction& transaction) -> Status {
    for (const SignatureRow& one : proposal.signatures) {
      const auto row = transaction.official(one.official);
      if (!row) return row.error();
      const auto number = *row ? number_of(manifest, (*row)->signing_key) : std::nullopt;
      if (!number || one.signature.size() != sizeof(proof::Signature)) return wrong;
      signatures.push_back({*number, array_of<64>(one.signature)});
    }
    return ok_status();
  });
  if (!done) return done.error();
  if (signatures[1].official < signatures[0].official) std::swap(signatures[0], signatures[1]);
  Result<election::Entry> entry = election::decode_entry(proposal.row.content);
  if (!entry) return std::move(entry).error();
  const election::TwoOfficials both = {signatures[0], signatures[1]};
  if (auto* opening = std::get_if<election::Opening>(&entry.value())) {
    opening->signatures = both;
    return election::encode(*opening);
  }
  if (auto* closing = std::get_if<election::Closing>(&entry.value())) {
    closing->signatures = both;
    return election::encode(*closing);
  }
  return wrong;
}

Status mark_done(const Office& office, const ProposalView& proposal) {
  return office.store.transact([&](DeskTransaction& transaction) -> Status {
    Result<ProposalRow> row = open_proposal(transaction, proposal.row.id);
    if (!row) return std::move(row).error();
    row->state = ProposalState::done;
    if (Status put = transaction.put_proposal(*row); !put) return put;
    return note_action(transaction, office, the_desk(), Action::carried_out, row->edition,
                       row->statement);
  });
}

}  // namespace urna::desk
