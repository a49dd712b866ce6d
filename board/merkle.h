// SPDX-License-Identifier: EUPL-1.2
// Merkle trees of RFC 9162 section 2.1 over SHA-256: roots, proofs that an entry is in a tree, and
// proofs that a tree is the beginning of a later one. Everything here is public; variable time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"

namespace urna::board {

inline constexpr std::size_t hash_bytes = std::tuple_size_v<Sha256Digest>;

// Section 2.1.1: SHA-256 of 0x00 and the entry, of 0x01 and two hashes, of nothing.
[[nodiscard]] Sha256Digest leaf_hash(std::string_view entry);
[[nodiscard]] Sha256Digest node_hash(const Sha256Digest& left, const Sha256Digest& right);
[[nodiscard]] Sha256Digest empty_tree_hash();

// The root over these hashes in order, which are of leaves or all of complete subtrees of one size;
// the last may then be of a smaller subtree. One hash is its own root. n - 1 node hashes.
[[nodiscard]] Sha256Digest root_of(std::span<const Sha256Digest> hashes);

// Sibling hashes in the order of the RFC, leaves first. At most 64, and 65 for consistency.
using MerkleProof = std::vector<Sha256Digest>;

// The hash of the complete subtree over the 2^height leaves from index * 2^height on. Asked only
// for subtrees within the tree.
using SubtreeHash = std::function<Result<Sha256Digest>(unsigned height, std::uint64_t index)>;

// The root of the tree of the first `size` leaves. Logarithmic, as are the proofs.
[[nodiscard]] Result<Sha256Digest> tree_root(std::uint64_t size, const SubtreeHash& subtree);

// Section 2.1.3.1: leaf `index` is in the tree of `size` leaves. Error: usage unless index < size;
// and those of `subtree`.
[[nodiscard]] Result<MerkleProof> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                  const SubtreeHash& subtree);

// Section 2.1.4.1: the tree of `old_size` leaves is the beginning of that of `new_size`. Empty if
// the sizes are equal or the old one is 0. Error: usage unless old_size <= new_size; and those of
// `subtree`.
[[nodiscard]] Result<MerkleProof> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                                    const SubtreeHash& subtree);

// Section 2.1.3.2. Whether the proof shows that the leaf hash stands at `index` of the tree. Every
// other proof, a longer one included, is refused.
[[nodiscard]] bool verify_inclusion(const Sha256Digest& leaf, std::uint64_t index,
                                    std::uint64_t size, std::span<const Sha256Digest> proof,
                                    const Sha256Digest& root);

// Section 2.1.4.2. Whether the proof shows that the old tree is the beginning of the new one. For
// equal sizes, equal roots and an empty proof; for old_size 0, the root of the empty tree and an
// empty proof.
[[nodiscard]] bool verify_consistency(std::uint64_t old_size, const Sha256Digest& old_root,
                                      std::uint64_t new_size, const Sha256Digest& new_root,
                                      std::span<const Sha256Digest> proof);

// A growing tree in memory that keeps every complete subtree, 64 bytes for each leaf, and so
// answers for every size that it has had.
class MerkleTree {
 public:
  // Constant time on average.
  void append(const Sha256Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  // Precondition of all (else the program stops): the sizes are at most size(), index < tree_size,
  // old_size <= new_size.
  [[nodiscard]] Sha256Digest root(std::uint64_t tree_size) const;
  [[nodiscard]] MerkleProof inclusion_proof(std::uint64_t index, std::uint64_t tree_size) const;
  [[nodiscard]] MerkleProof consistency_proof(std::uint64_t old_size, std::uint64_t new_size) const;
  // The hash of the complete subtree over the 2^height leaves from index * 2^height on.
  // Precondition (else the program stops): these leaves are there.
  [[nodiscard]] const Sha256Digest& subtree(unsigned height, std::uint64_t index) const;

 private:
  [[nodiscard]] SubtreeHash subtrees() const;
  std::vector<std::vector<Sha256Digest>> levels_;  // by height
};

}  // namespace urna::board
