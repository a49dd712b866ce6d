// SPDX-License-Identifier: EUPL-1.2
#include "group/scalar.h"

#include <cstddef>
#include <sodium/crypto_core_ristretto255.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <type_traits>
#include <utility>

#include "group/field.h"

namespace urna::group {
namespace {

// Limbs of 64 bits, the lowest first.
template <std::size_t size>
using Limbs = std::array<std::uint64_t, size>;
using Number = Limbs<4>;

// l = 2^252 + c with 2^124 < c < 2^125.
constexpr Limbs<2> c = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6};
constexpr Number order = {c[0], c[1], 0, std::uint64_t{1} << 60U};

// step(0), step(1), … with the index a constant of the program: the limbs stay in registers, where
// the compiler vectorises a loop over them and halves the speed.
template <std::size_t count, typename Step>
void repeat(const Step& step) {
  const auto all = [&]<std::size_t... i>(std::index_sequence<i...>) {
    (step(std::integral_constant<std::size_t, i>()), ...);
  };
  all(std::make_index_sequence<count>());
}

template <std::size_t size>
Limbs<size> load(std::span<const std::uint8_t, 8 * size> bytes) {
  Limbs<size> limbs{};
  repeat<size>([&](auto i) {
    repeat<8>([&](auto j) { limbs[i] |= std::uint64_t{bytes[8 * i + j]} << (8 * j); });
  });
  return limbs;
}

void store(const Number& limbs, ScalarBytes& bytes) {
  repeat<4>([&](auto i) {
    repeat<8>([&](auto j) { bytes[8 * i + j] = static_cast<std::uint8_t>(limbs[i] >> (8 * j)); });
  });
}

// x + y modulo 2^256.
Number sum(const Number& x, const Number& y) {
  Number result{};
  Uint128 column = 0;
  repeat<4>([&](auto i) {
    column = (column >> 64U) + x[i] + y[i];
    result[i] = static_cast<std::uint64_t>(column);
  });
  return result;
}

struct Difference {
  Number value;          // x - y modulo 2^256
  std::uint64_t borrow;  // 1 iff x < y, else 0
};

Difference difference(const Number& x, const Number& y) {
  Difference result{};
  repeat<4>([&](auto i) {
    const Uint128 column = Uint128{x[i]} - y[i] - result.borrow;
    result.value[i] = static_cast<std::uint64_t>(column);
    result.borrow = static_cast<std::uint64_t>(column >> 64U) & 1U;
  });
  return result;
}

// x - bound if x >= bound, else x.
Number minus_if_not_below(const Number& x, const Number& bound) {
  const Difference less = difference(x, bound);
  const std::uint64_t keep = 0U - less.borrow;
  Number result{};
  repeat<4>([&](auto i) { result[i] = (x[i] & keep) | (less.value[i] & ~keep); });
  return result;
}

// A column is at most (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
template <std::size_t m, std::size_t n>
Limbs<m + n> product(const Limbs<m>& x, const Limbs<n>& y) {
  Limbs<m + n> result{};
  repeat<n>([&](auto j) {
    std::uint64_t carry = 0;
    repeat<m>([&](auto i) {
      const Uint128 column = Uint128{x[i]} * y[j] + result[i + j] + carry;
      result[i + j] = static_cast<std::uint64_t>(column);
      carry = static_cast<std::uint64_t>(column >> 64U);
    });
    result[m + j] = carry;
  });
  return result;
}

// x modulo 2^252.
template <std::size_t size>
Number low_252_bits(const Limbs<size>& x) {
  return {x[0], x[1], x[2], x[3] & (~std::uint64_t{0} >> 4U)};
}

// x / 2^252, rounded down. Precondition: it is below 2^(64 high_size).
template <std::size_t high_size, std::size_t size>
Limbs<high_size> above_252_bits(const Limbs<size>& x) {
  Limbs<high_size> result{};
  repeat<high_size>([&](auto i) {
    result[i] = x[i + 3] >> 60U;
    if constexpr (i + 4 < size) result[i] |= x[i + 4] << 4U;
  });
  return result;
}

// (x - y) modulo l for x and y below l.
Number difference_modulo_order(const Number& x, const Number& y) {
  const Difference less = difference(x, y);
  const std::uint64_t mask = 0U - less.borrow;
  // After a borrow the value is 2^256 too much, which adding l drops again.
  return sum(less.value, {order[0] & mask, order[1] & mask, 0, order[3] & mask});
}

// x modulo l, by 2^252 = -c. Any n is n0 + 2^252 n1 with n0 below 2^252, thus n0 - c n1 modulo l.
//   For 5 limbs of x1:  x < 2^512, x1 < 2^260, y = c x1 < 2^385, y1 < 2^133, z = c y1 < 2^258.
//   For 4, as of a product of two numbers below l:
//                       x < 2^505, x1 < 2^253, y = c x1 < 2^378, y1 < 2^126, z = c y1 < 2^251.
// In both cases y1 has two limbs less than x1, and z1 < 2^6. Then
//   x = x0 - y = x0 - (y0 - z) = x0 + l - y0 + z0 + 2^252 z1 modulo l.
// Let r = x0 + l - y0 + z0. As y0 < 2^252 < l, it is positive; r < l + 2^253 < 2^254, r1 < 4.
// So x = r0 + 2^252 (r1 + z1) = r0 - c (r1 + z1) modulo l, where r0 < 2^252 < l and
// c (r1 + z1) < 2^125 2^7 < l.
template <std::size_t x1_size>
Number reduced(const Limbs<8>& x) {
  const auto y = product(above_252_bits<x1_size>(x), c);
  const auto z = product(above_252_bits<x1_size - 2>(y), c);
  const Number r =
      sum(difference(sum(low_252_bits(x), order), low_252_bits(y)).value, low_252_bits(z));
  const Limbs<3> last = product(Limbs<1>{above_252_bits<1>(r)[0] + above_252_bits<1>(z)[0]}, c);
  return difference_modulo_order(low_252_bits(r), {last[0], last[1], last[2], 0});
}

// The same for the product of a number below l and one below 2^128, as weights are: x < 2^381, so
// that x1 < 2^129, y = c x1 < 2^254, y1 < 4, z = c y1 < 2^127, and
//   x = x0 - y = x0 - y0 + z = x0 + l - y0 + z modulo l,
// which is positive and below 2^254.
Number reduced_short(const Limbs<6>& x) {
  const Limbs<5> y = product(above_252_bits<3>(x), c);
  const Limbs<3> z = product(above_252_bits<1>(y), c);
  const Number r =
      sum(difference(sum(low_252_bits(x), order), low_252_bits(y)).value, {z[0], z[1], z[2], 0});
  const Limbs<3> last = product(above_252_bits<1>(r), c);
  return difference_modulo_order(low_252_bits(r), {last[0], last[1], last[2], 0});
}

bool is_short(const Number& x) { return (x[2] | x[3]) == 0; }

// Variable time: a short factor saves more than half of the products of limbs.
void multiply_vartime(const ScalarBytes& a, const ScalarBytes& b, ScalarBytes& to) {
  const Number x = load<4>(a);
  const Number y = load<4>(b);
  if (is_short(y)) {
    store(reduced_short(product(x, Limbs<2>{y[0], y[1]})), to);
  } else if (is_short(x)) {
    store(reduced_short(product(y, Limbs<2>{x[0], x[1]})), to);
  } else {
    store(reduced<4>(product(x, y)), to);
  }
}

// The operations on secret scalars, in constant time, and of public ones those that are no faster
// otherwise. Results are written in place, so
// that no copy of a secret outlives its wiping.
void add(const ScalarBytes& a, const ScalarBytes& b, ScalarBytes& to) {
  store(minus_if_not_below(sum(load<4>(a), load<4>(b)), order), to);
}
void subtract(const ScalarBytes& a, const ScalarBytes& b, ScalarBytes& to) {
  store(difference_modulo_order(load<4>(a), load<4>(b)), to);
}
void multiply(const ScalarBytes& a, const ScalarBytes& b, ScalarBytes& to) {
  store(reduced<4>(product(load<4>(a), load<4>(b))), to);
}

// No branch on the bytes.
bool is_below_order(const ScalarBytes& bytes) {
  return difference(load<4>(bytes), order).borrow == 1;
}

Error not_a_scalar() {
  return Error{ErrorCode::malformed, "a scalar is not below the order of the group"};
}

}  // namespace

