// SPDX-License-Identifier: EUPL-1.2
// Secret keys as files. One form for all offices, sealed with a passphrase or plain.
//
// The file is the CBOR map {0: "urna key", 1: seal, 2: content}. Without a passphrase the seal is
// null and the content is the CBOR map {1: role, 2: name, 3: secret}. With one the seal is
// [passes, bytes of memory, salt of 16 bytes, nonce of 24 bytes], and the content is that map in
// libsodium's secretbox (XSalsa20 and Poly1305) under the key that Argon2id 1.3 makes of the
// passphrase.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "board/checkpoint.h"
#include "election/ceremony.h"
#include "proof/signature.h"

namespace urna::tally {

enum class KeyRole : std::uint8_t { trustee, registrar, official, board, witness };

// "trustee", "registrar" …
[[nodiscard]] std::string_view to_string(KeyRole role);
// The inverse. Error: usage.
[[nodiscard]] Result<KeyRole> parse_role(std::string_view text);

struct KeyFile {
  KeyRole role = KeyRole::trustee;
  std::string name;    // a person's or an institution's; of a board's key its origin
  SecretBytes secret;  // trustee: signing and receiving scalar; board, witness: Ed25519 seed; else
                       // a scalar
};

// A new key from the operating system's generator. Error: usage, unless the name has 1 to 128 bytes
// without control characters and, for board and witness, is_signer_name().
[[nodiscard]] Result<KeyFile> make_key(KeyRole role, std::string name);

// What a passphrase costs to try; memory in bytes, a multiple of 1024.
struct SealCost {
  std::uint64_t passes = 3;
  std::uint64_t memory = std::uint64_t{256} << 20U;
};

// The bytes of the file. Error: limit (no memory for the passphrase).
[[nodiscard]] Result<SecretBytes> encode_plain(const KeyFile& key);
[[nodiscard]] Result<SecretBytes> encode_sealed(const KeyFile& key, std::string_view passphrase,
                                                const SealCost& cost = {});

// Gives the passphrase of a file when it is needed. Errors are passed on.
using AskPassphrase = std::function<Result<SecretBytes>(const std::string& path)>;

// Reads a key of this role. Errors: not_found, io; malformed (not a key); conflict (another role;
// a wrong passphrase, which cannot be told from a changed file; a plain key that others may read).
[[nodiscard]] Result<KeyFile> load_key(const std::string& path, KeyRole role,
                                       const AskPassphrase& ask);

// The key for use. Errors: malformed (a number that is not below the order). Precondition (else the
// program stops): a role that has such a key.
[[nodiscard]] Result<election::TrusteeKeys> trustee_keys(const KeyFile& key);
[[nodiscard]] Result<proof::SigningKey> signing_key(const KeyFile& key);
[[nodiscard]] Result<board::LogSecretKey> log_key(const KeyFile& key);
[[nodiscard]] Result<board::WitnessSecretKey> witness_key(const KeyFile& key);

// What is given to others: for registrar and official 64 hexadecimal digits, for board and witness
// "NAME+ID+KEY". Errors: those above. Precondition (else the program stops): not a trustee's key,
// whose public part is a card.
[[nodiscard]] Result<std::string> public_text(const KeyFile& key);

}  // namespace urna::tally
