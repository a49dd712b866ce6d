// SPDX-License-Identifier: EUPL-1.2
#include "desk/passkeys.h"

#include <array>
#include <boost/json.hpp>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <memory>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/sha256.h"

namespace urna::desk {
namespace {

namespace json = boost::json;

Error refused(std::string message) {
  return {ErrorCode::malformed, std::move(message), {}, "try again with your passkey"};
}

// A pointer of libfido2's, freed by the function that it has for it.
template <typename T, void (*free_it)(T**)>
struct Free {
  void operator()(T* pointer) const { free_it(&pointer); }
};
using Credential = std::unique_ptr<fido_cred_t, Free<fido_cred_t, fido_cred_free>>;
using Assertion = std::unique_ptr<fido_assert_t, Free<fido_assert_t, fido_assert_free>>;
using Es256 = std::unique_ptr<es256_pk_t, Free<es256_pk_t, es256_pk_free>>;
using Rs256 = std::unique_ptr<rs256_pk_t, Free<rs256_pk_t, rs256_pk_free>>;
using EdDsa = std::unique_ptr<eddsa_pk_t, Free<eddsa_pk_t, eddsa_pk_free>>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::optional<PasskeyAlgorithm> known_algorithm(std::int64_t algorithm) {
  for (const PasskeyAlgorithm one :
       {PasskeyAlgorithm::es256, PasskeyAlgorithm::eddsa, PasskeyAlgorithm::rs256}) {
    if (static_cast<std::int64_t>(one) == algorithm) return one;
  }
  return std::nullopt;
}
int cose(PasskeyAlgorithm algorithm) { return static_cast<int>(algorithm); }

// Section 7.1 steps 7 to 12, section 7.2 steps 11 to 14.
Status check_client_data(const RelyingParty& party, std::string_view type,
                         std::string_view challenge, std::string_view client_data) {
  if (client_data.size() > client_data_bytes_max) return refused("the client data are too long");
  json::error_code failure;
  json::parse_options options;
  options.max_depth = 8;
  const json::value value = json::parse(client_data, failure, {}, options);
  const json::object* object = failure ? nullptr : value.if_object();
  if (object == nullptr) return refused("the client data are no JSON object");
  const auto text = [&](std::string_view name) -> std::optional<std::string_view> {
    const json::value* member = object->if_contains(name);
    if (member == nullptr || !member->is_string()) return std::nullopt;
    return std::string_view(member->get_string());
  };
  if (text("type") != type) return refused("the client data are of another kind");
  if (text("challenge") != to_base64url(challenge)) return refused("another challenge was signed");
  if (text("origin") != party.origin) return refused("the passkey was used on another site");
  const json::value* cross = object->if_contains("crossOrigin");
  if (cross != nullptr && !(cross->is_bool() && !cross->get_bool())) {
    return refused("the passkey was used within another site");
  }
  if (object->contains("topOrigin")) return refused("the passkey was used within another site");
  return ok_status();
}

// The authenticator's data begin with the hash of the relying party, flags and the counter.
constexpr std::size_t head_bytes = 37;
constexpr unsigned user_present = 0x01, user_verified = 0x04, backup_eligible = 0x08,
                   backed_up = 0x10, has_credential = 0x40, has_extensions = 0x80, reserved = 0x22;

Result<unsigned> check_head(const RelyingParty& party, std::string_view data) {
  if (data.size() < head_bytes || data.size() > authenticator_data_bytes_max) {
    return refused("the authenticator's data have another length");
  }
  if (data.substr(0, 32) != view_of(sha256(party.id))) {
    return refused("the passkey is for another site");
  }
  const unsigned flags = octets_of(data)[32];
  if ((flags & user_present) == 0) return refused("nobody was present");
  if ((flags & user_verified) == 0) {
    return refused("the person was not verified by fingerprint, face or PIN");
  }
  if ((flags & reserved) != 0) return refused("flags are set that have no meaning");
  if ((flags & backed_up) != 0 && (flags & backup_eligible) == 0) {
    return refused("the flags contradict each other");
  }
  return flags;
}

}  // namespace

Result<Passkey> verify_registration(const RelyingParty& party, std::string_view challenge,
                                    const RegistrationAnswer& answer) {
  const std::optional<PasskeyAlgorithm> algorithm = known_algorithm(answer.algorithm);
  if (!algorithm) {
    return Error{ErrorCode::unsupported,
                 "the passkey makes signatures of a kind that is not supported",
                 {},
                 "use another authenticator"};
  }
  if (Status client = check_client_data(party, "webauthn.create", challenge, answer.client_data);
      !client) {
    return std::move(client).error();
  }
  const Result<unsigned> flags = check_head(party, answer.authenticator_data);
  if (!flags) return flags.error();
  if ((*flags & has_credential) == 0) return refused("there is no passkey in the answer");
  const Credential credential(fido_cred_new());
  const std::string& data = answer.authenticator_data;
  if (credential == nullptr || fido_cred_set_type(credential.get(), cose(*algorithm)) != FIDO_OK ||
      fido_cred_set_authdata_raw(credential.get(), octets(data), data.size()) != FIDO_OK) {
    return refused("the passkey is not of the form that it should have");
  }
  Passkey passkey;
  passkey.algorithm = *algorithm;
  passkey.counter = fido_cred_sigcount(credential.get());
  const unsigned char* id = fido_cred_id_ptr(credential.get());
  const unsigned char* key = fido_cred_pubkey_ptr(credential.get());
  const std::size_t id_bytes = fido_cred_id_len(credential.get());
  const std::size_t key_bytes = fido_cred_pubkey_len(credential.get());
  if (id == nullptr || key == nullptr || id_bytes == 0 || key_bytes == 0 ||
      id_bytes > credential_bytes_max) {
    return refused("the passkey has no number or no key");
  }
  passkey.credential = view_of({id, id_bytes});
  passkey.public_key = view_of({key, key_bytes});
  return passkey;
}

namespace {

// The key for fido_assert_verify(), owned by one of the three.
struct PublicKey {
  Es256 es256;
  Rs256 rs256;
  EdDsa eddsa;
  const void* used = nullptr;
};
PublicKey public_key(const Passkey& passkey) {
  PublicKey key;
  const std::string& bytes = passkey.public_key;
  switch (passkey.algorithm) {
    case PasskeyAlgorithm::es256:
      key.es256.reset(es256_pk_new());
      if (key.es256 && es256_pk_from_ptr(key.es256.get(), bytes.data(), bytes.size()) == FIDO_OK) {
        key.used = key.es256.get();
      }
      break;
    case PasskeyAlgorithm::rs256:
      key.rs256.reset(rs256_pk_new());
      if (key.rs256 && rs256_pk_from_ptr(key.rs256.get(), bytes.data(), bytes.size()) == FIDO_OK) {
        key.used = key.rs256.get();
      }
      break;
    case PasskeyAlgorithm::eddsa:
      key.eddsa.reset(eddsa_pk_new());
      if (key.eddsa && eddsa_pk_from_ptr(key.eddsa.get(), bytes.data(), bytes.size()) == FIDO_OK) {
        key.used = key.eddsa.get();
      }
      break;
  }
  return key;
}

}  // namespace

Result<std::uint64_t> verify_assertion(const RelyingParty& party, const Passkey& passkey,
                                       std::string_view challenge, const AssertionAnswer& answer) {
  if (answer.credential != passkey.credential) return refused("another passkey was used");
  if (Status client = check_client_data(party, "webauthn.get", challenge, answer.client_data);
      !client) {
    return std::move(client).error();
  }
  const Result<unsigned> flags = check_head(party, answer.authenticator_data);
  if (!flags) return flags.error();
  if ((*flags & has_credential) != 0) return refused("there is a new passkey in the answer");
  if (answer.signature.size() > assertion_signature_bytes_max) {
    return refused("the signature is too long");
  }
  const PublicKey key = public_key(passkey);
  const Assertion assertion(fido_assert_new());
  if (key.used == nullptr || assertion == nullptr) return refused("the passkey cannot be used");
  const Sha256Digest client_hash = sha256(answer.client_data);
  const std::string& data = answer.authenticator_data;
  fido_assert_t* const one = assertion.get();
  // libfido2 wants to be told which extensions the answer has. The only one that is asked for is
  // the one that the function of the passkey (prf) comes from.
  const int extensions = (*flags & has_extensions) != 0 ? FIDO_EXT_HMAC_SECRET : 0;
  const bool set =
      fido_assert_set_count(one, 1) == FIDO_OK &&
      fido_assert_set_rp(one, party.id.c_str()) == FIDO_OK &&
      fido_assert_set_clientdata_hash(one, client_hash.data(), client_hash.size()) == FIDO_OK &&
      fido_assert_set_extensions(one, extensions) == FIDO_OK &&
      fido_assert_set_up(one, FIDO_OPT_TRUE) == FIDO_OK &&
      fido_assert_set_uv(one, FIDO_OPT_TRUE) == FIDO_OK &&
      fido_assert_set_authdata_raw(one, 0, octets(data), data.size()) == FIDO_OK &&
      fido_assert_set_sig(one, 0, octets(answer.signature), answer.signature.size()) == FIDO_OK;
  if (!set) return refused("the answer of the passkey is not of the form that it should have");
  if (fido_assert_verify(one, 0, cose(passkey.algorithm), key.used) != FIDO_OK) {
    return refused("the signature of the passkey does not hold");
  }
  const std::uint64_t counter = fido_assert_sigcount(one, 0);
  if ((counter != 0 || passkey.counter != 0) && counter <= passkey.counter) {
    return Error{ErrorCode::conflict,
                 "the passkey's counter has not grown: there may be a copy of it",
                 {},
                 "have the account closed and be invited anew"};
  }
  return counter;
}

}  // namespace urna::desk
