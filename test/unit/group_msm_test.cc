// SPDX-License-Identifier: EUPL-1.2
// Variable-time multiples and their sums against the plain sum of constant-time multiples.
#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "group/multiply.h"
#include "group/multiply_vartime.h"
#include "test/unit/group_hex.h"

namespace urna::group {
namespace {

using testing::RandomBytes;

struct Terms {
  std::vector<Scalar> scalars;
  std::vector<Element> elements;
};

Element plain_sum(const Terms& terms) {
  Element sum;
  for (std::size_t i = 0; i < terms.scalars.size(); ++i)
    sum = sum + mul(SecretScalar::from_public(terms.scalars[i]), terms.elements[i]);
  return sum;
}

std::vector<Scalar> border_scalars() {
  const Scalar one = Scalar::of(1);
  return {Scalar(),
          one,
          -one,
          Scalar::of(2),
          -Scalar::of(2),
          Scalar::half(),
          -Scalar::half(),
          Scalar::of(15),
          Scalar::of(16),
          Scalar::of(17),
          Scalar::of(~std::uint64_t{0}),
          -Scalar::of(~std::uint64_t{0})};
}

Terms random_terms(std::size_t count, std::uint64_t seed) {
  RandomBytes random(seed);
  Terms terms;
  for (std::size_t i = 0; i < count; ++i) {
    terms.scalars.push_back(Scalar::from_uniform_bytes(random.next<64>()));
    terms.elements.push_back(Element::from_uniform_bytes(random.next<64>()));
  }
  return terms;
}

void expect_all_methods(const Terms& terms, const Element& expected) {
  EXPECT_TRUE(straus_vartime(terms.scalars, terms.elements) == expected) << terms.scalars.size();
  EXPECT_TRUE(pippenger_vartime(terms.scalars, terms.elements) == expected) << terms.scalars.size();
  EXPECT_TRUE(multi_scalar_multiply_vartime(terms.scalars, terms.elements) == expected)
      << terms.scalars.size();
}

TEST(GroupMsm, SmallSizesAgainstThePlainSum) {
  for (const std::size_t count : {0U,  1U,  2U,  3U,  4U,  5U,  7U,  8U,   9U,   15U,  16U,
                                  17U, 31U, 33U, 55U, 56U, 57U, 64U, 139U, 140U, 141U, 250U}) {
    const Terms terms = random_terms(count, 20 + count);
    expect_all_methods(terms, plain_sum(terms));
  }
  expect_all_methods({}, Element());
}

TEST(GroupMsm, BorderScalarsAndIdentities) {
  RandomBytes random(21);
  for (int round = 0; round < 10; ++round) {
    Terms terms;
    for (const Scalar& scalar : border_scalars()) {
      terms.scalars.push_back(scalar);
      const Element element = Element::from_uniform_bytes(random.next<64>());
      terms.elements.push_back(random.number() % 4 == 0 ? Element() : element);
      // The same element again, negated: buckets that cancel.
      terms.scalars.push_back(round % 2 == 0 ? scalar : -scalar);
      terms.elements.push_back(-terms.elements.back());
    }
    expect_all_methods(terms, plain_sum(terms));
  }
}

TEST(GroupMsm, EachBorderScalarAlone) {
  const Element element = random_terms(1, 22).elements[0];
  for (const Scalar& a : border_scalars()) {
    const Terms terms{{a}, {element}};
    const Element expected = mul(SecretScalar::from_public(a), element);
    expect_all_methods(terms, expected);
    EXPECT_TRUE(mul_vartime(a, element) == expected);
    EXPECT_TRUE(mul_vartime(a, Element()).is_identity());
    for (const Scalar& b : border_scalars())
      EXPECT_TRUE(double_mul_base_vartime(a, element, b) ==
                  expected + mul_base(SecretScalar::from_public(b)));
  }
}

// Scalars just below and at powers of two reach every digit border of every window width.
TEST(GroupMsm, ScalarsAroundEveryPowerOfTwo) {
  Terms terms;
  Scalar power = Scalar::of(1);
  const Element element = random_terms(1, 23).elements[0];
  Scalar total;
  for (int bit = 0; bit < 253; ++bit) {
    for (const Scalar& scalar : {power, power - Scalar::of(1), power + Scalar::of(1), -power}) {
      terms.scalars.push_back(scalar);
      terms.elements.push_back(element);
      total = total + scalar;
      ASSERT_TRUE(mul_vartime(scalar, element) == mul(SecretScalar::from_public(scalar), element))
          << bit;
    }
    power = power + power;
  }
  expect_all_methods(terms, mul(SecretScalar::from_public(total), element));
}

// Elements with known logarithms let large sums be checked by one multiple; every window width the
// sizes lead to is met, and z is not one in the sums' inputs.
TEST(GroupMsm, LargeSizesAgainstKnownLogarithms) {
  RandomBytes random(24);
  for (const std::size_t count : {300U, 1000U, 3000U, 10000U, 40000U}) {
    Terms terms;
    Scalar logarithm = Scalar::from_uniform_bytes(random.next<64>());
    Element element = mul_base(SecretScalar::from_public(logarithm));
    Scalar total;
    for (std::size_t i = 0; i < count; ++i) {
      terms.scalars.push_back(Scalar::from_uniform_bytes(random.next<64>()));
      terms.elements.push_back(element);
      total = total + terms.scalars.back() * logarithm;
      logarithm = logarithm + logarithm + Scalar::of(1);
      element = element.doubled() + Element::generator();
    }
    const Element expected = mul_base(SecretScalar::from_public(total));
    EXPECT_TRUE(multi_scalar_multiply_vartime(terms.scalars, terms.elements) == expected) << count;
  }
}

TEST(GroupMsm, AllEqualDigitsFillOneBucket) {
  const Terms one = random_terms(1, 25);
  const Terms terms{std::vector<Scalar>(500, one.scalars[0]),
                    std::vector<Element>(500, one.elements[0])};
  expect_all_methods(
      terms, mul(SecretScalar::from_public(Scalar::of(500) * one.scalars[0]), one.elements[0]));
}

std::vector<Backend> available_backends() {
  std::vector<Backend> backends = {Backend::portable};
  if (is_available(Backend::ifma)) backends.push_back(Backend::ifma);
  return backends;
}

// Every length around full vectors, from columns of a packed list and from elements.
TEST(GroupMsm, AddendsMakeTheSumsOfTheirElements) {
  for (const Backend backend : available_backends()) {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 15U, 16U, 17U, 31U, 32U, 33U, 100U}) {
      const Terms first = random_terms(count, 300 + count);
      const Terms second = random_terms(count, 500 + count);
      std::string packed;
      for (std::size_t i = 0; i < count; ++i)
        packed += encode_packed(std::array{first.elements[i], second.elements[i]});
      Addends columns[2] = {Addends(backend), Addends(backend)};
      for (std::size_t k = 0; k < 2; ++k) {
        ASSERT_TRUE(columns[k].append_packed(packed, k, 2).ok());
        ASSERT_EQ(columns[k].size(), count);
      }
      const auto sums = multi_scalar_multiply_many_vartime(
          first.scalars, std::array<const Addends*, 2>{&columns[0], &columns[1]});
      EXPECT_TRUE(sums[0] == plain_sum(first)) << count;
      EXPECT_TRUE(sums[1] == plain_sum({first.scalars, second.elements})) << count;

      // The second column after the first, as elements that are not affine.
      std::vector<Element> more = second.elements;
      for (Element& element : more) element = element.doubled();
      columns[0].append(more);
      std::vector<Scalar> scalars = first.scalars;
      scalars.insert(scalars.end(), second.scalars.begin(), second.scalars.end());
      const Element doubled = plain_sum(second).doubled();
      EXPECT_TRUE(multi_scalar_multiply_vartime(scalars, columns[0]) == plain_sum(first) + doubled)
          << count;
    }
  }
}

