// SPDX-License-Identifier: EUPL-1.2
#include "proof/signature.h"

#include <sodium.h>

namespace urna::proof {

SigningKey SigningKey::random() { return of(group::SecretScalar::random()); }

SigningKey SigningKey::of(const group::SecretScalar& secret) {
  return {secret, group::mul_base(secret).encode()};
}

namespace {

group::SecretScalar nonce_for(const SigningKey& key, const Transcript& message) {
  std::array<std::uint8_t, 32> fresh{};
  randombytes_buf(fresh.data(), fresh.size());
  Transcript hedge("nonce");
  hedge.append("fresh", view_of(fresh));
  hedge.append("secret", view_of(key.secret.secret_bytes()));
  Transcript copy = message;
  hedge.append("message", view_of(copy.challenge("nonce")));
  Digest digest = hedge.challenge("k");
  const group::SecretScalar nonce = group::SecretScalar::from_uniform_bytes(digest);
  sodium_memzero(fresh.data(), fresh.size());
  sodium_memzero(digest.data(), digest.size());
  return nonce;
}

}  // namespace

Signature sign(const SigningKey& key, Transcript transcript) {
  const group::SecretScalar nonce = nonce_for(key, transcript);
  const ElementBytes commitment = group::mul_base(nonce).encode();
  transcript.append("key", view_of(key.key));
  transcript.append("commitment", view_of(commitment));
  const group::Scalar e = transcript.challenge_scalar("e");
  const ScalarBytes response = (nonce + e * key.secret).disclose().encode();
  Signature signature{};
  std::copy(commitment.begin(), commitment.end(), signature.begin());
  std::copy(response.begin(), response.end(), signature.begin() + 32);
  return signature;
}

Result<SignatureScalars> signature_scalars(const ElementBytes& key, Transcript& transcript,
                                           const Signature& signature) {
  Result<group::Scalar> response = group::Scalar::decode(packed_at(view_of(signature), 1));
  if (!response) return std::move(response).error();
  transcript.append("key", view_of(key));
  transcript.append("commitment", view_of(signature).substr(0, 32));
  return SignatureScalars{transcript.challenge_scalar("e"), -*response};
}

bool check_signature(Batch& batch, const group::Element& key, const ElementBytes& encoded_key,
                     Transcript transcript, const Signature& signature) {
  const Result<SignatureScalars> scalars = signature_scalars(encoded_key, transcript, signature);
  if (!scalars) return false;
  batch.open();
  batch.add(group::Scalar::of(1), packed_at(view_of(signature), 0));
  batch.add_common(scalars->challenge, key);
  batch.add_generator(scalars->minus_response);
  return true;
}

bool verify_signature(const ElementBytes& key, const Transcript& transcript,
                      const Signature& signature) {
  Direct<Ristretto> direct;
  return check_signature(direct, key, transcript, signature) && direct.holds();
}

}  // namespace urna::proof
