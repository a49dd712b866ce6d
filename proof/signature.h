// SPDX-License-Identifier: EUPL-1.2
// Schnorr signatures over ristretto255 (docs/protocol.md section 4.1; Schnorr 1991), with the
// commitment kept so that many can be verified by one sum.
#pragma once

#include <array>
#include <string_view>

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
template <class Sink>
[[nodiscard]] bool check_signature(Sink& sink, const ElementBytes& key, Transcript transcript,
                                   const Signature& signature);
// The same for a key that signs many messages, such as the registrar's.
[[nodiscard]] bool check_signature(Batch& batch, const group::Element& key,
                                   const ElementBytes& encoded_key, Transcript transcript,
                                   const Signature& signature);

// Whether the signature is right. One sum of three terms.
[[nodiscard]] bool verify_signature(const ElementBytes& key, const Transcript& transcript,
                                    const Signature& signature);

// ---- Implementation

// e, and -s; an error iff s is not below the order.
struct SignatureScalars {
  group::Scalar challenge;
  group::Scalar minus_response;
};
[[nodiscard]] Result<SignatureScalars> signature_scalars(const ElementBytes& key,
                                                         Transcript& transcript,
                                                         const Signature& signature);

template <class Sink>
bool check_signature(Sink& sink, const ElementBytes& key, Transcript transcript,
                     const Signature& signature) {
  const Result<SignatureScalars> scalars = signature_scalars(key, transcript, signature);
  if (!scalars) return false;
  sink.open();
  sink.add(group::Scalar::of(1), packed_at(view_of(signature), 0));
  sink.add(scalars->challenge, key);
  sink.add_generator(scalars->minus_response);
  return true;
}

}  // namespace urna::proof
