// SPDX-License-Identifier: EUPL-1.2
#include "board/log_reader.h"

#include <utility>

#include "base/bytes.h"
#include "base/file.h"

namespace urna::board {
namespace {

Error beyond_the_end(std::uint64_t asked, std::uint64_t size) {
  return Error{ErrorCode::usage, "the log has " + std::to_string(size) + " entries, fewer than " +
                                     std::to_string(asked)};
}

}  // namespace

Result<LogReader> LogReader::open(const std::string& directory) {
  LogReader reader;
  reader.directory_ = directory;
  const std::string path = directory + "/checkpoint";
  Result<std::string> note = read_file(path, max_note_bytes);
  if (!note) return std::move(note).error();
  Result<UnverifiedNote> parsed = UnverifiedNote::parse(*note);
  if (!parsed) return in_file(std::move(parsed).error(), path);
  reader.note_ = *std::move(note);
  reader.checkpoint_ = std::move(parsed->checkpoint);
  return reader;
}

Result<std::string> LogReader::read(TilePlace& place) const {
  const std::size_t limit = place.level ? max_tile_bytes : max_bundle_bytes;
  Result<std::string> bytes = read_file(directory_ + "/" + place.path(), limit);
  if (bytes || bytes.error().code != ErrorCode::not_found || place.width == tile_width)
    return bytes;
  TilePlace full = place;
  full.width = tile_width;
  Result<std::string> fuller = read_file(directory_ + "/" + full.path(), limit);
  if (!fuller) return bytes;
  place = full;
  return fuller;
}

Result<std::vector<Sha256Digest>> LogReader::hashes(unsigned level, std::uint64_t index) const {
  const std::uint32_t width = width_in_tree(level, index, checkpoint_.size);
  TilePlace place{level, index, width};
  const Result<std::string> bytes = read(place);
  if (!bytes) return bytes.error();
  Result<std::vector<Sha256Digest>> hashes = split_tile(*bytes, place.width);
  if (!hashes) return in_file(std::move(hashes).error(), directory_ + "/" + place.path());
  hashes->resize(width);
  return hashes;
}

Result<std::vector<std::string>> LogReader::bundle(std::uint64_t index) const {
  const std::uint32_t width = width_in_tree(std::nullopt, index, checkpoint_.size);
  if (width == 0) return beyond_the_end(index * tile_width + 1, checkpoint_.size);
  TilePlace place{std::nullopt, index, width};
  const Result<std::string> bytes = read(place);
  if (!bytes) return bytes.error();
  const Result<std::vector<std::string_view>> entries = split(*bytes, place);
  if (!entries) return entries.error();
  return std::vector<std::string>(entries->begin(), entries->begin() + width);
}

Result<std::vector<std::string_view>> LogReader::split(std::string_view bytes,
                                                       const TilePlace& place) const {
  Result<std::vector<std::string_view>> entries = split_bundle(bytes, place.width);
  if (!entries) return in_file(std::move(entries).error(), directory_ + "/" + place.path());
  return entries;
}

Result<Sha256Digest> LogReader::subtree(unsigned height, std::uint64_t index) const {
  // The complete subtree is the root over a run of hashes of one tile.
  const unsigned level = height / tile_height;
  const std::uint64_t count = std::uint64_t{1} << (height % tile_height);
  const std::uint64_t first = index * count;
  const Result<std::vector<Sha256Digest>> tile = hashes(level, first / tile_width);
  if (!tile) return tile.error();
  return root_of(std::span(*tile).subspan(first % tile_width, count));
}

Result<MerkleProof> LogReader::inclusion_proof(std::uint64_t index) const {
  return board::inclusion_proof(
      index, checkpoint_.size,
      [this](unsigned height, std::uint64_t place) { return subtree(height, place); });
}

Result<MerkleProof> LogReader::consistency_proof(std::uint64_t old_size) const {
  return board::consistency_proof(
      old_size, checkpoint_.size,
      [this](unsigned height, std::uint64_t place) { return subtree(height, place); });
}

Result<TreeEdge> LogReader::edge(std::uint64_t size) const {
  if (size > checkpoint_.size) return beyond_the_end(size, checkpoint_.size);
  std::vector<std::vector<Sha256Digest>> levels;
  for (unsigned level = 0; level <= max_tile_level && size >> (tile_height * level) != 0; ++level) {
    const std::uint64_t count = size >> (tile_height * level);
    levels.emplace_back();
    if (count % tile_width == 0) continue;
    Result<std::vector<Sha256Digest>> tile = hashes(level, count / tile_width);
    if (!tile) return std::move(tile).error();
    tile->resize(count % tile_width);
    levels.back() = *std::move(tile);
  }
  return TreeEdge(size, std::move(levels));
}

Status LogReader::for_each(std::uint64_t first, const Visit& visit) const {
  return for_each_hashed(first, [&](std::uint64_t index, std::string_view entry,
                                    const Sha256Digest& /*leaf*/) { return visit(index, entry); });
}

Status LogReader::for_each_hashed(std::uint64_t first, const VisitHashed& visit) const {
  Result<TreeEdge> edge = this->edge(first);
  if (!edge) return std::move(edge).error();
  const TreeEdge::FullTile ignore = [](const TilePlace&, std::span<const Sha256Digest>) {
    return ok_status();
  };
  for (std::uint64_t index = first; index < checkpoint_.size;) {
    const std::uint64_t number = index / tile_width;
    const std::uint32_t width = width_in_tree(std::nullopt, number, checkpoint_.size);
    TilePlace place{std::nullopt, number, width};
    const Result<std::string> bytes = read(place);
    if (!bytes) return bytes.error();
    const Result<std::vector<std::string_view>> entries = split(*bytes, place);
    if (!entries) return entries.error();
    for (std::size_t i = index % tile_width; i < width; ++i, ++index) {
      const std::string_view entry = (*entries)[i];
      const Sha256Digest leaf = leaf_hash(entry);
      if (Status visited = visit(index, entry, leaf); !visited) return visited;
      if (Status added = edge->append(leaf, ignore); !added) return added;
    }
  }
  if (edge->root() != checkpoint_.root)
    return Error{
        ErrorCode::conflict,
        "the entries from " + std::to_string(first) +
            " on do not lead to the root of the checkpoint: entries or hashes were changed",
        {directory_ + "/checkpoint"},
        "check the log's files to find out which"};
  return ok_status();
}

Result<std::string> LogReader::entry(std::uint64_t index) const {
  Result<std::vector<std::string>> entries = bundle(index / tile_width);
  if (!entries) return std::move(entries).error();
  if (index % tile_width >= entries->size()) return beyond_the_end(index + 1, checkpoint_.size);
  std::string& entry = (*entries)[index % tile_width];
  const Result<MerkleProof> proof = inclusion_proof(index);
  if (!proof) return proof.error();
  if (!verify_inclusion(leaf_hash(entry), index, checkpoint_.size, *proof, checkpoint_.root))
    return Error{ErrorCode::conflict,
                 "entry " + std::to_string(index) +
                     " does not lead to the root of the checkpoint: it or a hash was changed",
                 {directory_ + "/checkpoint"},
                 "check the log's files to find out which"};
  return std::move(entry);
}

}  // namespace urna::board
