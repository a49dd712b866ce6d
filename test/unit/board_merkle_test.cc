// SPDX-License-Identifier: EUPL-1.2
// Merkle trees against the definition of RFC 9162 written out, known trees of Certificate
// Transparency, and every small false proof.
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "board/merkle.h"

namespace urna::board {
namespace {

using Entries = std::vector<std::string>;

std::string hex(const Sha256Digest& digest) { return to_hex(view_of(digest)); }

Entries slice(const Entries& entries, std::size_t from, std::size_t to) {
  return {entries.begin() + static_cast<std::ptrdiff_t>(from),
          entries.begin() + static_cast<std::ptrdiff_t>(to)};
}

std::size_t k_of(std::size_t n) {
  std::size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

// MTH, PATH and SUBPROOF as sections 2.1.1, 2.1.3.1 and 2.1.4.1 define them, over the entries.
Sha256Digest slow_root(const Entries& d) {
  if (d.empty()) return sha256("");
  if (d.size() == 1) return sha256(std::string(1, '\0') + d[0]);
  const std::size_t k = k_of(d.size());
  const Sha256Digest left = slow_root(slice(d, 0, k));
  const Sha256Digest right = slow_root(slice(d, k, d.size()));
  return sha256("\x01" + std::string(view_of(left)) + std::string(view_of(right)));
}

MerkleProof joined(MerkleProof proof, const Sha256Digest& last) {
  proof.push_back(last);
  return proof;
}

MerkleProof slow_path(std::size_t m, const Entries& d) {
  if (d.size() == 1) return {};
  const std::size_t k = k_of(d.size());
  if (m < k) return joined(slow_path(m, slice(d, 0, k)), slow_root(slice(d, k, d.size())));
  return joined(slow_path(m - k, slice(d, k, d.size())), slow_root(slice(d, 0, k)));
}

MerkleProof slow_subproof(std::size_t m, const Entries& d, bool known) {
  if (m == d.size()) return known ? MerkleProof{} : MerkleProof{slow_root(d)};
  const std::size_t k = k_of(d.size());
  if (m <= k)
    return joined(slow_subproof(m, slice(d, 0, k), known), slow_root(slice(d, k, d.size())));
  return joined(slow_subproof(m - k, slice(d, k, d.size()), false), slow_root(slice(d, 0, k)));
}

struct Trees {
  explicit Trees(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      entries.push_back("entry " + std::to_string(i));
      tree.append(leaf_hash(entries.back()));
      leaves.push_back(leaf_hash(entries.back()));
    }
  }
  Entries entries;
  std::vector<Sha256Digest> leaves;
  MerkleTree tree;
};

TEST(Merkle, KnownTrees) {
  // The eight leaves that implementations of Certificate Transparency are tested with.
  const std::vector<std::string> leaves{"",
                                        "00",
                                        "10",
                                        "2021",
                                        "3031",
                                        "40414243",
                                        "5051525354555657",
                                        "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots{
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MerkleTree tree;
  for (const std::string& leaf : leaves) tree.append(leaf_hash(from_hex(leaf).value()));
  for (std::size_t size = 0; size < roots.size(); ++size)
    EXPECT_EQ(hex(tree.root(size)), roots[size]) << size;

  const auto hexes = [](const MerkleProof& proof) {
    std::vector<std::string> texts;
    for (const Sha256Digest& hash : proof) texts.push_back(hex(hash));
    return texts;
  };
  const std::vector<std::string> first_of_eight{
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"};
  EXPECT_EQ(hexes(tree.inclusion_proof(0, 8)), first_of_eight);
  EXPECT_EQ(hexes(tree.consistency_proof(1, 8)), first_of_eight);
  EXPECT_EQ(hexes(tree.consistency_proof(6, 8)),
            (std::vector<std::string>{
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  EXPECT_EQ(hexes(tree.consistency_proof(2, 5)),
            (std::vector<std::string>{
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST(Merkle, AllSizesAgreeWithTheDefinition) {
  constexpr std::size_t most = 70;
  const Trees trees(most);
  std::vector<Sha256Digest> roots;
  for (std::size_t size = 0; size <= most; ++size) {
    const Entries beginning = slice(trees.entries, 0, size);
    roots.push_back(slow_root(beginning));
    EXPECT_EQ(trees.tree.root(size), roots.back());
    EXPECT_EQ(root_of(std::span(trees.leaves).first(size)), roots.back());
    for (std::size_t index = 0; index < size; ++index) {
      const MerkleProof proof = trees.tree.inclusion_proof(index, size);
      ASSERT_EQ(proof, slow_path(index, beginning));
      ASSERT_TRUE(verify_inclusion(trees.leaves[index], index, size, proof, roots.back()));
    }
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const MerkleProof proof = trees.tree.consistency_proof(old_size, size);
      ASSERT_EQ(proof, old_size == 0 ? MerkleProof{} : slow_subproof(old_size, beginning, true));
      ASSERT_TRUE(verify_consistency(old_size, roots[old_size], size, roots.back(), proof));
    }
  }
}

// For each true proof, all proofs with one hash changed, left out, doubled or added, and all other
// indexes, sizes, leaves and roots, are refused.
TEST(Merkle, FalseInclusionProofsAreRefused) {
  constexpr std::size_t most = 33;
  const Trees trees(most + 1);
  const Sha256Digest other = leaf_hash("other");
  for (std::size_t size = 1; size <= most; ++size) {
    const Sha256Digest root = trees.tree.root(size);
    for (std::size_t index = 0; index < size; ++index) {
      const Sha256Digest& leaf = trees.leaves[index];
      const MerkleProof proof = trees.tree.inclusion_proof(index, size);
      EXPECT_FALSE(verify_inclusion(other, index, size, proof, root));
      EXPECT_FALSE(verify_inclusion(leaf, index, size, proof, other));
      for (std::size_t elsewhere = 0; elsewhere <= most; ++elsewhere)
        EXPECT_EQ(verify_inclusion(leaf, elsewhere, size, proof, root), elsewhere == index);
      for (std::size_t i = 0; i < proof.size(); ++i) {
        MerkleProof wrong = proof;
        wrong[i][i] ^= 1U;
        EXPECT_FALSE(verify_inclusion(leaf, index, size, wrong, root));
        wrong = proof;
        wrong.erase(wrong.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(verify_inclusion(leaf, index, size, wrong, root));
        wrong = proof;
        wrong.insert(wrong.begin() + static_cast<std::ptrdiff_t>(i), proof[i]);
        EXPECT_FALSE(verify_inclusion(leaf, index, size, wrong, root));
      }
      EXPECT_FALSE(verify_inclusion(leaf, index, size, joined(proof, other), root));
    }
    EXPECT_FALSE(verify_inclusion(trees.leaves[0], 0, 0, {}, empty_tree_hash()));
  }
}

TEST(Merkle, FalseConsistencyProofsAreRefused) {
  constexpr std::size_t most = 33;
  const Trees trees(most + 1);
  const Sha256Digest other = leaf_hash("other");
  for (std::size_t size = 1; size <= most; ++size) {
    const Sha256Digest root = trees.tree.root(size);
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const Sha256Digest old_root = trees.tree.root(old_size);
      const MerkleProof proof = trees.tree.consistency_proof(old_size, size);
      EXPECT_FALSE(verify_consistency(old_size, other, size, root, proof));
      // The tree of no entries is the beginning of every tree, whatever its root.
      EXPECT_EQ(verify_consistency(old_size, old_root, size, other, proof), old_size == 0);
      EXPECT_FALSE(verify_consistency(old_size, old_root, size, root, joined(proof, other)));
      EXPECT_FALSE(verify_consistency(old_size + 1, old_root, size, root, proof));
      EXPECT_FALSE(verify_consistency(size + 1, root, old_size, old_root, proof));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        MerkleProof wrong = proof;
        wrong[i][i] ^= 1U;
        EXPECT_FALSE(verify_consistency(old_size, old_root, size, root, wrong));
        wrong = proof;
        wrong.erase(wrong.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(verify_consistency(old_size, old_root, size, root, wrong));
      }
    }
  }
}

// A tree with one earlier entry changed has no proof of continuing the old one.
TEST(Merkle, ARewrittenTreeHasNoConsistencyProof) {
  const Trees honest(20);
  for (std::size_t changed = 0; changed < 13; ++changed) {
    MerkleTree rewritten;
    for (std::size_t i = 0; i < 20; ++i)
      rewritten.append(i == changed ? leaf_hash("forged") : honest.leaves[i]);
    const MerkleProof proof = rewritten.consistency_proof(13, 20);
    EXPECT_FALSE(verify_consistency(13, honest.tree.root(13), 20, rewritten.root(20), proof));
  }
}

// Too long a proof would otherwise hold for the root of a larger tree than the one claimed.
TEST(Merkle, ProofsEndAtTheSizeClaimed) {
  const Trees trees(4);
  EXPECT_FALSE(
      verify_inclusion(trees.leaves[1], 0, 1, MerkleProof{trees.leaves[0]}, trees.tree.root(2)));
  // One hash more on the left of both trees.
  const Sha256Digest other = leaf_hash("other");
  EXPECT_FALSE(verify_consistency(3, node_hash(other, trees.tree.root(3)), 4,
                                  node_hash(other, trees.tree.root(4)),
                                  joined(trees.tree.consistency_proof(3, 4), other)));
}

TEST(Merkle, ALeafIsNoNode) {
  // A leaf whose bytes are two hashes does not have the hash of their node.
  const Trees trees(2);
  const std::string pair =
      std::string(view_of(trees.leaves[0])) + std::string(view_of(trees.leaves[1]));
  EXPECT_NE(leaf_hash(pair), trees.tree.root(2));
  EXPECT_NE(leaf_hash(""), empty_tree_hash());
}

TEST(Merkle, SizesNearTheLimitNeitherOverflowNorLoop) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const SubtreeHash same = [most](unsigned height, std::uint64_t index) -> Result<Sha256Digest> {
    // Within the tree of `most` leaves.
    EXPECT_LE((index + 1) << height, most);
    EXPECT_LT(height, 64U);
    return leaf_hash(std::to_string(height));
  };
  for (const std::uint64_t index : {std::uint64_t{0}, most / 2, most - 1}) {
    const MerkleProof proof = inclusion_proof(index, most, same).value();
    EXPECT_LE(proof.size(), 64U);
    EXPECT_FALSE(verify_inclusion(leaf_hash(""), index, most, proof, leaf_hash("")));
  }
  const MerkleProof proof = consistency_proof(most - 1, most, same).value();
  EXPECT_LE(proof.size(), 65U);
  EXPECT_TRUE(tree_root(most, same));
}

TEST(Merkle, ErrorsOfTheSourceArePassedOn) {
  const SubtreeHash broken = [](unsigned, std::uint64_t) -> Result<Sha256Digest> {
    return Error{ErrorCode::io, "no disk"};
  };
  EXPECT_EQ(tree_root(5, broken).error().code, ErrorCode::io);
  EXPECT_EQ(inclusion_proof(2, 5, broken).error().code, ErrorCode::io);
  EXPECT_EQ(consistency_proof(2, 5, broken).error().code, ErrorCode::io);
  EXPECT_EQ(inclusion_proof(5, 5, broken).error().code, ErrorCode::usage);
  EXPECT_EQ(consistency_proof(6, 5, broken).error().code, ErrorCode::usage);
}

TEST(MerkleDeathTest, ATreeAnswersOnlyForSizesItHasHad) {
  const Trees trees(3);
  EXPECT_DEATH((void)trees.tree.root(4), "MerkleTree::root");
  EXPECT_DEATH((void)trees.tree.inclusion_proof(2, 2), "MerkleTree::inclusion_proof");
  EXPECT_DEATH((void)trees.tree.consistency_proof(3, 2), "MerkleTree::consistency_proof");
}

}  // namespace
}  // namespace urna::board