TEST(GroupMsm, AddendsOfOtherListsAndEmptiedLists) {
  for (const Backend backend : available_backends()) {
    const Terms terms = random_terms(20, 901);
    Addends all(backend);
    all.append(terms.elements);
    Addends room(backend);
    for (const auto& [first, count] :
         {std::pair(0U, 20U), std::pair(3U, 9U), std::pair(20U, 0U), std::pair(19U, 1U)}) {
      room.append(all, first, count);
      const std::vector<Scalar> scalars(terms.scalars.begin() + first,
                                        terms.scalars.begin() + first + count);
      const std::vector<Element> elements(terms.elements.begin() + first,
                                          terms.elements.begin() + first + count);
      ASSERT_EQ(room.size(), count);
      EXPECT_TRUE(multi_scalar_multiply_vartime(scalars, room) == plain_sum({scalars, elements}));
      room.clear();
      EXPECT_EQ(room.size(), 0U);
      EXPECT_TRUE(multi_scalar_multiply_vartime({}, room).is_identity());
    }
    EXPECT_DEATH(room.append(all, 15, 6), "Addends");
  }
}

TEST(GroupMsm, AddendsNameWhatIsNoElement) {
  const std::string good = encode_packed(random_terms(70, 71).elements);
  for (const Backend backend : available_backends()) {
    for (std::size_t wrong = 0; wrong < 70; ++wrong) {
      std::string packed = good;
      packed[32 * wrong] = static_cast<char>(packed[32 * wrong] ^ 1);  // negative
      Addends addends(backend);
      const Status status = addends.append_packed(packed);
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(status.error().code, ErrorCode::malformed);
      EXPECT_EQ(status.error().message,
                "encoding " + std::to_string(wrong) + " is not that of a group element");
    }
    Addends addends(backend);
    EXPECT_FALSE(addends.append_packed(good.substr(1)).ok());
    EXPECT_FALSE(addends.append_packed(good.substr(32), 0, 2).ok());
    // The identity is an element.
    const std::string identity(32, '\0');
    EXPECT_TRUE(addends.append_packed(identity + good).ok());
    EXPECT_EQ(addends.size(), 71U);
  }
}

