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

// What the sort yields.
struct Rows {
  std::vector<std::uint32_t> entries;     // eight a row: point, and sign_bit if it is subtracted
  std::vector<std::uint32_t> group_rows;  // how many rows each group has
  std::vector<std::uint32_t> buckets;     // less one, eight a group, in the order of the lanes
};

std::size_t magnitude(std::int16_t digit) {
  return static_cast<std::size_t>(digit < 0 ? -digit : digit);
}

Rows sort_by_bucket(std::span<const std::int16_t> digits, std::size_t digit_max) {
  std::vector<std::uint32_t> place(digit_max + 1, 0);  // sizes first, places later
  for (const std::int16_t digit : digits) ++place[magnitude(digit)];
  place[0] = 0;  // zeros are in no bucket

  // Fullest first.
  const std::uint32_t fullest = *std::max_element(place.begin(), place.end());
  std::vector<std::uint32_t> with_size(fullest + 1, 0);
  for (std::size_t b = 1; b <= digit_max; ++b) ++with_size[fullest - place[b]];
  std::uint32_t position = 0;
  for (std::uint32_t& count : with_size) position += std::exchange(count, position);
  Rows rows;
  rows.buckets.resize(digit_max);
  for (std::size_t b = 1; b <= digit_max; ++b)
    rows.buckets[with_size[fullest - place[b]]++] = static_cast<std::uint32_t>(b - 1);

  rows.group_rows.reserve(digit_max / lanes);
  std::uint32_t row = 0;
  for (std::size_t first = 0; first < digit_max; first += lanes) {
    const std::uint32_t group = place[rows.buckets[first] + 1];
    rows.group_rows.push_back(group);
    for (std::uint32_t k = 0; k < lanes; ++k)
      place[rows.buckets[first + k] + 1] = row * static_cast<std::uint32_t>(lanes) + k;
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
  return rows;
}

// Step 2.
URNA_IFMA void sum_buckets(const Rows& rows, const AffineAddend* points,
                           std::vector<EdwardsPoint>& buckets) {
  constexpr std::size_t ahead = 3 * lanes;
  const std::uint32_t* entry = rows.entries.data();
  const std::uint32_t* const end = entry + rows.entries.size();
  const std::uint32_t* bucket = rows.buckets.data();
  for (const std::uint32_t group : rows.group_rows) {
    Point8 total = identity8();
    for (std::uint32_t row = 0; row < group; ++row, entry += lanes) {
      if (entry + ahead < end) {
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
      total = add(total, load(from), static_cast<__mmask8>(subtracted));
    }
    EdwardsPoint* to[lanes];
    for (std::size_t k = 0; k < lanes; ++k) to[k] = &buckets[*bucket++];
    store(total, to);
  }
}

// Step 3: the sums of the eight runs, and the sums of j times bucket j of each counted from 1.
struct Runs {
  EdwardsPoint plain[lanes];
  EdwardsPoint weighted[lanes];
};
URNA_IFMA void sum_runs(const std::vector<EdwardsPoint>& buckets, Runs& runs) {
  const std::size_t length = buckets.size() / lanes;
  Point8 running = identity8();
  Point8 total = identity8();
  for (std::size_t j = length; j-- > 0;) {
    const EdwardsPoint* from[lanes];
    for (std::size_t k = 0; k < lanes; ++k) from[k] = &buckets[k * length + j];
    running = add(running, to_addend(load(from)), 0);
    total = add(total, to_addend(running), 0);
  }
  EdwardsPoint* plain[lanes];
  EdwardsPoint* weighted[lanes];
  for (std::size_t k = 0; k < lanes; ++k) {
    plain[k] = &runs.plain[k];
    weighted[k] = &runs.weighted[k];
  }
  store(running, plain);
  store(total, weighted);
}

EdwardsPoint window_sum(const Rows& rows, const AffineAddend* points,
                        std::vector<EdwardsPoint>& buckets) {
  sum_buckets(rows, points, buckets);
  Runs runs;
  sum_runs(buckets, runs);
  // Bucket j of run k counts j + k length times.
  EdwardsPoint running;
  EdwardsPoint total;
  for (std::size_t k = lanes; k-- > 1;) {
    running = urna::group::add(running, urna::group::to_addend(runs.plain[k])).extended();
    total = urna::group::add(total, urna::group::to_addend(running)).extended();
  }
  for (std::size_t power = buckets.size() / lanes; power > 1; power /= 2)
    total = urna::group::twice(total).extended();
  for (const EdwardsPoint& weighted : runs.weighted)
    total = urna::group::add(total, urna::group::to_addend(weighted)).extended();
  return total;
}

// 1/z of eight points a vector, with one inversion for all: `to` holds the products before each
// vector on the way up and the inverses on the way down. No z is zero.
URNA_IFMA void invert_z(std::span<const Element> elements, std::vector<Field8>& to);

URNA_IFMA_INLINE Point8 load_elements(std::span<const Element> elements, std::size_t first) {
  static const EdwardsPoint identity;
  const EdwardsPoint* from[lanes];
  for (std::size_t k = 0; k < lanes; ++k)
    from[k] = first + k < elements.size() ? &elements[first + k].point() : &identity;
  return load(from);
}

URNA_IFMA void invert_z(std::span<const Element> elements, std::vector<Field8>& to) {
  Field8 product = constant(FieldElement::one());
  for (std::size_t j = 0; j < to.size(); ++j) {
    to[j] = product;
    product = multiply(product, load_elements(elements, lanes * j).z);
  }
  Field8 inverse = inverted(product);
  for (std::size_t j = to.size(); j-- > 0;) {
    to[j] = multiply(inverse, to[j]);
    inverse = multiply(inverse, load_elements(elements, lanes * j).z);
  }
}

URNA_IFMA void make_addends(std::span<const Element> elements, const std::vector<Field8>& inverses,
                            std::span<AffineAddend> to) {
  const Field8 d2 = constant(edwards_2d);
  for (std::size_t first = 0; first < elements.size(); first += lanes) {
    Point8 p = load_elements(elements, first);
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
    std::copy_n(made, std::min(lanes, elements.size() - first),
                to.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

}  // namespace

void make_addends_vartime(std::span<const Element> elements, std::span<AffineAddend> to) {
  // Decoded points are affine already.
  const auto is_affine = [](const Element& element) {
    return element.point().z.limbs() == FieldElement::one().limbs();
  };
  std::vector<Field8> inverses;
  if (!std::all_of(elements.begin(), elements.end(), is_affine)) {
    inverses.resize((elements.size() + lanes - 1) / lanes);
    invert_z(elements, inverses);
  }
  make_addends(elements, inverses, to);
  to[elements.size()] = AffineAddend();
}

void window_sums_vartime(std::span<const std::int16_t> digits,
                         std::span<const AffineAddend* const> points, std::size_t digit_max,
                         std::span<EdwardsPoint> sums) {
  const Rows rows = sort_by_bucket(digits, digit_max);
  std::vector<EdwardsPoint> buckets(digit_max);
  for (std::size_t j = 0; j < points.size(); ++j) sums[j] = window_sum(rows, points[j], buckets);
}

}  // namespace urna::group::ifma

#endif
