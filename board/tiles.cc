// SPDX-License-Identifier: EUPL-1.2
#include "board/tiles.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "board/merkle.h"

namespace urna::board {
namespace {

// How many hashes level `level` has in a tree of this size.
std::uint64_t hashes_at(unsigned level, std::uint64_t tree_size) {
  return level > max_tile_level ? 0 : tree_size >> (tile_height * level);
}

// Removes `prefix` from the front, if it is there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Digits without leading zeros at the front of the text, at most `max`.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > max) return std::nullopt;
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (digits > 1 && text[0] == '0') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

// "x001/x234/067": groups of three digits, all but the last with an x, no group 000 in front.
std::optional<std::uint64_t> take_index(std::string_view& text) {
  constexpr std::uint64_t max_index = std::uint64_t{1} << 56U;  // 2^64 leaves in tiles of 256
  std::uint64_t index = 0;
  for (bool first = true;; first = false) {
    const bool more = take(text, "x");
    if (text.size() < 3) return std::nullopt;
    std::uint64_t group = 0;
    for (const char c : text.substr(0, 3)) {
      if (c < '0' || c > '9') return std::nullopt;
      group = 10 * group + static_cast<std::uint64_t>(c - '0');
    }
    text.remove_prefix(3);
    if (index > max_index / 1000 || (first && more && group == 0)) return std::nullopt;
    index = 1000 * index + group;
    if (!more) return index;
    if (!take(text, "/")) return std::nullopt;
  }
}

}  // namespace

std::string TilePlace::path() const {
  std::string path = "tile/" + (level ? std::to_string(*level) : "entries");
  const std::string digits = std::to_string(index);
  const std::string padded = std::string((3 - digits.size() % 3) % 3, '0') + digits;
  for (std::size_t i = 0; i < padded.size(); i += 3)
    path += (i + 3 < padded.size() ? "/x" : "/") + padded.substr(i, 3);
  if (width != tile_width) path += ".p/" + std::to_string(width);
  return path;
}

Result<TilePlace> TilePlace::parse(std::string_view path) {
  const auto refusal = [path] {
    return Error{ErrorCode::malformed, "\"" + std::string(path) + "\" is not the path of a tile"};
  };
  std::string_view rest = path;
  TilePlace place;
  if (!take(rest, "tile/")) return refusal();
  if (!take(rest, "entries")) {
    const std::optional<std::uint64_t> level = take_number(rest, max_tile_level);
    if (!level) return refusal();
    place.level = static_cast<unsigned>(*level);
  }
  if (!take(rest, "/")) return refusal();
  const std::optional<std::uint64_t> index = take_index(rest);
  if (!index) return refusal();
  place.index = *index;
  if (take(rest, ".p/")) {
    const std::optional<std::uint64_t> width = take_number(rest, tile_width - 1);
    if (!width || *width == 0) return refusal();
    place.width = static_cast<std::uint32_t>(*width);
  }
  if (!rest.empty()) return refusal();
  return place;
}

std::uint32_t width_in_tree(std::optional<unsigned> level, std::uint64_t index,
                            std::uint64_t tree_size) {
  const std::uint64_t hashes = hashes_at(level.value_or(0), tree_size);
  if (index < hashes / tile_width) return tile_width;
  return index == hashes / tile_width ? static_cast<std::uint32_t>(hashes % tile_width) : 0;
}

bool may_be_in_log(const TilePlace& place, std::uint64_t tree_size) {
  const std::uint32_t width = width_in_tree(place.level, place.index, tree_size);
  return place.width == tile_width ? width == tile_width
                                   : width != tile_width && place.width <= width;
}

std::vector<TilePlace> tiles_of(std::uint64_t tree_size) {
  std::vector<TilePlace> places;
  const auto add = [&](std::optional<unsigned> level) {
    for (std::uint64_t index = 0;; ++index) {
      const std::uint32_t width = width_in_tree(level, index, tree_size);
      if (width == 0) return;
      places.push_back({level, index, width});
    }
  };
  add(std::nullopt);
  for (unsigned level = 0; level <= max_tile_level; ++level) add(level);
  return places;
}

Status append_to_bundle(std::string& bundle, std::string_view entry) {
  if (entry.size() > max_entry_bytes)
    return Error{ErrorCode::limit, "an entry of " + std::to_string(entry.size()) +
                                       " bytes is longer than the 65535 that a log can hold"};
  append_big_endian(bundle, entry.size(), 2);
  bundle += entry;
  return ok_status();
}

Result<std::vector<std::string_view>> split_bundle(std::string_view bundle, std::size_t count) {
  std::vector<std::string_view> entries;
  entries.reserve(std::min<std::size_t>(count, tile_width));
  while (!bundle.empty()) {
    const std::size_t size = bundle.size() < 2 ? bundle.size() : big_endian(bundle.substr(0, 2));
    if (bundle.size() < 2 || size > bundle.size() - 2)
      return Error{ErrorCode::malformed,
                   "entry " + std::to_string(entries.size()) + " of the bundle is cut off"};
    entries.push_back(bundle.substr(2, size));
    bundle.remove_prefix(2 + size);
    if (entries.size() > count) break;
  }
  if (entries.size() != count)
    return Error{ErrorCode::malformed, "the bundle holds " +
                                           std::string(entries.size() > count ? "more" : "fewer") +
                                           " than " + std::to_string(count) + " entries"};
  return entries;
}

std::string tile_bytes(std::span<const Sha256Digest> hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * hash_bytes);
  for (const Sha256Digest& hash : hashes) bytes += view_of(hash);
  return bytes;
}

