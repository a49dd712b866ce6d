// SPDX-License-Identifier: EUPL-1.2
#include "tally/key_file.h"

#include <algorithm>
#include <sodium.h>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/cbor.h"
#include "base/private_file.h"
#include "tally/card.h"

namespace urna::tally {
namespace {

constexpr std::string_view file_kind = "urna key";
constexpr std::size_t file_bytes_max = 4096;
constexpr std::size_t scalar_bytes = 32;
constexpr SealCost most_cost{16, std::uint64_t{1} << 30U};
constexpr std::array roles = {KeyRole::trustee, KeyRole::registrar, KeyRole::official,
                              KeyRole::board, KeyRole::witness};

using Salt = std::array<std::uint8_t, crypto_pwhash_SALTBYTES>;
using Nonce = std::array<std::uint8_t, crypto_secretbox_NONCEBYTES>;

std::size_t secret_bytes(KeyRole role) {
  return role == KeyRole::trustee ? 2 * scalar_bytes : scalar_bytes;
}

unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// The secret stands last, so that it is in no buffer that the writer gave up while growing.
SecretBytes encode_content(const KeyFile& key) {
  CborWriter out;
  out.map(3);
  out.key(1);
  out.text(to_string(key.role));
  out.key(2);
  out.text(key.name);
  out.key(3);
  out.bytes(key.secret.view());
  return SecretBytes(std::move(out).take());
}

Result<KeyFile> decode_content(std::string_view content) {
  CborReader in(content);
  KeyFile key;
  in.map(3);
  in.key(1);
  const Result<KeyRole> role = parse_role(in.text(16));
  in.require(role.ok(), "an unknown role");
  if (role) key.role = *role;
  in.key(2);
  key.name = in.text(name_bytes_max);
  in.key(3);
  key.secret = SecretBytes(std::string(in.bytes_exactly(secret_bytes(key.role))));
  if (Status end = in.finish(); !end) return std::move(end).error();
  return key;
}

// The key of the box. Error: limit.
Result<SecretBytes> stretch(std::string_view passphrase, const Salt& salt, const SealCost& cost) {
  std::string key(crypto_secretbox_KEYBYTES, '\0');
  if (crypto_pwhash(octets(key), key.size(), passphrase.data(), passphrase.size(), salt.data(),
                    cost.passes, cost.memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{
        ErrorCode::limit,
        "not enough memory to work with the passphrase",
        {},
        "close other programs; " + std::to_string(cost.memory >> 20U) + " MiB must be free"};
  }
  return SecretBytes(std::move(key));
}

std::array<std::uint8_t, scalar_bytes> part(const KeyFile& key, std::size_t index) {
  return array_of<scalar_bytes>(key.secret.view().substr(scalar_bytes * index, scalar_bytes));
}

Result<proof::SigningKey> scalar_key(const KeyFile& key, std::size_t index) {
  auto bytes = part(key, index);
  Result<group::SecretScalar> secret = group::SecretScalar::decode(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  if (!secret) return std::move(secret).error();
  return proof::SigningKey::of(*secret);
}

template <typename Key>
Result<Key> ed25519_key(const KeyFile& key) {
  auto seed = part(key, 0);
  Result<Key> made = Key::from_seed(key.name, seed);
  sodium_memzero(seed.data(), seed.size());
  return made;
}

}  // namespace

std::string_view to_string(KeyRole role) {
  switch (role) {
    case KeyRole::trustee:
      return "trustee";
    case KeyRole::registrar:
      return "registrar";
    case KeyRole::official:
      return "official";
    case KeyRole::board:
      return "board";
    case KeyRole::witness:
      return "witness";
  }
  return {};
}

Result<KeyRole> parse_role(std::string_view text) {
  for (const KeyRole role : roles) {
    if (to_string(role) == text) return role;
  }
  return Error{ErrorCode::usage,
               "\"" + std::string(text) + "\" is no office that holds a key",
               {},
               "choose trustee, registrar, official, board or witness"};
}

Result<KeyFile> make_key(KeyRole role, std::string name) {
  const bool signer = role == KeyRole::board || role == KeyRole::witness;
  const bool printable = std::ranges::none_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  const bool fits = !name.empty() && name.size() <= name_bytes_max && printable && is_utf8(name);
  if (!fits || (signer && !board::is_signer_name(name))) {
    return Error{ErrorCode::usage,
                 "\"" + name + "\" cannot be the name of a key",
                 {},
                 signer ? "take 1 to 128 letters, digits and signs of ASCII, without blanks and +"
                        : "take 1 to 128 bytes of text without control characters"};
  }
  std::string secret;
  secret.reserve(secret_bytes(role));
  if (signer) {
    secret.resize(secret_bytes(role));
    randombytes_buf(secret.data(), secret.size());
  } else {
    while (secret.size() < secret_bytes(role)) {
      secret += view_of(group::SecretScalar::random().secret_bytes());
    }
  }
  return KeyFile{role, std::move(name), SecretBytes(std::move(secret))};
}

Result<SecretBytes> encode_plain(const KeyFile& key) {
  const SecretBytes content = encode_content(key);
  CborWriter out;
  out.map(3);
  out.key(0);
  out.text(file_kind);
  out.key(1);
  out.null();
  out.key(2);
  out.bytes(content.view());
  return SecretBytes(std::move(out).take());
}

Result<SecretBytes> encode_sealed(const KeyFile& key, std::string_view passphrase,
                                  const SealCost& cost) {
  Salt salt{};
  Nonce nonce{};
  randombytes_buf(salt.data(), salt.size());
  randombytes_buf(nonce.data(), nonce.size());
  const Result<SecretBytes> box_key = stretch(passphrase, salt, cost);
  if (!box_key) return box_key.error();
  const SecretBytes content = encode_content(key);
  std::string box(crypto_secretbox_MACBYTES + content.view().size(), '\0');
  crypto_secretbox_easy(octets(box), octets(content.view()), content.view().size(), nonce.data(),
                        octets(box_key->view()));
  CborWriter out;
  out.map(3);
  out.key(0);
  out.text(file_kind);
  out.key(1);
  out.array(4);
  out.unsigned_integer(cost.passes);
  out.unsigned_integer(cost.memory);
  out.bytes(view_of(salt));
  out.bytes(view_of(nonce));
  out.key(2);
  out.bytes(box);
  return SecretBytes(std::move(out).take());
}

Result<KeyFile> load_key(const std::string& path, KeyRole role, const AskPassphrase& ask) {
  const auto wrong_file = [&](const Error& error) {
    return Error{ErrorCode::malformed,
                 "not a key file: " + error.message,
                 {path},
                 "give the file made by `urna trustee keygen` or `urna edition keygen`"};
  };
  Result<SecretBytes> file = read_secret_file(path, file_bytes_max);
  if (!file) {
    Error error = std::move(file).error();
    error.remedy = "give the " + std::string(to_string(role)) + "'s key";
    return error;
  }

  CborReader in(file->view());
  in.map(3);
  in.key(0);
  in.require(in.text(file_kind.size()) == file_kind, "expected \"urna key\"");
  in.key(1);
  const bool sealed = in.ok() && !in.next_is_null();
  SealCost cost;
  Salt salt{};
  Nonce nonce{};
  if (sealed) {
    in.array_exactly(4);
    cost.passes = in.unsigned_integer(most_cost.passes);
    cost.memory = in.unsigned_integer(most_cost.memory);
    in.require(cost.passes >= crypto_pwhash_OPSLIMIT_MIN &&
                   cost.memory >= crypto_pwhash_MEMLIMIT_MIN && cost.memory % 1024 == 0,
               "a cost below the least, or not in whole KiB");
    salt = in.fixed_bytes<std::tuple_size_v<Salt>>();
    nonce = in.fixed_bytes<std::tuple_size_v<Nonce>>();
  } else {
    in.null();
  }
  in.key(2);
  const std::string_view content = in.bytes(file_bytes_max);
  in.require(!sealed || content.size() >= crypto_secretbox_MACBYTES, "too short for a sealed key");
  if (const Status end = in.finish(); !end) return wrong_file(end.error());

  SecretBytes opened;
  if (sealed) {
    const Result<SecretBytes> passphrase = ask(path);
    if (!passphrase) return passphrase.error();
    const Result<SecretBytes> box_key = stretch(passphrase->view(), salt, cost);
    if (!box_key) return box_key.error();
    std::string plain(content.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(octets(plain), octets(content), content.size(), nonce.data(),
                                   octets(box_key->view())) != 0) {
      return Error{ErrorCode::conflict,
                   "the passphrase does not open the key, or the file has been changed",
                   {path},
                   "try the passphrase again; if it is right, take the backup of the file"};
    }
    opened = SecretBytes(std::move(plain));
  } else if (readable_by_others(path)) {
    return Error{ErrorCode::conflict,
                 "other users of this computer can read this key, which has no passphrase",
                 {path},
                 "run chmod 600 on it; if others may have read it, make a new one"};
  }
  Result<KeyFile> key = decode_content(sealed ? opened.view() : content);
  if (!key) return wrong_file(key.error());
  if (key->role != role) {
    return Error{ErrorCode::conflict,
                 "the office of this key is \"" + std::string(to_string(key->role)) + "\", not \"" +
                     std::string(to_string(role)) + "\"",
                 {path},
                 "give the " + std::string(to_string(role)) + "'s key"};
  }
  return key;
}

Result<election::TrusteeKeys> trustee_keys(const KeyFile& key) {
  if (key.role != KeyRole::trustee) stop_on_broken_precondition("trustee_keys: a trustee's key");
  Result<proof::SigningKey> signing = scalar_key(key, 0);
  if (!signing) return std::move(signing).error();
  Result<proof::SigningKey> receiving = scalar_key(key, 1);
  if (!receiving) return std::move(receiving).error();
  return election::TrusteeKeys{std::move(*signing), std::move(*receiving)};
}

Result<proof::SigningKey> signing_key(const KeyFile& key) {
  if (key.role != KeyRole::registrar && key.role != KeyRole::official) {
    stop_on_broken_precondition("signing_key: a registrar's or an official's key");
  }
  return scalar_key(key, 0);
}

Result<board::LogSecretKey> log_key(const KeyFile& key) {
  if (key.role != KeyRole::board) stop_on_broken_precondition("log_key: a board's key");
  return ed25519_key<board::LogSecretKey>(key);
}

Result<board::WitnessSecretKey> witness_key(const KeyFile& key) {
  if (key.role != KeyRole::witness) stop_on_broken_precondition("witness_key: a witness's key");
  return ed25519_key<board::WitnessSecretKey>(key);
}

Result<std::string> public_text(const KeyFile& key) {
  switch (key.role) {
    case KeyRole::trustee:
      break;
    case KeyRole::registrar:
    case KeyRole::official: {
      const Result<proof::SigningKey> signing = signing_key(key);
      if (!signing) return signing.error();
      return to_hex(view_of(signing->key));
    }
    case KeyRole::board: {
      const Result<board::LogSecretKey> log = log_key(key);
      if (!log) return log.error();
      return log->verifier_key().to_string();
    }
    case KeyRole::witness: {
      const Result<board::WitnessSecretKey> witness = witness_key(key);
      if (!witness) return witness.error();
      return witness->verifier_key().to_string();
    }
  }
  stop_on_broken_precondition("public_text: not a trustee's key");
}

}  // namespace urna::tally
