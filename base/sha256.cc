// SPDX-License-Identifier: EUPL-1.2
// The low-level functions of OpenSSL: see sha512.cc.
#define OPENSSL_API_COMPAT 0x10101000L

#include "base/sha256.h"

#include <new>
#include <openssl/sha.h>

namespace urna {
namespace {

SHA256_CTX* context(std::array<std::byte, 112>& state) {
  static_assert(sizeof(SHA256_CTX) <= sizeof state && alignof(SHA256_CTX) <= 8);
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

}  // namespace

Sha256::Sha256() {
  new (state_.data()) SHA256_CTX;
  SHA256_Init(context(state_));
}

Sha256& Sha256::add(std::string_view bytes) {
  SHA256_Update(context(state_), bytes.data(), bytes.size());
  return *this;
}

Sha256Digest Sha256::digest() {
  Sha256Digest digest{};
  SHA256_Final(digest.data(), context(state_));
  return digest;
}

Sha256Digest sha256(std::string_view bytes) { return Sha256().add(bytes).digest(); }

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
