// SPDX-License-Identifier: EUPL-1.2
// Voting on paper: marks while people vote, and what was in the boxes after that (docs/protocol.md
// section 7.3).
#include <utility>

#include "election/board_state.h"

namespace urna::election {

std::uint64_t BoardState::paper_ballots(PoolNumber pool) const {
  std::uint64_t ballots = 0;
  for (const PaperList& list : paper_lists_[pool.value]) ballots += list.ballots;
  return ballots;
}

std::string BoardState::paper_ciphertexts(PoolNumber pool) const {
  const std::size_t width = terms_[pool.value].layout.width;
  std::string bytes;
  for (const PaperList& list : paper_lists_[pool.value]) {
    for (std::size_t i = 0; i < list.ballots * width; ++i)
      bytes += view_of(pairs_[list.first_pair + i]);
  }
  return bytes;
}

std::vector<EntryIndex> BoardState::paper_entries(PoolNumber pool) const {
  std::vector<EntryIndex> entries;
  for (const PaperList& list : paper_lists_[pool.value])
    entries.insert(entries.end(), list.ballots, list.index);
  return entries;
}

Status BoardState::enter(const PaperMark& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::paper_mark;
  if (Status right = require_phase(kind, {Phase::voting}); !right) return right;
  if (Status right = require_pool(kind, entry.pool); !right) return right;
  const auto person = person_of(entry.pseudonym);
  if (!person)
    return refused(kind, ErrorCode::conflict, "its pseudonym is not on the roll",
                   "somebody without a vote was given a card");
  if (Status right =
          require_allowed(kind, paper_.check(entry, manifest_, term_, *person, pools_of(*person)));
      !right) {
    return right;
  }
  if (Status right = require_signature(entry, manifest_.registrar, "the registrar"); !right)
    return right;
  paper_.apply(entry, *person);
  if (entry.hour > latest_hour_) {
    latest_hour_ = entry.hour;
    latest_hour_entry_ = size_;
  }
  return ok_status();
}

Status BoardState::enter(const PaperBatch& entry, const EntryBytes& /*bytes*/,
                         const Owing& /*owing*/) {
  constexpr EntryKind kind = EntryKind::paper_batch;
  if (Status right = require_phase(kind, {Phase::annulments}); !right) return right;
  const Result<IssuedBatch> issued = paper_.issued(entry, manifest_);
  if (!issued) return require_allowed(kind, issued.error());
  const std::size_t width = terms_[issued->pool.value].layout.width;
  if (Status right = require_allowed(kind, paper_.check(entry, manifest_, width, joint_key_bytes_));
      !right) {
    return right;
  }
  if (Status right = check_fresh(kind, entry.ciphertexts); !right) return right;
  if (pairs_.size() + entry.ciphertexts.size() / pair_bytes >= NumberTable::number_max)
    return refused(kind, ErrorCode::limit, "more ciphertexts than can be held",
                   "split the edition");
  if (Status right = require_officials(entry); !right) return right;
  paper_lists_[issued->pool.value].push_back({EntryIndex{size_}, keep_pairs(entry.ciphertexts),
                                              entry.ciphertexts.size() / (pair_bytes * width)});
  paper_.apply(entry, manifest_);
  return ok_status();
}

}  // namespace urna::election
