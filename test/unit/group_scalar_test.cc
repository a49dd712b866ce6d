// SPDX-License-Identifier: EUPL-1.2
// Scalars against GMP, their strict decoding, and what the types forbid.
#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <ostream>
#include <sodium/crypto_core_ristretto255.h>
#include <string>
#include <type_traits>
#include <vector>

#include "base/rational.h"
#include "group/hash.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"
#include "group/scalar.h"
#include "test/unit/group_hex.h"

namespace urna::group {
namespace {

using testing::from_hex;
using testing::RandomBytes;
using testing::to_hex;

const Integer& order() {
  static const Integer l = [] {
    Integer power;
    mpz_ui_pow_ui(power.get_mpz_t(), 2, 252);
    return Integer(power + Integer("27742317777372353535851937790883648493"));
  }();
  return l;
}

template <std::size_t size>
Integer number(const std::array<std::uint8_t, size>& bytes) {
  Integer result;
  mpz_import(result.get_mpz_t(), size, -1, 1, 0, 0, bytes.data());
  return result;
}

Integer modulo(const Integer& value) {
  Integer result;
  mpz_mod(result.get_mpz_t(), value.get_mpz_t(), order().get_mpz_t());
  return result;
}

ScalarBytes bytes_of(const Integer& value) {
  ScalarBytes bytes{};
  mpz_export(bytes.data(), nullptr, -1, 1, 0, 0, value.get_mpz_t());
  return bytes;
}

std::vector<Scalar> samples() {
  std::vector<Scalar> scalars = {Scalar(),       Scalar::of(1),  Scalar::of(2),
                                 -Scalar::of(1), Scalar::half(), Scalar::of(~std::uint64_t{0})};
  RandomBytes random(3);
  for (int i = 0; i < 50; ++i) scalars.push_back(Scalar::from_uniform_bytes(random.next<64>()));
  return scalars;
}

TEST(GroupScalar, ArithmeticAgreesWithGmp) {
  for (const Scalar& a : samples()) {
    const Integer x = number(a.encode());
    const SecretScalar secret_a = SecretScalar::from_public(a);
    EXPECT_EQ(number((-a).encode()), modulo(-x));
    EXPECT_EQ((-secret_a).disclose(), -a);
    for (const Scalar& b : samples()) {
      const Integer y = number(b.encode());
      const SecretScalar secret_b = SecretScalar::from_public(b);
      EXPECT_EQ(number((a + b).encode()), modulo(x + y));
      EXPECT_EQ(number((a - b).encode()), modulo(x - y));
      EXPECT_EQ(number((a * b).encode()), modulo(x * y));
      EXPECT_EQ((secret_a + secret_b).disclose(), a + b);
      EXPECT_EQ((secret_a - secret_b).disclose(), a - b);
      EXPECT_EQ((secret_a * secret_b).disclose(), a * b);
      EXPECT_EQ((a * secret_b).disclose(), a * b);
    }
  }
}

// The encodings on both sides of each carry, of each limb and of the order.
std::vector<Integer> border_values() {
  const Integer c = order() - (Integer(1) << 252U);
  std::vector<Integer> values = {0, 1, 2, c - 1, c, c + 1, order() / 2, order() / 2 + 1};
  for (const unsigned bits : {64U, 125U, 126U, 127U, 128U, 192U, 251U, 252U})
    for (const int offset : {-1, 0, 1}) values.emplace_back((Integer(1) << bits) + offset);
  for (const int offset : {-3, -2, -1}) values.emplace_back(order() + offset);
  return values;
}

Scalar scalar(const Integer& value) { return Scalar::decode(bytes_of(value)).value(); }

// Whether the public and the secret operations yield what libsodium does.
bool agrees_with_libsodium(const Scalar& a, const Scalar& b) {
  const SecretScalar secret_a = SecretScalar::from_public(a);
  const SecretScalar secret_b = SecretScalar::from_public(b);
  const auto theirs = [&](auto operation) {
    ScalarBytes result{};
    operation(result.data(), a.encode().data(), b.encode().data());
    return result;
  };
  const ScalarBytes sum = theirs(crypto_core_ristretto255_scalar_add);
  const ScalarBytes difference = theirs(crypto_core_ristretto255_scalar_sub);
  const ScalarBytes product = theirs(crypto_core_ristretto255_scalar_mul);
  ScalarBytes negative{};
  crypto_core_ristretto255_scalar_negate(negative.data(), a.encode().data());
  return (a + b).encode() == sum && (secret_a + secret_b).disclose().encode() == sum &&
         (a - b).encode() == difference &&
         (secret_a - secret_b).disclose().encode() == difference && (a * b).encode() == product &&
         (secret_a * secret_b).disclose().encode() == product &&
         (a * secret_b).disclose().encode() == product && (-a).encode() == negative &&
         (-secret_a).disclose().encode() == negative;
}

TEST(GroupScalar, BorderValuesAgreeWithGmpAndLibsodium) {
  for (const Integer& x : border_values()) {
    const Scalar a = scalar(x);
    EXPECT_EQ(number((-a).encode()), modulo(-x)) << x;
    for (const Integer& y : border_values()) {
      const Scalar b = scalar(y);
      EXPECT_EQ(number((a + b).encode()), modulo(x + y)) << x << " + " << y;
      EXPECT_EQ(number((a - b).encode()), modulo(x - y)) << x << " - " << y;
      EXPECT_EQ(number((a * b).encode()), modulo(x * y)) << x << " * " << y;
      EXPECT_TRUE(agrees_with_libsodium(a, b)) << x << ", " << y;
    }
  }
}

TEST(GroupScalar, RandomPairsAgreeWithLibsodium) {
  RandomBytes random(5);
  for (int i = 0; i < 100'000; ++i) {
    const std::array<std::uint8_t, 64> bytes = random.next<64>();
    const Scalar a = Scalar::from_uniform_bytes(bytes);
    ASSERT_EQ(a, SecretScalar::from_uniform_bytes(bytes).disclose()) << i;
    ScalarBytes reduced{};
    crypto_core_ristretto255_scalar_reduce(reduced.data(), bytes.data());
    ASSERT_EQ(a.encode(), reduced) << i;
    const Scalar b = Scalar::from_uniform_bytes(random.next<64>());
    ASSERT_TRUE(agrees_with_libsodium(a, b)) << i;
    ScalarBytes weight = b.encode();
    std::fill(weight.begin() + 16, weight.end(), std::uint8_t{0});
    const Scalar short_one = Scalar::decode(weight).value();
    ASSERT_TRUE(agrees_with_libsodium(a, short_one)) << i;
    ASSERT_TRUE(agrees_with_libsodium(short_one, b)) << i;
  }
}

TEST(GroupScalar, Inverses) {
  for (const Scalar& a : samples()) {
    const Result<Scalar> inverse = a.inverted();
    ASSERT_EQ(inverse.ok(), !a.is_zero());
    const Scalar secret = SecretScalar::from_public(a).inverted().disclose();
    if (inverse) {
      EXPECT_EQ(a * *inverse, Scalar::of(1));
      EXPECT_EQ(secret, *inverse);
    } else {
      EXPECT_TRUE(secret.is_zero());
    }
  }
  EXPECT_EQ(Scalar::half() + Scalar::half(), Scalar::of(1));
}

TEST(GroupScalar, DecodesOnlyNumbersBelowTheOrder) {
  Integer all_ones;
  mpz_ui_pow_ui(all_ones.get_mpz_t(), 2, 256);
  all_ones -= 1;
  for (const Integer& accepted : {Integer(0), Integer(1), Integer(order() - 1)}) {
    const ScalarBytes bytes = bytes_of(accepted);
    ASSERT_TRUE(Scalar::decode(bytes).ok()) << accepted;
    EXPECT_EQ(Scalar::decode(bytes)->encode(), bytes);
    ASSERT_TRUE(SecretScalar::decode(bytes).ok()) << accepted;
    EXPECT_EQ(SecretScalar::decode(bytes)->disclose().encode(), bytes);
  }
  for (const Integer& refused :
       {order(), Integer(order() + 1), Integer(2 * order()), Integer(15 * order()), all_ones}) {
    EXPECT_FALSE(Scalar::decode(bytes_of(refused)).ok()) << refused;
    EXPECT_FALSE(SecretScalar::decode(bytes_of(refused)).ok()) << refused;
  }
  // Above and below the order in one byte each.
  for (std::size_t i = 0; i < 32; ++i) {
    ScalarBytes bytes = bytes_of(order() - 1);
    if (bytes[i] == 0xff) continue;
    ++bytes[i];
    EXPECT_FALSE(Scalar::decode(bytes).ok()) << i;
  }
}

TEST(GroupScalar, WideReduction) {
  RandomBytes random(4);
  std::array<std::uint8_t, 64> bytes{};
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(number(Scalar::from_uniform_bytes(bytes).encode()), modulo(number(bytes)));
    EXPECT_EQ(SecretScalar::from_uniform_bytes(bytes).disclose(),
              Scalar::from_uniform_bytes(bytes));
    bytes = random.next<64>();
    if (i == 0) bytes.fill(0xff);
  }
}

TEST(GroupScalar, WideReductionOfBorderValues) {
  const Integer end = Integer(1) << 512U;
  const Integer low_half = (Integer(1) << 256U) - 1;
  // Around the multiples of the order and the places where the number is cut.
  std::vector<Integer> values = {end - 1, end - low_half - 1, low_half, (end / order()) * order()};
  std::vector<Integer> factors = {1, 2, 3, 4, 5, 15, 16, order() - 1, order(), order() + 1};
  RandomBytes random(6);
  for (int i = 0; i < 1000; ++i) factors.push_back(number(random.next<32>()));
  for (const Integer& factor : factors) {
    values.emplace_back(factor * order());
    values.emplace_back(factor << 252U);
    values.emplace_back(factor * (order() - (Integer(1) << 252U)));
  }
  for (unsigned bits = 0; bits < 512; ++bits) {
    values.emplace_back(Integer(1) << bits);
    values.emplace_back(end - (Integer(1) << bits));
  }
  for (const Integer& value : values)
    for (const int offset : {-2, -1, 0, 1, 2}) {
      const Integer wide = value + offset;
      if (wide < 0 || wide >= end) continue;
      std::array<std::uint8_t, 64> bytes{};
      mpz_export(bytes.data(), nullptr, -1, 1, 0, 0, wide.get_mpz_t());
      const Scalar reduced = Scalar::from_uniform_bytes(bytes);
      ASSERT_EQ(number(reduced.encode()), modulo(wide)) << wide;
      ASSERT_EQ(reduced, SecretScalar::from_uniform_bytes(bytes).disclose()) << wide;
    }
}

TEST(GroupScalar, RandomSecretsDiffer) {
  const SecretScalar a = SecretScalar::random();
  const SecretScalar b = SecretScalar::random();
  EXPECT_FALSE(a.disclose() == b.disclose());
  EXPECT_FALSE(a.disclose().is_zero());
  EXPECT_TRUE(Scalar::decode(a.secret_bytes()).ok());
}

TEST(GroupScalar, SecretsAreWiped) {
  alignas(SecretScalar) std::array<unsigned char, sizeof(SecretScalar)> place;
  place.fill(0xaa);
  auto* secret =
      std::construct_at(reinterpret_cast<SecretScalar*>(place.data()), SecretScalar::random());
  std::destroy_at(secret);
  for (const unsigned char byte : place) EXPECT_EQ(byte, 0);
}

// RFC 9497 appendix A.1: the key pairs of suite ristretto255-SHA512 come from HashToScalar.
TEST(GroupScalar, DerivedKeysOfRfc9497) {
  const std::string seed(32, '\xa3');
  const std::string info("\x00\x08test key", 10);
  const std::string input = seed + info + std::string(1, '\0');
  const std::string domain = std::string("DeriveKeyPairOPRFV1-") + '\0' + "-ristretto255-SHA512";
  EXPECT_EQ(to_hex(hash_to_scalar(input, domain).encode()),
            "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e");
}

template <typename S>
concept MulVartime = requires(const S& s, const Element& e) {
  mul_vartime(s, e);
};
template <typename S>
concept DoubleMulVartime = requires(const S& s, const Scalar& p, const Element& e) {
  double_mul_base_vartime(s, e, p);
  double_mul_base_vartime(p, e, s);
};
template <typename S>
concept MultiMulVartime = requires(const std::vector<S>& s, const std::vector<Element>& e) {
  multi_scalar_multiply_vartime(s, e);
};
template <typename S>
concept MulConstantTime = requires(const S& s, const Element& e) {
  mul(s, e);
};
template <typename T>
concept Streamable = requires(std::ostream& out, const T& t) {
  out << t;
};
template <typename T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};

TEST(GroupScalar, WrongCallsDoNotCompile) {
  static_assert(MulVartime<Scalar> && !MulVartime<SecretScalar>);
  static_assert(DoubleMulVartime<Scalar> && !DoubleMulVartime<SecretScalar>);
  static_assert(MultiMulVartime<Scalar> && !MultiMulVartime<SecretScalar>);
  static_assert(MulConstantTime<SecretScalar> && !MulConstantTime<Scalar>);
  static_assert(!Streamable<SecretScalar>);
  static_assert(Comparable<Scalar> && !Comparable<SecretScalar>);
  static_assert(!std::is_convertible_v<SecretScalar, Scalar>);
  static_assert(!std::is_constructible_v<Scalar, SecretScalar>);
  static_assert(!std::is_convertible_v<Scalar, SecretScalar>);
}

}  // namespace
}  // namespace urna::group
