// SPDX-License-Identifier: EUPL-1.2
#include "protection/secrets.h"

#include <algorithm>
#include <sodium.h>

#include "base/bytes.h"

namespace urna::protection {
namespace {

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(nonce_bytes + tag_bytes == sealed_overhead);

void require_sodium() {
  if (sodium_init() < 0) stop_on_broken_precondition("a source of randomness");
}

}  // namespace

SecretKey SecretKey::random() {
  require_sodium();
  SecretKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

SecretKey SecretKey::of(std::span<const std::uint8_t, 32> bytes) {
  SecretKey key;
  std::ranges::copy(bytes, key.bytes_.begin());
  return key;
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

SecretKey SecretKey::derived(std::string_view label) const {
  SecretKey key;
  key.bytes_ = keyed_hash(*this, label);
  return key;
}

KeyedHash keyed_hash(const SecretKey& key, std::string_view data) {
  KeyedHash hash{};
  crypto_auth_hmacsha256(hash.data(), octets(data), data.size(), key.bytes().data());
  return hash;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string seal(const SecretKey& key, std::string_view plaintext, std::string_view context) {
  std::string sealed = random_bytes(nonce_bytes);
  sealed.resize(sealed_overhead + plaintext.size());
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      octets(sealed) + nonce_bytes, nullptr, octets(plaintext), plaintext.size(), octets(context),
      context.size(), nullptr, octets(sealed), key.bytes().data());
  return sealed;
}

Result<std::string> open_sealed(const SecretKey& key, std::string_view sealed,
                                std::string_view context) {
  const Error refused{ErrorCode::malformed,
                      "a sealed value that does not open",
                      {},
                      "see that the key is the one that the data were written with"};
  if (sealed.size() < sealed_overhead) return refused;
  std::string plaintext(sealed.size() - sealed_overhead, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          octets(plaintext), nullptr, nullptr, octets(sealed) + nonce_bytes,
          sealed.size() - nonce_bytes, octets(context), context.size(), octets(sealed),
          key.bytes().data()) != 0) {
    return refused;
  }
  return plaintext;
}

std::string random_bytes(std::size_t count) {
  require_sodium();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::uint32_t random_below(std::uint32_t bound) {
  require_sodium();
  if (bound == 0) stop_on_broken_precondition("random_below: a bound above 0");
  return randombytes_uniform(bound);
}

}  // namespace urna::protection
