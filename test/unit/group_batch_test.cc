// SPDX-License-Identifier: EUPL-1.2
// Everything that works on many elements, on every backend: against the functions for one element
// and against libsodium, at the sizes where vectors are full, empty or begun.
#include <gtest/gtest.h>
#include <sodium/crypto_core_ristretto255.h>
#include <sodium/crypto_scalarmult_ristretto255.h>
#include <string>
#include <utility>
#include <vector>

#include "group/hash.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"
#include "test/unit/group_hex.h"
#include "test/unit/group_vectors.h"

namespace urna::group {
namespace {

using testing::from_hex;
using testing::invalid_encodings;
using testing::RandomBytes;

constexpr std::size_t sizes[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 1000, 1025};

class GroupBatch : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (!is_available(GetParam())) GTEST_SKIP() << "this processor lacks AVX-512 IFMA";
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, GroupBatch, ::testing::Values(Backend::portable, Backend::ifma),
                         [](const auto& each) {
                           return each.param == Backend::portable ? "Portable" : "Ifma";
                         });

// sqrt(-1) of RFC 9496 section 4.1.
FieldElement imaginary() {
  return *FieldElement::decode(
      from_hex<32>("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b"));
}

// The n-th of the four points that represent the element.
Element representative(const Element& element, std::size_t n) {
  const EdwardsPoint& p = element.point();
  const FieldElement i = imaginary();
  switch (n % 4) {
    case 0:
      return element;
    case 1:
      return Element::of_point({-p.x, -p.y, p.z, p.t});
    case 2:
      return Element::of_point({p.y * i, p.x * i, p.z, -p.t});
    default:
      return Element::of_point({-(p.y * i), -(p.x * i), p.z, -p.t});
  }
}

// Random elements, some of them doubled so that z is not one, with the identity, the generator,
// repetitions and negatives among them, by all their points.
std::vector<Element> some_elements(std::size_t count, std::uint64_t seed) {
  RandomBytes random(seed);
  std::vector<Element> elements;
  while (elements.size() < count) {
    const std::size_t i = elements.size();
    Element element = Element::from_uniform_bytes(random.next<64>());
    if (i % 11 == 3) element = Element();
    if (i % 13 == 5) element = Element::generator();
    if (i % 7 == 4) element = elements[i - 3];
    if (i % 7 == 6) element = -elements[i - 1];
    if (i % 3 == 1) element = element.doubled();
    elements.push_back(representative(element, random.number()));
  }
  return elements;
}

Scalar power_of_two(int exponent) {
  Scalar power = Scalar::of(1);
  for (int i = 0; i < exponent; ++i) power = power + power;
  return power;
}

// Random scalars with those at the borders of digits, halves and the short ones among them.
std::vector<Scalar> some_scalars(std::size_t count, std::uint64_t seed) {
  RandomBytes random(seed);
  const Scalar one = Scalar::of(1);
  const Scalar border = power_of_two(128);
  const Scalar top = power_of_two(251);
  const std::vector<Scalar> special = {Scalar(),
                                       one,
                                       -one,
                                       Scalar::of(8),
                                       Scalar::of(9),
                                       Scalar::of(16),
                                       border - one,
                                       border,
                                       -border,
                                       one - border,
                                       Scalar::half(),
                                       -Scalar::half(),
                                       Scalar::half() - one,
                                       top - one,
                                       top,
                                       top + one,
                                       -top};
  std::vector<Scalar> scalars;
  while (scalars.size() < count) {
    const std::size_t i = scalars.size();
    scalars.push_back(i % 3 == 0 ? special[random.number() % special.size()]
                                 : Scalar::from_uniform_bytes(random.next<64>()));
  }
  return scalars;
}

std::vector<SecretScalar> as_secret(const std::vector<Scalar>& scalars) {
  std::vector<SecretScalar> secrets;
  for (const Scalar& scalar : scalars) secrets.push_back(SecretScalar::from_public(scalar));
  return secrets;
}

std::vector<ElementBytes> one_by_one(const std::vector<Element>& elements) {
  std::vector<ElementBytes> encodings;
  for (const Element& element : elements) encodings.push_back(element.encode());
  return encodings;
}

std::string packed(const std::vector<ElementBytes>& encodings) {
  std::string bytes;
  for (const ElementBytes& encoding : encodings) bytes.append(encoding.begin(), encoding.end());
  return bytes;
}

// scalar * element by libsodium, which refuses results that are the identity.
ElementBytes sodium_multiple(const Scalar& scalar, const Element& element) {
  const ElementBytes encoded = element.encode();
  ElementBytes result{};
  if (crypto_scalarmult_ristretto255(result.data(), scalar.encode().data(), encoded.data()) != 0)
    result.fill(0);
  return result;
}
ElementBytes sodium_sum(const std::vector<Scalar>& scalars, const std::vector<Element>& elements) {
  ElementBytes sum{};
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const ElementBytes term = sodium_multiple(scalars[i], elements[i]);
    EXPECT_EQ(crypto_core_ristretto255_add(sum.data(), sum.data(), term.data()), 0);
  }
  return sum;
}

