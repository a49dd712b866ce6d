// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a receipt: what is decoded encodes to the same bytes. And any choice of hashes of a
// small tree as a proof: accepted if and only if it is the proof that the tree gives.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "board/merkle.h"
#include "board/receipt.h"

namespace {

using namespace urna::board;

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr std::size_t most = 40;

struct Sample {
  Sample() {
    for (std::size_t i = 0; i < most; ++i) {
      leaves.push_back(leaf_hash(std::to_string(i)));
      tree.append(leaves.back());
    }
    for (std::size_t size = 0; size <= most; ++size) roots.push_back(tree.root(size));
  }
  std::vector<urna::Sha256Digest> leaves;
  std::vector<urna::Sha256Digest> roots;
  MerkleTree tree;
};

// Each byte a hash: below 128 the one there in the true proof, if it has so many; else a leaf or a
// root.
MerkleProof chosen(std::string_view choices, const MerkleProof& truth, const Sample& sample) {
  MerkleProof proof;
  for (const char c : choices) {
    const auto choice = static_cast<std::uint8_t>(c);
    if (choice < 128 && choice < truth.size()) {
      proof.push_back(truth[choice]);
    } else {
      proof.push_back(choice % 2 == 0 ? sample.leaves[choice / 2U % most]
                                      : sample.roots[choice / 2U % (most + 1)]);
    }
  }
  return proof;
}

void check_proofs(std::string_view input) {
  static const Sample sample;
  if (input.size() < 2) return;
  const std::size_t a = static_cast<std::uint8_t>(input[0]) % (most + 1);
  const std::size_t b = static_cast<std::uint8_t>(input[1]) % (most + 1);
  const std::string_view choices = input.substr(2, 70);

  const MerkleProof inclusion = a < b ? sample.tree.inclusion_proof(a, b) : MerkleProof{};
  const MerkleProof included = chosen(choices, inclusion, sample);
  require(verify_inclusion(sample.leaves[a % most], a, b, included, sample.roots[b]) ==
          (a < b && included == inclusion));

  const MerkleProof consistency = a <= b ? sample.tree.consistency_proof(a, b) : MerkleProof{};
  const MerkleProof consistent = chosen(choices, consistency, sample);
  require(verify_consistency(a, sample.roots[a], b, sample.roots[b], consistent) ==
          (a <= b && consistent == consistency));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto receipt = Receipt::decode(input)) {
    require(receipt->encode() == input);
    (void)verify_inclusion(receipt->leaf, receipt->index, receipt->index + 7, receipt->proof,
                           receipt->leaf);
    (void)verify_consistency(receipt->index, receipt->leaf, receipt->index + 7, receipt->leaf,
                             receipt->proof);
  }
  check_proofs(input);
  return 0;
}
