// SPDX-License-Identifier: EUPL-1.2
// One window of Pippenger's method with eight buckets at a time in the lanes of vectors:
//
// 1. Buckets are ordered by size, and eight neighbours of that order form a group, so that the
//    lanes of a group finish together. A counting sort writes which points go into which bucket,
//    eight buckets side by side: row after row, one load names the eight points of a step. Short
//    buckets are filled up with the identity.
// 2. Each group is summed row by row. The points of the rows to come are fetched ahead.
// 3. The buckets in order are cut into eight runs, and running sums give sum of j * bucket j of all
//    runs side by side.
//
// The sort is shared by all lists of points.
#include "group/backend/ifma.h"

#if defined(__x86_64__)

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "group/backend/ifma_points.h"
#include "group/element.h"

namespace urna::group::ifma {
namespace {

// A sign is an address and costs nothing more (see store_addends()): an entry of the table of rows
// is the number of the cache line from which a point is added.
constexpr std::size_t line = 64;
static_assert(sizeof(AffineAddend) == 2 * line);

std::size_t magnitude(std::int16_t digit) {
  return static_cast<std::size_t>(digit < 0 ? -digit : digit);
}

void sort_by_bucket(std::span<const std::int16_t> digits, std::size_t digit_max,
                    WindowMemory& rows) {
  std::vector<std::uint32_t>& place = rows.places;  // sizes first
  place.assign(digit_max + 1, 0);
  for (const std::int16_t digit : digits) ++place[magnitude(digit)];
  place[0] = 0;  // zeros are in no bucket

  // Fullest first.
  const std::uint32_t fullest = *std::max_element(place.begin(), place.end());
  std::vector<std::uint32_t> with_size(fullest + 1, 0);
  for (std::size_t b = 1; b <= digit_max; ++b) ++with_size[fullest - place[b]];
  std::uint32_t position = 0;
  for (std::uint32_t& count : with_size) position += std::exchange(count, position);
  rows.order.resize(digit_max);
  for (std::size_t b = 1; b <= digit_max; ++b)
    rows.order[with_size[fullest - place[b]]++] = static_cast<std::uint32_t>(b - 1);

  rows.group_rows.clear();
  std::uint32_t row = 0;
  for (std::size_t first = 0; first < digit_max; first += lanes) {
    const std::uint32_t group = place[rows.order[first] + 1];
    rows.group_rows.push_back(group);
    for (std::uint32_t k = 0; k < lanes; ++k)
      place[rows.order[first + k] + 1] = row * static_cast<std::uint32_t>(lanes) + k;
    row += group;
  }

  rows.entries.assign(row * lanes, static_cast<std::uint32_t>(2 * digits.size()));
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::int16_t digit = digits[i];
    if (digit == 0) continue;
    std::uint32_t& at = place[magnitude(digit)];
    rows.entries[at] = static_cast<std::uint32_t>(2 * i) | (digit < 0 ? 1U : 0U);
    at += static_cast<std::uint32_t>(lanes);
  }
}

// The four words at from[k] + offset in lane k.
URNA_IFMA_INLINE Words8 load_words(const char* const (&from)[lanes], std::size_t offset) {
  __m512i pair[4];  // of the rows 0 and 2, 1 and 3, 4 and 6, 5 and 7
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t k = i % 2 + i / 2 * 4;
    const auto at = [&](std::size_t row) {
      return reinterpret_cast<const __m256i*>(from[row] + offset);
    };
    pair[i] = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_load_si256(at(k))),
                                 _mm256_load_si256(at(k + 2)), 1);
  }
  const __m512i even[2] = {_mm512_unpacklo_epi64(pair[0], pair[1]),
                           _mm512_unpacklo_epi64(pair[2], pair[3])};
  const __m512i odd[2] = {_mm512_unpackhi_epi64(pair[0], pair[1]),
                          _mm512_unpackhi_epi64(pair[2], pair[3])};
  return {{_mm512_shuffle_i64x2(even[0], even[1], 0x88), _mm512_shuffle_i64x2(odd[0], odd[1], 0x88),
           _mm512_shuffle_i64x2(even[0], even[1], 0xdd),
           _mm512_shuffle_i64x2(odd[0], odd[1], 0xdd)}};
}
URNA_IFMA_INLINE AffineAddend8 load(const char* points, const std::uint32_t* entry) {
  const char* from[lanes];
  const char* other[lanes];
  for (std::size_t k = 0; k < lanes; ++k) {
    from[k] = points + line * entry[k];
    other[k] = points + line * (entry[k] ^ 1U);
  }
  return {from_all_bits(load_words(from, 0)), from_all_bits(load_words(other, 0)),
          from_all_bits(load_words(from, line / 2))};
}

