// SPDX-License-Identifier: EUPL-1.2
// Proof that a list of ciphertexts was permuted and re-encrypted, and nothing else
// (docs/protocol.md section 4.5; Terelius, Wikstrom 2010; Haenni, Locher, Koenig, Dubuis 2017).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
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

  // Of lists in memory.
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
  // Independent generators from 0 on, of whoever verifies several series: those that are missing
  // are added, beside the hashing of the transcripts. Without them they are made where they are
  // needed. 160 bytes for each ciphertext of the longest list.
  std::vector<typename S::Element>* generators = nullptr;
  bool keep_outputs = false;  // whether to return the elements of the last outputs
};

// A list of ciphertexts as elements, in pieces.
template <class S>
struct DecodedList {
  struct Piece {
    std::size_t begin = 0;  // the first of its ciphertexts
    std::size_t size = 0;
    std::vector<typename S::Addends> columns;  // one after another: alpha_1, beta_1, alpha_2 …
  };
  std::vector<Piece> pieces;  // in order, without gaps; none for a list that was not kept
};

// ok iff the proof holds. Errors: malformed, saying what is wrong (lengths, an item that is no
// element or no scalar, or which equations do not hold). The same as verify_shuffles() of one
// round.
template <class S>
[[nodiscard]] Status verify_shuffle(Transcript transcript, const ShuffleStatement& statement,
                                    const typename S::Element& key, const ShuffleProofView& proof,
                                    const ShuffleWork<S>& work = {});

// One shuffle of a series. The lists may lie in files that do not fit into memory.
struct ShuffleRound {
  Transcript transcript;  // that holds the context
  ByteSource outputs;
  ShuffleProofOf<ByteSource> proof;
};

// Shuffles in a row under one key: the outputs of each are the inputs of the next.
struct ShuffleSeries {
  std::size_t width = 1;
  ByteSource inputs;  // of the first
  std::vector<ShuffleRound> rounds;

  [[nodiscard]] std::size_t ciphertext_bytes() const { return 64 * width; }
  [[nodiscard]] std::size_t count() const { return inputs.size() / ciphertext_bytes(); }
  [[nodiscard]] const ByteSource& inputs_of(std::size_t round) const {
    return round == 0 ? inputs : rounds[round - 1].outputs;
  }
};

struct WrongShuffle {
  std::size_t round = 0;  // from 0
  Error error;
};

template <class S>
struct VerifiedShuffles {
  std::optional<WrongShuffle> wrong;  // the first round whose proof does not hold, if any
  DecodedList<S> outputs;             // the last ones, if they were to be kept and nothing is wrong
};

// Verifies every round. `key` is `key_bytes` decoded. Errors: those of
// verify_shuffle(), and of reading a list. A false proof passes with probability 2^-126 at most.
//
// All rounds are verified together, in pieces of their lists, `threads` at a time: every list is
// read twice, hashed as often as transcripts hold it, and decoded once. Memory: about 25 MB a
// thread, and 256 bytes for each component of an output that is kept. Only if that fails is each
// round verified alone, to name the wrong one.
template <class S>
[[nodiscard]] VerifiedShuffles<S> verify_shuffles(const ElementBytes& key_bytes,
                                                  const typename S::Element& key,
                                                  const ShuffleSeries& series,
                                                  const ShuffleWork<S>& work = {});

}  // namespace urna::proof
