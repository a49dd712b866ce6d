// SPDX-License-Identifier: EUPL-1.2
// Schnorr signatures over ristretto255 (docs/protocol.md section 4.1; Schnorr 1991), with the
// commitment kept so that many can be verified by one sum.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "proof/batch.h"
#include "proof/equations.h"
#include "proof/suite.h"
#include "proof/transcript.h"

namespace urna::proof {

using Signature = std::array<std::uint8_t, 64>;  // R, s

// A signing key with its public key.
struct SigningKey {
  group::SecretScalar secret;
  ElementBytes key{};  // secret times the generator

  [[nodiscard]] static SigningKey random();
  [[nodiscard]] static SigningKey of(const group::SecretScalar& secret);
};

// Signs what the transcript holds. Constant time. The nonce is drawn from fresh randomness, the
// secret and the message together, so that a failing generator alone does not reveal the key.
[[nodiscard]] Signature sign(const SigningKey& key, Transcript transcript);

// Adds to the sink the equation that holds iff the signature is right. Returns false, adding
// nothing, iff s is not below the order; the signature is refused then.
template <class Sink, class Store>
[[nodiscard]] bool check_signature(Sink& sink, const ElementBytes& key,
                                   BasicTranscript<Store> transcript, const Signature& signature);
// The same for a key that signs many messages, such as the registrar's.
template <class Store>
[[nodiscard]] bool check_signature(Batch& batch, const group::Element& key,
                                   const ElementBytes& encoded_key,
                                   BasicTranscript<Store> transcript, const Signature& signature);

// Whether the signature is right. One sum of three terms.
[[nodiscard]] bool verify_signature(const ElementBytes& key, const Transcript& transcript,
                                    const Signature& signature);

// ---- Implementation

// The equation but for its term e X, which add_key(e) adds.
template <class Sink, class Store, class AddKey>
bool check_signature_but_key(Sink& sink, const ElementBytes& key,
                             BasicTranscript<Store>&& transcript, const Signature& signature,
                             const AddKey& add_key) {
  const Result<group::Scalar> response = group::Scalar::decode(packed_at(view_of(signature), 1));
  if (!response) return false;
  transcript.append("key", view_of(key));
  transcript.append("commitment", view_of(signature).substr(0, 32));
  const auto e = sink.challenge(std::move(transcript), "e");
  sink.open();
  sink.add(group::Scalar::of(1), packed_at(view_of(signature), 0));
  add_key(e);
  sink.add_generator(-*response);
  return true;
}

template <class Sink, class Store>
bool check_signature(Sink& sink, const ElementBytes& key, BasicTranscript<Store> transcript,
                     const Signature& signature) {
  return check_signature_but_key(sink, key, std::move(transcript), signature,
                                 [&](const auto& e) { sink.add(e, key); });
}

template <class Store>
bool check_signature(Batch& batch, const group::Element& key, const ElementBytes& encoded_key,
                     BasicTranscript<Store> transcript, const Signature& signature) {
  return check_signature_but_key(batch, encoded_key, std::move(transcript), signature,
                                 [&](const auto& e) { batch.add_common(e, key); });
}

}  // namespace urna::proof