// A bucket: (Y + X, Y - X, 2 Z, T).
struct Bucket8 {
  Field8 y_plus_x, y_minus_x, z2, t;
};
constexpr std::size_t bucket_limbs = 20;

URNA_IFMA_INLINE void store(const AffineSum8& p, SumWords* const (&to)[lanes]) {
  const Field8 z2 = carried(p.z2);
  const Field8* const fields[4] = {&p.y_plus_x, &p.y_minus_x, &z2, &p.t};
#pragma GCC unroll 3
  for (std::size_t first = 0; first < bucket_limbs; first += lanes) {
    __m512i row[lanes];
    for (std::size_t i = 0; i < lanes; ++i) {
      const std::size_t limb = std::min(first + i, bucket_limbs - 1);
      row[i] = fields[limb / 5]->limb[limb % 5];
    }
    transpose(row);
    for (std::size_t k = 0; k < lanes; ++k) _mm512_store_si512(&to[k]->word[first], row[k]);
  }
}
URNA_IFMA_INLINE Bucket8 load(const SumWords* const (&from)[lanes]) {
  __m512i row[3 * lanes];
#pragma GCC unroll 3
  for (std::size_t first = 0; first < bucket_limbs; first += lanes)
    load_rows(from, first, row + first);
  return {{{row[0], row[1], row[2], row[3], row[4]}},
          {{row[5], row[6], row[7], row[8], row[9]}},
          {{row[10], row[11], row[12], row[13], row[14]}},
          {{row[15], row[16], row[17], row[18], row[19]}}};
}

// Step 2.
URNA_IFMA void sum_buckets(WindowMemory& rows, const AffineAddend* addends) {
  constexpr std::size_t ahead = 2 * lanes;
  const char* const points = reinterpret_cast<const char*>(addends);
  const std::uint32_t* entry = rows.entries.data();
  const std::uint32_t* const end = entry + rows.entries.size();
  const std::uint32_t* bucket = rows.order.data();
  for (const std::uint32_t group : rows.group_rows) {
    AffineSum8 total = zero_affine_sum();
    for (std::uint32_t row = 0; row < group; ++row, entry += lanes) {
      if (static_cast<std::size_t>(end - entry) > ahead) {
        for (std::size_t k = 0; k < lanes; ++k) {
          __builtin_prefetch(points + line * entry[ahead + k]);
          __builtin_prefetch(points + line * (entry[ahead + k] ^ 1U));
        }
      }
      const AffineAddend8 next = load(points, entry);
      total = row == 0 ? to_affine_sum(next) : to_affine_sum(add(total, next));
    }
    SumWords* to[lanes];
    for (std::size_t k = 0; k < lanes; ++k) to[k] = &rows.sums[*bucket++];
    store(total, to);
  }
}

// Lane k + by to lane k, and the identity to the lanes left.
URNA_IFMA_INLINE Field8 moved(const Field8& a, unsigned by, int otherwise) {
  const __m512i from =
      _mm512_add_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi64(by));
  const auto mask = static_cast<__mmask8>(0xffU >> by);
  Field8 r;
  for (int i = 0; i < 5; ++i)
    r.limb[i] = _mm512_mask_permutexvar_epi64(_mm512_set1_epi64(i == 0 ? otherwise : 0), mask, from,
                                              a.limb[i]);
  return r;
}
URNA_IFMA_INLINE Sum8 moved(const Sum8& p, unsigned by) {
  return {moved(p.y_plus_x, by, 1), moved(p.y_minus_x, by, 1), moved(p.z, by, 1),
          moved(p.t, by, 0)};
}

