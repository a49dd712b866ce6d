// SPDX-License-Identifier: EUPL-1.2
#include "group/scalar.h"

#include <cstddef>
#include <sodium/crypto_core_ristretto255.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

namespace urna::group {
namespace {

// l, little-endian.
constexpr ScalarBytes order = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                               0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                               0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// Whether the number is below l, by the borrow of the subtraction; no branch on the bytes.
bool is_below_order(const ScalarBytes& bytes) {
  unsigned borrow = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    borrow = ((unsigned{bytes[i]} - unsigned{order[i]} - borrow) >> 8U) & 1U;
  return borrow == 1;
}

Error not_a_scalar() {
  return Error{ErrorCode::malformed, "a scalar is not below the order of the group"};
}

using Operation = void (*)(unsigned char*, const unsigned char*, const unsigned char*);

ScalarBytes apply(Operation operation, const ScalarBytes& a, const ScalarBytes& b) {
  ScalarBytes result{};
  operation(result.data(), a.data(), b.data());
  return result;
}

ScalarBytes negative(const ScalarBytes& a) {
  ScalarBytes result{};
  crypto_core_ristretto255_scalar_negate(result.data(), a.data());
  return result;
}

ScalarBytes reduce(std::span<const std::uint8_t, 64> bytes) {
  ScalarBytes result{};
  crypto_core_ristretto255_scalar_reduce(result.data(), bytes.data());
  return result;
}

}  // namespace

Scalar Scalar::of(std::uint64_t value) {
  ScalarBytes bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return Scalar(bytes);
}

Scalar Scalar::half() {
  return Scalar(ScalarBytes{0xf7, 0xe9, 0x7a, 0x2e, 0x8d, 0x31, 0x09, 0x2c, 0x6b, 0xce, 0x7b,
                            0x51, 0xef, 0x7c, 0x6f, 0x0a, 0,    0,    0,    0,    0,    0,
                            0,    0,    0,    0,    0,    0,    0,    0,    0,    0x08});
}

Result<Scalar> Scalar::decode(const ScalarBytes& bytes) {
  if (!is_below_order(bytes)) return not_a_scalar();
  return Scalar(bytes);
}

Scalar Scalar::from_uniform_bytes(std::span<const std::uint8_t, 64> bytes) {
  return Scalar(reduce(bytes));
}

Scalar operator+(const Scalar& a, const Scalar& b) {
  return Scalar(apply(crypto_core_ristretto255_scalar_add, a.bytes_, b.bytes_));
}
Scalar operator-(const Scalar& a, const Scalar& b) {
  return Scalar(apply(crypto_core_ristretto255_scalar_sub, a.bytes_, b.bytes_));
}
Scalar operator*(const Scalar& a, const Scalar& b) {
  return Scalar(apply(crypto_core_ristretto255_scalar_mul, a.bytes_, b.bytes_));
}
Scalar operator-(const Scalar& a) { return Scalar(negative(a.bytes_)); }

Result<Scalar> Scalar::inverted() const {
  Scalar result;
  if (crypto_core_ristretto255_scalar_invert(result.bytes_.data(), bytes_.data()) != 0)
    return Error{ErrorCode::malformed, "zero has no inverse"};
  return result;
}

SecretScalar::~SecretScalar() { sodium_memzero(bytes_.data(), bytes_.size()); }

SecretScalar SecretScalar::random() {
  std::array<std::uint8_t, 64> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  SecretScalar secret = from_uniform_bytes(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return secret;
}

Result<SecretScalar> SecretScalar::decode(const ScalarBytes& bytes) {
  if (!is_below_order(bytes)) return not_a_scalar();
  SecretScalar secret;
  secret.bytes_ = bytes;
  return secret;
}

SecretScalar SecretScalar::from_uniform_bytes(std::span<const std::uint8_t, 64> bytes) {
  SecretScalar secret;
  crypto_core_ristretto255_scalar_reduce(secret.bytes_.data(), bytes.data());
  return secret;
}

SecretScalar SecretScalar::from_public(const Scalar& value) {
  SecretScalar secret;
  secret.bytes_ = value.encode();
  return secret;
}

// Results are written in place, so that no copy outlives the wiping.
SecretScalar operator+(const SecretScalar& a, const SecretScalar& b) {
  SecretScalar r;
  crypto_core_ristretto255_scalar_add(r.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return r;
}
SecretScalar operator-(const SecretScalar& a, const SecretScalar& b) {
  SecretScalar r;
  crypto_core_ristretto255_scalar_sub(r.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return r;
}
SecretScalar operator*(const SecretScalar& a, const SecretScalar& b) {
  SecretScalar r;
  crypto_core_ristretto255_scalar_mul(r.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return r;
}
SecretScalar operator*(const Scalar& a, const SecretScalar& b) {
  SecretScalar r;
  crypto_core_ristretto255_scalar_mul(r.bytes_.data(), a.encode().data(), b.bytes_.data());
  return r;
}
SecretScalar operator-(const SecretScalar& a) {
  SecretScalar r;
  crypto_core_ristretto255_scalar_negate(r.bytes_.data(), a.bytes_.data());
  return r;
}

SecretScalar SecretScalar::inverted() const {
  SecretScalar r;
  // The return value only says whether this is zero; the power is computed either way.
  static_cast<void>(crypto_core_ristretto255_scalar_invert(r.bytes_.data(), bytes_.data()));
  return r;
}

}  // namespace urna::group
