// SPDX-License-Identifier: EUPL-1.2
// The two sides of the verifiable oblivious pseudo-random function of RFC 9497, suite
// ristretto255-SHA512, mode VOPRF (0x01), for one key: hashing of inputs and outputs, and the
// evaluation of blinded elements with its proof. How several keepers share a key is in blinding.h.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/scalar.h"
#include "pseudonym/types.h"

namespace urna::pseudonym {

// "smaller than 2^16 - 1 bytes", section 5.2.
inline constexpr std::size_t input_bytes_max = 65'534;

// HashToGroup of each input (section 4.1). Constant time for inputs of the same lengths: 1.5 us
// each with the ifma backend. Precondition (else the program stops): none is too long.
[[nodiscard]] std::vector<group::Element> hash_to_elements(
    std::span<const std::string_view> inputs);

// The last step of Finalize (section 3.3.1): the output for an input whose element times the key
// has this encoding. Constant time. Precondition (else the program stops): the input is not too
// long.
[[nodiscard]] Output output_of(std::string_view input, const ElementBytes& unblinded);

// What a keeper answers: key times each element, and the proof c || s of section 2.2.1 that it was
// the key known by its public part.
struct Evaluation {
  std::string evaluated;  // packed
  std::array<std::uint8_t, 64> proof{};
};

// BlindEvaluate and GenerateProof for packed elements (sections 3.3.2 and 2.2.1). `public_key` is
// key times the generator. Errors: limit (none, or more than batch_max); malformed (no element, or
// the identity). Constant time in the key. In large batches
// 6 us each with the ifma backend.
[[nodiscard]] Result<Evaluation> evaluate(const group::SecretScalar& key,
                                          const ElementBytes& public_key, std::string_view blinded);
// Its two steps, apart for test vectors and for the test of constant time, in which `evaluated` is
// public once it is made. Two proofs with one nonce r disclose the key. Precondition (else the
// program stops): as many encodings as elements, of which they are the encodings, 1 to batch_max.
[[nodiscard]] std::string multiply_blinded(const group::SecretScalar& key,
                                           std::span<const group::Element> blinded_elements);
[[nodiscard]] std::array<std::uint8_t, 64> prove_evaluation(
    const group::SecretScalar& key, const ElementBytes& public_key,
    std::span<const group::Element> blinded_elements, std::string_view blinded,
    std::string_view evaluated, const group::SecretScalar& nonce);

// VerifyProof (section 2.2.2): whether `evaluation` is that of exactly these blinded elements under
// the key of this public part. False also for wrong lengths and for what is no element, the
// identity, or no scalar. Public data: variable time, 3 us each in large batches with the ifma
// backend.
[[nodiscard]] bool verify_evaluation(const ElementBytes& public_key, std::string_view blinded,
                                     const Evaluation& evaluation);

}  // namespace urna::pseudonym
