// SPDX-License-Identifier: EUPL-1.2
// Knowledge of discrete logarithms (docs/protocol.md section 4.2; Schnorr 1991), and thereby of an
// ElGamal plaintext (Bernhard, Pereira, Warinschi 2012, "Enc + PoK").
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proof/equations.h"
#include "proof/suite.h"
#include "proof/transcript.h"

namespace urna::proof {

// The proof for m elements is 64 m bytes: packed commitments, then packed responses.
[[nodiscard]] constexpr std::size_t knowledge_proof_bytes(std::size_t elements) {
  return 64 * elements;
}

// Proves knowledge of x_k with X_k = x_k G for all k, bound to the context that the transcript
// holds. `elements` is packed X_1 … X_m. Precondition: one secret for each; the program stops
// otherwise. Constant time. m fixed-base products.
template <class S>
[[nodiscard]] std::string prove_knowledge(Transcript transcript, std::string_view elements,
                                          std::span<const typename S::Secret> secrets);

// Adds to the sink the equations that hold iff the proof is right, one for each element. Returns
// false, adding nothing or a part, iff the proof has the wrong length or holds a number that is not
// below the order; it is refused then.
template <class S, class Sink, class Store>
[[nodiscard]] bool check_knowledge(Sink& sink, BasicTranscript<Store> transcript,
                                   std::string_view elements, std::string_view proof);

// check_knowledge() with the equations tested one by one.
template <class S>
[[nodiscard]] bool verify_knowledge(const Transcript& transcript, std::string_view elements,
                                    std::string_view proof) {
  Direct<S> direct;
  return check_knowledge<S>(direct, transcript, elements, proof) && direct.holds();
}

// ---- Implementation

template <class S>
std::string prove_knowledge(Transcript transcript, std::string_view elements,
                            std::span<const typename S::Secret> secrets) {
  if (packed_count(elements) != secrets.size()) {
    stop_on_broken_precondition("prove_knowledge: one secret for each element");
  }
  std::vector<typename S::Secret> nonces;
  for (std::size_t k = 0; k < secrets.size(); ++k) nonces.push_back(S::random_secret());
  transcript.append("elements", elements);
  std::string proof = S::encode(S::base().mul_all(nonces));
  transcript.append("commitments", proof);
  const auto c = S::scalar_of_digest(transcript.challenge("c"));
  for (std::size_t k = 0; k < secrets.size(); ++k) {
    proof += view_of((nonces[k] + c * secrets[k]).disclose().encode());
  }
  return proof;
}

template <class S, class Sink, class Store>
bool check_knowledge(Sink& sink, BasicTranscript<Store> transcript, std::string_view elements,
                     std::string_view proof) {
  const std::size_t count = packed_count(elements);
  if (proof.size() != knowledge_proof_bytes(count)) return false;
  const std::string_view commitments = proof.substr(0, 32 * count);
  const std::string_view responses = proof.substr(32 * count);
  transcript.append("elements", elements);
  transcript.append("commitments", commitments);
  const auto c = sink.challenge(std::move(transcript), "c");
  for (std::size_t k = 0; k < count; ++k) {
    const auto response = S::decode_scalar(packed_at(responses, k));
    if (!response) return false;
    sink.open();
    sink.add(S::Scalar::of(1), packed_at(commitments, k));
    sink.add(c, packed_at(elements, k));
    sink.add_generator(-*response);
  }
  return true;
}

}  // namespace urna::proof
