// SPDX-License-Identifier: EUPL-1.2
#include "adapters/jose.h"

#include <array>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <optional>
#include <utility>

#include "adapters/json_fields.h"
#include "base/bytes.h"
#include "base/free_with.h"

namespace urna::adapters {
namespace {

namespace json = boost::json;

constexpr std::size_t token_bytes_max = std::size_t{16} << 10U;
constexpr std::size_t header_bytes_max = 2'048;
constexpr std::size_t key_set_bytes_max = std::size_t{64} << 10U;
constexpr std::size_t keys_max = 32;
constexpr std::size_t key_id_bytes_max = 256;
constexpr std::size_t number_text_max = 1'400;  // base64url of 8192 bits, and some
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;

using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;

Error malformed_member(std::string field, std::string message) {
  return Error{ErrorCode::malformed, std::move(message), {.field = std::move(field)}};
}

// The bytes of a member in base64url.
std::optional<std::string> bytes_member(const json::object& object, std::string_view name) {
  const auto text = text_member(object, name, number_text_max);
  if (!text) return std::nullopt;
  auto bytes = from_base64url(*text);
  if (!bytes || bytes->empty()) return std::nullopt;
  return std::move(bytes).value();
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(octets_of(bytes).data(), static_cast<int>(bytes.size()), nullptr));
}

// A public key of OpenSSL made of parameters; null if they make none.
Key key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  Key key(made);
  const KeyContext checking(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!checking || EVP_PKEY_public_check(checking.get()) != 1) return nullptr;
  return key;
}

Key rsa_key(const json::object& jwk) {
  const auto modulus = bytes_member(jwk, "n");
  const auto exponent = bytes_member(jwk, "e");
  // Exponents are small; a long one would only cost time.
  if (!modulus || !exponent || exponent->size() > 8) return nullptr;
  const Number n = number_of(*modulus);
  const Number e = number_of(*exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < rsa_bits_min ||
      BN_num_bits(n.get()) > rsa_bits_max || BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 ||
      BN_is_one(e.get()) != 0 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return key_from("RSA", builder.get());
}

Key p256_key(const json::object& jwk) {
  if (text_member(jwk, "crv", 16) != "P-256") return nullptr;
  const auto x = bytes_member(jwk, "x");
  const auto y = bytes_member(jwk, "y");
  if (!x || !y || x->size() != 32 || y->size() != 32) return nullptr;
  const std::string point = "\x04" + *x + *y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return key_from("EC", builder.get());
}

Key ed25519_key(const json::object& jwk) {
  if (text_member(jwk, "crv", 16) != "Ed25519") return nullptr;
  const auto x = bytes_member(jwk, "x");
  if (!x || x->size() != 32) return nullptr;
  return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(*x).data(), 32));
}

// Ours is what the name says, exactly.
std::optional<TokenAlgorithm> algorithm_named(std::string_view name) {
  for (const TokenAlgorithm algorithm :
       {TokenAlgorithm::rs256, TokenAlgorithm::es256, TokenAlgorithm::eddsa})
    if (token_algorithm_name(algorithm) == name) return algorithm;
  return std::nullopt;
}

// RFC 7518 section 3.4 writes r and s as 32 bytes each; OpenSSL reads DER.
std::string der_signature(std::string_view signature) {
  if (signature.size() != 64) return {};
  const EcdsaSignature pair(ECDSA_SIG_new());
  Number r = number_of(signature.substr(0, 32));
  Number s = number_of(signature.substr(32));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::array<std::uint8_t, 80> der{};
  std::uint8_t* end = der.data();
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0 || static_cast<std::size_t>(size) > der.size() ||
      i2d_ECDSA_SIG(pair.get(), &end) != size) {
    return {};
  }
  return std::string(view_of(der).substr(0, static_cast<std::size_t>(size)));
}

bool verifies(TokenAlgorithm algorithm, EVP_PKEY* key, std::string_view message,
              std::string_view signature) {
  const std::string der =
      algorithm == TokenAlgorithm::es256 ? der_signature(signature) : std::string(signature);
  const EVP_MD* digest = algorithm == TokenAlgorithm::eddsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  return !der.empty() && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(der).data(), der.size(),
                          octets_of(message).data(), message.size()) == 1;
}

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header.payload
};

