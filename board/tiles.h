// SPDX-License-Identifier: EUPL-1.2
// The files of a log as C2SP tlog-tiles lays them out: hash tiles and entry bundles of up to 256,
// their paths, and which of them a tree of a given size has. No file is touched here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"

namespace urna::board {

constexpr unsigned tile_height = 8;
constexpr std::uint32_t tile_width = 256;  // hashes of a full tile, entries of a full bundle
constexpr unsigned max_tile_level = 7;     // a tree has fewer than 2^64 leaves
constexpr std::size_t max_entry_bytes = 65535;
constexpr std::size_t max_bundle_bytes = tile_width * (2 + max_entry_bytes);
constexpr std::size_t max_tile_bytes = tile_width * 32;

// One file. Level l, index n: the hashes of the complete subtrees of 256^l leaves numbered from
// 256 n on; without a level, the entries numbered so. A width below 256 is that of a partial tile.
struct TilePlace {
  std::optional<unsigned> level;  // none: a bundle of entries
  std::uint64_t index = 0;
  std::uint32_t width = tile_width;

  // "tile/<L>/<N>[.p/<W>]" or "tile/entries/<N>[.p/<W>]", where 1234067 is "x001/x234/067".
  [[nodiscard]] std::string path() const;
  // The inverse. Error: malformed for every other text, other spellings of a number included.
  [[nodiscard]] static Result<TilePlace> parse(std::string_view path);

  friend bool operator==(const TilePlace&, const TilePlace&) = default;
};

// The width that the tile of this level and index has in a tree of this size, 0 if there is none.
// Bundles have the widths of level 0.
[[nodiscard]] std::uint32_t width_in_tree(std::optional<unsigned> level, std::uint64_t index,
                                          std::uint64_t tree_size);

// Whether a log of this size may hold the file: a full tile of the tree, or a tile that is still
// partial with at most its present width. (Earlier partial tiles stay until the tile is full,
// because checkpoints were published that need them.)
[[nodiscard]] bool may_be_in_log(const TilePlace& place, std::uint64_t tree_size);

// All files that a reader of the tree of this size needs: bundles, then levels from 0 up; each from
// left to right, the partial one last. About size / 128 of them.
[[nodiscard]] std::vector<TilePlace> tiles_of(std::uint64_t tree_size);

// Entry bundles: each entry after its length in two bytes, the most significant first.
// Error: limit for an entry of more than 65535 bytes; the bundle is then unchanged.
[[nodiscard]] Status append_to_bundle(std::string& bundle, std::string_view entry);
// The entries, as views into the bundle. Error: malformed, naming the first entry (counted from 0
// within the bundle) that is cut off, or unless there are exactly `count`.
[[nodiscard]] Result<std::vector<std::string_view>> split_bundle(std::string_view bundle,
                                                                 std::size_t count);

// The bytes of a hash tile and back. Error: malformed unless the bytes are `count` hashes.
[[nodiscard]] std::string tile_bytes(std::span<const Sha256Digest> hashes);
[[nodiscard]] Result<std::vector<Sha256Digest>> split_tile(std::string_view bytes,
                                                           std::size_t count);

// The right edge of a growing tree: of each level the hashes that are not yet in a full tile. All
// that is needed to append and to know the root: at most 8 * 255 hashes whatever the size.
class TreeEdge {
 public:
  // Receives every tile that has become full.
  using FullTile = std::function<Status(const TilePlace&, std::span<const Sha256Digest>)>;

  TreeEdge() = default;
  // The edge of a tree of this size, given the hashes of its partial tiles by level.
  // Precondition (else the program stops): levels[l] has width (size >> 8l) mod 256.
  TreeEdge(std::uint64_t size, std::vector<std::vector<Sha256Digest>> levels);

  // Constant time on average. Errors: those of `full`; the edge is then of no further use.
  [[nodiscard]] Status append(const Sha256Digest& leaf, const FullTile& full);
  // The same for the 256 leaves of a full tile, whose root_of() is at hand. Preconditions (else the
  // program stops): so many leaves, and no partial tile of leaves.
  [[nodiscard]] Status append_tile(std::span<const Sha256Digest> leaves, const Sha256Digest& root,
                                   const FullTile& full);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // About 255 node hashes for each level.
  [[nodiscard]] Sha256Digest root() const;
  // The partial tiles, by level; empty where the last tile is full.
  [[nodiscard]] const std::vector<std::vector<Sha256Digest>>& levels() const { return levels_; }
  // The place of the partial tile of the level.
  [[nodiscard]] TilePlace place(unsigned level) const;

 private:
  // Appends the hash of a complete subtree, counted in size_ already.
  [[nodiscard]] Status append_at(unsigned level, Sha256Digest hash, const FullTile& full);

  std::uint64_t size_ = 0;
  std::vector<std::vector<Sha256Digest>> levels_;
};

}  // namespace urna::board
