// SPDX-License-Identifier: EUPL-1.2
// Numbers modulo the order of the group, l = 2^252 + 27742317777372353535851937790883648493:
// public ones, and secret ones that are wiped and that no variable-time function accepts.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace urna::group {

using ScalarBytes = std::array<std::uint8_t, 32>;

// A number 0 … l - 1 that anybody may know.
class Scalar {
 public:
  constexpr Scalar() = default;  // zero
  [[nodiscard]] static Scalar of(std::uint64_t value);
  // 1/2, that is (l + 1)/2.
  [[nodiscard]] static Scalar half();
  // Error: malformed iff the little-endian number is l or more.
  [[nodiscard]] static Result<Scalar> decode(const ScalarBytes& bytes);
  // The 512-bit little-endian number modulo l: uniform up to 2^-259 if the bytes are.
  [[nodiscard]] static Scalar from_uniform_bytes(std::span<const std::uint8_t, 64> bytes);

  // The 32 little-endian bytes.
  [[nodiscard]] const ScalarBytes& encode() const { return bytes_; }

  friend Scalar operator+(const Scalar& a, const Scalar& b);
  friend Scalar operator-(const Scalar& a, const Scalar& b);
  // In less time if one is below 2^128, as weights are.
  friend Scalar operator*(const Scalar& a, const Scalar& b);
  friend Scalar operator-(const Scalar& a);
  friend bool operator==(const Scalar&, const Scalar&) = default;
  [[nodiscard]] bool is_zero() const { return *this == Scalar(); }
  // 1/this. Error: malformed iff this is zero.
  [[nodiscard]] Result<Scalar> inverted() const;

 private:
  friend class SecretScalar;
  explicit constexpr Scalar(const ScalarBytes& bytes) : bytes_(bytes) {}
  ScalarBytes bytes_{};
};

// A number 0 … l - 1 that must not leak: wiped on destruction, constant-time arithmetic (inverses
// are libsodium's), neither comparable nor printable, and not convertible to Scalar but by
// disclose().
class SecretScalar {
 public:
  // Zero; of use only as a place to assign to.
  SecretScalar() = default;
  SecretScalar(const SecretScalar&) = default;
  SecretScalar& operator=(const SecretScalar&) = default;
  ~SecretScalar();

  // A uniform secret from the operating system's generator.
  [[nodiscard]] static SecretScalar random();
  // Error: malformed iff the little-endian number is l or more; nothing else about it leaks.
  [[nodiscard]] static Result<SecretScalar> decode(const ScalarBytes& bytes);
  // The 512-bit little-endian number modulo l. The caller wipes the bytes.
  [[nodiscard]] static SecretScalar from_uniform_bytes(std::span<const std::uint8_t, 64> bytes);
  // A public number where a secret one is asked for.
  [[nodiscard]] static SecretScalar from_public(const Scalar& value);

  friend SecretScalar operator+(const SecretScalar& a, const SecretScalar& b);
  friend SecretScalar operator-(const SecretScalar& a, const SecretScalar& b);
  friend SecretScalar operator*(const SecretScalar& a, const SecretScalar& b);
  friend SecretScalar operator*(const Scalar& a, const SecretScalar& b);
  friend SecretScalar operator-(const SecretScalar& a);
  // 1/this, and 0 for 0 (whether it was is not told). Constant time.
  [[nodiscard]] SecretScalar inverted() const;

  // The value as a public number: for what a protocol publishes, such as the response of a proof.
  [[nodiscard]] Scalar disclose() const { return Scalar(bytes_); }
  // The bytes for keeping or for constant-time multiplication. The caller wipes copies.
  [[nodiscard]] const ScalarBytes& secret_bytes() const { return bytes_; }

 private:
  ScalarBytes bytes_{};
};

}  // namespace urna::group
