// SPDX-License-Identifier: EUPL-1.2
// Bucket sums with AVX-512 IFMA: eight buckets at a time, one in each 64-bit lane.
//
// 1. Sort the points by bucket (counting sort), and the buckets by how many points they hold, so
//    that eight neighbours in that order take about as many steps.
// 2. For eight buckets: in every step each lane adds its bucket's next point, or the identity.
// 3. The sum of j times bucket j: lane k takes the k-th eighth of the buckets and forms running
//    sums; the eighths are put together at the end.
//
// The instructions multiply numbers of 52 bits and add the low or the high 52 bits of the product,
// so limbs must be below 2^52 where the portable backend allows 2^54: sums are carried at once.
// High halves count twice, since limbs are 51 bits apart.
//
// Only the functions marked here are compiled for these instructions. With a compiler option for
// the whole file, inline functions of other headers would be as well, and the linker might take
// those copies for the whole program.
#include "group/backend/backend.h"

#if defined(__x86_64__)

#include <algorithm>
#include <array>
#include <immintrin.h>
#include <utility>
#include <vector>

#define URNA_IFMA __attribute__((target("avx512f,avx512ifma")))
#define URNA_IFMA_INLINE __attribute__((target("avx512f,avx512ifma"), always_inline)) inline

namespace urna::group {
namespace {

constexpr std::size_t lanes = 8;

// Eight field elements with tight limbs.
struct Field8 {
  __m512i limb[5];
};
struct Point8 {
  Field8 x, y, z, t;
};

URNA_IFMA_INLINE __m512i times19(__m512i a) {
  return _mm512_add_epi64(_mm512_add_epi64(_mm512_slli_epi64(a, 4), _mm512_slli_epi64(a, 1)), a);
}

// Tight limbs from limbs below 2^63.
URNA_IFMA_INLINE Field8 carried(const Field8& a) {
  const __m512i mask = _mm512_set1_epi64((std::int64_t{1} << 51) - 1);
  Field8 r;
  r.limb[0] = _mm512_add_epi64(_mm512_and_si512(a.limb[0], mask),
                               times19(_mm512_srli_epi64(a.limb[4], 51)));
  for (int i = 1; i < 5; ++i)
    r.limb[i] =
        _mm512_add_epi64(_mm512_and_si512(a.limb[i], mask), _mm512_srli_epi64(a.limb[i - 1], 51));
  return r;
}

URNA_IFMA_INLINE Field8 plus_lazy(const Field8& a, const Field8& b) {
  Field8 r;
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
  return r;
}
URNA_IFMA_INLINE Field8 add(const Field8& a, const Field8& b) { return carried(plus_lazy(a, b)); }

// a - b + 4 (2^255 - 19), carried.
URNA_IFMA_INLINE Field8 subtract(const Field8& a, const Field8& b) {
  const __m512i low = _mm512_set1_epi64(4 * ((std::int64_t{1} << 51) - 19));
  const __m512i high = _mm512_set1_epi64(4 * ((std::int64_t{1} << 51) - 1));
  Field8 r;
  for (int i = 0; i < 5; ++i)
    r.limb[i] = _mm512_sub_epi64(_mm512_add_epi64(a.limb[i], i == 0 ? low : high), b.limb[i]);
  return carried(r);
}

URNA_IFMA_INLINE Field8 multiply(const Field8& a, const Field8& b) {
  __m512i low[10];
  __m512i high[10];
  for (int k = 0; k < 10; ++k) low[k] = high[k] = _mm512_setzero_si512();
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) {
      low[i + j] = _mm512_madd52lo_epu64(low[i + j], a.limb[i], b.limb[j]);
      high[i + j + 1] = _mm512_madd52hi_epu64(high[i + j + 1], a.limb[i], b.limb[j]);
    }
  }
  // A column is below 15 * 2^52, nineteen of them and one more below 2^61.
  Field8 r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) {
    const __m512i upper = _mm512_add_epi64(low[k + 5], _mm512_slli_epi64(high[k + 5], 1));
    const __m512i lower = _mm512_add_epi64(low[k], _mm512_slli_epi64(high[k], 1));
    r.limb[k] = _mm512_add_epi64(lower, times19(upper));
  }
  return carried(r);
}

