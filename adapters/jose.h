// SPDX-License-Identifier: EUPL-1.2
// Signed tokens (RFC 7515, 7519) and the keys that check them (RFC 7517, 7518, 8037): as little of
// these as OpenID Connect needs. Three algorithms, each with its own kind of key; "none" and
// algorithms with a shared secret do not exist here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::adapters {

enum class TokenAlgorithm {
  rs256,  // RSASSA-PKCS1-v1_5 with SHA-256, keys of 2048 to 8192 bits
  es256,  // ECDSA with P-256 and SHA-256
  eddsa,  // Ed25519
};

// "RS256", "ES256", "EdDSA".
[[nodiscard]] std::string_view token_algorithm_name(TokenAlgorithm algorithm);

// Public keys of an issuer. Cheap to copy; the keys are shared.
class KeySet {
 public:
  KeySet() = default;

  // Reads a JWK Set. Keys of other kinds, for other uses or algorithms, with an exponent, curve or
  // size that is not taken here are left out, as RFC 7517 section 5 says; so is what is broken.
  // Errors: malformed (not a JWK Set), limit (over 64 KiB or 32 keys).
  [[nodiscard]] static Result<KeySet> parse(std::string_view json);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  // Whether a key of this kind has this id.
  [[nodiscard]] bool has(TokenAlgorithm algorithm, std::string_view id) const;

 private:
  friend Result<std::string> check_signed_token(std::string_view token, const KeySet& keys);
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
};

// What a token's first part claims about its signature; nothing of it is checked yet.
struct TokenHeader {
  TokenAlgorithm algorithm = TokenAlgorithm::rs256;
  std::string key_id;  // empty if there is none
};

// Reads the first of the three parts of a token in compact form of at most 16 KiB. Errors:
// malformed; `place.field` is "alg" for an algorithm that is not one of ours ("none" above all),
// "crit" for extensions, "token" for the rest.
[[nodiscard]] Result<TokenHeader> read_token_header(std::string_view token);

// The payload of a token whose signature one of these keys has made: the one with the token's key
// id, or, if the token names none, the only one of the algorithm's kind. Errors: those of
// read_token_header(); malformed with `place.field` "kid" (no such key) or "signature".
// For public keys; not constant time. Cost: one verification.
[[nodiscard]] Result<std::string> check_signed_token(std::string_view token, const KeySet& keys);

}  // namespace urna::adapters
