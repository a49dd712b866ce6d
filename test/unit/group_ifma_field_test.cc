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

using Limbs = FieldElement::Limbs;

constexpr std::uint64_t one = 1;
// The greatest limbs that a Field8 may have: of the first four only 52 bits count.
constexpr std::uint64_t last_limb_max = (one << 47U) + (one << 11U) - 1;
constexpr std::uint64_t column_max = (one << 62U) - 1;

// Sum of limb[i] 2^(52 i) for limbs of any size.
FieldElement value_of_columns(const Limbs& limbs) {
  const FieldElement power26 = FieldElement::from_limbs({one << 26U, 0, 0, 0, 0});
  FieldElement value;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    value = value * power26 * power26;
    constexpr std::uint64_t low = (one << 32U) - 1;
    const FieldElement power16 = FieldElement::from_limbs({one << 16U, 0, 0, 0, 0});
    value = value + FieldElement::from_limbs({limbs[i] >> 32U, 0, 0, 0, 0}) * power16 * power16 +
            FieldElement::from_limbs({limbs[i] & low, 0, 0, 0, 0});
  }
  return value;
}
// What a Field8 with these limbs stands for.
FieldElement value_of(Limbs limbs) {
  for (std::size_t i = 0; i < 4; ++i) limbs[i] &= (one << 52U) - 1;
  return value_of_columns(limbs);
}

std::vector<Limbs> samples() {
  RandomBytes random(90);
  constexpr std::uint64_t full = (one << 52U) - 1;
  constexpr std::uint64_t last = (one << 47U) - 1;
  const std::uint64_t borders[] = {0, 1, 18, 19, full - 19, full - 18, full, one << 52U, ~one + 1};
  const std::uint64_t last_borders[] = {0, 1, last - 1, last, last + 1, last_limb_max};
  std::vector<Limbs> all;
  for (const std::uint64_t limb : borders)
    for (const std::uint64_t end : last_borders) all.push_back({limb, limb, limb, limb, end});
  // The prime and its neighbours.
  for (const std::uint64_t first : {17U, 18U, 19U, 20U})
    all.push_back({full - first, full, full, full, last});
  // The bits that do not count.
  all.push_back({~full, ~full, ~full, ~full, 0});
  all.push_back({~one + 1, ~one + 1, ~one + 1, ~one + 1, last_limb_max});
  while (all.size() < 160) {
    Limbs limbs{};
    for (std::uint64_t& limb : limbs)
      limb = random.number() % 2 == 0 ? borders[random.number() % std::size(borders)]
                                      : random.number();
    limbs[4] = random.number() % 2 == 0 ? last_borders[random.number() % std::size(last_borders)]
                                        : random.number() % (last_limb_max + 1);
    all.push_back(limbs);
  }
  return all;
}

struct alignas(64) Rows {
  std::uint64_t limb[5][ifma::lanes];
};

template <typename Vectors>
URNA_IFMA Vectors load(const Rows& rows) {
  Vectors r;
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_load_si512(rows.limb[i]);
  return r;
}
template <typename Vectors>
URNA_IFMA void store(const Vectors& from, Rows& rows) {
  for (int i = 0; i < 5; ++i) _mm512_store_si512(rows.limb[i], from.limb[i]);
}

void set(Rows& rows, std::size_t lane, const Limbs& limbs) {
  for (std::size_t i = 0; i < 5; ++i) rows.limb[i][lane] = limbs[i];
}
Limbs get(const Rows& rows, std::size_t lane) {
  Limbs limbs{};
  for (std::size_t i = 0; i < 5; ++i) limbs[i] = rows.limb[i][lane];
  return limbs;
}
FieldElement get_field(const Rows& rows, std::size_t lane) {
  const Limbs limbs = get(rows, lane);
  EXPECT_LE(limbs[4], last_limb_max);
  return value_of(limbs);
}

struct Results {
  Rows sum, difference, negative, product, product_columns, square, square_columns, inverse;
  Rows canonical, limbs51;
  unsigned zero = 0;
  unsigned is_negative = 0;
};

URNA_IFMA void compute(const Rows& x, const Rows& y, bool with_inverse, Results& results) {
  const auto a = load<ifma::Field8>(x);
  const auto b = load<ifma::Field8>(y);
  store(ifma::add(a, b), results.sum);
  store(ifma::subtract(a, b), results.difference);
  store(ifma::negative(a), results.negative);
  store(ifma::multiply(a, b), results.product);
  store(ifma::multiply_columns(a, b, ifma::bias()), results.product_columns);
  store(ifma::square(a), results.square);
  store(ifma::square_columns(a), results.square_columns);
  if (with_inverse) store(ifma::inverted(a), results.inverse);
  store(ifma::canonical(a), results.canonical);
  __m512i limbs51[5];
  ifma::to_limbs51(a, limbs51);
  for (int i = 0; i < 5; ++i) _mm512_store_si512(results.limbs51.limb[i], limbs51[i]);
  results.zero = ifma::is_zero(a);
  results.is_negative = ifma::is_negative(a);
}