TEST_P(GroupBatch, EncodingsAreThoseOfSingleElements) {
  for (const std::size_t count : sizes) {
    const std::vector<Element> elements = some_elements(count, 40 + count);
    const std::vector<ElementBytes> expected = one_by_one(elements);
    EXPECT_EQ(encode_all(elements, GetParam()), expected) << count;
    EXPECT_EQ(encode_packed(elements, GetParam()), packed(expected)) << count;
    std::vector<ElementBytes> doubled;
    for (const ElementBytes& encoding : expected) {
      doubled.emplace_back();
      EXPECT_EQ(
          crypto_core_ristretto255_add(doubled.back().data(), encoding.data(), encoding.data()), 0);
    }
    EXPECT_EQ(encode_doubled_all(elements, GetParam()), doubled) << count;
    EXPECT_EQ(encode_doubled_packed(elements, GetParam()), packed(doubled)) << count;
  }
}

TEST_P(GroupBatch, DecodingGivesTheElementsBack) {
  for (const std::size_t count : sizes) {
    const std::vector<Element> elements = some_elements(count, 50 + count);
    const std::vector<ElementBytes> encodings = one_by_one(elements);
    const Result<std::vector<Element>> decoded = decode_all(encodings, GetParam());
    const Result<std::vector<Element>> unpacked = decode_packed(packed(encodings), GetParam());
    ASSERT_TRUE(decoded.ok() && unpacked.ok()) << count;
    ASSERT_EQ(decoded->size(), count);
    ASSERT_EQ(unpacked->size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      // Not only the same element: the same point, as RFC 9496 computes it.
      const EdwardsPoint point = Element::decode(encodings[i])->point();
      for (const Element& element : {(*decoded)[i], (*unpacked)[i]}) {
        EXPECT_TRUE(element.point().x.equals(point.x).reveal()) << count << " " << i;
        EXPECT_TRUE(element.point().y.equals(point.y).reveal()) << count << " " << i;
        EXPECT_TRUE(element.point().z.equals(point.z).reveal()) << count << " " << i;
        EXPECT_TRUE(element.point().t.equals(point.t).reveal()) << count << " " << i;
      }
    }
  }
}

TEST_P(GroupBatch, InvalidEncodingsAreFoundInEveryLane) {
  const std::vector<ElementBytes> valid = one_by_one(some_elements(35, 60));
  for (std::size_t place = 0; place < valid.size(); ++place) {
    std::vector<ElementBytes> bad;
    for (const char* const encoding : invalid_encodings) bad.push_back(from_hex<32>(encoding));
    bad.push_back(valid[place]);
    bad.back()[31] |= 0x80;
    for (const ElementBytes& encoding : bad) {
      std::vector<ElementBytes> encodings = valid;
      encodings[place] = encoding;
      // A later one does not hide it.
      if (place % 2 == 0) encodings.back() = encoding;
      for (const Result<std::vector<Element>>& refused :
           {decode_all(encodings, GetParam()), decode_packed(packed(encodings), GetParam())}) {
        ASSERT_FALSE(refused.ok()) << testing::to_hex(encoding) << " at " << place;
        EXPECT_EQ(refused.error().code, ErrorCode::malformed);
        EXPECT_EQ(refused.error().message,
                  "encoding " + std::to_string(place) + " is not that of a group element");
      }
    }
  }
}

TEST_P(GroupBatch, RandomBytesAreTakenAsOneByOne) {
  RandomBytes random(61);
  int accepted = 0;
  for (int i = 0; i < 2000; ++i) {
    ElementBytes bytes = random.next<32>();
    bytes[0] &= 0xfe;
    bytes[31] &= 0x7f;
    const bool valid = Element::decode(bytes).ok();
    EXPECT_EQ(decode_all(std::vector<ElementBytes>(3, bytes), GetParam()).ok(), valid);
    accepted += valid ? 1 : 0;
  }
  EXPECT_GT(accepted, 50);
}

