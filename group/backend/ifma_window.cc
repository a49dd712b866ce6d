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
#include <utility>
#include <vector>

#include "group/backend/ifma_points.h"
#include "group/element.h"

namespace urna::group::ifma {
namespace {

constexpr std::uint32_t sign_bit = std::uint32_t{1} << 31U;

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

  rows.entries.assign(row * lanes, static_cast<std::uint32_t>(digits.size()));
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::int16_t digit = digits[i];
    if (digit == 0) continue;
    std::uint32_t& at = place[magnitude(digit)];
    rows.entries[at] = static_cast<std::uint32_t>(i) | (digit < 0 ? sign_bit : 0);
    at += static_cast<std::uint32_t>(lanes);
  }
}

// Step 2.
URNA_IFMA void sum_buckets(WindowMemory& rows, const AffineAddend* points) {
  constexpr std::size_t ahead = 3 * lanes;
  const std::uint32_t* entry = rows.entries.data();
  const std::uint32_t* const end = entry + rows.entries.size();
  const std::uint32_t* bucket = rows.order.data();
  for (const std::uint32_t group : rows.group_rows) {
    Sum8 total = zero_sum();
    for (std::uint32_t row = 0; row < group; ++row, entry += lanes) {
      if (static_cast<std::size_t>(end - entry) > ahead) {
        for (std::size_t k = 0; k < lanes; ++k) {
          const auto* const soon =
              reinterpret_cast<const char*>(points + (entry[ahead + k] & ~sign_bit));
          __builtin_prefetch(soon);
          __builtin_prefetch(soon + 64);
        }
      }
      const AffineAddend* from[lanes];
      unsigned subtracted = 0;
      for (std::size_t k = 0; k < lanes; ++k) {
        from[k] = points + (entry[k] & ~sign_bit);
        subtracted |= (entry[k] >> 31U) << k;
      }
      total = to_sum(add(total, load(from), static_cast<__mmask8>(subtracted)));
    }
    EdwardsPoint* to[lanes];
    for (std::size_t k = 0; k < lanes; ++k) to[k] = &rows.buckets[*bucket++];
    store(to_point(total), to);
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
URNA_IFMA EdwardsPoint sum_runs(const std::vector<EdwardsPoint>& buckets) {
  const std::size_t length = buckets.size() / lanes;
  Sum8 running = zero_sum();
  Sum8 total = zero_sum();
  for (std::size_t j = length; j-- > 0;) {
    const EdwardsPoint* from[lanes];
    for (std::size_t k = 0; k < lanes; ++k) from[k] = &buckets[k * length + j];
    running = to_sum(add(running, to_addend(load(from)), 0));
    total = to_sum(add(total, to_addend(running), 0));
  }
  // Bucket j of run k counts j + k length times. Sums of the runs from k on give k times run k:
  for (unsigned by = 1; by < lanes; by *= 2)
    running = to_sum(add(running, to_addend(moved(running, by)), 0));
  Point8 whole_runs = to_point(moved(running, 1));
  for (std::size_t power = length; power > 1; power /= 2) whole_runs = twice(whole_runs);
  total = to_sum(add(total, to_addend(whole_runs), 0));
  for (unsigned by = lanes / 2; by > 0; by /= 2)
    total = to_sum(add(total, to_addend(moved(total, by)), 0));
  EdwardsPoint point[lanes];
  EdwardsPoint* to[lanes];
  for (std::size_t k = 0; k < lanes; ++k) to[k] = &point[k];
  store(to_point(total), to);
  return point[0];
}

// 1/z of eight points a vector, with one inversion for all: `to` holds the products before each
// vector on the way up and the inverses on the way down. No z is zero.
URNA_IFMA void invert_z(std::span<const Element> elements, std::vector<Field8>& to) {
  Field8 product = constant(FieldElement::one());
  for (std::size_t j = 0; j < to.size(); ++j) {
    to[j] = product;
    product = multiply(product, load(elements.subspan(lanes * j)).z);
  }
  Field8 inverse = inverted(product);
  for (std::size_t j = to.size(); j-- > 0;) {
    to[j] = multiply(inverse, to[j]);
    inverse = multiply(inverse, load(elements.subspan(lanes * j)).z);
  }
}

// Precondition: `to` has room reserved.
URNA_IFMA void make_addends(std::span<const Element> elements, const std::vector<Field8>& inverses,
                            std::vector<AffineAddend>& to) {
  const Field8 d2 = constant(edwards_2d);
  for (std::size_t first = 0; first < elements.size(); first += lanes) {
    Point8 p = load(elements.subspan(first));
    if (!inverses.empty()) {
      const Field8& inverse = inverses[first / lanes];
      p.x = multiply(p.x, inverse);
      p.y = multiply(p.y, inverse);
      p.t = multiply(p.x, p.y);
    }
    AffineAddend made[lanes];
    AffineAddend* places[lanes];
    for (std::size_t k = 0; k < lanes; ++k) places[k] = &made[k];
    store({add(p.y, p.x), subtract(p.y, p.x), multiply(p.t, d2)}, places);
    to.insert(to.end(), made, made + std::min(lanes, elements.size() - first));
  }
}

}  // namespace

std::vector<AffineAddend> make_addends_vartime(std::span<const Element> elements) {
  // Decoded points are affine already.
  const auto is_affine = [](const Element& element) {
    return element.point().z.limbs() == FieldElement::one().limbs();
  };
  std::vector<Field8> inverses;
  if (!std::all_of(elements.begin(), elements.end(), is_affine)) {
    inverses.resize((elements.size() + lanes - 1) / lanes);
    invert_z(elements, inverses);
  }
  std::vector<AffineAddend> addends;
  addends.reserve(elements.size() + 1);
  make_addends(elements, inverses, addends);
  addends.emplace_back();
  return addends;
}

void window_sums_vartime(std::span<const std::int16_t> digits,
                         std::span<const AffineAddend* const> points, std::size_t digit_max,
                         WindowMemory& memory, std::span<EdwardsPoint> sums) {
  sort_by_bucket(digits, digit_max, memory);
  for (std::size_t j = 0; j < points.size(); ++j) {
    memory.buckets.resize(digit_max);
    sum_buckets(memory, points[j]);
    sums[j] = sum_runs(memory.buckets);
  }
}

}  // namespace urna::group::ifma

#endif