Result<Parts> split(std::string_view token) {
  if (token.size() > token_bytes_max)
    return malformed_member("token", "the token is larger than 16 KiB");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return malformed_member("token", "the token does not have three parts");
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

Result<TokenHeader> read_header(std::string_view part) {
  if (part.size() > header_bytes_max)
    return malformed_member("token", "the token's header is too long");
  const Result<std::string> text = from_base64url(part);
  if (!text) return malformed_member("token", "the token's header is not base64url");
  const auto object = parse_json_object(*text, header_bytes_max, "the token's header");
  if (!object) return malformed_member("token", object.error().message);
  if (object->contains("crit")) return malformed_member("crit", "the token demands extensions");
  const auto name = text_member(*object, "alg", 16);
  const auto algorithm = name ? algorithm_named(*name) : std::nullopt;
  if (!algorithm)
    return malformed_member("alg", "the token is not signed in a way that is taken here");
  const json::value* type = object->if_contains("typ");
  if (type != nullptr && (!type->is_string() || std::string_view(type->get_string()) != "JWT"))
    return malformed_member("typ", "the token is of another type");
  TokenHeader header;
  header.algorithm = *algorithm;
  if (object->contains("kid")) {
    const auto id = text_member(*object, "kid", key_id_bytes_max);
    if (!id || id->empty())
      return malformed_member("kid", "the token's key id is not text, empty or too long");
    header.key_id = *id;
  }
  return header;
}

}  // namespace

struct KeySet::Key {
  TokenAlgorithm algorithm;
  std::string id;
  adapters::Key key;
};

std::string_view token_algorithm_name(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::rs256:
      return "RS256";
    case TokenAlgorithm::es256:
      return "ES256";
    case TokenAlgorithm::eddsa:
      return "EdDSA";
  }
  return {};
}

Result<KeySet> KeySet::parse(std::string_view text) {
  const auto object = parse_json_object(text, key_set_bytes_max, "the set of keys");
  if (!object) return object.error();
  const json::value* list = object->if_contains("keys");
  if (list == nullptr || !list->is_array())
    return Error{ErrorCode::malformed, "the set of keys holds no list \"keys\""};
  if (list->get_array().size() > keys_max)
    return Error{ErrorCode::limit, "the set of keys holds more than 32"};
  KeySet set;
  for (const json::value& item : list->get_array()) {
    const json::object* jwk = item.if_object();
    if (jwk == nullptr) continue;
    if (jwk->contains("use") && text_member(*jwk, "use", 8) != "sig") continue;
    if (jwk->contains("key_ops") && !list_member_holds(*jwk, "key_ops", "verify")) continue;
    const auto type = text_member(*jwk, "kty", 8);
    Key key{TokenAlgorithm::rs256, {}, nullptr};
    if (type == "RSA") {
      key.key = rsa_key(*jwk);
    } else if (type == "EC") {
      key.algorithm = TokenAlgorithm::es256;
      key.key = p256_key(*jwk);
    } else if (type == "OKP") {
      key.algorithm = TokenAlgorithm::eddsa;
      key.key = ed25519_key(*jwk);
    }
    if (!key.key) continue;
    if (jwk->contains("alg") && text_member(*jwk, "alg", 16) != token_algorithm_name(key.algorithm))
      continue;
    if (jwk->contains("kid")) {
      const auto id = text_member(*jwk, "kid", key_id_bytes_max);
      if (!id || id->empty()) continue;
      key.id = *id;
    }
    set.keys_.push_back(std::make_shared<const Key>(std::move(key)));
  }
  return set;
}

bool KeySet::has(TokenAlgorithm algorithm, std::string_view id) const {
  for (const auto& key : keys_)
    if (key->algorithm == algorithm && key->id == id) return true;
  return false;
}

Result<TokenHeader> read_token_header(std::string_view token) {
  const Result<Parts> parts = split(token);
  if (!parts) return parts.error();
  return read_header(parts->header);
}

Result<std::string> check_signed_token(std::string_view token, const KeySet& keys) {
  const Result<Parts> parts = split(token);
  if (!parts) return parts.error();
  const Result<TokenHeader> header = read_header(parts->header);
  if (!header) return header.error();
  const KeySet::Key* chosen = nullptr;
  for (const auto& key : keys.keys_) {
    if (key->algorithm != header->algorithm) continue;
    if (!header->key_id.empty() && key->id != header->key_id) continue;
    if (chosen != nullptr)
      return malformed_member("kid", "several keys could have signed the token");
    chosen = key.get();
  }
  if (chosen == nullptr) return malformed_member("kid", "the issuer has no such key");
  const Result<std::string> signature = from_base64url(parts->signature);
  if (!signature) return malformed_member("signature", "the token's signature is not base64url");
  if (!verifies(header->algorithm, chosen->key.get(), parts->signed_text, *signature))
    return malformed_member("signature", "the token's signature is wrong");
  Result<std::string> payload = from_base64url(parts->payload);
  if (!payload) return malformed_member("token", "the token's content is not base64url");
  return payload;
}

}  // namespace urna::adapters