TEST_P(GroupBatch, PackedLengthsMustBeMultiples) {
  for (const std::size_t length : {1U, 31U, 33U, 63U}) {
    const auto refused = decode_packed(std::string(length, '\0'), GetParam());
    ASSERT_FALSE(refused.ok()) << length;
    EXPECT_EQ(refused.error().code, ErrorCode::malformed);
  }
  EXPECT_TRUE(decode_packed("", GetParam())->empty());
}

TEST_P(GroupBatch, MapAgreesWithLibsodium) {
  RandomBytes random(62);
  std::vector<std::array<std::uint8_t, 32>> halves(6);
  halves[1][0] = 1;
  halves[2].fill(0xff);
  halves[3] = from_hex<32>("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  halves[4] = from_hex<32>("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b");
  halves[5][31] = 0x80;
  std::vector<std::uint8_t> uniform;
  for (const auto& first : halves) {
    for (const auto& second : halves) {
      uniform.insert(uniform.end(), first.begin(), first.end());
      uniform.insert(uniform.end(), second.begin(), second.end());
    }
  }
  for (int i = 0; i < 500 * 64; ++i) uniform.push_back(static_cast<std::uint8_t>(random.number()));
  std::vector<Element> mapped(uniform.size() / 64);
  operations(GetParam()).map_all(uniform.data(), mapped);
  for (std::size_t i = 0; i < mapped.size(); ++i) {
    ElementBytes expected{};
    crypto_core_ristretto255_from_hash(expected.data(), uniform.data() + 64 * i);
    EXPECT_EQ(mapped[i].encode(), expected) << i;
  }
}

TEST_P(GroupBatch, NumberedHashes) {
  const std::string domain = "urna test of numbered hashes";
  for (const std::uint64_t first : {0UL, 255UL, (1UL << 32U) - 3, ~0UL - 64}) {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 65U}) {
      const std::vector<Element> elements =
          hash_to_group_numbered(domain, first, count, GetParam());
      ASSERT_EQ(elements.size(), count);
      for (std::size_t k = 0; k < count; ++k) {
        std::string message;
        for (int byte = 7; byte >= 0; --byte)
          message += static_cast<char>((first + k) >> (8 * static_cast<unsigned>(byte)));
        EXPECT_EQ(elements[k].encode(), hash_to_group(message, domain).encode())
            << first << " " << k;
      }
    }
  }
  const std::string longer(300, 'd');
  EXPECT_TRUE(hash_to_group_numbered(longer, 0, 1, GetParam())[0] ==
              hash_to_group(std::string(8, '\0'), longer));
}

TEST_P(GroupBatch, HashesMessagesOfAllLengths) {
  const std::string text(300, 'm');
  for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 65U}) {
    std::vector<std::string_view> messages;
    for (std::size_t k = 0; k < count; ++k)
      messages.push_back(std::string_view(text).substr(0, 4 * k));
    const std::vector<Element> elements = hash_to_group_all(messages, "all lengths", GetParam());
    ASSERT_EQ(elements.size(), count);
    for (std::size_t k = 0; k < count; ++k)
      EXPECT_TRUE(elements[k] == hash_to_group(messages[k], "all lengths")) << count << " " << k;
  }
}

TEST_P(GroupBatch, ASecretForEachElement) {
  for (const std::size_t count : sizes) {
    std::vector<Element> elements = some_elements(count, 75 + count);
    if (count > 6) elements[6] = Element();
    const std::vector<Scalar> scalars = some_scalars(count, 76 + count);
    const std::vector<Element> multiples = mul_each(as_secret(scalars), elements, GetParam());
    ASSERT_EQ(multiples.size(), count);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(multiples[i].encode(), sodium_multiple(scalars[i], elements[i]))
          << count << " " << i;
  }
}

