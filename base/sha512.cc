// SPDX-License-Identifier: EUPL-1.2
// The low-level functions of OpenSSL, because the high-level ones allocate a context for each of
// millions of short hashes. They are deprecated but part of every OpenSSL 3; asking for the
// interface of 1.1.1 says that this is known.
#define OPENSSL_API_COMPAT 0x10101000L

#include "base/sha512.h"

#include <new>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace urna {
namespace {

SHA512_CTX* context(std::array<std::byte, 216>& state) {
  static_assert(sizeof(SHA512_CTX) <= sizeof state && alignof(SHA512_CTX) <= 8);
  return std::launder(reinterpret_cast<SHA512_CTX*>(state.data()));
}

}  // namespace

Sha512::Sha512() {
  new (state_.data()) SHA512_CTX;
  SHA512_Init(context(state_));
}

Sha512::~Sha512() { OPENSSL_cleanse(state_.data(), state_.size()); }

Sha512& Sha512::add(std::string_view bytes) {
  SHA512_Update(context(state_), bytes.data(), bytes.size());
  return *this;
}

Sha512Digest Sha512::digest() {
  Sha512Digest digest{};
  SHA512_Final(digest.data(), context(state_));
  return digest;
}

Sha512Digest sha512(std::string_view bytes) { return Sha512().add(bytes).digest(); }

}  // namespace urna
