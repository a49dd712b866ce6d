// SPDX-License-Identifier: EUPL-1.2
// Equality of discrete logarithms (docs/protocol.md section 4.3; Chaum, Pedersen 1992), for many
// bases at once.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/parallel.h"
#include "proof/equations.h"
#include "proof/suite.h"
#include "proof/transcript.h"
#include "proof/weights.h"

namespace urna::proof {

// T_G, T_A and s.
inline constexpr std::size_t equality_proof_bytes = 96;

// Proves that one x satisfies key = x G and images[i] = x bases[i] for every i, bound to the
// context that the transcript holds. `bases` and `images` are packed lists of one length, at least
// one element; `base_elements` is the same as `bases`, decoded. Constant time in x. One public sum,
// two secret products.
template <class S>
[[nodiscard]] std::string prove_equality(Transcript transcript, const typename S::Secret& x,
                                         const ElementBytes& key, std::string_view bases,
                                         std::span<const typename S::Element> base_elements,
                                         std::string_view images);

// Whether the proof is right; false also for wrong lengths, for what is no element or no scalar.
// Works in pieces of `piece` bases, `threads` at a time, so that memory beyond the lists is
// bounded.
template <class S>
[[nodiscard]] bool verify_equality(Transcript transcript, const ElementBytes& key,
                                   std::string_view bases, std::string_view images,
                                   std::string_view proof, unsigned threads = 1,
                                   std::size_t piece = 8'192);

// ---- Implementation

// The transcript with the statement, and the seed of the weights.
[[nodiscard]] inline Seed append_equality_statement(Transcript& transcript, const ElementBytes& key,
                                                    std::string_view bases,
                                                    std::string_view images) {
  transcript.append("key", view_of(key));
  transcript.append("bases", bases);
  transcript.append("images", images);
  return transcript.challenge_seed("weights");
}

template <class S>
std::string prove_equality(Transcript transcript, const typename S::Secret& x,
                           const ElementBytes& key, std::string_view bases,
                           std::span<const typename S::Element> base_elements,
                           std::string_view images) {
  if (bases.size() != images.size() || packed_count(bases) != base_elements.size()) {
    stop_on_broken_precondition("prove_equality: one image for each base");
  }
  const Seed seed = append_equality_statement(transcript, key, bases, images);
  const auto scalars = scalars_from_seed<S>(seed, 0, base_elements.size());
  const auto nonce = S::random_secret();
  const std::array commitments = {S::mul_base(nonce),
                                  S::mul(nonce, S::sum_vartime(scalars, base_elements))};
  std::string proof = S::encode(commitments);
  transcript.append("commitments", proof);
  const auto c = S::scalar_of_digest(transcript.challenge("c"));
  proof += view_of((nonce + c * x).disclose().encode());
  return proof;
}

template <class S>
bool verify_equality(Transcript transcript, const ElementBytes& key, std::string_view bases,
                     std::string_view images, std::string_view proof, unsigned threads,
                     std::size_t piece) {
  using Element = typename S::Element;
  const std::size_t count = packed_count(bases);
  if (proof.size() != equality_proof_bytes || bases.size() != images.size() || bases.empty() ||
      bases.size() % sizeof(ElementBytes) != 0) {
    return false;
  }
  const Seed seed = append_equality_statement(transcript, key, bases, images);
  transcript.append("commitments", proof.substr(0, 64));
  const auto c = S::scalar_of_digest(transcript.challenge("c"));
  const auto response = S::decode_scalar(packed_at(proof, 2));
  const auto own = S::decode_packed(std::string(proof.substr(0, 64)) + std::string(view_of(key)));
  if (!response || !own) return false;

  // A and D.
  struct Sums {
    bool sound = false;
    std::vector<Element> of_columns{};
  };
  std::vector<Sums> pieces((count + piece - 1) / piece);
  for_each_piece(pieces.size(), threads, [&](std::size_t p) {
    const std::size_t begin = p * piece;
    const std::size_t size = std::min(piece, count - begin);
    std::array<typename S::Addends, 2> columns;
    for (std::size_t k = 0; k < 2; ++k) {
      columns[k].reserve(size);
      const std::string_view list = k == 0 ? bases : images;
      if (!S::append_packed(columns[k], list.substr(32 * begin, 32 * size))) return;
    }
    pieces[p] = {true, S::sums_vartime(scalars_from_seed<S>(seed, begin, size), columns)};
  });
  std::array<Element, 2> sums{};
  for (const Sums& part : pieces) {
    if (!part.sound) return false;
    for (std::size_t k = 0; k < 2; ++k) sums[k] = sums[k] + part.of_columns[k];
  }

  const std::array scalars = {-*response, c};
  const std::array first = {S::generator(), (*own)[2]};
  return S::sum_vartime(scalars, first) + (*own)[0] == Element() &&
         S::sum_vartime(scalars, sums) + (*own)[1] == Element();
}

}  // namespace urna::proof