TEST_P(GroupBatch, OneSecretTimesManyElements) {
  for (const Scalar& scalar : some_scalars(30, 63)) {
    const std::vector<Element> elements = some_elements(9, 64);
    const std::vector<Element> multiples =
        mul_all(SecretScalar::from_public(scalar), elements, GetParam());
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const ElementBytes expected = sodium_multiple(scalar, elements[i]);
      EXPECT_EQ(multiples[i].encode(), expected) << i;
      EXPECT_EQ(mul(SecretScalar::from_public(scalar), elements[i], GetParam()).encode(), expected);
    }
  }
  for (const std::size_t count : sizes) {
    const std::vector<Element> elements = some_elements(count, 65 + count);
    const SecretScalar secret = SecretScalar::random();
    const std::vector<Element> multiples = mul_all(secret, elements, GetParam());
    ASSERT_EQ(multiples.size(), count);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_TRUE(multiples[i] == mul(secret, elements[i])) << count << " " << i;
  }
}

TEST_P(GroupBatch, ManySecretsTimesOneElement) {
  for (const std::size_t count : sizes) {
    const Element element = count == 7 ? Element() : some_elements(1, 66 + count)[0];
    const FixedBase base(element);
    const std::vector<Scalar> scalars = some_scalars(count, 67 + count);
    const std::vector<Element> multiples = base.mul_all(as_secret(scalars), GetParam());
    ASSERT_EQ(multiples.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(multiples[i].encode(), sodium_multiple(scalars[i], element)) << count << " " << i;
      ASSERT_TRUE(multiples[i] == base.mul(SecretScalar::from_public(scalars[i])));
    }
  }
}

// Digits of five and of six bits, as long batches have, with their signs and carries.
TEST_P(GroupBatch, EveryDigitTimesOneElement) {
  const Element element = some_elements(1, 71)[0];
  const FixedBase base(element);
  std::vector<Scalar> scalars;
  for (const int bits : {5, 6})
    for (int bit = 0; bit < 252; bit += bits)
      for (std::uint64_t digit = 1; digit < 64; digit += bit == 0 ? 1 : 31)
        scalars.push_back(Scalar::of(digit) * power_of_two(bit));
  for (std::size_t i = 0, positive = scalars.size(); i < positive; ++i)
    scalars.push_back(-scalars[i]);
  // The last of the odd digits of portable_fixed.cc meets a sum equal to its multiple, or opposite.
  scalars.push_back(Scalar::of(5) * power_of_two(251));
  scalars.emplace_back();
  ASSERT_GT(scalars.size(), 500U);
  const std::vector<Element> multiples = base.mul_all(as_secret(scalars), GetParam());
  for (std::size_t i = 0; i < scalars.size(); ++i)
    ASSERT_TRUE(multiples[i] == base.mul(SecretScalar::from_public(scalars[i]))) << i;
  for (const Element& multiple : FixedBase(Element()).mul_all(as_secret(scalars), GetParam()))
    ASSERT_TRUE(multiple.is_identity());
}

TEST_P(GroupBatch, SecretSums) {
  for (const std::size_t count : sizes) {
    if (count > 100) continue;
    const std::vector<Scalar> scalars = some_scalars(count, 68 + count);
    const std::vector<Element> elements = some_elements(count, 69 + count);
    EXPECT_EQ(multi_scalar_multiply(as_secret(scalars), elements, GetParam()).encode(),
              sodium_sum(scalars, elements))
        << count;
  }
  for (const Scalar& scalar : some_scalars(60, 70))
    EXPECT_EQ(
        multi_scalar_multiply(as_secret({scalar}), std::vector{Element::generator()}, GetParam())
            .encode(),
        sodium_multiple(scalar, Element::generator()));
  EXPECT_DEATH(static_cast<void>(multi_scalar_multiply(as_secret(some_scalars(2, 71)),
                                                       some_elements(3, 72), GetParam())),
               "as many scalars as elements");
}

TEST_P(GroupBatch, PublicSums) {
  for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 63U, 64U, 65U, 141U, 400U, 401U, 1000U}) {
    const std::vector<Scalar> scalars = some_scalars(count, 73 + count);
    const std::vector<Element> elements = some_elements(count, 74 + count);
    const ElementBytes expected = sodium_sum(scalars, elements);
    EXPECT_EQ(multi_scalar_multiply_vartime(scalars, elements, GetParam()).encode(), expected)
        << count;
    EXPECT_EQ(pippenger_vartime(scalars, elements, GetParam()).encode(), expected) << count;
  }
}

