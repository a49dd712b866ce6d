// SPDX-License-Identifier: EUPL-1.2
// What keeps personal data unreadable at rest: secret keys, keyed hashes to find a row by, and
// sealed values. About 3 * 10^8 PESEL numbers exist, so a hash without a key hides nobody.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::protection {

// 32 secret bytes: wiped on destruction, neither comparable nor printable.
class SecretKey {
 public:
  // From the operating system's generator.
  [[nodiscard]] static SecretKey random();
  // The caller wipes the bytes given.
  [[nodiscard]] static SecretKey of(std::span<const std::uint8_t, 32> bytes);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  // An independent key for a purpose: HMAC-SHA-256 of the label under this one.
  [[nodiscard]] SecretKey derived(std::string_view label) const;
  [[nodiscard]] std::span<const std::uint8_t, 32> bytes() const { return bytes_; }

 private:
  SecretKey() = default;
  std::array<std::uint8_t, 32> bytes_{};
};

using KeyedHash = std::array<std::uint8_t, 32>;

// HMAC-SHA-256. Constant time in the key.
[[nodiscard]] KeyedHash keyed_hash(const SecretKey& key, std::string_view data);
// Whether two hashes or codes are the same; the time does not tell where they differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// XChaCha20-Poly1305 under a fresh random nonce: nonce, ciphertext, tag; sealed_overhead bytes more
// than the plaintext. It opens only in the same context, which is the place that the value is for,
// so that values cannot be moved from row to row.
inline constexpr std::size_t sealed_overhead = 40;
[[nodiscard]] std::string seal(const SecretKey& key, std::string_view plaintext,
                               std::string_view context);
// Error: malformed, for anything that seal() did not make with this key and context.
[[nodiscard]] Result<std::string> open_sealed(const SecretKey& key, std::string_view sealed,
                                              std::string_view context);

// Uniform bytes from the operating system's generator.
[[nodiscard]] std::string random_bytes(std::size_t count);
// A uniform number below `bound`. Precondition: bound > 0.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

}  // namespace urna::protection
