// SPDX-License-Identifier: EUPL-1.2
// The layout of tlog-tiles: paths, which files a tree has, bundles, and the growing right edge
// against trees in memory.
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "board/merkle.h"
#include "board/tiles.h"

namespace urna::board {
namespace {

using namespace std::string_literals;

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

TEST(Tiles, PathsAndBack) {
  const std::map<std::string, TilePlace> paths{
      {"tile/0/000", {0, 0}},
      {"tile/0/999", {0, 999}},
      {"tile/3/x001/000", {3, 1000}},
      {"tile/1/x001/x234/067", {1, 1234067}},
      {"tile/2/007.p/1", {2, 7, 1}},
      {"tile/7/000.p/255", {7, 0, 255}},
      {"tile/entries/000.p/12", {std::nullopt, 0, 12}},
      {"tile/entries/x001/x234/067", {std::nullopt, 1234067}},
      {"tile/0/x072/x057/x594/x037/x927/935", {0, (std::uint64_t{1} << 56U) - 1}},
  };
  for (const auto& [path, place] : paths) {
    EXPECT_EQ(place.path(), path);
    EXPECT_EQ(TilePlace::parse(path).value(), place);
  }
  for (std::uint64_t index = 0; index < 3000000; index += 997) {
    const TilePlace place{0, index};
    EXPECT_EQ(TilePlace::parse(place.path()).value(), place);
  }
}

TEST(Tiles, OtherPathsAreRefused) {
  for (const std::string& path : {""s,
                                  "tile"s,
                                  "tile/"s,
                                  "tile/0"s,
                                  "tile/0/"s,
                                  "tile/0/0"s,
                                  "tile/0/00"s,
                                  "tile/0/0000"s,
                                  "tile/0/x000/001"s,
                                  "tile/0/x000"s,
                                  "tile/0/x001"s,
                                  "tile/0/001/000"s,
                                  "tile/0/x001/"s,
                                  "tile/0/x1/000"s,
                                  "tile/00/000"s,
                                  "tile/8/000"s,
                                  "tile/-1/000"s,
                                  "tile/+1/000"s,
                                  "tile/0/000.p"s,
                                  "tile/0/000.p/"s,
                                  "tile/0/000.p/0"s,
                                  "tile/0/000.p/01"s,
                                  "tile/0/000.p/256"s,
                                  "tile/0/000.p/1/"s,
                                  "tile/0/000.p/1.tmp"s,
                                  "tile/entries000"s,
                                  "tile/entry/000"s,
                                  "/tile/0/000"s,
                                  "tile/0/000 "s,
                                  "tile/0/../0/000"s,
                                  "tile//000"s,
                                  "Tile/0/000"s,
                                  "tile/0/-01"s,
                                  "tile/0/000\0"s,
                                  "tile/0/x999/x999/x999/x999/x999/x999/999"s})
    EXPECT_FALSE(TilePlace::parse(path)) << path;
}

TEST(Tiles, TheExamplesOfTheSpecification) {
  // 70,000 entries: 273 full tiles and one of 112 on level 0, one full and one of 17 on level 1,
  // one of 1 on level 2. 256 entries: one full, and one of 1 on level 1.
  std::map<std::string, std::vector<std::uint32_t>> widths;
  for (const TilePlace& place : tiles_of(70000))
    widths[place.level ? std::to_string(*place.level) : "entries"].push_back(place.width);
  std::vector<std::uint32_t> level_0(273, 256);
  level_0.push_back(112);
  EXPECT_EQ(widths, (std::map<std::string, std::vector<std::uint32_t>>{
                        {"entries", level_0}, {"0", level_0}, {"1", {256, 17}}, {"2", {1}}}));

  EXPECT_EQ(tiles_of(256), (std::vector<TilePlace>{{std::nullopt, 0}, {0, 0}, {1, 0, 1}}));
  EXPECT_EQ(tiles_of(1), (std::vector<TilePlace>{{std::nullopt, 0, 1}, {0, 0, 1}}));
  EXPECT_TRUE(tiles_of(0).empty());
}

TEST(Tiles, WidthsAtTheLimits) {
  EXPECT_EQ(width_in_tree(7, 0, largest), 255U);
  EXPECT_EQ(width_in_tree(0, largest >> 8U, largest), 255U);
  EXPECT_EQ(width_in_tree(0, (largest >> 8U) - 1, largest), 256U);
  EXPECT_EQ(width_in_tree(0, (largest >> 8U) + 1, largest), 0U);
  EXPECT_EQ(width_in_tree(8, 0, largest), 0U);
  EXPECT_EQ(width_in_tree(std::nullopt, 0, 0), 0U);
}

TEST(Tiles, ALogMayHoldEarlierPartialTiles) {
  EXPECT_TRUE(may_be_in_log({0, 1, 5}, 256 + 5));
  EXPECT_TRUE(may_be_in_log({0, 1, 4}, 256 + 5));
  EXPECT_FALSE(may_be_in_log({0, 1, 6}, 256 + 5));
  EXPECT_FALSE(may_be_in_log({0, 1}, 256 + 5));
  EXPECT_TRUE(may_be_in_log({std::nullopt, 0}, 256 + 5));
  EXPECT_FALSE(may_be_in_log({std::nullopt, 0, 255}, 256 + 5));
  EXPECT_FALSE(may_be_in_log({0, 2, 1}, 256 + 5));
  EXPECT_FALSE(may_be_in_log({1, 0}, 256 + 5));
  EXPECT_TRUE(may_be_in_log({1, 0, 1}, 256 + 5));
}

TEST(Tiles, Bundles) {
  std::string bundle;
  ASSERT_TRUE(append_to_bundle(bundle, "ab"));
  ASSERT_TRUE(append_to_bundle(bundle, ""));
  ASSERT_TRUE(append_to_bundle(bundle, std::string(65535, 'x')));
  EXPECT_EQ(bundle.substr(0, 8), "\0\x02"s + "ab" + "\0\0\xFF\xFF"s);
  const Status longer = append_to_bundle(bundle, std::string(65536, 'x'));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::limit);

