// SPDX-License-Identifier: EUPL-1.2
#include "board/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace urna::board {
namespace {

// k of the RFC: the largest power of two smaller than n. n >= 2.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

// A run of leaves [begin, end) that the RFC's recursion meets: `begin` is a multiple of the
// smallest power of two that is not smaller than the length.
struct Run {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  [[nodiscard]] std::uint64_t length() const { return end - begin; }
  [[nodiscard]] Run left() const { return {begin, begin + split(length())}; }
  [[nodiscard]] Run right() const { return {begin + split(length()), end}; }
};

// MTH of the run.
Result<Sha256Digest> run_root(const Run& run, const SubtreeHash& subtree) {
  if (run.length() == 0) return empty_tree_hash();
  if (std::has_single_bit(run.length())) {
    const auto height = static_cast<unsigned>(std::countr_zero(run.length()));
    return subtree(height, run.begin >> height);
  }
  Result<Sha256Digest> left = run_root(run.left(), subtree);
  if (!left) return left;
  Result<Sha256Digest> right = run_root(run.right(), subtree);
  if (!right) return right;
  return node_hash(*left, *right);
}

// The roots of the runs, the last first: runs are met from the root down, proofs go from the leaves
// up.
Result<MerkleProof> roots_reversed(std::vector<Run> runs, const SubtreeHash& subtree) {
  std::reverse(runs.begin(), runs.end());
  MerkleProof proof;
  proof.reserve(runs.size());
  for (const Run& run : runs) {
    Result<Sha256Digest> root = run_root(run, subtree);
    if (!root) return std::move(root).error();
    proof.push_back(*root);
  }
  return proof;
}

}  // namespace

Sha256Digest leaf_hash(std::string_view entry) {
  constexpr std::string_view prefix("\x00", 1);
  return Sha256().add(prefix).add(entry).digest();
}

Sha256Digest node_hash(const Sha256Digest& left, const Sha256Digest& right) {
  std::array<std::uint8_t, 65> input{1};
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 33);
  return sha256(view_of(input));
}

Sha256Digest empty_tree_hash() { return sha256({}); }

Sha256Digest root_of(std::span<const Sha256Digest> hashes) {
  if (hashes.empty()) return empty_tree_hash();
  if (hashes.size() == 1) return hashes[0];
  const std::size_t k = split(hashes.size());
  return node_hash(root_of(hashes.first(k)), root_of(hashes.subspan(k)));
}

Result<Sha256Digest> tree_root(std::uint64_t size, const SubtreeHash& subtree) {
  return run_root({0, size}, subtree);
}

Result<MerkleProof> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                    const SubtreeHash& subtree) {
  if (index >= size)
    return Error{ErrorCode::usage, "there is no entry " + std::to_string(index) + " in a tree of " +
                                       std::to_string(size)};
  std::vector<Run> siblings;
  Run run{0, size};
  while (run.length() > 1) {
    const bool left = index < run.left().end;
    siblings.push_back(left ? run.right() : run.left());
    run = left ? run.left() : run.right();
  }
  return roots_reversed(std::move(siblings), subtree);
}

Result<MerkleProof> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                      const SubtreeHash& subtree) {
  if (old_size > new_size)
    return Error{ErrorCode::usage, "a tree of " + std::to_string(new_size) +
                                       " cannot begin with one of " + std::to_string(old_size)};
  if (old_size == 0) return MerkleProof{};
  std::vector<Run> passed;
  Run run{0, new_size};
  while (run.end != old_size) {
    const bool left = old_size <= run.left().end;
    passed.push_back(left ? run.right() : run.left());
    run = left ? run.left() : run.right();
  }
  // A run that begins at 0 is the old tree itself, whose root the verifier has.
  if (run.begin != 0) passed.push_back(run);
  return roots_reversed(std::move(passed), subtree);
}

bool verify_inclusion(const Sha256Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Sha256Digest> proof, const Sha256Digest& root) {
  if (index >= size) return false;
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Sha256Digest r = leaf;
  for (const Sha256Digest& p : proof) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      r = node_hash(p, r);
      for (; fn % 2 == 0 && fn != 0; fn >>= 1U) sn >>= 1U;
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  return sn == 0 && r == root;
}

bool verify_consistency(std::uint64_t old_size, const Sha256Digest& old_root,
                        std::uint64_t new_size, const Sha256Digest& new_root,
                        std::span<const Sha256Digest> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (old_size == 0) return proof.empty() && old_root == empty_tree_hash();

  std::uint64_t fn = old_size - 1;
  std::uint64_t sn = new_size - 1;
  for (; fn % 2 == 1; fn >>= 1U) sn >>= 1U;
  // A complete old tree is a node of the new one, and its root begins the path.
  Sha256Digest fr = old_root;
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) return false;
    fr = proof[0];
    proof = proof.subspan(1);
  }
  Sha256Digest sr = fr;
  for (const Sha256Digest& c : proof) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      fr = node_hash(c, fr);
      sr = node_hash(c, sr);
      for (; fn % 2 == 0 && fn != 0; fn >>= 1U) sn >>= 1U;
    } else {
      sr = node_hash(sr, c);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  return sn == 0 && fr == old_root && sr == new_root;
}

void MerkleTree::append(const Sha256Digest& leaf) {
  Sha256Digest node = leaf;
  for (std::size_t height = 0;; ++height) {
    if (height == levels_.size()) levels_.emplace_back();
    std::vector<Sha256Digest>& level = levels_[height];
    level.push_back(node);
    if (level.size() % 2 == 1) return;
    node = node_hash(level[level.size() - 2], level.back());
  }
}

SubtreeHash MerkleTree::subtrees() const {
  return [this](unsigned height, std::uint64_t index) -> Result<Sha256Digest> {
    return levels_[height][index];
  };
}

Sha256Digest MerkleTree::root(std::uint64_t tree_size) const {
  if (tree_size > size())
    stop_on_broken_precondition("MerkleTree::root: a size that the tree has had");
  return tree_root(tree_size, subtrees()).value();
}

MerkleProof MerkleTree::inclusion_proof(std::uint64_t index, std::uint64_t tree_size) const {
  if (tree_size > size() || index >= tree_size)
    stop_on_broken_precondition("MerkleTree::inclusion_proof: a leaf of a tree that there was");
  return board::inclusion_proof(index, tree_size, subtrees()).value();
}

MerkleProof MerkleTree::consistency_proof(std::uint64_t old_size, std::uint64_t new_size) const {
  if (new_size > size() || old_size > new_size)
    stop_on_broken_precondition("MerkleTree::consistency_proof: two sizes that the tree has had");
  return board::consistency_proof(old_size, new_size, subtrees()).value();
}

const Sha256Digest& MerkleTree::subtree(unsigned height, std::uint64_t index) const {
  if (height >= levels_.size() || index >= levels_[height].size())
    stop_on_broken_precondition("MerkleTree::subtree: leaves that are there");
  return levels_[height][index];
}

}  // namespace urna::board
