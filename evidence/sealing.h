// SPDX-License-Identifier: EUPL-1.2
// A package as one file that only its recipient can open: libsodium's sealed box (X25519,
// XSalsa20-Poly1305) around a fresh key, and its secret stream (XChaCha20-Poly1305) for the
// content.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "evidence/package.h"

namespace urna::evidence {

// A recipient's public key, as a line of text: "urna-evidence-recipient NAME HEX", where the name
// has neither blanks nor control characters.
struct Recipient {
  std::string name;
  std::array<std::uint8_t, 32> key{};

  [[nodiscard]] std::string to_line() const;
  // Error: malformed.
  [[nodiscard]] static Result<Recipient> parse(std::string_view line);
};

struct RecipientKey {
  Recipient recipient;
  SecretBytes secret;  // 32 bytes
};
// Error: malformed (the name).
[[nodiscard]] Result<RecipientKey> make_recipient(std::string name);
// The secret key as a file's bytes, and back. Error: malformed.
[[nodiscard]] SecretBytes encode(const RecipientKey& key);
[[nodiscard]] Result<RecipientKey> decode_recipient(std::string_view bytes);

// All of the folder but items above the level. Errors: limit (more than package_bytes_max),
// not_found, io.
[[nodiscard]] Result<std::string> seal_package(const std::string& folder,
                                               const Recipient& recipient, Level level);
// Makes the folder, which must not be there. Nothing is verified but that the file is whole and for
// this key. Errors: malformed (not a sealed package, cut short, changed, for somebody else),
// conflict (the folder exists), io.
[[nodiscard]] Status open_package(std::string_view sealed, const RecipientKey& key,
                                  const std::string& folder);

}  // namespace urna::evidence
