// SPDX-License-Identifier: EUPL-1.2
// The field against GMP, its square roots against RFC 9496 A.4, its limits at the largest limbs.
#include <gtest/gtest.h>
#include <vector>

#include "base/rational.h"
#include "group/edwards.h"
#include "group/field.h"
#include "test/unit/group_hex.h"

namespace urna::group {
namespace {

using testing::from_hex;
using testing::RandomBytes;
using testing::to_hex;

const Integer& prime() {
  static const Integer p = [] {
    Integer power;
    mpz_ui_pow_ui(power.get_mpz_t(), 2, 255);
    return Integer(power - 19);
  }();
  return p;
}

Integer modulo(const Integer& value) {
  Integer result;
  mpz_mod(result.get_mpz_t(), value.get_mpz_t(), prime().get_mpz_t());
  return result;
}

Integer number(const FieldElement::Bytes& bytes) {
  Integer result;
  mpz_import(result.get_mpz_t(), bytes.size(), -1, 1, 0, 0, bytes.data());
  return result;
}

// The value of the limbs as they are, reduced or not.
Integer value(const FieldElement& x) {
  Integer result = 0;
  for (std::size_t i = 5; i-- > 0;) {
    result <<= 51;
    result += Integer(static_cast<unsigned long>(x.limbs()[i]));
  }
  return result;
}

FieldElement random_element(RandomBytes& random) {
  return FieldElement::from_low_255_bits(random.next<32>());
}

// Elements near every border, and random ones.
std::vector<FieldElement> samples() {
  std::vector<FieldElement> elements = {FieldElement(), FieldElement::one(), -FieldElement::one(),
                                        edwards_d};
  FieldElement::Bytes high{};
  high.fill(0xff);
  elements.push_back(FieldElement::from_low_255_bits(high));  // 2^255 - 1, not reduced
  for (unsigned low = 0xe8; low <= 0xf2; ++low) {
    high.fill(0xff);
    high[0] = static_cast<std::uint8_t>(low);
    high[31] = 0x7f;
    elements.push_back(FieldElement::from_low_255_bits(high));
  }
  RandomBytes random(1);
  for (int i = 0; i < 40; ++i) elements.push_back(random_element(random));
  return elements;
}

TEST(GroupField, ArithmeticAgreesWithGmp) {
  for (const FieldElement& a : samples()) {
    const Integer x = value(a);
    EXPECT_EQ(number(a.encode()), modulo(x));
    EXPECT_EQ(number((-a).encode()), modulo(-x));
    EXPECT_EQ(number(a.squared().encode()), modulo(x * x));
    EXPECT_EQ(a.is_zero().reveal(), modulo(x) == 0);
    EXPECT_EQ(a.is_negative().reveal(), mpz_odd_p(modulo(x).get_mpz_t()) != 0);
    for (const FieldElement& b : samples()) {
      const Integer y = value(b);
      EXPECT_EQ(number((a + b).encode()), modulo(x + y));
      EXPECT_EQ(number((a - b).encode()), modulo(x - y));
      EXPECT_EQ(number((a * b).encode()), modulo(x * y));
      EXPECT_EQ(a.equals(b).reveal(), modulo(x) == modulo(y));
    }
  }
}

TEST(GroupField, LazySumsStayWithinTheProductsLimit) {
  // The largest tight limbs, the largest sums and differences of the contract, multiplied.
  constexpr std::uint64_t tight_max = (std::uint64_t{1} << 51U) - 1;
  const FieldElement tight =
      FieldElement::from_limbs({tight_max, tight_max, tight_max, tight_max, tight_max});
  const FieldElement top =
      FieldElement::from_limbs({tight_max + 16384, tight_max + 16384, tight_max + 16384,
                                tight_max + 16384, tight_max + 16384});
  for (const FieldElement& x : {tight, top}) {
    const FieldElement three = x.plus_lazy(x).plus_lazy(x);
    const FieldElement most = three.minus_lazy(FieldElement());
    EXPECT_EQ(modulo(value(most)), modulo(3 * value(x)));
    EXPECT_EQ(number(FieldElement().minus_lazy(three).encode()), modulo(-3 * value(x)));
    for (const std::uint64_t limb : most.limbs()) EXPECT_LT(limb, std::uint64_t{1} << 54U);
    const Integer y = value(most);
    for (const FieldElement& product : {most * most, most.squared()}) {
      EXPECT_EQ(number(product.encode()), modulo(y * y));
      for (const std::uint64_t limb : product.limbs())
        EXPECT_LT(limb, (std::uint64_t{1} << 51U) + (1U << 14U));
    }
    EXPECT_EQ(number(most.encode()), modulo(y));
  }
}

TEST(GroupField, ProductsOfTheLargestLimbsAreTight) {
  // Each limb at the limit of a product's factors, 2^54 - 1, or at zero: from_limbs() asks for
  // tight ones only to keep sums within this limit.
  constexpr std::uint64_t largest = (std::uint64_t{1} << 54U) - 1;
  for (unsigned which = 0; which < 32; ++which) {
    FieldElement::Limbs limbs{};
    for (unsigned i = 0; i < 5; ++i) limbs[i] = (which >> i & 1U) != 0 ? largest : 0;
    const FieldElement x = FieldElement::from_limbs(limbs);
    const FieldElement y = FieldElement::from_limbs({largest, largest, largest, largest, largest});
    const auto expect = [](const FieldElement& product, const Integer& expected) {
      EXPECT_EQ(number(product.encode()), modulo(expected));
      for (const std::uint64_t limb : product.limbs())
        EXPECT_LT(limb, (std::uint64_t{1} << 51U) + (1U << 16U));
    };
    expect(x.squared(), value(x) * value(x));
    expect(x * y, value(x) * value(y));
    expect(y * x, value(x) * value(y));
    EXPECT_EQ(number(x.encode()), modulo(value(x)));
    EXPECT_TRUE(x.encodes_as(x.encode()).reveal());
    FieldElement::Bytes other = x.encode();
    other[which % 32] ^= 1U;
    EXPECT_FALSE(x.encodes_as(other).reveal());
  }
}

TEST(GroupField, DecodesOnlyNumbersBelowThePrime) {
  for (unsigned low = 0; low <= 0xff; ++low) {
    FieldElement::Bytes bytes{};
    bytes.fill(0xff);
    bytes[0] = static_cast<std::uint8_t>(low);
    bytes[31] = 0x7f;
    const Result<FieldElement> decoded = FieldElement::decode(bytes);
    ASSERT_EQ(decoded.ok(), low < 0xed) << low;
    if (decoded) {
      EXPECT_EQ(decoded->encode(), bytes);
    }
    bytes[31] = 0xff;
    EXPECT_FALSE(FieldElement::decode(bytes).ok());
  }
  FieldElement::Bytes only_the_top_bit{};
  only_the_top_bit[31] = 0x80;
  EXPECT_FALSE(FieldElement::decode(only_the_top_bit).ok());
}

TEST(GroupField, InversesAloneAndTogether) {
  std::vector<FieldElement> together = samples();
  invert_all(together);
  std::size_t i = 0;
  for (const FieldElement& a : samples()) {
    EXPECT_EQ(together[i].encode(), a.inverted().encode());
    if (a.is_zero().reveal()) {
      EXPECT_TRUE(together[i].is_zero().reveal());
    } else {
      EXPECT_TRUE((a * together[i]).equals(FieldElement::one()).reveal());
    }
    ++i;
  }
  std::vector<FieldElement> none;
  invert_all(none);
  EXPECT_TRUE(none.empty());
}

// RFC 9496, appendix A.4.
TEST(GroupField, SqrtRatioVectors) {
  struct Vector {
    const char* u;
    const char* v;
    bool was_square;
    const char* root;
  };
  const std::string zero(64, '0');
  const std::string one = "01" + std::string(62, '0');
  const std::string two = "02" + std::string(62, '0');
  const std::string four = "04" + std::string(62, '0');
  const Vector vectors[] = {
      {zero.c_str(), zero.c_str(), true, zero.c_str()},
      {zero.c_str(), one.c_str(), true, zero.c_str()},
      {one.c_str(), zero.c_str(), false, zero.c_str()},
      {two.c_str(), one.c_str(), false,
       "3c5ff1b5d8e4113b871bd052f9e7bcd0582804c266ffb2d4f4203eb07fdb7c54"},
      {four.c_str(), one.c_str(), true, two.c_str()},
      {one.c_str(), four.c_str(), true,
       "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff3f"},
  };
  for (const Vector& vector : vectors) {
    const SqrtRatio ratio = sqrt_ratio(*FieldElement::decode(from_hex<32>(vector.u)),
                                       *FieldElement::decode(from_hex<32>(vector.v)));
    EXPECT_EQ(ratio.was_square.reveal(), vector.was_square) << vector.u << " / " << vector.v;
    EXPECT_EQ(to_hex(ratio.root.encode()), vector.root) << vector.u << " / " << vector.v;
  }
}

TEST(GroupField, SqrtRatioByItsDefinition) {
  RandomBytes random(2);
  int squares = 0;
  for (int i = 0; i < 200; ++i) {
    const FieldElement u = random_element(random);
    const FieldElement v = random_element(random);
    const SqrtRatio ratio = sqrt_ratio(u, v);
    const Integer quotient = modulo(value(u) * value(v.inverted()));
    EXPECT_EQ(ratio.was_square.reveal(),
              mpz_jacobi(quotient.get_mpz_t(), prime().get_mpz_t()) == 1);
    EXPECT_FALSE(ratio.root.is_negative().reveal());
    if (ratio.was_square.reveal()) {
      ++squares;
      EXPECT_TRUE((v * ratio.root.squared()).equals(u).reveal());
    }
  }
  EXPECT_GT(squares, 50);
  EXPECT_LT(squares, 150);
}

TEST(GroupField, TwoRootsAtOnceAreThoseOfEach) {
  const std::vector<FieldElement> all = samples();
  for (std::size_t i = 0; i + 3 < all.size(); ++i) {
    const std::array<SqrtRatio, 2> two =
        sqrt_ratios<2>({all[i], all[i + 1]}, {all[i + 2], all[i + 3]});
    for (std::size_t k = 0; k < 2; ++k) {
      const SqrtRatio one = sqrt_ratio(all[i + k], all[i + 2 + k]);
      EXPECT_EQ(two[k].was_square.reveal(), one.was_square.reveal());
      EXPECT_EQ(two[k].root.encode(), one.root.encode());
    }
  }
}

TEST(GroupField, SelectionTakesOneOrTheOther) {
  const FieldElement a = FieldElement::one();
  const FieldElement b = edwards_d;
  for (const std::uint64_t bit : {0U, 1U}) {
    FieldElement first = a;
    FieldElement second = b;
    FieldElement::swap_if(first, second, Choice::of(bit));
    EXPECT_EQ(first.limbs(), (bit == 0 ? a : b).limbs());
    EXPECT_EQ(second.limbs(), (bit == 0 ? b : a).limbs());
  }
  EXPECT_TRUE(FieldElement::select(a, b, Choice::of(0)).equals(a).reveal());
  EXPECT_TRUE(FieldElement::select(a, b, Choice::of(1)).equals(b).reveal());
  EXPECT_TRUE(b.negated_if(Choice::of(1)).equals(-b).reveal());
  EXPECT_TRUE(b.negated_if(Choice::of(0)).equals(b).reveal());
  EXPECT_EQ(b.absolute().encode(), (-b).absolute().encode());
}

TEST(GroupField, CurveConstantsByTheirDefinition) {
  const Integer d = value(edwards_d);
  EXPECT_EQ(modulo(d * 121666), modulo(Integer(-121665)));
  EXPECT_EQ(value(edwards_2d), modulo(2 * d));
}

}  // namespace
}  // namespace urna::group
