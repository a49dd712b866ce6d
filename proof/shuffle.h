// SPDX-License-Identifier: EUPL-1.2
// Proof that a list of ciphertexts was permuted and re-encrypted, and nothing else
// (docs/protocol.md section 4.5; Terelius, Wikstrom 2010; Haenni, Locher, Koenig, Dubuis 2017).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proof/suite.h"
#include "proof/transcript.h"

namespace urna::proof {

// What is shown: `outputs` hold the ciphertexts of `inputs` in another order, re-encrypted under
// `key`. Both are packed: 2 `width` elements (alpha, beta, alpha, …) per ciphertext.
struct ShuffleStatement {
  ElementBytes key{};
  std::size_t width = 1;
  std::string_view inputs;
  std::string_view outputs;

  // Bytes of one ciphertext.
  [[nodiscard]] std::size_t ciphertext_bytes() const { return 64 * width; }
  [[nodiscard]] std::size_t count() const { return inputs.size() / ciphertext_bytes(); }
};

// Packed lists; the letters are those of the specification. N is the number of ciphertexts.
template <class Text>
struct ShuffleProofOf {
  Text permutation_commitments{};  // C: N elements
  Text chain{};                    // C-hat: N elements
  Text chain_commitments{};        // T-hat: N elements
  Text commitments{};              // T1 T2 T3 T4: 3 + 2 width elements
  Text responses{};                // s1 s2 s3 s4: 3 + width scalars
  Text chain_responses{};          // s-hat: N scalars
  Text permutation_responses{};    // s': N scalars

  [[nodiscard]] ShuffleProofOf<std::string_view> view() const {
    return {
        permutation_commitments, chain, chain_commitments, commitments, responses, chain_responses,
        permutation_responses};
  }
};
using ShuffleProof = ShuffleProofOf<std::string>;
using ShuffleProofView = ShuffleProofOf<std::string_view>;

// How the outputs came about: output i is input `source[i]` plus an encryption of nothing with
// randomness[i * width + k] in its component k. Wiped by its owner's secrets' destructors; the
// permutation is wiped here.
template <class S>
struct ShuffleWitness {
  std::vector<std::uint32_t> source;
  std::vector<typename S::Secret> randomness;

  ShuffleWitness() = default;
  ShuffleWitness(ShuffleWitness&&) noexcept = default;
  ShuffleWitness& operator=(ShuffleWitness&&) = delete;
  ShuffleWitness(const ShuffleWitness&) = delete;
  ShuffleWitness& operator=(const ShuffleWitness&) = delete;
  ~ShuffleWitness();
};

// A uniform permutation (Fisher-Yates with numbers from the operating system) and uniform
// randomness.
template <class S>
[[nodiscard]] ShuffleWitness<S> random_shuffle_witness(std::size_t count, std::size_t width);

// Ciphertexts as a list of encodings and as elements.
template <class S>
struct Ciphertexts {
  std::string packed;
  std::vector<typename S::Element> elements;
};

// The outputs that the witness makes of the inputs. Errors: malformed (an input is no
// element). The randomness is used in constant time; that input `source[i]` is read for output i is
// visible to whoever watches this process's memory accesses, here and in the proof.
template <class S>
[[nodiscard]] Result<Ciphertexts<S>> apply_shuffle(const typename S::Element& key,
                                                   std::size_t width, std::string_view inputs,
                                                   const ShuffleWitness<S>& witness);

// Proves the statement, bound to the context that the transcript holds. Preconditions: the witness
// belongs to the statement, and `outputs` are the elements of statement.outputs or, where a caller
// has only their encodings, nothing: they are decoded then. Time: five fixed-base products and
// 1 + 2 width secret multiples per ciphertext; memory about 600 bytes per ciphertext.
template <class S>
[[nodiscard]] ShuffleProof prove_shuffle(Transcript transcript, const ShuffleStatement& statement,
                                         const typename S::Element& key,
                                         const ShuffleWitness<S>& witness,
                                         std::span<const typename S::Element> outputs = {});

// How a verification is done; not what it finds.
template <class S>
struct ShuffleWork {
  unsigned threads = 1;
  std::size_t piece = 0;  // ciphertexts at a time; 0: as suits their number and the threads
  // Independent generators from 0 on, at least one more than there are ciphertexts, for whoever
  // verifies several shuffles; otherwise they are made where they are needed.
  std::span<const typename S::Element> generators = {};
};

// ok iff the proof holds. Errors: malformed, saying what is wrong (lengths, an item that is no
// element or no scalar, or which equations do not hold). Works in pieces, `threads` at a time, so
// that memory beyond the statement and the proof is bounded. Equations (1), (2), (3) and (5) are
// tested by one sum with fresh weights (section 4.6).
template <class S>
[[nodiscard]] Status verify_shuffle(Transcript transcript, const ShuffleStatement& statement,
                                    const typename S::Element& key, const ShuffleProofView& proof,
                                    const ShuffleWork<S>& work = {});

}  // namespace urna::proof
