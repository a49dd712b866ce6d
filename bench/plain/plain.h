// SPDX-License-Identifier: EUPL-1.2
// The protocols of docs/protocol.md section 4 in the plainest way, with libsodium's functions and
// nothing of this program's: equation after equation, element after element. What proof_bench
// measures against, and real: these provers' proofs are accepted by this program's verifiers, and
// the other way round.
//
// Elements are 32 bytes, for libsodium has no other form: each of its functions decodes what it
// takes and encodes what it yields. Multiples of the generator are computed by its function for
// that. Ciphertexts have width 1.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace urna::plain {

using Element = std::array<std::uint8_t, 32>;
using Scalar = std::array<std::uint8_t, 32>;

// generator(0) … generator(count - 1) of section 3.5: two hashes and a map each.
[[nodiscard]] std::vector<Element> generators(std::size_t count);

struct Shuffle {
  std::string_view label;  // of the transcript, which holds nothing else
  std::string_view key;
  std::string_view inputs;
  std::string_view outputs;

  [[nodiscard]] std::size_t count() const { return inputs.size() / 64; }
};

// The lists of a proof, packed, in the order of section 4.5.
template <class Text>
struct ShuffleProof {
  Text permutation_commitments, chain, chain_commitments, commitments, responses, chain_responses,
      permutation_responses;
};

// Whether equations (1) to (5) hold. Per ciphertext 8 multiples, 1 multiple of the generator, 10
// additions, and the hashing of 224 bytes. `h` holds a generator more than there are ciphertexts.
[[nodiscard]] bool verify_shuffle(const Shuffle& shuffle,
                                  const ShuffleProof<std::string_view>& proof,
                                  std::span<const Element> h);

// Steps 1 to 5. Per ciphertext 5 multiples, 3 multiples of the generator, 6 additions, and the
// arithmetic and random numbers that go with them. Output i is input source[i] re-encrypted with
// randomness[i].
[[nodiscard]] ShuffleProof<std::string> prove_shuffle(const Shuffle& shuffle,
                                                      std::span<const std::uint32_t> source,
                                                      std::span<const Scalar> randomness,
                                                      std::span<const Element> h);

// Packed outputs: a multiple, a multiple of the generator and two additions each.
[[nodiscard]] std::string apply_shuffle(std::string_view key, std::string_view inputs,
                                        std::span<const std::uint32_t> source,
                                        std::span<const Scalar> randomness);

// Of secret x and packed bases: the images x A_i and the proof of equality. Two multiples and an
// addition each.
struct Images {
  std::string images;
  std::string proof;
};
[[nodiscard]] Images prove_equality(std::string_view label, const Scalar& x, std::string_view key,
                                    std::string_view bases);
// Two multiples and two additions each.
[[nodiscard]] bool verify_equality(std::string_view label, std::string_view key,
                                   std::string_view bases, std::string_view images,
                                   std::string_view proof);

// Of the transcript with this label and nothing else. One multiple, one of the generator, one
// addition.
[[nodiscard]] bool verify_signature(std::string_view label, std::string_view key,
                                    std::string_view signature);

}  // namespace urna::plain
