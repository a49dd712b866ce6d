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

bool verify_signature(const ElementBytes& key, const Transcript& transcript,
                      const Signature& signature) {
  Direct<Ristretto> direct;
  return check_signature(direct, key, transcript, signature) && direct.holds();
}

}  // namespace urna::proof