Scalar Scalar::of(std::uint64_t value) {
  Scalar result;
  store({value, 0, 0, 0}, result.bytes_);
  return result;
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
  Scalar result;
  store(reduced<5>(load<8>(bytes)), result.bytes_);
  return result;
}

Scalar operator+(const Scalar& a, const Scalar& b) {
  Scalar result;
  add(a.bytes_, b.bytes_, result.bytes_);
  return result;
}
Scalar operator-(const Scalar& a, const Scalar& b) {
  Scalar result;
  subtract(a.bytes_, b.bytes_, result.bytes_);
  return result;
}
Scalar operator*(const Scalar& a, const Scalar& b) {
  Scalar result;
  multiply_vartime(a.bytes_, b.bytes_, result.bytes_);
  return result;
}
Scalar operator-(const Scalar& a) { return Scalar() - a; }

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
  store(reduced<5>(load<8>(bytes)), secret.bytes_);
  return secret;
}

SecretScalar SecretScalar::from_public(const Scalar& value) {
  SecretScalar secret;
  secret.bytes_ = value.encode();
  return secret;
}

SecretScalar operator+(const SecretScalar& a, const SecretScalar& b) {
  SecretScalar r;
  add(a.bytes_, b.bytes_, r.bytes_);
  return r;
}
SecretScalar operator-(const SecretScalar& a, const SecretScalar& b) {
  SecretScalar r;
  subtract(a.bytes_, b.bytes_, r.bytes_);
  return r;
}
SecretScalar operator*(const SecretScalar& a, const SecretScalar& b) {
  SecretScalar r;
  multiply(a.bytes_, b.bytes_, r.bytes_);
  return r;
}
SecretScalar operator*(const Scalar& a, const SecretScalar& b) {
  SecretScalar r;
  multiply(a.encode(), b.bytes_, r.bytes_);
  return r;
}
SecretScalar operator-(const SecretScalar& a) {
  SecretScalar r;
  subtract(ScalarBytes{}, a.bytes_, r.bytes_);
  return r;
}

SecretScalar SecretScalar::inverted() const {
  SecretScalar r;
  // The return value only says whether this is zero; the power is computed either way.
  static_cast<void>(crypto_core_ristretto255_scalar_invert(r.bytes_.data(), bytes_.data()));
  return r;
}

}  // namespace urna::group
