// SPDX-License-Identifier: EUPL-1.2
// Phases 7 to 10: ballots and what else comes from the opening to the end of annulments.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "election/ballot.h"
#include "election/board_state.h"

namespace urna::election {
namespace {

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

// ---- People and their ballots

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
    return wrong("its certificate is of level " + std::to_string(certificate.level) +
                     " where the edition asks for " + std::to_string(manifest_.lowest_level),
                 "the person's identity was not checked well enough");
  if (!lists(certificate.pools, ballot.pool))
    return wrong("its certificate is not for pool " + std::to_string(ballot.pool.value),
                 "the person was not certified to vote there");
  if (certificate.hour < term_.opened / 3600)
    return wrong("its certificate was issued before the opening", "it is of another time");
  if (certificate.hour > last_hour(term_))
    return wrong("its certificate was issued after the end of the voting in force",
                 "somebody was certified when the voting was over and had not been extended");
  const auto person = person_of(certificate.pseudonym);
  if (!person)
    return wrong("its pseudonym is not on the roll", "somebody without a vote was certified");
  for (const PoolNumber pool : certificate.pools) {
    if (!lists(pools_of(*person), pool))
      return wrong("its certificate is for pool " + std::to_string(pool.value) +
                       ", which the roll does not give this person",
                   "the registrar certified more than the roll allows");
  }
  if (paper_.votes_on_paper(*person, ballot.pool))
    return wrong("this person was given a card and votes on paper in pool " +
                     std::to_string(ballot.pool.value),
                 "a card in the box cannot be replaced");
  const auto known = certificate_of(certificate.serial);
  if (known && certificates_[*known].digest != sha256(encode(certificate))) {
    return wrong("another certificate on the board has the serial number " +
                     std::to_string(certificate.serial),
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
                   "its counter is " + std::to_string(ballot.counter) + " where " +
                       std::to_string(due) +
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

Status BoardState::enter(const Ballot& entry, const EntryBytes& bytes, const Owing& owing) {
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
  record.entry = bytes.hash();
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

Status BoardState::enter(const Audited& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
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

Result<std::uint32_t> BoardState::require_ballot(EntryKind kind, const NamedBallot& ballot) const {
  const auto number = ballot_at(ballot.index);
  if (number && ballots_[*number].entry == ballot.hash) return *number;
  return refused(kind, ErrorCode::conflict,
                 "entry " + std::to_string(ballot.index.value) + " is not the ballot that it names",
                 "the officials meant another ballot or saw another board");
}

Status BoardState::require_allowed(EntryKind kind, const Status& right) const {
  if (right) return ok_status();
  const Error& wrong = right.error();
  return refused(kind, wrong.code, wrong.message, wrong.remedy);
}

Status BoardState::enter(const Freeze& entry, const EntryBytes& /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::freeze;
  if (Status right = require_phase(kind, {Phase::voting, Phase::annulments}); !right) return right;
  for (const NamedBallot& ballot : entry.ballots) {
    if (Result<std::uint32_t> right = require_ballot(kind, ballot); !right)
      return std::move(right).error();
  }
  if (Status right = require_allowed(kind, contests_.check(entry)); !right) return right;
  if (Status right = require_official(kind, signature_transcript(entry), entry.signature); !right)
    return right;
  contests_.apply(entry);
  return ok_status();
}

Status BoardState::enter(const Annulment& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::annulment;
  if (Status right = require_phase(kind, {Phase::voting, Phase::annulments}); !right) return right;
  const Result<std::uint32_t> number = require_ballot(kind, {entry.index, entry.ballot});
  if (!number) return number.error();
  if (Status right = require_allowed(kind, contests_.check(entry)); !right) return right;
  if (Status right = require_officials(entry); !right) return right;
  contests_.apply(entry);
  ballots_[*number].cast.annulled = true;
  return ok_status();
}

Status BoardState::enter(const Upholding& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::upholding;
  if (Status right = require_phase(kind, {Phase::voting, Phase::annulments}); !right) return right;
  const Result<std::uint32_t> number = require_ballot(kind, {entry.index, entry.ballot});
  if (!number) return number.error();
  if (Status right = require_allowed(kind, contests_.check(entry, manifest_.officials.size()));
      !right) {
    return right;
  }
  if (Status right = require_officials(entry); !right) return right;
  contests_.apply(entry);
  ballots_[*number].cast.annulled = false;
  return ok_status();
}

Status BoardState::enter(const RollAddition& entry, const EntryBytes& /*bytes*/,
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

Status BoardState::enter(const Extension& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::extension;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return right;
  if (Status right = check_extension(term_, entry); !right) {
    const Error& wrong = right.error();
    return refused(kind, wrong.code, wrong.message, wrong.remedy);
  }
  if (Status right = require_officials(entry); !right) return right;
  extend(term_, entry);
  extensions_.push_back(entry);
  return ok_status();
}

Status BoardState::enter(const Closing& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::closing;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return right;
  if (entry.time < term_.opened || entry.time < term_.extended)
    return refused(kind, ErrorCode::conflict,
                   "it closes the voting before the opening or before an extension was decided",
                   "one of the two times is wrong");
  if (latest_hour_ > entry.time / 3600)
    return refused(kind, ErrorCode::conflict,
                   "the certificate or mark of entry " + std::to_string(latest_hour_entry_) +
                       " was issued after the closing",
                   "somebody was certified when the voting was over");
  if (Status right = require_officials(entry); !right) return right;
  closing_time_ = entry.time;
  phase_ = Phase::issuance;
  return ok_status();
}

Status BoardState::enter(const Issuance& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::issuance;
  if (Status right = require_phase(kind, {Phase::issuance}); !right) return right;
  if (largest_serial_ && *largest_serial_ >= entry.certificates)
    return refused(kind, ErrorCode::conflict,
                   "a certificate on the board has the serial number " +
                       std::to_string(*largest_serial_) + " where " +
                       std::to_string(entry.certificates) + " were issued",
                   "certificates were issued beside the log");
  if (Status right = require_signature(entry, manifest_.registrar, "the registrar"); !right)
    return right;
  certificates_issued_ = entry.certificates;
  phase_ = Phase::annulments;
  return ok_status();
}

}  // namespace urna::election
