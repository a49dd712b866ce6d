// SPDX-License-Identifier: EUPL-1.2
// Phases 11 and 12: which ballots count, and the tally of every pool.
#include <algorithm>
#include <malloc.h>
#include <numeric>
#include <utility>

#include "election/ballot.h"
#include "election/board_state.h"

namespace urna::election {
// ---- The count

std::vector<std::vector<std::uint32_t>> BoardState::counted_lists() const {
  std::vector<CastBallot> cast;
  cast.reserve(ballots_.size());
  for (const BallotRecord& record : ballots_) cast.push_back(record.cast);
  return counted_ballots(manifest_, cast, paper_.voters());
}

Counted BoardState::counted_entry(PoolNumber pool, std::span<const std::uint32_t> list) const {
  std::vector<EntryIndex> indices;
  indices.reserve(list.size());
  for (const std::uint32_t number : list) indices.push_back(ballots_[number].cast.index);
  const std::vector<EntryIndex> paper = paper_entries(pool);
  indices.insert(indices.end(), paper.begin(), paper.end());
  return {edition_, pool, indices.size(), hash_of_indices(indices)};
}

Counted BoardState::counted_entry(PoolNumber pool) const {
  if (!counted_.empty()) return counted_entry(pool, counted(pool));
  return counted_entry(pool, counted_lists()[pool.value]);
}

Status BoardState::enter(const Counted& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::counted;
  if (Status right = require_phase(kind, {Phase::annulments, Phase::counted}); !right) return right;
  if (Status right = require_pool(kind, entry.pool); !right) return right;
  if (entry.pool.value != pools_counted_)
    return refused(kind, ErrorCode::conflict,
                   "it is of pool " + std::to_string(entry.pool.value) + " where pool " +
                       std::to_string(pools_counted_) + " is due",
                   "an entry is missing or stands twice");
  if (!frozen().empty())
    return refused(kind, ErrorCode::conflict,
                   "the ballot of entry " + std::to_string(frozen().begin()->value) +
                       " is frozen and nobody has decided about it",
                   "nothing is counted over an open case, and nothing is left out");
  if (const auto due = paper_.due())
    return refused(kind, ErrorCode::conflict,
                   "nobody has stated what was in the box of batch " + std::to_string(due->value),
                   "votes on paper would be left out");
  // Until the first such entry is accepted, further annulments are possible.
  std::vector<std::vector<std::uint32_t>> first_lists;
  if (counted_.empty()) first_lists = counted_lists();
  const auto& lists = counted_.empty() ? first_lists : counted_;
  if (!(entry == counted_entry(entry.pool, lists[entry.pool.value])))
    return refused(
        kind, ErrorCode::conflict,
        "it is not the list of the ballots that count in pool " + std::to_string(entry.pool.value),
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
  const std::size_t width = terms_[pool.value].layout.width;
  bytes.reserve(pair_bytes * width * counted_ballots_of(pool));
  for (const std::uint32_t number : list) {
    for (std::size_t i = 0; i < width; ++i)
      bytes += view_of(pairs_[ballots_[number].first_pair + i]);
  }
  return bytes += paper_ciphertexts(pool);
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
    return refused(kind, ErrorCode::conflict,
                   "pool " + std::to_string(pool.value) + " is finished already",
                   "an entry came after the result");
  const std::uint64_t ballots = counted_ballots_of(pool);
  const bool withheld = ballots < manifest_.privacy_minimum;
  if (withheld != (kind == EntryKind::withheld))
    return refused(kind, ErrorCode::conflict,
                   "pool " + std::to_string(pool.value) + " has " + std::to_string(ballots) +
                       " ballots where the privacy minimum is " +
                       std::to_string(manifest_.privacy_minimum),
                   withheld ? "so few ballots are not opened" : "its result must not be withheld");
  return ok_status();
}

Status BoardState::enter(const Withheld& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::withheld;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  if (entry.ballots != counted_ballots_of(entry.pool))
    return refused(kind, ErrorCode::conflict,
                   "it names " + std::to_string(entry.ballots) + " ballots where " +
                       std::to_string(counted_ballots_of(entry.pool)) + " count",
                   "the number withheld is wrong");
  progress_[entry.pool.value].withheld = true;
  return ok_status();
}

Status BoardState::enter(const Mix& entry, const EntryBytes& /*bytes*/, const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::mix;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  if (Status right = require_trustee(kind, entry.trustee); !right) return right;
  PoolProgress& pool = progress_[entry.pool.value];
  if (!pool.decryptions.empty())
    return refused(kind, ErrorCode::conflict, "the pool is being decrypted already",
                   "ballots decrypted before this round would stay linked to their voters");
  if (entry.round != pool.mixes.size() + 1)
    return refused(kind, ErrorCode::conflict,
                   "it is round " + std::to_string(entry.round) + " where round " +
                       std::to_string(pool.mixes.size() + 1) + " is due",
                   "a round is missing or stands twice");
  const bool mixed = std::any_of(pool.mixes.begin(), pool.mixes.end(),
                                 [&](const Mix& mix) { return mix.trustee == entry.trustee; });
  if (mixed)
    return refused(kind, ErrorCode::conflict,
                   "trustee " + std::to_string(entry.trustee.value) + " has mixed this pool before",
                   "rounds of one trustee hide no more than one does");
  const TrusteeCard& card = manifest_.trustee(entry.trustee);
  if (Status right = require_signature(entry, card.signing_key, "trustee " + card.name); !right)
    return right;
  pool.mixes.push_back(entry);
  return ok_status();
}

Status BoardState::enter(const Decryption& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::decryption;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  if (Status right = require_trustee(kind, entry.trustee); !right) return right;
  PoolProgress& pool = progress_[entry.pool.value];
  if (pool.mixes.size() < manifest_.threshold)
    return refused(kind, ErrorCode::conflict,
                   "the pool was mixed " + std::to_string(pool.mixes.size()) + " times where " +
                       std::to_string(manifest_.threshold) + " are due",
                   "those who mixed could together link ballots to voters");
  if (!pool.decryptions.empty() && entry.trustee <= pool.decryptions.back().trustee)
    return refused(kind, ErrorCode::conflict,
                   "it is of trustee " + std::to_string(entry.trustee.value) +
                       " after one of trustee " +
                       std::to_string(pool.decryptions.back().trustee.value),
                   "trustees decrypt in ascending order, each once");
  const TrusteeCard& card = manifest_.trustee(entry.trustee);
  if (Status right = require_signature(entry, card.signing_key, "trustee " + card.name); !right)
    return right;
  pool.decryptions.push_back(entry);
  return ok_status();
}

Status BoardState::enter(const PoolResult& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::result;
  if (Status right = require_open_pool(kind, entry.pool); !right) return right;
  PoolProgress& pool = progress_[entry.pool.value];
  if (pool.decryptions.size() < manifest_.threshold)
    return refused(kind, ErrorCode::conflict,
                   "the pool was decrypted by " + std::to_string(pool.decryptions.size()) +
                       " trustees where " + std::to_string(manifest_.threshold) + " are needed",
                   "the result cannot come from the ballots");
  const std::uint64_t ballots = counted_ballots_of(entry.pool);
  const std::uint64_t invalid =
      std::accumulate(entry.invalid.begin(), entry.invalid.end(), std::uint64_t{0});
  if (entry.valid > ballots || invalid != ballots - entry.valid)
    return refused(kind, ErrorCode::conflict,
                   "its valid and invalid ballots are not together the " + std::to_string(ballots) +
                       " that count",
                   "ballots were dropped or added");
  pool.result = entry;
  return ok_status();
}

}  // namespace urna::election