// b in the lanes of the mask, a in the others.
URNA_IFMA_INLINE Field8 blend(__mmask8 mask, const Field8& a, const Field8& b) {
  Field8 r;
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_mask_blend_epi64(mask, a.limb[i], b.limb[i]);
  return r;
}

URNA_IFMA_INLINE Field8 constant(const FieldElement& a) {
  Field8 r;
  for (std::size_t i = 0; i < 5; ++i)
    r.limb[i] = _mm512_set1_epi64(static_cast<std::int64_t>(a.limbs()[i]));
  return r;
}

URNA_IFMA_INLINE Point8 identity8() {
  return {constant(FieldElement()), constant(FieldElement::one()), constant(FieldElement::one()),
          constant(FieldElement())};
}

// Both additions end alike; where the mask is set, f and g change places (subtraction).
URNA_IFMA_INLINE Point8 completed(const Field8& plus, const Field8& minus, const Field8& z2_lazy,
                                  const Field8& t, __mmask8 negative) {
  const Field8 e = subtract(plus, minus);
  const Field8 h = add(plus, minus);
  const Field8 difference = subtract(z2_lazy, t);
  const Field8 sum = add(z2_lazy, t);
  const Field8 f = blend(negative, difference, sum);
  const Field8 g = blend(negative, sum, difference);
  return {multiply(e, f), multiply(g, h), multiply(f, g), multiply(e, h)};
}

// 8 x 8 words: word j of row i goes to word i of row j.
URNA_IFMA_INLINE void transpose(__m512i row[8]) {
  __m512i pair[8];
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm512_unpacklo_epi64(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_epi64(row[i], row[i + 1]);
  }
  // Quarters (two words each) of the rows 0, 2, 4, 6 of one parity form a 4 x 4 transposition.
  for (int parity = 0; parity < 2; ++parity) {
    const __m512i a = _mm512_shuffle_i64x2(pair[parity], pair[parity + 2], 0x88);
    const __m512i b = _mm512_shuffle_i64x2(pair[parity], pair[parity + 2], 0xdd);
    const __m512i c = _mm512_shuffle_i64x2(pair[parity + 4], pair[parity + 6], 0x88);
    const __m512i d = _mm512_shuffle_i64x2(pair[parity + 4], pair[parity + 6], 0xdd);
    row[parity] = _mm512_shuffle_i64x2(a, c, 0x88);
    row[parity + 2] = _mm512_shuffle_i64x2(b, d, 0x88);
    row[parity + 4] = _mm512_shuffle_i64x2(a, c, 0xdd);
    row[parity + 6] = _mm512_shuffle_i64x2(b, d, 0xdd);
  }
}

static_assert(sizeof(AffineAddend) == 15 * 8 && sizeof(EdwardsPoint) == 20 * 8,
              "points are loaded as rows of words");

// Adds the eight points to, or where the mask is set subtracts them from, the eight sums.
URNA_IFMA_INLINE Point8 add_points(const Point8& p, const std::array<const AffineAddend*, 8>& from,
                                   __mmask8 negative) {
  // Words 0 … 7 and 7 … 14 of each point: the overlap keeps the second load inside.
  __m512i first[8];
  __m512i second[8];
  for (std::size_t k = 0; k < lanes; ++k) {
    const auto* words = reinterpret_cast<const char*>(from[k]);
    first[k] = _mm512_loadu_si512(words);
    second[k] = _mm512_loadu_si512(words + 7 * 8);
  }
  transpose(first);
  transpose(second);
  const Field8 y_plus_x = {{first[0], first[1], first[2], first[3], first[4]}};
  const Field8 y_minus_x = {{first[5], first[6], first[7], second[1], second[2]}};
  const Field8 xy2d = {{second[3], second[4], second[5], second[6], second[7]}};
  return completed(multiply(add(p.y, p.x), blend(negative, y_plus_x, y_minus_x)),
                   multiply(subtract(p.y, p.x), blend(negative, y_minus_x, y_plus_x)),
                   plus_lazy(p.z, p.z), multiply(p.t, xy2d), negative);
}

