// SPDX-License-Identifier: EUPL-1.2
// The board in memory, grown entry by entry out of the store: what it says, its tree, and which
// entry has which hash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ballotbox/record_store.h"
#include "base/result.h"
#include "board/checkpoint.h"
#include "board/merkle.h"
#include "board/receipt.h"
#include "board/tiles.h"
#include "election/board_state.h"

namespace urna::ballotbox {

// Some 320 bytes for each ballot of one element. Not for several threads at once.
class BoardView {
 public:
  // Reads the whole record in the store. Proofs of ballots are not verified again: that is for
  // verifiers. Errors: io; not_found (the store is empty); conflict (the entries are not those of
  // the checkpoint, or that is not signed with this key, naming the first entry that cannot be
  // right if there is one).
  [[nodiscard]] static Result<BoardView> load(RecordStore& store, const board::LogKey& key);

  // Takes the entry with that number if it may follow. The roll must have been provided before its
  // entry. Errors: those of BoardState::apply().
  [[nodiscard]] Status take(std::string_view entry);

  [[nodiscard]] const election::BoardState& state() const { return state_; }
  [[nodiscard]] election::BoardState& state() { return state_; }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] Sha256Digest root(std::uint64_t size) const { return tree_.root(size); }
  // The number of the entry with this leaf hash.
  [[nodiscard]] std::optional<std::uint64_t> find(const Sha256Digest& leaf) const;
  // Precondition: index < size <= size().
  [[nodiscard]] board::Receipt receipt(std::uint64_t index, std::uint64_t size,
                                       const std::string& checkpoint_note) const;
  // That the tree of the one size is the beginning of that of the other. Precondition:
  // old_size <= size <= size().
  [[nodiscard]] board::MerkleProof consistency_proof(std::uint64_t old_size,
                                                     std::uint64_t size) const {
    return tree_.consistency_proof(old_size, size);
  }
  // The bytes of a hash tile in the tree of that size; nullopt if it has none so.
  [[nodiscard]] std::optional<std::string> hash_tile(const board::TilePlace& place,
                                                     std::uint64_t size) const;

 private:
  explicit BoardView(election::BoardState state) : state_(std::move(state)) {}
  void add_leaf(const Sha256Digest& leaf);

  election::BoardState state_;
  board::MerkleTree tree_;
  election::NumberTable index_of_leaf_;
};

}  // namespace urna::ballotbox