Result<std::vector<Sha256Digest>> split_tile(std::string_view bytes, std::size_t count) {
  if (bytes.size() != count * hash_bytes)
    return Error{ErrorCode::malformed, "the tile has " + std::to_string(bytes.size()) +
                                           " bytes, which are not " + std::to_string(count) +
                                           " hashes of 32"};
  std::vector<Sha256Digest> hashes(count);
  for (std::size_t i = 0; i < count; ++i)
    hashes[i] = array_of<hash_bytes>(bytes.substr(i * hash_bytes, hash_bytes));
  return hashes;
}

TreeEdge::TreeEdge(std::uint64_t size, std::vector<std::vector<Sha256Digest>> levels)
    : size_(size), levels_(std::move(levels)) {
  for (unsigned level = 0; level <= max_tile_level; ++level) {
    const std::size_t width = level < levels_.size() ? levels_[level].size() : 0;
    if (width != hashes_at(level, size) % tile_width)
      stop_on_broken_precondition("TreeEdge: the widths that a tree of this size has");
  }
}

Status TreeEdge::append(const Sha256Digest& leaf, const FullTile& full) {
  ++size_;
  return append_at(0, leaf, full);
}

Status TreeEdge::append_tile(std::span<const Sha256Digest> leaves, const Sha256Digest& root,
                             const FullTile& full) {
  if (leaves.size() != tile_width || size_ % tile_width != 0)
    stop_on_broken_precondition("TreeEdge::append_tile: a full tile after full ones");
  size_ += tile_width;
  if (Status taken = full({0, size_ / tile_width - 1, tile_width}, leaves); !taken) return taken;
  if (levels_.empty()) levels_.emplace_back();
  return append_at(1, root, full);
}

Status TreeEdge::append_at(unsigned level, Sha256Digest hash, const FullTile& full) {
  for (;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    std::vector<Sha256Digest>& tile = levels_[level];
    tile.push_back(hash);
    if (tile.size() < tile_width) return ok_status();
    const std::uint64_t index = hashes_at(level, size_) / tile_width - 1;
    if (Status taken = full({level, index, tile_width}, tile); !taken) return taken;
    hash = root_of(tile);
    tile.clear();
  }
}

Sha256Digest TreeEdge::root() const {
  // What remains to the right of a level's complete subtrees is one smaller subtree after them.
  std::optional<Sha256Digest> right;
  for (const std::vector<Sha256Digest>& level : levels_) {
    std::vector<Sha256Digest> hashes = level;
    if (right) hashes.push_back(*right);
    if (!hashes.empty()) right = root_of(hashes);
  }
  return right.value_or(empty_tree_hash());
}

TilePlace TreeEdge::place(unsigned level) const {
  const std::uint64_t hashes = hashes_at(level, size_);
  return {level, hashes / tile_width, static_cast<std::uint32_t>(hashes % tile_width)};
}

}  // namespace urna::board