URNA_IFMA_INLINE Point8 add_points(const Point8& p, const Point8& q, const Field8& d2) {
  const Field8 zz = multiply(p.z, q.z);
  return completed(multiply(add(p.y, p.x), add(q.y, q.x)),
                   multiply(subtract(p.y, p.x), subtract(q.y, q.x)), plus_lazy(zz, zz),
                   multiply(multiply(p.t, d2), q.t), 0);
}

// Eight points word by word, for the way between lanes and single points.
struct alignas(64) Words8 {
  std::uint64_t word[20][8];
};

URNA_IFMA_INLINE Words8 store(const Point8& p) {
  Words8 words;
  for (int i = 0; i < 5; ++i) {
    _mm512_store_si512(words.word[i], p.x.limb[i]);
    _mm512_store_si512(words.word[5 + i], p.y.limb[i]);
    _mm512_store_si512(words.word[10 + i], p.z.limb[i]);
    _mm512_store_si512(words.word[15 + i], p.t.limb[i]);
  }
  return words;
}
URNA_IFMA_INLINE Point8 load(const Words8& words) {
  Point8 p;
  for (int i = 0; i < 5; ++i) {
    p.x.limb[i] = _mm512_load_si512(words.word[i]);
    p.y.limb[i] = _mm512_load_si512(words.word[5 + i]);
    p.z.limb[i] = _mm512_load_si512(words.word[10 + i]);
    p.t.limb[i] = _mm512_load_si512(words.word[15 + i]);
  }
  return p;
}

using PointWords = std::array<std::uint64_t, 20>;

FieldElement element_of(const Words8& words, std::size_t first, std::size_t lane) {
  FieldElement::Limbs limbs{};
  for (std::size_t i = 0; i < limbs.size(); ++i) limbs[i] = words.word[first + i][lane];
  return FieldElement::from_limbs(limbs);  // tight limbs, as those of any product
}
EdwardsPoint point_of(const Words8& words, std::size_t lane) {
  return {element_of(words, 0, lane), element_of(words, 5, lane), element_of(words, 10, lane),
          element_of(words, 15, lane)};
}

// The points of all buckets one after another: entry 2 i + (1 if it is to be subtracted).
struct Sorted {
  std::vector<std::uint32_t> entries;
  std::vector<std::uint32_t> begin;    // of bucket b, with one more at the end
  std::vector<std::uint32_t> buckets;  // fullest first
};

Sorted sort_by_bucket(std::span<const std::int32_t> digits, std::size_t digit_max) {
  Sorted sorted;
  sorted.begin.assign(digit_max + 2, 0);
  for (const std::int32_t digit : digits)
    ++sorted.begin[static_cast<std::size_t>(digit < 0 ? -digit : digit)];
  sorted.begin[0] = 0;  // zeros are in no bucket
  std::uint32_t fullest = 0;
  for (const std::uint32_t count : sorted.begin) fullest = std::max(fullest, count);
  std::vector<std::uint32_t> with_count(fullest + 1, 0);
  for (std::size_t b = 1; b <= digit_max; ++b) ++with_count[fullest - sorted.begin[b]];
  std::uint32_t position = 0;
  for (std::uint32_t& count : with_count) position += std::exchange(count, position);
  sorted.buckets.resize(digit_max);
  for (std::size_t b = 1; b <= digit_max; ++b)
    sorted.buckets[with_count[fullest - sorted.begin[b]]++] = static_cast<std::uint32_t>(b);

  position = 0;
  for (std::uint32_t& count : sorted.begin) position += std::exchange(count, position);
  sorted.entries.resize(position);
  std::vector<std::uint32_t> next = sorted.begin;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::int32_t digit = digits[i];
    if (digit == 0) continue;
    const auto bucket = static_cast<std::size_t>(digit < 0 ? -digit : digit);
    sorted.entries[next[bucket]++] = static_cast<std::uint32_t>(2 * i + (digit < 0 ? 1U : 0U));
  }
  return sorted;
}

