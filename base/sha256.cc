// SPDX-License-Identifier: EUPL-1.2
// The low-level functions of OpenSSL: see sha512.cc.
#define OPENSSL_API_COMPAT 0x10101000L

#include "base/sha256.h"

#include <openssl/sha.h>

namespace urna {

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : sha256(bytes)) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace urna
