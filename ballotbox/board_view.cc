// SPDX-License-Identifier: EUPL-1.2
#include "ballotbox/board_view.h"

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "election/record.h"

namespace urna::ballotbox {

Result<BoardView> BoardView::load(RecordStore& store, const board::LogKey& key) {
  const Result<RecordStore::Head> head = store.head();
  if (!head) return head.error();
  if (head->size == 0) {
    return Error{ErrorCode::not_found,
                 "the store holds no edition yet",
                 {},
                 "import the record that the key ceremony has left, with `urna box import`"};
  }
  const Result<board::VerifiedCheckpoint> checkpoint =
      board::verify_checkpoint(head->checkpoint, key, {}, 0);
  if (!checkpoint) return checkpoint.error();
  const Result<std::optional<std::string>> manifest = store.file(election::manifest_path);
  if (!manifest) return manifest.error();
  if (!*manifest) {
    return Error{ErrorCode::conflict,
                 "the store holds no manifest.cbor",
                 {},
                 "restore the database: it was changed by something else than this program"};
  }

  const Result<std::optional<std::string>> roll_file = store.file(election::roll_path);
  if (!roll_file) return roll_file.error();

  std::optional<BoardView> view;
  const Status read =
      store.read(0, head->size, [&](std::uint64_t index, std::string_view entry) -> Status {
        if (index == 0) {
          Result<election::BoardState> state = election::BoardState::begin(entry, **manifest);
          if (!state) return std::move(state).error();
          view.emplace(BoardView(std::move(*state)));
          view->add_leaf(board::leaf_hash(entry));
          return ok_status();
        }
        if (view->state_.phase() == election::Phase::roll) {
          Result<election::Roll> roll = election::Roll::decode((*roll_file).value_or(""));
          if (!roll) return std::move(roll).error();
          view->state_.provide_roll(std::move(*roll));
        }
        return view->take(entry);
      });
  if (!read) return read.error();
  if (!view || view->size() != checkpoint->checkpoint.size ||
      view->root(view->size()) != checkpoint->checkpoint.root) {
    return Error{ErrorCode::conflict,
                 "the entries in the store are not those of its checkpoint",
                 {},
                 "restore the database: a row was changed, removed or added by something else than "
                 "this program"};
  }
  return std::move(*view);
}

Status BoardView::take(std::string_view entry) {
  if (Status applied = state_.apply_verified(entry); !applied) return applied;
  add_leaf(board::leaf_hash(entry));
  return ok_status();
}

void BoardView::add_leaf(const Sha256Digest& leaf) {
  const auto number = static_cast<std::uint32_t>(tree_.size());
  tree_.append(leaf);
  index_of_leaf_.set(
      index_of_leaf_.hash(view_of(leaf)), number,
      [&](std::uint32_t other) { return tree_.subtree(0, other) == leaf; },
      [&](std::uint32_t other) { return index_of_leaf_.hash(view_of(tree_.subtree(0, other))); });
}

std::optional<std::uint64_t> BoardView::find(const Sha256Digest& leaf) const {
  return index_of_leaf_.find(index_of_leaf_.hash(view_of(leaf)), [&](std::uint32_t number) {
    return tree_.subtree(0, number) == leaf;
  });
}

board::Receipt BoardView::receipt(std::uint64_t index, std::uint64_t size,
                                  const std::string& checkpoint_note) const {
  return {tree_.subtree(0, index), index, tree_.inclusion_proof(index, size), checkpoint_note};
}

std::optional<std::string> BoardView::hash_tile(const board::TilePlace& place,
                                                std::uint64_t size) const {
  // Earlier partial tiles are beginnings of today's, and readers of older checkpoints ask for them.
  if (!place.level || place.width > board::width_in_tree(place.level, place.index, size)) {
    return std::nullopt;
  }
  std::vector<Sha256Digest> hashes;
  hashes.reserve(place.width);
  const unsigned height = *place.level * board::tile_height;
  for (std::uint32_t k = 0; k < place.width; ++k) {
    hashes.push_back(tree_.subtree(height, place.index * board::tile_width + k));
  }
  return board::tile_bytes(hashes);
}

}  // namespace urna::ballotbox
