// SPDX-License-Identifier: EUPL-1.2
// The field in the lanes of AVX-512 vectors against group/field.h, above all for limbs as large as
// they may become.
#include <gtest/gtest.h>
#include <vector>

#include "group/backend/backend.h"
#include "group/backend/ifma_field.h"
#include "test/unit/group_hex.h"

namespace urna::group {
namespace {

#if defined(__x86_64__)

using testing::RandomBytes;

constexpr std::uint64_t limb_max = (std::uint64_t{1} << 51U) + (std::uint64_t{1} << 16U) - 1;

std::vector<FieldElement> samples() {
  RandomBytes random(90);
  constexpr std::uint64_t one = 1;
  const std::uint64_t borders[] = {0,
                                   1,
                                   18,
                                   19,
                                   (one << 51U) - 20,
                                   (one << 51U) - 19,
                                   (one << 51U) - 1,
                                   one << 51U,
                                   (one << 51U) + 1,
                                   limb_max};
  std::vector<FieldElement> elements;
  for (const std::uint64_t all : borders)
    elements.push_back(FieldElement::from_limbs({all, all, all, all, all}));
  // The prime, its double and their neighbours, by limbs that carry into each other.
  for (const std::uint64_t first : {18U, 19U, 20U, 37U, 38U, 39U}) {
    constexpr std::uint64_t full = (one << 51U) - 1;
    elements.push_back(FieldElement::from_limbs({full - first + 1, full, full, full, full}));
  }
  while (elements.size() < 120) {
    FieldElement::Limbs limbs{};
    for (std::uint64_t& limb : limbs)
      limb = random.number() % 2 == 0 ? borders[random.number() % std::size(borders)]
                                      : random.number() % (limb_max + 1);
    elements.push_back(FieldElement::from_limbs(limbs));
  }
  return elements;
}

struct alignas(64) Rows {
  std::uint64_t limb[5][ifma::lanes];
};

URNA_IFMA ifma::Field8 load(const Rows& rows) {
  ifma::Field8 r;
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_load_si512(rows.limb[i]);
  return r;
}
URNA_IFMA void store(const ifma::Field8& from, Rows& rows) {
  for (int i = 0; i < 5; ++i) _mm512_store_si512(rows.limb[i], from.limb[i]);
}

struct Results {
  Rows sum, difference, product, square, inverse, canonical;
  unsigned zero = 0;
  unsigned negative = 0;
};

URNA_IFMA void compute(const Rows& x, const Rows& y, Results& results) {
  const ifma::Field8 a = load(x);
  const ifma::Field8 b = load(y);
  store(ifma::add(a, b), results.sum);
  store(ifma::subtract(a, b), results.difference);
  store(ifma::multiply(a, b), results.product);
  store(ifma::square(a), results.square);
  store(ifma::inverted(a), results.inverse);
  store(ifma::canonical(a), results.canonical);
  results.zero = ifma::is_zero(a);
  results.negative = ifma::is_negative(a);
}

void set(Rows& rows, std::size_t lane, const FieldElement& element) {
  for (std::size_t i = 0; i < 5; ++i) rows.limb[i][lane] = element.limbs()[i];
}
FieldElement get(const Rows& rows, std::size_t lane) {
  FieldElement::Limbs limbs{};
  for (std::size_t i = 0; i < 5; ++i) {
    limbs[i] = rows.limb[i][lane];
    EXPECT_LE(limbs[i], limb_max);
  }
  return FieldElement::from_limbs(limbs);
}

TEST(GroupIfmaField, AgreesWithThePortableField) {
  if (!is_available(Backend::ifma)) GTEST_SKIP() << "this processor lacks AVX-512 IFMA";
  const std::vector<FieldElement> elements = samples();
  for (std::size_t shift = 0; shift < elements.size(); ++shift) {
    for (std::size_t first = 0; first + ifma::lanes <= elements.size(); first += ifma::lanes) {
      Rows x;
      Rows y;
      for (std::size_t k = 0; k < ifma::lanes; ++k) {
        set(x, k, elements[first + k]);
        set(y, k, elements[(first + k + shift) % elements.size()]);
      }
      Results results;
      compute(x, y, results);
      for (std::size_t k = 0; k < ifma::lanes; ++k) {
        const FieldElement& a = elements[first + k];
        const FieldElement& b = elements[(first + k + shift) % elements.size()];
        ASSERT_EQ(get(results.sum, k).encode(), (a + b).encode());
        ASSERT_EQ(get(results.difference, k).encode(), (a - b).encode());
        ASSERT_EQ(get(results.product, k).encode(), (a * b).encode());
        ASSERT_EQ(get(results.square, k).encode(), a.squared().encode());
        if (shift == 0) {
          ASSERT_EQ(get(results.inverse, k).encode(), a.inverted().encode());
        }
        ASSERT_EQ(results.zero >> k & 1U, a.is_zero().reveal() ? 1U : 0U);
        ASSERT_EQ(results.negative >> k & 1U, a.is_negative().reveal() ? 1U : 0U);
        const FieldElement least =
            FieldElement::from_low_255_bits(std::span<const std::uint8_t, 32>(a.encode()));
        ASSERT_EQ(get(results.canonical, k).limbs(), least.limbs());
      }
    }
  }
}

#else

TEST(GroupIfmaField, AgreesWithThePortableField) { GTEST_SKIP() << "not built for x86-64"; }

#endif

}  // namespace
}  // namespace urna::group
