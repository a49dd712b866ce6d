// SPDX-License-Identifier: EUPL-1.2
// Elements against the vectors of RFC 9496 and RFC 9497 and against libsodium, and the group laws.
#include <gtest/gtest.h>
#include <sodium/crypto_core_ristretto255.h>
#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_scalarmult_ristretto255.h>
#include <string>
#include <vector>

#include "group/element.h"
#include "group/hash.h"
#include "group/multiply.h"
#include "test/unit/group_hex.h"
#include "test/unit/group_vectors.h"

namespace urna::group {
namespace {

using testing::from_hex;
using testing::invalid_encodings;
using testing::RandomBytes;
using testing::to_hex;

// RFC 9496, appendix A.1: 0 … 15 times the generator.
const char* const generator_multiples[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
    "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
    "f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403",
    "44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d",
    "903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c",
    "02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031",
    "20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f",
    "bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42",
    "e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460",
    "aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f",
    "46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e",
    "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
};

struct Mapped {
  const char* input;
  const char* output;
};

// RFC 9496, appendix A.3: SHA-512 of these phrases, mapped.
const Mapped mapped_phrases[] = {
    {"Ristretto is traditionally a short shot of espresso coffee",
     "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"},
    {"made with the normal amount of ground coffee but extracted with",
     "f26e5b6f7d362d2d2a94c5d0e7602cb4773c95a2e5c31a64f133189fa76ed61b"},
    {"about half the amount of water in the same amount of time",
     "006ccd2a9e6867e6a2c5cea83d3302cc9de128dd2a9a57dd8ee7b9d7ffe02826"},
    {"by using a finer grind.", "f8f0c87cf237953c5890aec3998169005dae3eca1fbb04548c635953c817f92a"},
    {"This produces a concentrated shot of coffee per volume.",
     "ae81e7dedf20a497e10c304a765c1767a42d6e06029758d2d7e8ef7cc4c41179"},
    {"Just pulling a normal shot short will produce a weaker shot",
     "e2705652ff9f5e44d3e841bf1c251cf7dddb77d140870d1ab2ed64f1a9ce8628"},
    {"and is not a Ristretto as some believe.",
     "80bd07262511cdde4863f8a7434cef696750681cb9510eea557088f76d9e5065"},
};

// RFC 9496, appendix A.3: four inputs, one output.
const char* const colliding_inputs[] = {
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "1200000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000080"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000"
    "1200000000000000000000000000000000000000000000000000000000000080",
};
const char* const collision = "304282791023b73128d277bdcb5c7746ef2eac08dde9f2983379cb8e5ef0517f";

SecretScalar secret(std::uint64_t value) { return SecretScalar::from_public(Scalar::of(value)); }

std::vector<Element> random_elements(std::size_t count, std::uint64_t seed) {
  RandomBytes random(seed);
  std::vector<Element> elements;
  while (elements.size() < count)
    elements.push_back(Element::from_uniform_bytes(random.next<64>()));
  return elements;
}

// The four points of one element: it and its sums with the points of order 2 and 4.
std::vector<Element> representatives(const Element& element) {
  const EdwardsPoint& p = element.point();
  const FieldElement i = *FieldElement::decode(from_hex<32>(  // sqrt(-1), section 4.1
      "b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b"));
  return {element, Element::of_point({-p.x, -p.y, p.z, p.t}),
          Element::of_point({p.y * i, p.x * i, p.z, -p.t}),
          Element::of_point({-(p.y * i), -(p.x * i), p.z, -p.t})};
}

TEST(GroupElement, MultiplesOfTheGenerator) {
  Element sum;
  std::uint64_t i = 0;
  for (const char* const multiple : generator_multiples) {
    EXPECT_EQ(to_hex(sum.encode()), multiple) << i;
    EXPECT_EQ(to_hex(mul_base(secret(i)).encode()), multiple) << i;
    EXPECT_EQ(to_hex(mul(secret(i), Element::generator()).encode()), multiple) << i;
    const Result<Element> decoded = Element::decode(from_hex<32>(multiple));
    ASSERT_TRUE(decoded.ok()) << i;
    EXPECT_TRUE(*decoded == sum) << i;
    EXPECT_EQ(to_hex(decoded->encode()), multiple) << i;
    sum = sum + Element::generator();
    ++i;
  }
}

TEST(GroupElement, InvalidEncodings) {
  for (const char* const encoding : invalid_encodings) {
    const Result<Element> decoded = Element::decode(from_hex<32>(encoding));
    ASSERT_FALSE(decoded.ok()) << encoding;
    EXPECT_EQ(decoded.error().code, ErrorCode::malformed);
  }
}

TEST(GroupElement, OneWayMap) {
  for (const Mapped& mapped : mapped_phrases) {
    const std::string phrase = mapped.input;
    std::array<std::uint8_t, 64> digest{};
    crypto_hash_sha512(digest.data(), reinterpret_cast<const unsigned char*>(phrase.data()),
                       phrase.size());
    EXPECT_EQ(to_hex(Element::from_uniform_bytes(digest).encode()), mapped.output) << phrase;
  }
  for (const char* const input : colliding_inputs)
    EXPECT_EQ(to_hex(Element::from_uniform_bytes(from_hex<64>(input)).encode()), collision);
}

// RFC 9497, appendix A.1.1, suite ristretto255-SHA512, mode OPRF: blinded = blind * HashToGroup.
TEST(GroupElement, BlindedElementsOfRfc9497) {
  const std::string domain = std::string("HashToGroup-OPRFV1-") + '\0' + "-ristretto255-SHA512";
  const Result<SecretScalar> blind = SecretScalar::decode(
      from_hex<32>("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"));
  const Result<SecretScalar> key = SecretScalar::decode(
      from_hex<32>("5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e"));
  ASSERT_TRUE(blind.ok() && key.ok());
  const Element first = mul(*blind, hash_to_group(std::string(1, '\0'), domain));
  const Element second = mul(*blind, hash_to_group(std::string(17, 'Z'), domain));
  EXPECT_EQ(to_hex(first.encode()),
            "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c");
  EXPECT_EQ(to_hex(mul(*key, first).encode()),
            "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e");
  EXPECT_EQ(to_hex(second.encode()),
            "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418");
  EXPECT_EQ(to_hex(mul(*key, second).encode()),
            "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25");
}

TEST(GroupElement, DomainsSeparateAndLongOnesAreHashed) {
  EXPECT_FALSE(hash_to_group("m", "a") == hash_to_group("m", "b"));
  EXPECT_FALSE(hash_to_group("m", "a") == hash_to_group("n", "a"));
  const std::string longest(255, 'd');
  const std::string longer(256, 'd');
  const std::string prefixed = "H2C-OVERSIZE-DST-" + longer;
  std::string digest(64, '\0');
  crypto_hash_sha512(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(prefixed.data()), prefixed.size());
  EXPECT_EQ(expand_message("m", longer), expand_message("m", digest));
  EXPECT_NE(expand_message("m", longer), expand_message("m", longest));
  EXPECT_DEATH(static_cast<void>(expand_message("m", "")), "domain must not be empty");
}

TEST(GroupElement, AgreesWithLibsodium) {
  RandomBytes random(5);
  ElementBytes previous{};
  for (int i = 0; i < 2000; ++i) {
    const std::array<std::uint8_t, 64> uniform = random.next<64>();
    ElementBytes expected{};
    crypto_core_ristretto255_from_hash(expected.data(), uniform.data());
    const Element element = Element::from_uniform_bytes(uniform);
    ASSERT_EQ(element.encode(), expected);
    const Result<Element> decoded = Element::decode(expected);
    ASSERT_TRUE(decoded.ok());
    ASSERT_TRUE(*decoded == element);

    const Result<Element> other = Element::decode(previous);
    ASSERT_TRUE(other.ok());
    ElementBytes result{};
    ASSERT_EQ(crypto_core_ristretto255_add(result.data(), expected.data(), previous.data()), 0);
    ASSERT_EQ((*decoded + *other).encode(), result);
    ASSERT_EQ(crypto_core_ristretto255_sub(result.data(), expected.data(), previous.data()), 0);
    ASSERT_EQ((*decoded - *other).encode(), result);
    previous = expected;
  }
}

TEST(GroupElement, SecretMultiplesAgreeWithLibsodium) {
  RandomBytes random(6);
  std::vector<SecretScalar> scalars = {secret(1),  secret(2),
                                       secret(8),  secret(9),
                                       -secret(1), SecretScalar::from_public(Scalar::half())};
  while (scalars.size() < 1000)
    scalars.push_back(SecretScalar::from_uniform_bytes(random.next<64>()));
  for (const SecretScalar& scalar : scalars) {
    const Element element = Element::from_uniform_bytes(random.next<64>());
    const ElementBytes encoded = element.encode();
    ElementBytes expected{};
    ASSERT_EQ(crypto_scalarmult_ristretto255(expected.data(), scalar.secret_bytes().data(),
                                             encoded.data()),
              0);
    ASSERT_EQ(mul(scalar, element).encode(), expected);
    ASSERT_EQ(crypto_scalarmult_ristretto255_base(expected.data(), scalar.secret_bytes().data()),
              0);
    ASSERT_EQ(mul_base(scalar).encode(), expected);
  }
  EXPECT_TRUE(mul(secret(0), Element::generator()).is_identity());
  EXPECT_TRUE(mul_base(secret(0)).is_identity());
}

TEST(GroupElement, FixedBasesAgreeWithSingleMultiples) {
  RandomBytes random(7);
  for (const Element& element : random_elements(3, 8)) {
    const FixedBase base(element);
    for (int i = 0; i < 30; ++i) {
      const SecretScalar scalar = SecretScalar::from_uniform_bytes(random.next<64>());
      EXPECT_TRUE(base.mul(scalar) == mul(scalar, element));
    }
    EXPECT_TRUE(base.mul(-secret(1)) == -element);
  }
  EXPECT_TRUE(FixedBase(Element()).mul(secret(5)).is_identity());
}

TEST(GroupElement, GroupLaws) {
  const std::vector<Element> elements = random_elements(30, 9);
  const Element zero;
  for (std::size_t i = 0; i + 2 < elements.size(); ++i) {
    const Element& a = elements[i];
    const Element& b = elements[i + 1];
    const Element& c = elements[i + 2];
    EXPECT_TRUE(a + b == b + a);
    EXPECT_TRUE((a + b) + c == a + (b + c));
    EXPECT_TRUE(a + zero == a);
    EXPECT_TRUE(a - zero == a);
    EXPECT_TRUE(zero - a == -a);
    EXPECT_TRUE((a - a).is_identity());
    EXPECT_TRUE(a + a == a.doubled());
    EXPECT_FALSE(a == b);
    EXPECT_FALSE(a == -a);
    EXPECT_FALSE(a.is_identity());
    EXPECT_TRUE((mul(-secret(1), a) + a).is_identity());
  }
  EXPECT_TRUE(zero.doubled().is_identity());
  EXPECT_TRUE((-zero).is_identity());
}

TEST(GroupElement, FourPointsAreOneElement) {
  std::vector<Element> elements = random_elements(50, 10);
  elements.emplace_back();
  elements.push_back(Element::generator());
  for (const Element& element : elements) {
    const ElementBytes encoded = element.encode();
    const std::vector<Element> same = representatives(element);
    const std::vector<ElementBytes> doubled = encode_doubled_all(same);
    for (std::size_t i = 0; i < same.size(); ++i) {
      EXPECT_EQ(same[i].encode(), encoded);
      EXPECT_TRUE(same[i] == element);
      EXPECT_TRUE(same[i] + element == element.doubled());
      EXPECT_EQ(doubled[i], element.doubled().encode());
    }
  }
}

TEST(GroupElement, BatchesAgreeWithSingles) {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 100U}) {
    std::vector<Element> elements = random_elements(count, 11);
    if (count > 2) elements[1] = Element();
    const std::vector<ElementBytes> doubled = encode_doubled_all(elements);
    ASSERT_EQ(doubled.size(), count);
    std::vector<ElementBytes> encodings;
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(doubled[i], elements[i].doubled().encode());
      encodings.push_back(elements[i].encode());
    }
    const Result<std::vector<Element>> decoded = decode_all(encodings);
    ASSERT_TRUE(decoded.ok());
    ASSERT_EQ(decoded->size(), count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE((*decoded)[i] == elements[i]);
    if (count > 2) {
      encodings[2][31] |= 0x80;
      const Result<std::vector<Element>> refused = decode_all(encodings);
      ASSERT_FALSE(refused.ok());
      EXPECT_NE(refused.error().message.find("encoding 2 "), std::string::npos);
    }
  }
}

TEST(GroupElement, HalvedScalarsMakeBatchEncodingExact) {
  const Scalar scalar = Scalar::of(12345);
  const Element halved = mul_base(SecretScalar::from_public(scalar * Scalar::half()));
  EXPECT_EQ(encode_doubled_all(std::vector<Element>{halved})[0], mul_base(secret(12345)).encode());
}

// What a decoder must not take: any other encoding of the same 255 bits, any random string that is
// not the encoding of what it decodes to. Debian's libsodium 1.0.18 takes bit 255.
TEST(GroupElement, DecodingIsCanonical) {
  RandomBytes random(12);
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    ElementBytes bytes = random.next<32>();
    bytes[0] &= 0xfe;
    bytes[31] &= 0x7f;
    const Result<Element> decoded = Element::decode(bytes);
    EXPECT_EQ(decoded.ok(), crypto_core_ristretto255_is_valid_point(bytes.data()) == 1);
    if (!decoded) continue;
    ++accepted;
    EXPECT_EQ(decoded->encode(), bytes);
    bytes[31] |= 0x80;
    EXPECT_FALSE(Element::decode(bytes).ok());
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace urna::group