TEST(GroupIfmaField, AgreesWithThePortableField) {
  if (!is_available(Backend::ifma)) GTEST_SKIP() << "this processor lacks AVX-512 IFMA";
  const std::vector<Limbs> all = samples();
  for (std::size_t shift = 0; shift < all.size(); ++shift) {
    for (std::size_t first = 0; first + ifma::lanes <= all.size(); first += ifma::lanes) {
      Rows x;
      Rows y;
      for (std::size_t k = 0; k < ifma::lanes; ++k) {
        set(x, k, all[first + k]);
        set(y, k, all[(first + k + shift) % all.size()]);
      }
      Results results;
      compute(x, y, shift == 0, results);
      for (std::size_t k = 0; k < ifma::lanes; ++k) {
        const FieldElement a = value_of(all[first + k]);
        const FieldElement b = value_of(all[(first + k + shift) % all.size()]);
        ASSERT_EQ(get_field(results.sum, k).encode(), (a + b).encode());
        ASSERT_EQ(get_field(results.difference, k).encode(), (a - b).encode());
        ASSERT_EQ(get_field(results.product, k).encode(), (a * b).encode());
        ASSERT_EQ(get_field(results.square, k).encode(), a.squared().encode());
        const Limbs columns = get(results.product_columns, k);
        ASSERT_EQ(value_of_columns(columns).encode(), (a * b).encode());
        for (const std::uint64_t column : columns) {
          ASSERT_LT(column, (one << 59U) + (one << 56U));
          ASSERT_GE(column, (one << 59U) - (one << 17U));
        }
        for (const std::uint64_t column : get(results.square_columns, k))
          ASSERT_LT(column, one << 56U);
        if (shift > 0) continue;
        ASSERT_EQ(get_field(results.negative, k).encode(), (-a).encode());
        ASSERT_EQ(get_field(results.inverse, k).encode(), a.inverted().encode());
        ASSERT_EQ(results.zero >> k & 1U, a.is_zero().reveal() ? 1U : 0U);
        ASSERT_EQ(results.is_negative >> k & 1U, a.is_negative().reveal() ? 1U : 0U);
        const FieldElement least =
            FieldElement::from_low_255_bits(std::span<const std::uint8_t, 32>(a.encode()));
        const Limbs canonical = get(results.canonical, k);
        ASSERT_EQ(value_of_columns(canonical).encode(), a.encode());
        for (std::size_t i = 0; i < 5; ++i) ASSERT_LT(canonical[i], one << (i < 4 ? 52U : 47U));
        const bool reaches_prime = canonical[0] >= (one << 52U) - 19 &&
                                   canonical[1] == (one << 52U) - 1 &&
                                   canonical[2] == canonical[1] && canonical[3] == canonical[1] &&
                                   canonical[4] == (one << 47U) - 1;
        ASSERT_FALSE(reaches_prime);
        const Limbs limbs51 = get(results.limbs51, k);
        for (const std::uint64_t limb : limbs51) ASSERT_LT(limb, (one << 51U) + (one << 16U));
        ASSERT_EQ(FieldElement::from_limbs(limbs51).encode(), least.encode());
      }
    }
  }
}

URNA_IFMA void compute_columns(const Rows& x, const Rows& limbs51, Rows& carried, Rows& from51) {
  store(ifma::carried(load<ifma::Columns8>(x)), carried);
  __m512i l[5];
  for (int i = 0; i < 5; ++i) l[i] = _mm512_load_si512(limbs51.limb[i]);
  store(ifma::from_limbs51(l), from51);
}

TEST(GroupIfmaField, CarriesTheLargestColumns) {
  if (!is_available(Backend::ifma)) GTEST_SKIP() << "this processor lacks AVX-512 IFMA";
  RandomBytes random(91);
  constexpr std::uint64_t limb51_max = (one << 51U) + (one << 16U) - 1;
  for (int round = 0; round < 300; ++round) {
    Rows x;
    Rows limbs51;
    for (std::size_t k = 0; k < ifma::lanes; ++k) {
      Limbs columns{};
      Limbs limbs{};
      for (std::size_t i = 0; i < 5; ++i) {
        columns[i] =
            random.number() % 3 == 0 ? random.number() >> 2U : column_max - random.number() % 2;
        limbs[i] =
            random.number() % 3 == 0 ? random.number() >> 13U : limb51_max - random.number() % 2;
      }
      set(x, k, columns);
      set(limbs51, k, limbs);
    }
    Rows carried;
    Rows from51;
    compute_columns(x, limbs51, carried, from51);
    for (std::size_t k = 0; k < ifma::lanes; ++k) {
      ASSERT_EQ(get_field(carried, k).encode(), value_of_columns(get(x, k)).encode());
      ASSERT_EQ(get_field(from51, k).encode(), FieldElement::from_limbs(get(limbs51, k)).encode());
    }
  }
}

#else

TEST(GroupIfmaField, AgreesWithThePortableField) { GTEST_SKIP() << "not built for x86-64"; }

#endif

}  // namespace
}  // namespace urna::group