// The way of a sum depends on how many of its scalars are longer than 128 bits: none, few, many.
TEST_P(GroupBatch, ShortScalarsAmongLongOnes) {
  constexpr std::size_t count = 500;
  const std::vector<Element> elements = some_elements(count, 75);
  RandomBytes random(76);
  for (const std::size_t long_ones : {0U, 1U, 61U, 62U, 63U, 200U, 500U}) {
    std::vector<Scalar> scalars;
    for (std::size_t i = 0; i < count; ++i) {
      std::array<std::uint8_t, 64> bytes = random.next<64>();
      if (i % 7 == 0) bytes.fill(0xff);
      if ((i * 37) % count >= long_ones) std::fill(bytes.begin() + 16, bytes.end(), 0);
      const Scalar scalar = Scalar::from_uniform_bytes(bytes);
      // The negative of a short scalar counts as short.
      scalars.push_back(i % 5 == 0 ? -scalar : scalar);
    }
    const Element expected = multi_scalar_multiply(as_secret(scalars), elements, Backend::portable);
    EXPECT_TRUE(multi_scalar_multiply_vartime(scalars, elements, GetParam()) == expected)
        << long_ones;
  }
  // Far shorter ones, down to none.
  for (const std::uint64_t largest : {0UL, 1UL, 2UL, 255UL, ~0UL}) {
    const std::vector<Scalar> scalars(count, Scalar::of(largest));
    Element sum;
    for (const Element& element : elements) sum = sum + element;
    EXPECT_TRUE(multi_scalar_multiply_vartime(scalars, elements, GetParam()) ==
                mul(SecretScalar::from_public(Scalar::of(largest)), sum))
        << largest;
  }
}

TEST_P(GroupBatch, EqualAndOppositePointsInOneBucket) {
  const Element element = some_elements(2, 77)[0];
  const Scalar scalar = some_scalars(2, 78)[1];
  for (const std::size_t count : {9U, 64U, 300U, 500U}) {
    std::vector<Element> elements;
    std::vector<Scalar> scalars;
    for (std::size_t i = 0; i < count; ++i) {
      elements.push_back(representative(i % 2 == 0 ? element : -element, i));
      scalars.push_back(i % 4 < 2 ? scalar : -scalar);
    }
    // Of four terms in a row two cancel the others.
    Element expected;
    for (std::size_t i = count - count % 4; i < count; ++i)
      expected = expected + mul(SecretScalar::from_public(scalars[i]), elements[i]);
    EXPECT_TRUE(multi_scalar_multiply_vartime(scalars, elements, GetParam()) == expected) << count;
    EXPECT_TRUE(pippenger_vartime(scalars, elements, GetParam()) == expected) << count;
  }
}

TEST_P(GroupBatch, SeveralSumsWithTheSameScalars) {
  for (const std::size_t count : {0U, 1U, 9U, 65U, 300U, 600U}) {
    for (const bool short_ones : {false, true}) {
      std::vector<Scalar> scalars = some_scalars(count, 79 + count);
      if (short_ones)
        for (std::size_t i = 10; i < count; ++i) scalars[i] = Scalar::of(i * i);
      const std::vector<Element> first = some_elements(count, 80);
      const std::vector<Element> second = some_elements(count, 81);
      const std::vector<std::span<const Element>> bases = {first, second, first};
      const std::vector<Element> sums =
          multi_scalar_multiply_many_vartime(scalars, bases, GetParam());
      ASSERT_EQ(sums.size(), 3U);
      EXPECT_TRUE(sums[0] == multi_scalar_multiply_vartime(scalars, first, GetParam())) << count;
      EXPECT_TRUE(sums[1] == multi_scalar_multiply_vartime(scalars, second, GetParam())) << count;
      EXPECT_TRUE(sums[2] == sums[0]) << count;
    }
  }
  EXPECT_TRUE(multi_scalar_multiply_many_vartime(some_scalars(3, 82), {}, GetParam()).empty());
  const std::vector<Element> fewer = some_elements(599, 83);
  const std::vector<std::span<const Element>> bases = {fewer};
  EXPECT_DEATH(static_cast<void>(
                   multi_scalar_multiply_many_vartime(some_scalars(600, 84), bases, GetParam())),
               "as many scalars as elements");
}

TEST(GroupFixedBase, CopiesAndMovesKeepTheTable) {
  const Element element = some_elements(1, 85)[0];
  FixedBase base(element);
  const FixedBase copy = base;
  const FixedBase moved = std::move(base);
  const SecretScalar secret = SecretScalar::random();
  EXPECT_TRUE(copy.mul(secret) == mul(secret, element));
  EXPECT_TRUE(moved.mul(secret) == mul(secret, element));
}

}  // namespace
}  // namespace urna::group