  const auto entries = split_bundle(bundle, 3);
  ASSERT_TRUE(entries);
  EXPECT_EQ((*entries)[0], "ab");
  EXPECT_EQ((*entries)[1], "");
  EXPECT_EQ((*entries)[2].size(), 65535U);
  EXPECT_TRUE(split_bundle("", 0));
  EXPECT_FALSE(split_bundle("", 1));
  EXPECT_FALSE(split_bundle(bundle, 2));
  EXPECT_FALSE(split_bundle(bundle, 4));
  for (std::size_t cut = 0; cut < 7; ++cut)
    EXPECT_FALSE(split_bundle(std::string_view(bundle).substr(0, cut), 3)) << cut;
  const auto cut_off = split_bundle(std::string_view(bundle).substr(0, bundle.size() - 1), 3);
  ASSERT_FALSE(cut_off);
  EXPECT_NE(cut_off.error().message.find("entry 2 "), std::string::npos);
}

TEST(Tiles, HashTiles) {
  const std::vector<Sha256Digest> hashes{leaf_hash("a"), leaf_hash("b")};
  EXPECT_EQ(split_tile(tile_bytes(hashes), 2).value(), hashes);
  EXPECT_FALSE(split_tile(tile_bytes(hashes), 1));
  EXPECT_FALSE(split_tile(tile_bytes(hashes), 3));
  EXPECT_FALSE(split_tile(tile_bytes(hashes).substr(1), 2));
}

// Every size up to past the second level: same root as the tree in memory, tiles full exactly once
// and in the places that the specification gives them, and an edge taken up again goes on alike.
TEST(Tiles, TheEdgeHasTheRootsAndTilesOfTheTree) {
  constexpr std::uint64_t most = 65536 + 700;
  MerkleTree tree;
  TreeEdge edge;
  std::set<std::string> full;
  for (std::uint64_t size = 1; size <= most; ++size) {
    const Sha256Digest leaf = leaf_hash(std::to_string(size));
    tree.append(leaf);
    ASSERT_TRUE(
        edge.append(leaf, [&](const TilePlace& place, std::span<const Sha256Digest> hashes) {
          EXPECT_EQ(hashes.size(), 256U);
          EXPECT_EQ(width_in_tree(place.level, place.index, size), 256U);
          EXPECT_EQ(width_in_tree(place.level, place.index, size - 1), 255U);
          EXPECT_TRUE(full.insert(place.path()).second);
          return ok_status();
        }));
    ASSERT_EQ(edge.size(), size);
    if (size < 1000 || size > most - 1500) {
      ASSERT_EQ(edge.root(), tree.root(size)) << size;
      const TreeEdge again(size, edge.levels());
      ASSERT_EQ(again.root(), edge.root());
      for (unsigned level = 0; level < edge.levels().size(); ++level) {
        const TilePlace place = edge.place(level);
        EXPECT_EQ(place.width, edge.levels()[level].size());
        EXPECT_EQ(place.width, width_in_tree(level, place.index, size));
      }
    }
  }
  EXPECT_EQ(full.size(), most / 256 + 1);
  EXPECT_EQ(TreeEdge().root(), empty_tree_hash());
}

// Full tiles at once: the same edge, and the same tiles in the same order.
TEST(Tiles, TheEdgeTakesWholeTiles) {
  TreeEdge single;
  TreeEdge whole;
  std::vector<std::string> places[2];
  const auto note = [](std::vector<std::string>& to) {
    return [&to](const TilePlace& place, std::span<const Sha256Digest> hashes) {
      to.push_back(place.path() + " " + tile_bytes(hashes));
      return ok_status();
    };
  };
  for (std::uint64_t tile = 0; tile < 300; ++tile) {
    std::vector<Sha256Digest> leaves;
    for (std::uint64_t i = 0; i < 256; ++i)
      leaves.push_back(leaf_hash(std::to_string(i % 7 + tile)));
    for (const Sha256Digest& leaf : leaves) ASSERT_TRUE(single.append(leaf, note(places[0])));
    ASSERT_TRUE(whole.append_tile(leaves, root_of(leaves), note(places[1])));
    ASSERT_EQ(whole.size(), single.size());
    ASSERT_EQ(whole.root(), single.root()) << tile;
    ASSERT_EQ(whole.levels(), single.levels()) << tile;
  }
  EXPECT_EQ(places[1], places[0]);
  ASSERT_TRUE(whole.append(leaf_hash("last"), note(places[1])));
  ASSERT_TRUE(single.append(leaf_hash("last"), note(places[0])));
  EXPECT_EQ(whole.root(), single.root());
  const std::vector<Sha256Digest> leaves(256, leaf_hash(""));
  EXPECT_DEATH((void)whole.append_tile(leaves, root_of(leaves), note(places[1])), "append_tile");
}

TEST(Tiles, ErrorsOfTheReceiverArePassedOn) {
  TreeEdge edge;
  const auto broken = [](const TilePlace&, std::span<const Sha256Digest>) -> Status {
    return Error{ErrorCode::io, "no disk"};
  };
  for (int i = 0; i < 255; ++i) ASSERT_TRUE(edge.append(leaf_hash(""), broken));
  EXPECT_EQ(edge.append(leaf_hash(""), broken).error().code, ErrorCode::io);
}

TEST(TilesDeathTest, AnEdgeFitsItsSize) {
  EXPECT_DEATH(TreeEdge(1, {}), "TreeEdge");
  EXPECT_DEATH(TreeEdge(256, {{leaf_hash("")}}), "TreeEdge");
}

}  // namespace
}  // namespace urna::board
