// SPDX-License-Identifier: EUPL-1.2
#include "election/board_state.h"

#include <algorithm>
#include <limits>
#include <malloc.h>
#include <numeric>
#include <utility>

#include "base/bytes.h"
#include "election/ballot.h"
#include "election/ceremony.h"

namespace urna::election {
namespace {

std::string text(std::uint64_t number) { return std::to_string(number); }

std::string chain_key(std::uint32_t person, PoolNumber pool) {
  std::string key;
  append_big_endian(key, person, 4);
  append_big_endian(key, pool.value, 2);
  return key;
}

std::string serial_key(std::uint64_t serial) {
  std::string key;
  append_big_endian(key, serial, 8);
  return key;
}

std::string_view alpha_of(std::string_view pair) { return pair.substr(0, pair_bytes / 2); }

bool lists(std::span<const PoolNumber> pools, PoolNumber pool) {
  return std::binary_search(pools.begin(), pools.end(), pool);
}

}  // namespace

// ---- Errors

Error BoardState::refused(EntryKind kind, ErrorCode code, std::string message,
                          std::string meaning) const {
  return Error{code,
               std::move(message),
               {"entry " + text(size_), 0, 0, std::string(to_string(kind))},
               std::move(meaning)};
}

Status BoardState::require_phase(EntryKind kind, std::initializer_list<Phase> phases) const {
  if (std::find(phases.begin(), phases.end(), phase_) != phases.end()) return ok_status();
  return refused(kind, ErrorCode::conflict,
                 "it is out of its phase, the next entry being one of phase " +
                     text(static_cast<std::uint64_t>(phase_)),
                 "the board was not kept in the order of the protocol");
}

template <typename Signed>
Status BoardState::require_signature(const Signed& entry, const group::ElementBytes& key,
                                     std::string_view signer) const {
  if (proof::verify_signature(key, signature_transcript(entry), entry.signature))
    return ok_status();
  return refused(Signed::kind, ErrorCode::malformed,
                 "the signature of " + std::string(signer) + " does not hold",
                 "the entry is not theirs or was changed");
}

template <typename Signed>
Status BoardState::require_officials(const Signed& entry) const {
  const proof::Transcript transcript = signature_transcript(entry);
  for (const OfficialSignature& signature : entry.signatures) {
    const std::size_t number = signature.official.value;
    if (number >= manifest_.officials.size())
      return refused(Signed::kind, ErrorCode::malformed, "there is no official " + text(number),
                     "two officials of the manifest must sign");
    if (!proof::verify_signature(manifest_.officials[number], transcript, signature.signature))
      return refused(Signed::kind, ErrorCode::malformed,
                     "the signature of official " + text(number) + " does not hold",
                     "the entry is not theirs or was changed");
  }
  return ok_status();
}

Status BoardState::require_pool(EntryKind kind, PoolNumber pool) const {
  if (pool.value < manifest_.pools.size()) return ok_status();
  return refused(kind, ErrorCode::malformed, "there is no pool " + text(pool.value),
                 "the entry is about nothing that is voted on");
}

Status BoardState::require_trustee(EntryKind kind, TrusteeNumber trustee) const {
  if (trustee.value >= 1 && trustee.value <= manifest_.trustee_count()) return ok_status();
  return refused(kind, ErrorCode::malformed, "there is no trustee " + text(trustee.value),
                 "the entry is nobody's");
}

Status BoardState::require_turn(EntryKind kind, TrusteeNumber trustee, std::size_t before) const {
  if (Status known = require_trustee(kind, trustee); !known) return known;
  if (trustee.value == before + 1) return ok_status();
  return refused(kind, ErrorCode::conflict,
                 "it is of trustee " + text(trustee.value) + " where it is the turn of trustee " +
                     text(before + 1),
                 "an entry is missing or stands twice");
}

Status BoardState::require_ciphertext(EntryKind kind, PoolNumber pool,
                                      std::string_view ciphertext) const {
  const std::size_t width = terms_[pool.value].layout.width;
  if (ciphertext.size() == pair_bytes * width) return ok_status();
  return refused(kind, ErrorCode::malformed,
                 "its ciphertext has " + text(ciphertext.size()) + " bytes where ballots of pool " +
                     text(pool.value) + " have " + text(pair_bytes * width),
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
  state.progress_.resize(state.manifest_.pools.size());
  return state;
}

void BoardState::provide_roll(Roll roll) { roll_ = std::move(roll); }

Result<Entry> BoardState::decode(std::string_view entry) const {
  Result<Entry> decoded = decode_entry(entry);
  if (decoded) return decoded;
  Error error = std::move(decoded).error();
  error.place.file = "entry " + text(size_);
  if (error.remedy.empty()) error.remedy = "the board holds bytes that the protocol does not know";
  return error;
}

Status BoardState::apply(const Entry& decoded, std::string_view bytes, const Owing& owing) {
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
  return apply(*decoded, entry, [&](const Ballot& ballot, bool certificate) {
    return add_proofs(ballot, certificate, batch);
  });
}

Status BoardState::apply(std::string_view entry, std::vector<OwedProofs>& owed) {
  Result<Entry> decoded = decode(entry);
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
  return apply(*decoded, entry, [](const Ballot&, bool) { return true; });
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
  error.place.file = "entry " + text(index.value);
  return error;
}

Error BoardState::explain(const OwedProofs& owed) const {
  Error error{ErrorCode::malformed, "a signature or a proof in it does not hold", {}, {}};
  Status explained = explain_ballot(owed.ballot, manifest_.registrar, joint_key_bytes_);
  if (!explained) error = std::move(explained).error();
  error.place.field = to_string(EntryKind::ballot);
  error.place.file = "entry " + text(owed.index.value);
  return error;
}

bool BoardState::complete() const {
  return phase_ == Phase::pools &&
         std::all_of(progress_.begin(), progress_.end(),
                     [](const PoolProgress& pool) { return pool.finished(); });
}

// ---- The trustees' key

Status BoardState::enter(const ManifestEntry& /*entry*/, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  return require_phase(EntryKind::manifest, {});
}

Status BoardState::enter(const DealingCommitment& entry, std::string_view /*bytes*/,
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

Status BoardState::enter(const Dealing& entry, std::string_view bytes, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::dealing;
  if (Status right = require_phase(kind, {Phase::dealings}); !right) return right;
  if (Status right = require_turn(kind, entry.trustee, dealings_.size()); !right) return right;
  if (sha256(bytes) != commitments_[dealings_.size()].dealing)
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
  dealing_entries_.push_back(entry_hash(bytes));
  return ok_status();
}

Status BoardState::enter(const Acceptance& entry, std::string_view /*bytes*/,
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

Status BoardState::enter(const RollEntry& entry, std::string_view bytes, const Owing& /*owing*/) {
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
  roll_entry_ = entry_hash(bytes);
  phase_ = Phase::opening;
  return ok_status();
}

Status BoardState::enter(const Opening& entry, std::string_view /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::opening;
  if (Status right = require_phase(kind, {Phase::opening}); !right) return right;
  if (entry.joint_key != joint_key_bytes_)
    return refused(kind, ErrorCode::conflict, "its joint key is not that of the trustees",
                   "ballots would be encrypted to somebody else");
  if (entry.roll != roll_entry_)
    return refused(kind, ErrorCode::conflict, "it opens the voting on another roll",
                   "the officials saw another roll than the board's");
  if (Status right = require_officials(entry); !right) return right;
  opening_time_ = entry.time;
  phase_ = Phase::voting;
  return ok_status();
}

// ---- Voting

std::optional<std::uint32_t> BoardState::person_of(const Pseudonym& pseudonym) const {
  if (roll_) {
    if (const auto person = roll_->find(pseudonym)) return person;
  }
  const auto added = addition_of_.find(pseudonym);
  if (added == addition_of_.end()) return std::nullopt;
  return added->second;
}

const Pseudonym& BoardState::pseudonym(std::uint32_t person) const {
  return person < roll_->size() ? roll_->pseudonym(person)
                                : additions_[person - roll_->size()].pseudonym;
}

std::span<const PoolNumber> BoardState::pools_of(std::uint32_t person) const {
  if (person < roll_->size()) return roll_->pools(person);
  return additions_[person - roll_->size()].pools;
}

std::uint64_t BoardState::chain_hash(std::uint32_t person, PoolNumber pool) const {
  return last_of_.hash(chain_key(person, pool));
}

std::uint64_t BoardState::serial_hash(std::uint64_t serial) const {
  return certificate_by_serial_.hash(serial_key(serial));
}

std::uint64_t BoardState::alpha_hash(std::uint32_t pair) const {
  return pair_by_alpha_.hash(alpha_of(view_of(pairs_[pair])));
}

std::optional<std::uint32_t> BoardState::last_ballot(std::uint32_t person, PoolNumber pool) const {
  return last_of_.find(chain_hash(person, pool), [&](std::uint32_t number) {
    const CastBallot& cast = ballots_[number].cast;
    return cast.person == person && cast.pool == pool;
  });
}

std::optional<std::uint32_t> BoardState::certificate_of(std::uint64_t serial) const {
  return certificate_by_serial_.find(serial_hash(serial), [&](std::uint32_t number) {
    return certificates_[number].serial == serial;
  });
}

BoardState::NextBallot BoardState::next_ballot(const Pseudonym& pseudonym, PoolNumber pool) const {
  const auto person = person_of(pseudonym);
  const auto last = person ? last_ballot(*person, pool) : std::nullopt;
  if (!last) return {};
  return {std::uint64_t{ballots_[*last].counter} + 1, ballots_[*last].entry};
}

Result<BoardState::KnownBallot> BoardState::check_certificate(const Ballot& ballot) const {
  constexpr EntryKind kind = EntryKind::ballot;
  const Certificate& certificate = ballot.certificate;
  const auto wrong = [&](std::string message, std::string meaning) {
    return refused(kind, ErrorCode::conflict, std::move(message), std::move(meaning));
  };
  if (certificate.level < manifest_.lowest_level)
    return wrong("its certificate is of level " + text(certificate.level) +
                     " where the edition asks for " + text(manifest_.lowest_level),
                 "the person's identity was not checked well enough");
  if (!lists(certificate.pools, ballot.pool))
    return wrong("its certificate is not for pool " + text(ballot.pool.value),
                 "the person was not certified to vote there");
  if (certificate.hour < opening_time_ / 3600)
    return wrong("its certificate was issued before the opening", "it is of another time");
  const auto person = person_of(certificate.pseudonym);
  if (!person)
    return wrong("its pseudonym is not on the roll", "somebody without a vote was certified");
  for (const PoolNumber pool : certificate.pools) {
    if (!lists(pools_of(*person), pool))
      return wrong("its certificate is for pool " + text(pool.value) +
                       ", which the roll does not give this person",
                   "the registrar certified more than the roll allows");
  }
  const auto known = certificate_of(certificate.serial);
  if (known && certificates_[*known].digest != sha256(encode(certificate))) {
    return wrong(
        "another certificate on the board has the serial number " + text(certificate.serial),
        "the registrar issued more certificates than it counts");
  }
  return KnownBallot{*person, known.has_value()};
}

Status BoardState::check_chain(const Ballot& ballot, std::uint32_t person) const {
  constexpr EntryKind kind = EntryKind::ballot;
  const auto last = last_ballot(person, ballot.pool);
  const std::uint64_t due = last ? std::uint64_t{ballots_[*last].counter} + 1 : 0;
  if (ballot.counter != due)
    return refused(kind, ErrorCode::conflict,
                   "its counter is " + text(ballot.counter) + " where " + text(due) +
                       " ballots of this pseudonym stand before it in the pool",
                   "a ballot was dropped or is recorded twice");
  if (last && ballot.previous != ballots_[*last].entry)
    return refused(kind, ErrorCode::conflict,
                   "its previous ballot is not the last of this pseudonym in the pool",
                   "the voter was shown another board");
  return ok_status();
}

Status BoardState::check_fresh(EntryKind kind, std::string_view ciphertext) const {
  for (std::size_t i = 0; i < ciphertext.size(); i += pair_bytes) {
    const std::string_view alpha = alpha_of(ciphertext.substr(i));
    bool seen =
        pair_by_alpha_
            .find(pair_by_alpha_.hash(alpha),
                  [&](std::uint32_t number) { return alpha_of(view_of(pairs_[number])) == alpha; })
            .has_value();
    for (std::size_t j = 0; j < i; j += pair_bytes) {
      seen = seen || alpha_of(ciphertext.substr(j)) == alpha;
    }
    if (seen)
      return refused(kind, ErrorCode::conflict,
                     "part of its ciphertext stands in an earlier ballot or audited ciphertext, or "
                     "twice in it",
                     "it is a copy of somebody's vote, or a vote that was shown to somebody");
  }
  return ok_status();
}

Status BoardState::check_ballot(const Ballot& ballot, proof::Batch& batch) const {
  batch.subject(size_);
  Result<KnownBallot> right = check_ballot(ballot, [&](const Ballot& cast, bool certificate) {
    return add_proofs(cast, certificate, batch);
  });
  if (!right) return std::move(right).error();
  return ok_status();
}

Result<BoardState::KnownBallot> BoardState::check_ballot(const Ballot& ballot,
                                                         const Owing& owing) const {
  constexpr EntryKind kind = EntryKind::ballot;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return std::move(right).error();
  if (ballot.edition != edition_)
    return refused(kind, ErrorCode::conflict, "it names another edition",
                   "it belongs to another board");
  if (Status right = require_pool(kind, ballot.pool); !right) return std::move(right).error();
  if (Status right = require_ciphertext(kind, ballot.pool, ballot.ciphertext); !right)
    return std::move(right).error();
  if (ballots_.size() >= NumberTable::number_max ||
      pairs_.size() + width_max >= NumberTable::number_max)
    return refused(kind, ErrorCode::limit, "more ballots than can be held", "split the edition");
  Result<KnownBallot> known = check_certificate(ballot);
  if (!known) return known;
  if (Status right = check_chain(ballot, known->person); !right) return std::move(right).error();
  if (Status right = check_fresh(kind, ballot.ciphertext); !right) return std::move(right).error();
  if (!owing(ballot, !known->certificate))
    return refused(kind, ErrorCode::malformed, "its proof or a signature has a wrong form",
                   "it was changed");
  return known;
}

std::uint32_t BoardState::keep_pairs(std::string_view ciphertext) {
  const auto first = static_cast<std::uint32_t>(pairs_.size());
  for (std::size_t i = 0; i < ciphertext.size(); i += pair_bytes) {
    const auto number = static_cast<std::uint32_t>(pairs_.size());
    pairs_.push_back(array_of<pair_bytes>(ciphertext.substr(i, pair_bytes)));
    const std::string_view alpha = alpha_of(view_of(pairs_.back()));
    pair_by_alpha_.set(
        pair_by_alpha_.hash(alpha), number,
        [&](std::uint32_t other) { return alpha_of(view_of(pairs_[other])) == alpha; },
        [&](std::uint32_t other) { return alpha_hash(other); });
  }
  return first;
}

Status BoardState::enter(const Ballot& entry, std::string_view bytes, const Owing& owing) {
  Result<KnownBallot> known = check_ballot(entry, owing);
  if (!known) return std::move(known).error();
  const Certificate& certificate = entry.certificate;
  const std::uint32_t person = known->person;

  if (!known->certificate) {
    const auto number = static_cast<std::uint32_t>(certificates_.size());
    certificates_.push_back({certificate.serial, sha256(encode(certificate))});
    certificate_by_serial_.set(
        serial_hash(certificate.serial), number, [](std::uint32_t) { return false; },
        [&](std::uint32_t other) { return serial_hash(certificates_[other].serial); });
    if (certificate.hour > latest_hour_) {
      latest_hour_ = certificate.hour;
      latest_hour_entry_ = size_;
    }
    largest_serial_ = std::max(largest_serial_.value_or(0), certificate.serial);
  }

  const auto number = static_cast<std::uint32_t>(ballots_.size());
  BallotRecord record;
  record.cast = {EntryIndex{size_}, person, entry.pool, certificate.level, false};
  record.entry = entry_hash(bytes);
  record.first_pair = keep_pairs(entry.ciphertext);
  record.counter = static_cast<std::uint32_t>(entry.counter);
  ballots_.push_back(record);
  last_of_.set(
      chain_hash(person, entry.pool), number,
      [&](std::uint32_t other) {
        const CastBallot& cast = ballots_[other].cast;
        return cast.person == person && cast.pool == entry.pool;
      },
      [&](std::uint32_t other) {
        return chain_hash(ballots_[other].cast.person, ballots_[other].cast.pool);
      });
  return ok_status();
}

Status BoardState::enter(const Audited& entry, std::string_view /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::audited;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return right;
  if (Status right = require_pool(kind, entry.pool); !right) return right;
  if (Status right = require_ciphertext(kind, entry.pool, entry.ciphertext); !right) return right;
  if (Status right = check_fresh(kind, entry.ciphertext); !right) return right;
  for (std::size_t i = 0; i < proof::packed_count(entry.ciphertext); ++i) {
    if (!proof::Ristretto::decode(proof::packed_at(entry.ciphertext, i)))
      return refused(kind, ErrorCode::malformed,
                     "its ciphertext holds bytes that are no group element",
                     "no device made this ciphertext");
  }
  if (pairs_.size() + width_max >= NumberTable::number_max)
    return refused(kind, ErrorCode::limit, "more ciphertexts than can be held",
                   "split the edition");
  keep_pairs(entry.ciphertext);
  return ok_status();
}

std::optional<std::uint32_t> BoardState::ballot_at(EntryIndex index) const {
  const auto found = std::lower_bound(
      ballots_.begin(), ballots_.end(), index,
      [](const BallotRecord& record, EntryIndex sought) { return record.cast.index < sought; });
  if (found == ballots_.end() || found->cast.index != index) return std::nullopt;
  return static_cast<std::uint32_t>(found - ballots_.begin());
}

Status BoardState::enter(const Annulment& entry, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::annulment;
  if (Status right = require_phase(kind, {Phase::voting, Phase::annulments}); !right) return right;
  const auto number = ballot_at(entry.index);
  if (!number || ballots_[*number].entry != entry.ballot)
    return refused(kind, ErrorCode::conflict,
                   "entry " + text(entry.index.value) + " is not the ballot that it annuls",
                   "the officials meant another ballot or saw another board");
  if (ballots_[*number].cast.annulled)
    return refused(kind, ErrorCode::conflict,
                   "the ballot of entry " + text(entry.index.value) + " is annulled already",
                   "an annulment is recorded twice");
  if (Status right = require_officials(entry); !right) return right;
  ballots_[*number].cast.annulled = true;
  return ok_status();
}

Status BoardState::enter(const RollAddition& entry, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::roll_addition;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return right;
  if (Status right = require_pool(kind, entry.pools.back()); !right) return right;
  if (person_of(entry.pseudonym))
    return refused(kind, ErrorCode::conflict, "its pseudonym is on the roll already",
                   "a person would stand on the roll twice");
  const std::uint64_t person = roll_->size() + additions_.size();
  if (person >= NumberTable::number_max)
    return refused(kind, ErrorCode::limit, "more people than can be held", "split the edition");
  if (Status right = require_signature(entry, manifest_.registrar, "the registrar"); !right)
    return right;
  additions_.push_back({entry.pseudonym, entry.pools});
  addition_of_.emplace(entry.pseudonym, static_cast<std::uint32_t>(person));
  return ok_status();
}

Status BoardState::enter(const Closing& entry, std::string_view /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::closing;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return right;
  if (entry.time < opening_time_)
    return refused(kind, ErrorCode::conflict, "it closes the voting before the opening",
                   "one of the two times is wrong");
  if (latest_hour_ > entry.time / 3600)
    return refused(
        kind, ErrorCode::conflict,
        "the certificate of entry " + text(latest_hour_entry_) + " was issued after the closing",
        "somebody was certified when the voting was over");
  if (Status right = require_officials(entry); !right) return right;
  closing_time_ = entry.time;
  phase_ = Phase::issuance;
  return ok_status();
}

Status BoardState::enter(const Issuance& entry, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::issuance;
  if (Status right = require_phase(kind, {Phase::issuance}); !right) return right;
  if (largest_serial_ && *largest_serial_ >= entry.certificates)
    return refused(kind, ErrorCode::conflict,
                   "a certificate on the board has the serial number " + text(*largest_serial_) +
                       " where " + text(entry.certificates) + " were issued",
                   "certificates were issued beside the log");
  if (Status right = require_signature(entry, manifest_.registrar, "the registrar"); !right)
    return right;
  certificates_issued_ = entry.certificates;
  phase_ = Phase::annulments;
  return ok_status();
}

// ---- The count

std::vector<std::vector<std::uint32_t>> BoardState::counted_lists() const {
  std::vector<CastBallot> cast;
  cast.reserve(ballots_.size());
  for (const BallotRecord& record : ballots_) cast.push_back(record.cast);
  return counted_ballots(manifest_, cast);
}

Counted BoardState::counted_entry(PoolNumber pool, std::span<const std::uint32_t> list) const {
  std::vector<EntryIndex> indices;
  indices.reserve(list.size());
  for (const std::uint32_t number : list) indices.push_back(ballots_[number].cast.index);
  return {edition_, pool, list.size(), hash_of_indices(indices)};
}

Counted BoardState::counted_entry(PoolNumber pool) const {
  if (!counted_.empty()) return counted_entry(pool, counted(pool));
  return counted_entry(pool, counted_lists()[pool.value]);
}

Status BoardState::enter(const Counted& entry, std::string_view /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::counted;
  if (Status right = require_phase(kind, {Phase::annulments, Phase::counted}); !right) return right;
  if (Status right = require_pool(kind, entry.pool); !right) return right;
  if (entry.pool.value != pools_counted_)
    return refused(kind, ErrorCode::conflict,
                   "it is of pool " + text(entry.pool.value) + " where pool " +
                       text(pools_counted_) + " is due",
                   "an entry is missing or stands twice");
  // Until the first such entry is accepted, further annulments are possible.
  std::vector<std::vector<std::uint32_t>> first_lists;
  if (counted_.empty()) first_lists = counted_lists();
  const auto& lists = counted_.empty() ? first_lists : counted_;
  if (!(entry == counted_entry(entry.pool, lists[entry.pool.value])))
    return refused(kind, ErrorCode::conflict,
                   "it is not the list of the ballots that count in pool " + text(entry.pool.value),
                   "valid ballots were left out or others taken in");
  if (counted_.empty()) counted_ = std::move(first_lists);
  ++pools_counted_;
  phase_ = pools_counted_ == manifest_.pools.size() ? Phase::pools : Phase::counted;
  return ok_status();
}

std::string BoardState::ciphertext(std::size_t number) const {
  const BallotRecord& record = ballots_[number];
  const std::size_t width = terms_[record.cast.pool.value].layout.width;
  std::string bytes;
  bytes.reserve(pair_bytes * width);
  for (std::size_t i = 0; i < width; ++i) bytes += view_of(pairs_[record.first_pair + i]);
  return bytes;
}

std::string BoardState::counted_ciphertexts(PoolNumber pool) const {
  const std::span<const std::uint32_t> list = counted(pool);
  std::string bytes;
  bytes.reserve(pair_bytes * terms_[pool.value].layout.width * list.size());
  for (const std::uint32_t number : list) bytes += ciphertext(number);
  return bytes;
}

std::vector<std::string> BoardState::take_counted_ciphertexts() {
  certificates_ = {};
  last_of_ = {};
  certificate_by_serial_ = {};
  pair_by_alpha_ = {};
  roll_.reset();
  addition_of_ = {};
  // Hundreds of megabytes in small pieces, which the allocator would keep.
  ::malloc_trim(0);
  std::vector<std::string> lists;
  for (std::size_t p = 0; p < manifest_.pools.size(); ++p) {
    lists.push_back(counted_ciphertexts(PoolNumber{static_cast<PoolNumber::Value>(p)}));
  }
  ballots_ = {};
  pairs_ = {};
  ::malloc_trim(0);
  return lists;
}

Status BoardState::require_open_pool(EntryKind kind, PoolNumber pool) const {
  if (Status right = require_phase(kind, {Phase::pools}); !right) return right;
  if (Status right = require_pool(kind, pool); !right) return right;
  if (progress_[pool.value].finished())
    return refused(kind, ErrorCode::conflict, "pool " + text(pool.value) + " is finished already",
                   "an entry came after the result");
  const std::size_t ballots = counted(pool).size();
  const bool withheld = ballots < manifest_.privacy_minimum;
  if (withheld != (kind == EntryKind::withheld))
    return refused(kind, ErrorCode::conflict,
                   "pool " + text(pool.value) + " has " + text(ballots) +
                       " ballots where the privacy minimum is " + text(manifest_.privacy_minimum),
                   withheld ? "so few ballots are not opened" : "its result must not be withheld");
  return ok_status();
}

Status BoardState::enter(const Withheld& entry, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::withheld;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  if (entry.ballots != counted(entry.pool).size())
    return refused(kind, ErrorCode::conflict,
                   "it names " + text(entry.ballots) + " ballots where " +
                       text(counted(entry.pool).size()) + " count",
                   "the number withheld is wrong");
  progress_[entry.pool.value].withheld = true;
  return ok_status();
}

Status BoardState::enter(const Mix& entry, std::string_view /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::mix;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  if (Status right = require_trustee(kind, entry.trustee); !right) return right;
  PoolProgress& pool = progress_[entry.pool.value];
  if (!pool.decryptions.empty())
    return refused(kind, ErrorCode::conflict, "the pool is being decrypted already",
                   "ballots decrypted before this round would stay linked to their voters");
  if (entry.round != pool.mixes.size() + 1)
    return refused(kind, ErrorCode::conflict,
                   "it is round " + text(entry.round) + " where round " +
                       text(pool.mixes.size() + 1) + " is due",
                   "a round is missing or stands twice");
  const bool mixed = std::any_of(pool.mixes.begin(), pool.mixes.end(),
                                 [&](const Mix& mix) { return mix.trustee == entry.trustee; });
  if (mixed)
    return refused(kind, ErrorCode::conflict,
                   "trustee " + text(entry.trustee.value) + " has mixed this pool before",
                   "rounds of one trustee hide no more than one does");
  const TrusteeCard& card = manifest_.trustee(entry.trustee);
  if (Status right = require_signature(entry, card.signing_key, "trustee " + card.name); !right)
    return right;
  pool.mixes.push_back(entry);
  return ok_status();
}

Status BoardState::enter(const Decryption& entry, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::decryption;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  if (Status right = require_trustee(kind, entry.trustee); !right) return right;
  PoolProgress& pool = progress_[entry.pool.value];
  if (pool.mixes.size() < manifest_.threshold)
    return refused(kind, ErrorCode::conflict,
                   "the pool was mixed " + text(pool.mixes.size()) + " times where " +
                       text(manifest_.threshold) + " are due",
                   "those who mixed could together link ballots to voters");
  if (!pool.decryptions.empty() && entry.trustee <= pool.decryptions.back().trustee)
    return refused(kind, ErrorCode::conflict,
                   "it is of trustee " + text(entry.trustee.value) + " after one of trustee " +
                       text(pool.decryptions.back().trustee.value),
                   "trustees decrypt in ascending order, each once");
  const TrusteeCard& card = manifest_.trustee(entry.trustee);
  if (Status right = require_signature(entry, card.signing_key, "trustee " + card.name); !right)
    return right;
  pool.decryptions.push_back(entry);
  return ok_status();
}

Status BoardState::enter(const PoolResult& entry, std::string_view /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::result;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  PoolProgress& pool = progress_[entry.pool.value];
  if (pool.decryptions.size() < manifest_.threshold)
    return refused(kind, ErrorCode::conflict,
                   "the pool was decrypted by " + text(pool.decryptions.size()) +
                       " trustees where " + text(manifest_.threshold) + " are needed",
                   "the result cannot come from the ballots");
  const std::uint64_t ballots = counted(entry.pool).size();
  const std::uint64_t invalid =
      std::accumulate(entry.invalid.begin(), entry.invalid.end(), std::uint64_t{0});
  if (entry.valid > ballots || invalid != ballots - entry.valid)
    return refused(
        kind, ErrorCode::conflict,
        "its valid and invalid ballots are not together the " + text(ballots) + " that count",
        "ballots were dropped or added");
  pool.result = entry;
  return ok_status();
}

}  // namespace urna::election