// Step 2 for the buckets at `first` … `first + 7` of the order.
URNA_IFMA Words8 sum_buckets(const Sorted& sorted, std::size_t first,
                             std::span<const AffineAddend> points) {
  const AffineAddend nothing{};
  std::array<const std::uint32_t*, lanes> at{};
  std::array<std::uint32_t, lanes> left{};
  for (std::size_t k = 0; k < lanes; ++k) {
    const std::uint32_t bucket = sorted.buckets[first + k];
    at[k] = sorted.entries.data() + sorted.begin[bucket];
    left[k] = sorted.begin[bucket + 1] - sorted.begin[bucket];
  }
  Point8 sum = identity8();
  for (std::uint32_t step = 0; step < left[0]; ++step) {  // lane 0 has the fullest
    std::array<const AffineAddend*, lanes> from{};
    unsigned negative = 0;
    for (std::size_t k = 0; k < lanes; ++k) {
      from[k] = &nothing;
      if (step >= left[k]) continue;
      const std::uint32_t entry = at[k][step];
      from[k] = &points[entry / 2];
      negative |= (entry & 1U) << k;
      if (step + 2 < left[k]) {
        const auto* soon = reinterpret_cast<const char*>(&points[at[k][step + 2] / 2]);
        __builtin_prefetch(soon);
        __builtin_prefetch(soon + 64);
      }
    }
    sum = add_points(sum, from, static_cast<__mmask8>(negative));
  }
  return store(sum);
}

// Step 3 for the eight eighths: their sums, and the sums of j times bucket j counted from 1.
struct Eighths {
  Words8 plain, weighted;
};
URNA_IFMA Eighths sum_eighths(const std::vector<PointWords>& buckets) {
  const std::size_t eighth = buckets.size() / lanes;
  const Field8 d2 = constant(edwards_2d);
  Point8 running = identity8();
  Point8 sum = identity8();
  for (std::size_t j = eighth; j-- > 0;) {
    Words8 words;
    for (std::size_t k = 0; k < lanes; ++k)
      for (std::size_t i = 0; i < 20; ++i) words.word[i][k] = buckets[k * eighth + j][i];
    running = add_points(running, load(words), d2);
    sum = add_points(sum, running, d2);
  }
  return {store(running), store(sum)};
}

}  // namespace

EdwardsPoint window_sum_ifma_vartime(std::span<const std::int32_t> digits,
                                     std::span<const AffineAddend> points, std::size_t digit_max) {
  const Sorted sorted = sort_by_bucket(digits, digit_max);
  std::vector<PointWords> buckets(digit_max);  // that of digit b at b - 1
  for (std::size_t first = 0; first < digit_max; first += lanes) {
    const Words8 sums = sum_buckets(sorted, first, points);
    for (std::size_t k = 0; k < lanes; ++k)
      for (std::size_t i = 0; i < 20; ++i)
        buckets[sorted.buckets[first + k] - 1][i] = sums.word[i][k];
  }
  const Eighths eighths = sum_eighths(buckets);

  // Bucket j of eighth k counts j + k eighth times.
  EdwardsPoint running;
  EdwardsPoint sum;
  for (std::size_t k = lanes; k-- > 1;) {
    running = add(running, to_addend(point_of(eighths.plain, k))).extended();
    sum = add(sum, to_addend(running)).extended();
  }
  for (std::size_t power = digit_max / lanes; power > 1; power /= 2) sum = twice(sum).extended();
  for (std::size_t k = 0; k < lanes; ++k)
    sum = add(sum, to_addend(point_of(eighths.weighted, k))).extended();
  return sum;
}

}  // namespace urna::group

#else

#include <cstdlib>

namespace urna::group {

EdwardsPoint window_sum_ifma_vartime(std::span<const std::int32_t>, std::span<const AffineAddend>,
                                     std::size_t) {
  std::abort();  // the precondition cannot hold here
}

}  // namespace urna::group

#endif
