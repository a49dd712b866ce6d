// SPDX-License-Identifier: EUPL-1.2
// The way of an entry, and phases 1 to 6: the trustees' key, the roll, the opening.
#include "election/board_state.h"

#include <algorithm>
#include <utility>

#include "election/ballot.h"
#include "election/ceremony.h"

namespace urna::election {
// ---- Errors

Error BoardState::refused(EntryKind kind, ErrorCode code, std::string message,
                          std::string meaning) const {
  return Error{code,
               std::move(message),
               {"entry " + std::to_string(size_), 0, 0, std::string(to_string(kind))},
               std::move(meaning)};
}

Status BoardState::require_phase(EntryKind kind, std::initializer_list<Phase> phases) const {
  if (std::find(phases.begin(), phases.end(), phase_) != phases.end()) return ok_status();
  return refused(kind, ErrorCode::conflict,
                 "it is out of its phase, the next entry being one of phase " +
                     std::to_string(static_cast<std::uint64_t>(phase_)),
                 "the board was not kept in the order of the protocol");
}

Status BoardState::require_signature(EntryKind kind, const proof::Transcript& transcript,
                                     const Signature& signature, const group::ElementBytes& key,
                                     std::string_view signer) const {
  if (proof::verify_signature(key, transcript, signature)) return ok_status();
  return refused(kind, ErrorCode::malformed,
                 "the signature of " + std::string(signer) + " does not hold",
                 "the entry is not theirs or was changed");
}

Status BoardState::require_official(EntryKind kind, const proof::Transcript& transcript,
                                    const OfficialSignature& signature) const {
  const std::size_t number = signature.official.value;
  if (number >= manifest_.officials.size())
    return refused(kind, ErrorCode::malformed, "there is no official " + std::to_string(number),
                   "officials of the manifest must sign");
  if (!proof::verify_signature(manifest_.officials[number], transcript, signature.signature))
    return refused(kind, ErrorCode::malformed,
                   "the signature of official " + std::to_string(number) + " does not hold",
                   "the entry is not theirs or was changed");
  return ok_status();
}

Status BoardState::require_officials(EntryKind kind, const proof::Transcript& transcript,
                                     const TwoOfficials& signatures) const {
  for (const OfficialSignature& signature : signatures) {
    if (Status right = require_official(kind, transcript, signature); !right) return right;
  }
  return ok_status();
}

Status BoardState::require_pool(EntryKind kind, PoolNumber pool) const {
  if (pool.value < manifest_.pools.size()) return ok_status();
  return refused(kind, ErrorCode::malformed, "there is no pool " + std::to_string(pool.value),
                 "the entry is about nothing that is voted on");
}

Status BoardState::require_trustee(EntryKind kind, TrusteeNumber trustee) const {
  if (trustee.value >= 1 && trustee.value <= manifest_.trustee_count()) return ok_status();
  return refused(kind, ErrorCode::malformed, "there is no trustee " + std::to_string(trustee.value),
                 "the entry is nobody's");
}

Status BoardState::require_turn(EntryKind kind, TrusteeNumber trustee, std::size_t before) const {
  if (Status known = require_trustee(kind, trustee); !known) return known;
  if (trustee.value == before + 1) return ok_status();
  return refused(kind, ErrorCode::conflict,
                 "it is of trustee " + std::to_string(trustee.value) +
                     " where it is the turn of trustee " + std::to_string(before + 1),
                 "an entry is missing or stands twice");
}

Status BoardState::require_ciphertext(EntryKind kind, PoolNumber pool,
                                      std::string_view ciphertext) const {
  const std::size_t width = terms_[pool.value].layout.width;
  if (ciphertext.size() == pair_bytes * width) return ok_status();
  return refused(kind, ErrorCode::malformed,
                 "its ciphertext has " + std::to_string(ciphertext.size()) +
                     " bytes where ballots of pool " + std::to_string(pool.value) + " have " +
                     std::to_string(pair_bytes * width),
                 "it could not be mixed with the others");
}

// ---- The way of an entry

Result<BoardState> BoardState::begin(std::string_view first_entry, std::string_view manifest) {
  const auto at = [](Error error) {
    error.place = {"entry 0", 0, 0, std::string(to_string(EntryKind::manifest))};
    return error;
  };
  const Result<Entry> entry = decode_entry(first_entry);
  if (!entry) return at(entry.error());
  const auto* stated = std::get_if<ManifestEntry>(&*entry);
  if (stated == nullptr) {
    return at(Error{ErrorCode::conflict,
                    "the first entry is no manifest",
                    {},
                    "nothing says what the board is about"});
  }
  if (*stated != manifest_entry(manifest)) {
    return at(Error{ErrorCode::conflict,
                    "manifest.cbor is not the file whose hash and size the first entry states",
                    {},
                    "these are not the rules that everything on the board names"});
  }
  Result<Manifest> read = decode_manifest(manifest);
  if (!read) return at(std::move(read).error());
  BoardState state(*std::move(read));
  state.edition_ = stated->edition;
  for (const Pool& pool : state.manifest_.pools) state.terms_.push_back(terms_of(pool).value());
  state.registrar_ = group::Element::decode(state.manifest_.registrar).value();
  state.term_.closes = state.manifest_.closes;
  state.progress_.resize(state.manifest_.pools.size());
  state.paper_lists_.resize(state.manifest_.pools.size());
  if (state.manifest_.paper) state.paper_ = PaperBook(state.manifest_.paper->batches.size());
  return state;
}

void BoardState::expect(std::uint64_t entries) {
  const std::size_t most = std::min<std::uint64_t>(entries, NumberTable::number_max);
  for (NumberTable* table : {&last_of_, &certificate_by_serial_, &pair_by_alpha_})
    table->reserve(most);
}

void BoardState::provide_roll(Roll roll) { roll_ = std::move(roll); }

Result<Entry> BoardState::decode(std::string_view entry) const {
  Result<Entry> decoded = decode_entry(entry);
  if (decoded) return decoded;
  Error error = std::move(decoded).error();
  error.place.file = "entry " + std::to_string(size_);
  if (error.remedy.empty()) error.remedy = "the board holds bytes that the protocol does not know";
  return error;
}

Status BoardState::apply(const Entry& decoded, const EntryBytes& bytes, const Owing& owing) {
  Status entered = std::visit(
      [&](const auto& value) -> Status {
        using Kind = std::decay_t<decltype(value)>;
        if (value.edition != edition_)
          return refused(Kind::kind, ErrorCode::conflict, "it names another edition",
                         "it belongs to another board");
        return enter(value, bytes, owing);
      },
      decoded);
  if (entered) ++size_;
  return entered;
}

Status BoardState::apply(std::string_view entry, proof::Batch& batch) {
  Result<Entry> decoded = decode(entry);
  if (!decoded) return std::move(decoded).error();
  batch.subject(size_);
  return apply(*decoded, EntryBytes(entry), [&](const Ballot& ballot, bool certificate) {
    return add_proofs(ballot, certificate, batch);
  });
}

Status BoardState::apply(const EntryBytes& entry, std::vector<OwedProofs>& owed) {
  Result<Entry> decoded = decode(entry.bytes());
  if (!decoded) return std::move(decoded).error();
  const EntryIndex index{size_};
  std::optional<bool> owes;
  Status applied = apply(*decoded, entry, [&](const Ballot&, bool certificate) {
    owes = certificate;
    return true;
  });
  if (applied && owes) owed.push_back({index, std::get<Ballot>(*std::move(decoded)), *owes});
  return applied;
}

Status BoardState::apply_verified(std::string_view entry) {
  const Result<Entry> decoded = decode(entry);
  if (!decoded) return decoded.error();
  return apply(*decoded, EntryBytes(entry), [](const Ballot&, bool) { return true; });
}

bool BoardState::add_proofs(const Ballot& ballot, bool certificate, proof::Batch& batch) const {
  const Certificate& shown = ballot.certificate;
  return (!certificate ||
          proof::check_signature(batch, registrar_, manifest_.registrar,
                                 written_transcript(shown, edition_), shown.signature)) &&
         check_ballot_proofs(batch, ballot, joint_key_bytes_);
}

void BoardState::add_proofs(const OwedProofs& owed, proof::Batch& batch) const {
  batch.subject(owed.index.value);
  if (!add_proofs(owed.ballot, owed.certificate, batch)) batch.add_wrong();
}

Error BoardState::explain(EntryIndex index, std::string_view entry) const {
  const Result<Entry> decoded = decode_entry(entry);
  if (decoded) {
    if (const auto* ballot = std::get_if<Ballot>(&*decoded)) return explain({index, *ballot});
  }
  Error error{ErrorCode::malformed, "a signature or a proof in it does not hold", {}, {}};
  if (decoded) error.place.field = to_string(kind_of(*decoded));
  error.place.file = "entry " + std::to_string(index.value);
  return error;
}

Error BoardState::explain(const OwedProofs& owed) const {
  Error error{ErrorCode::malformed, "a signature or a proof in it does not hold", {}, {}};
  Status explained = explain_ballot(owed.ballot, manifest_.registrar, joint_key_bytes_);
  if (!explained) error = std::move(explained).error();
  error.place.field = to_string(EntryKind::ballot);
  error.place.file = "entry " + std::to_string(owed.index.value);
  return error;
}

bool BoardState::complete() const {
  return phase_ == Phase::pools &&
         std::all_of(progress_.begin(), progress_.end(),
                     [](const PoolProgress& pool) { return pool.finished(); });
}

// ---- The trustees' key

Status BoardState::enter(const ManifestEntry& /*entry*/, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  return require_phase(EntryKind::manifest, {});
}

Status BoardState::enter(const DealingCommitment& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::dealing_commitment;
  if (Status right = require_phase(kind, {Phase::dealing_commitments}); !right) return right;
  if (Status right = require_turn(kind, entry.trustee, commitments_.size()); !right) return right;
  if (commitments_.empty()) {
    if (Status possessed = check_possession(manifest_); !possessed)
      return refused(kind, ErrorCode::malformed, possessed.error().message,
                     possessed.error().remedy);
  }
  const TrusteeCard& card = manifest_.trustee(entry.trustee);
  if (Status right = require_signature(entry, card.signing_key, "trustee " + card.name); !right)
    return right;
  commitments_.push_back(entry);
  if (commitments_.size() == manifest_.trustee_count()) phase_ = Phase::dealings;
  return ok_status();
}

Status BoardState::enter(const Dealing& entry, const EntryBytes& bytes, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::dealing;
  if (Status right = require_phase(kind, {Phase::dealings}); !right) return right;
  if (Status right = require_turn(kind, entry.trustee, dealings_.size()); !right) return right;
  if (sha256(bytes.bytes()) != commitments_[dealings_.size()].dealing)
    return refused(kind, ErrorCode::conflict, "it is not the dealing that was committed to",
                   "the trustee may have chosen it after seeing those of others");
  if (Status dealt = check_dealing(manifest_, entry); !dealt)
    return refused(kind, dealt.error().code, dealt.error().message, dealt.error().remedy);

  const bool last = dealings_.size() + 1 == manifest_.trustee_count();
  if (last) {
    std::vector<Dealing> all = dealings_;
    all.push_back(entry);
    const Result<group::Element> key = election::joint_key(all);
    if (!key) return refused(kind, key.error().code, key.error().message, key.error().remedy);
    joint_key_ = *key;
    joint_key_bytes_ = key->encode();
    verification_keys_ = election::verification_keys(manifest_, all);
    phase_ = Phase::acceptances;
  }
  dealings_.push_back(entry);
  dealing_entries_.push_back(bytes.hash());
  return ok_status();
}

Status BoardState::enter(const Acceptance& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::acceptance;
  if (Status right = require_phase(kind, {Phase::acceptances}); !right) return right;
  if (Status right = require_turn(kind, entry.trustee, acceptances_); !right) return right;
  if (entry.dealings != hash_of_dealings(dealing_entries_))
    return refused(kind, ErrorCode::conflict, "it accepts other dealings than those on the board",
                   "this trustee's share does not belong to the joint key");
  if (entry.joint_key != joint_key_bytes_)
    return refused(kind, ErrorCode::conflict, "its joint key is not the sum of the dealings",
                   "this trustee was shown other dealings");
  const TrusteeCard& card = manifest_.trustee(entry.trustee);
  if (Status right = require_signature(entry, card.signing_key, "trustee " + card.name); !right)
    return right;
  if (++acceptances_ == manifest_.trustee_count()) phase_ = Phase::roll;
  return ok_status();
}

// ---- Roll and opening

Status BoardState::enter(const RollEntry& entry, const EntryBytes& bytes, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::roll;
  if (Status right = require_phase(kind, {Phase::roll}); !right) return right;
  if (!roll_)
    return refused(kind, ErrorCode::not_found, "there is no roll.cbor", "give the roll's file");
  if (roll_->size() != entry.size || roll_->root() != entry.root)
    return refused(kind, ErrorCode::conflict, "roll.cbor is not the roll of this entry",
                   "people were added to or removed from the roll");
  if (const auto greatest = roll_->greatest_pool()) {
    if (Status right = require_pool(kind, *greatest); !right) return right;
  }
  if (Status right = require_signature(entry, manifest_.registrar, "the registrar"); !right)
    return right;
  roll_entry_ = bytes.hash();
  phase_ = Phase::opening;
  return ok_status();
}

Status BoardState::enter(const Opening& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::opening;
  if (Status right = require_phase(kind, {Phase::opening}); !right) return right;
  if (entry.joint_key != joint_key_bytes_)
    return refused(kind, ErrorCode::conflict, "its joint key is not that of the trustees",
                   "ballots would be encrypted to somebody else");
  if (entry.roll != roll_entry_)
    return refused(kind, ErrorCode::conflict, "it opens the voting on another roll",
                   "the officials saw another roll than the board's");
  if (Status right = require_officials(entry); !right) return right;
  term_.opened = entry.time;
  phase_ = Phase::voting;
  return ok_status();
}

}  // namespace urna::election