// Few long scalars among short ones are summed apart.
TEST(GroupMsm, FewLongScalarsAmongShortOnes) {
  for (const Backend backend : available_backends()) {
    Terms terms = random_terms(600, 72);
    for (std::size_t i = 0; i < terms.scalars.size(); ++i)
      if (i % 9 != 0) terms.scalars[i] = i % 2 == 0 ? Scalar::of(i) : -Scalar::of(7 * i);
    Addends addends(backend);
    addends.append(terms.elements);
    EXPECT_TRUE(multi_scalar_multiply_vartime(terms.scalars, addends) == plain_sum(terms));
  }
}

TEST(GroupMsm, UnequalLengthsStopTheProgram) {
  const Terms terms = random_terms(3, 26);
  const std::vector<Scalar> fewer(2);
  EXPECT_DEATH(static_cast<void>(multi_scalar_multiply_vartime(fewer, terms.elements)),
               "as many scalars as elements");
  EXPECT_DEATH(static_cast<void>(straus_vartime(fewer, terms.elements)),
               "as many scalars as elements");
  EXPECT_DEATH(static_cast<void>(pippenger_vartime(fewer, terms.elements)),
               "as many scalars as elements");
}

TEST(GroupMsm, MakingAffineKeepsThePoints) {
  const Terms terms = random_terms(20, 27);
  std::vector<EdwardsPoint> points;
  for (const Element& element : terms.elements) points.push_back(element.doubled().point());
  make_affine(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_TRUE(points[i].z.equals(FieldElement::one()).reveal());
    EXPECT_TRUE(points[i].t.equals(points[i].x * points[i].y).reveal());
    EXPECT_TRUE(Element::of_point(points[i]) == terms.elements[i].doubled());
  }
}

}  // namespace
}  // namespace urna::group