// Step 3: the sum of j times bucket j, counted from 1.
URNA_IFMA EdwardsPoint sum_runs(const std::vector<SumWords>& buckets) {
  const std::size_t length = buckets.size() / lanes;
  Sum8 running = zero_sum();
  Sum8 total = zero_sum();
  Addend8 addend = to_addend(running);
  for (std::size_t j = length; j-- > 0;) {
    const SumWords* from[lanes];
    for (std::size_t k = 0; k < lanes; ++k) from[k] = &buckets[k * length + j];
    const Bucket8 bucket = load(from);
    running = to_sum(completed(multiply_columns(addend.y_plus_x, bucket.y_plus_x, bias()),
                               multiply_columns(addend.y_minus_x, bucket.y_minus_x),
                               multiply_columns(addend.z, bucket.z2, plus_lazy(bias(), bias())),
                               multiply_columns(addend.t2d, bucket.t)));
    addend = to_addend(running);
    total = to_sum(add(total, addend));
  }
  // Bucket j of run k counts j + k length times. Sums of the runs from k on give k times run k:
  for (unsigned by = 1; by < lanes; by *= 2)
    running = to_sum(add(running, to_addend(moved(running, by))));
  Point8 whole_runs = to_point(moved(running, 1));
  for (std::size_t power = length; power > 1; power /= 2) whole_runs = twice(whole_runs);
  total = to_sum(add(total, to_addend(whole_runs)));
  for (unsigned by = lanes / 2; by > 0; by /= 2)
    total = to_sum(add(total, to_addend(moved(total, by))));
  EdwardsPoint point[lanes];
  EdwardsPoint* to[lanes];
  for (std::size_t k = 0; k < lanes; ++k) to[k] = &point[k];
  urna::group::ifma::store(to_point(total), to);
  return point[0];
}

// Points are made ready so many at a time, which stay in the second-level cache.
constexpr std::size_t block = 1024;

// 1/z of eight points a vector, with one inversion for all: `to` holds the products before each
// vector on the way up and the inverses on the way down. No z is zero.
URNA_IFMA void invert_z(std::span<const Element> elements, std::span<Field8> to) {
  Field8 product = constant(FieldElement::one());
  for (std::size_t j = 0; j < to.size(); ++j) {
    to[j] = product;
    product = multiply(product, urna::group::ifma::load(elements.subspan(lanes * j)).z);
  }
  Field8 inverse = inverted(product);
  for (std::size_t j = to.size(); j-- > 0;) {
    to[j] = multiply(inverse, to[j]);
    inverse = multiply(inverse, urna::group::ifma::load(elements.subspan(lanes * j)).z);
  }
}

// Precondition: there are at most `block` elements.
URNA_IFMA void append_addends(std::span<const Element> elements, std::vector<AffineAddend>& to) {
  // Decoded points are affine already. Written out: a comparison of arrays is a call each.
  const auto is_affine = [](const Element& element) {
    const FieldElement::Limbs& z = element.point().z.limbs();
    return ((z[0] ^ 1U) | z[1] | z[2] | z[3] | z[4]) == 0;
  };
  const bool affine = std::all_of(elements.begin(), elements.end(), is_affine);
  Field8 inverses[block / lanes];
  if (!affine) invert_z(elements, std::span(inverses).first((elements.size() + lanes - 1) / lanes));
  for (std::size_t first = 0; first < elements.size(); first += lanes) {
    Point8 p = urna::group::ifma::load(elements.subspan(first));
    if (!affine) {
      const Field8& inverse = inverses[first / lanes];
      p.x = multiply(p.x, inverse);
      p.y = multiply(p.y, inverse);
      p.t = multiply(p.x, p.y);
    }
    AffineAddend made[lanes];
    store_addends(p.x, p.y, p.t, made);
    to.insert(to.end(), made, made + std::min(lanes, elements.size() - first));
  }
}

}  // namespace

void append_addends_vartime(std::span<const Element> elements, std::vector<AffineAddend>& to) {
  for (std::size_t first = 0; first < elements.size(); first += block)
    append_addends(elements.subspan(first, std::min(block, elements.size() - first)), to);
}

void window_sums_vartime(std::span<const std::int16_t> digits,
                         std::span<const AffineAddend* const> points, std::size_t digit_max,
                         WindowMemory& memory, std::span<EdwardsPoint> sums) {
  sort_by_bucket(digits, digit_max, memory);
  memory.sums.resize(digit_max);
  for (std::size_t j = 0; j < points.size(); ++j) {
    sum_buckets(memory, points[j]);
    sums[j] = sum_runs(memory.sums);
  }
}

}  // namespace urna::group::ifma

#endif
