// SPDX-License-Identifier: EUPL-1.2
// Secret multiples in constant time, eight at a time. Tables are read by permutations inside vector
// registers, or read whole: no address depends on a digit.
//
// - mul_all: the lanes are eight elements, which share the digits.
// - mul_fixed_all: the lanes are eight scalars, which share the table; a vector holds one limb of
//   the multiples 1 … 8, and a permutation gives each lane that of its digit.
// - multi_scalar_multiply: the lanes are eight digits of one scalar, which share the table of one
//   element. Sums are kept for each of the 64 digits, and doublings come once at the end. The
//   tables of eight elements are made side by side and then transposed.
#include "group/backend/ifma.h"

#if defined(__x86_64__)

#include <algorithm>
#include <sodium/utils.h>
#include <vector>

#include "group/backend/ifma_points.h"
#include "group/backend/secret_digits.h"
#include "group/element.h"

namespace urna::group::ifma {
namespace {

constexpr std::size_t multiples = 8;

// 1 … 8 times p.
struct Multiples8 {
  Addend8 at[multiples];
};
URNA_IFMA_CALL void make_multiples(const Point8& p, Multiples8& to) {
  to.at[0] = to_addend(p);
  for (std::size_t j = 1; j < multiples; ++j) to.at[j] = to_addend(add(p, to.at[j - 1], 0));
}

// Eight digits -8 … 8 in the lanes: their signs, which are zero, and the place of the others in a
// table of multiples.
struct Digits8 {
  __mmask8 negative, not_zero;
  __m512i place;
};
URNA_IFMA_INLINE Digits8 digits_of(__m512i digits) {
  const __m512i size = _mm512_abs_epi64(digits);
  return {_mm512_movepi64_mask(digits), _mm512_test_epi64_mask(size, size),
          _mm512_sub_epi64(size, all_lanes(1))};
}

// One limb of the chosen multiples, `otherwise` where the digit is zero.
URNA_IFMA_INLINE __m512i choose_limb(const Digits8& digits, const __m512i& limb_of_multiples,
                                     int otherwise) {
  return _mm512_mask_permutexvar_epi64(_mm512_set1_epi64(otherwise), digits.not_zero, digits.place,
                                       limb_of_multiples);
}
template <std::size_t limbs>
struct alignas(64) Table {
  __m512i limb[limbs];  // each of the multiples 1 … 8
};
URNA_IFMA_INLINE Field8 choose(const Digits8& digits, const __m512i* limb_of_multiples,
                               int otherwise) {
  Field8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i)
    r.limb[i] = choose_limb(digits, limb_of_multiples[i], i == 0 ? otherwise : 0);
  return r;
}

// The digits of eight scalars, digit by digit; wiped.
class DigitRows {
 public:
  DigitRows() = default;
  DigitRows(const DigitRows&) = delete;
  DigitRows& operator=(const DigitRows&) = delete;
  ~DigitRows() { sodium_memzero(digits_, sizeof digits_); }

  void set(std::size_t lane, const SecretScalar& scalar) {
    const SecretDigits digits(scalar);
    for (std::size_t i = 0; i < SecretDigits::count; ++i) digits_[i][lane] = digits[i];
  }
  // A lane without a scalar has zeros.
  void clear(std::size_t lane) {
    for (auto& row : digits_) row[lane] = 0;
  }
  [[nodiscard]] const std::int8_t* row(std::size_t i) const { return digits_[i]; }

 private:
  std::int8_t digits_[SecretDigits::count][lanes] = {};
};
URNA_IFMA_INLINE Digits8 load_digits(const std::int8_t* row) {
  return digits_of(_mm512_cvtepi8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(row))));
}

URNA_IFMA_CALL void double_four_times(Point8& p) {
  for (int doubling = 0; doubling < 3; ++doubling) p = twice_without_t(p);
  p = twice(p);
}

using FixedTable8 = Table<15>;

URNA_IFMA void transpose_table(const FixedBaseTable& table, std::vector<FixedTable8>& to) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const AffineAddend* from[lanes];
    for (std::size_t j = 0; j < multiples; ++j) from[j] = &table[i][j];
    const AffineAddend8 rows = load(from);
    for (std::size_t l = 0; l < 5; ++l) {
      to[i].limb[l] = rows.y_plus_x.limb[l];
      to[i].limb[5 + l] = rows.y_minus_x.limb[l];
      to[i].limb[10 + l] = rows.xy2d.limb[l];
    }
  }
}

URNA_IFMA_INLINE AffineSum8 add_chosen(const AffineSum8& p, const FixedTable8& table,
                                       const Digits8& digits) {
  const AffineAddend8 chosen = {choose(digits, table.limb, 1), choose(digits, table.limb + 5, 1),
                                choose(digits, table.limb + 10, 0)};
  return to_affine_sum(add(p, chosen, digits.negative));
}

// As FixedBase::mul(): the odd digits, times 16, then the even ones.
URNA_IFMA void mul_fixed_8(const std::vector<FixedTable8>& tables, const DigitRows& digits,
                           EdwardsPoint* const (&to)[lanes]) {
  AffineSum8 total = zero_affine_sum();
  for (std::size_t i = 1; i < SecretDigits::count; i += 2)
    total = add_chosen(total, tables[i / 2], load_digits(digits.row(i)));
  Point8 p = to_point(total);
  double_four_times(p);
  total = to_affine_sum(p);
  for (std::size_t i = 0; i < SecretDigits::count; i += 2)
    total = add_chosen(total, tables[i / 2], load_digits(digits.row(i)));
  store(to_point(total), to);
}

// The multiples of eight points by the sizes of the digits, reading all.
URNA_IFMA_INLINE Addend8 look_up(const Multiples8& table, const Digits8& digits) {
  Addend8 r = {constant(FieldElement::one()), constant(FieldElement::one()),
               constant(FieldElement::one()), constant(FieldElement())};
  for (std::size_t j = 0; j < multiples; ++j) {
    const __mmask8 here = _mm512_mask_cmpeq_epi64_mask(
        digits.not_zero, digits.place, _mm512_set1_epi64(static_cast<std::int64_t>(j)));
    const Addend8& q = table.at[j];
    r = {blend(here, r.y_plus_x, q.y_plus_x), blend(here, r.y_minus_x, q.y_minus_x),
         blend(here, r.z, q.z), blend(here, r.t2d, q.t2d)};
  }
  return r;
}

URNA_IFMA void mul_8(const SecretDigits& digits, std::span<const Element> elements,
                     Multiples8& table, EdwardsPoint* const (&to)[lanes]) {
  make_multiples(load(elements), table);
  Point8 total = identity8();
  for (std::size_t i = SecretDigits::count; i-- > 0;) {
    if (i + 1 < SecretDigits::count) double_four_times(total);
    const Digits8 digit = digits_of(_mm512_set1_epi64(digits[i]));
    total = add(total, look_up(table, digit), digit.negative);
  }
  store(total, to);
}

// Lane k of vector v is the sum of the multiples by digit v + 8 k.
struct DigitSums {
  Sum8 at[SecretDigits::count / lanes];
};

// One limb of the multiples of element k goes to row k.
URNA_IFMA void transpose_tables(const Multiples8& from, Table<20> (&to)[lanes]) {
  for (std::size_t l = 0; l < 20; ++l) {
    __m512i rows[lanes];
    for (std::size_t j = 0; j < multiples; ++j) {
      const Addend8& q = from.at[j];
      const Field8& field = l < 5 ? q.y_plus_x : l < 10 ? q.y_minus_x : l < 15 ? q.z : q.t2d;
      rows[j] = field.limb[l % 5];
    }
    transpose(rows);
    for (std::size_t k = 0; k < lanes; ++k) to[k].limb[l] = rows[k];
  }
}

URNA_IFMA void add_all_digits(const Table<20>& table, const SecretDigits& scalar, DigitSums& sums) {
  for (std::size_t v = 0; v < SecretDigits::count / lanes; ++v) {
    alignas(8) std::int8_t row[lanes];
    for (std::size_t k = 0; k < lanes; ++k) row[k] = scalar[v + 8 * k];
    const Digits8 digits = load_digits(row);
    const Addend8 chosen = {choose(digits, table.limb, 1), choose(digits, table.limb + 5, 1),
                            choose(digits, table.limb + 10, 1), choose(digits, table.limb + 15, 0)};
    sums.at[v] = to_sum(add(sums.at[v], chosen, digits.negative));
    sodium_memzero(row, sizeof row);
  }
}

URNA_IFMA void add_8_terms(std::span<const SecretScalar> scalars, std::span<const Element> elements,
                           Multiples8& together, Table<20> (&tables)[lanes], DigitSums& sums) {
  make_multiples(load(elements), together);
  transpose_tables(together, tables);
  for (std::size_t k = 0; k < scalars.size(); ++k)
    add_all_digits(tables[k], SecretDigits(scalars[k]), sums);
}

URNA_IFMA void start(DigitSums& sums) {
  for (Sum8& total : sums.at) total = zero_sum();
}

// The eight digits of each lane put together.
URNA_IFMA void join(const DigitSums& sums, EdwardsPoint* const (&to)[lanes]) {
  Point8 total = to_point(sums.at[7]);
  for (std::size_t v = 7; v-- > 0;) {
    double_four_times(total);
    total = add(total, to_addend(sums.at[v]), 0);
  }
  store(total, to);
}

struct Lanes {
  EdwardsPoint point[lanes];
  EdwardsPoint* place[lanes];
  Lanes() {
    for (std::size_t k = 0; k < lanes; ++k) place[k] = &point[k];
  }
};

}  // namespace

void mul_all(const SecretScalar& scalar, std::span<const Element> elements, std::span<Element> to) {
  const SecretDigits digits(scalar);
  Multiples8 table;
  Lanes result;
  for (std::size_t first = 0; first < elements.size(); first += lanes) {
    const std::size_t count = std::min(lanes, elements.size() - first);
    mul_8(digits, elements.subspan(first, count), table, result.place);
    for (std::size_t k = 0; k < count; ++k) to[first + k] = Element::of_point(result.point[k]);
  }
}

void mul_fixed_all(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                   std::span<Element> to) {
  std::vector<FixedTable8> tables(table.size());
  transpose_table(table, tables);
  DigitRows digits;
  Lanes result;
  for (std::size_t first = 0; first < scalars.size(); first += lanes) {
    const std::size_t count = std::min(lanes, scalars.size() - first);
    for (std::size_t k = 0; k < lanes; ++k)
      k < count ? digits.set(k, scalars[first + k]) : digits.clear(k);
    mul_fixed_8(tables, digits, result.place);
    for (std::size_t k = 0; k < count; ++k) to[first + k] = Element::of_point(result.point[k]);
  }
}

EdwardsPoint mul(const SecretScalar& scalar, const EdwardsPoint& point) {
  const Element element = Element::of_point(point);
  return multi_scalar_multiply(std::span(&scalar, 1), std::span(&element, 1));
}

EdwardsPoint multi_scalar_multiply(std::span<const SecretScalar> scalars,
                                   std::span<const Element> elements) {
  DigitSums sums;
  start(sums);
  Multiples8 together;
  Table<20> tables[lanes];
  for (std::size_t first = 0; first < scalars.size(); first += lanes) {
    const std::size_t count = std::min(lanes, scalars.size() - first);
    add_8_terms(scalars.subspan(first, count), elements.subspan(first, count), together, tables,
                sums);
  }
  Lanes result;
  join(sums, result.place);
  // Lane k counts 16^(8 k) times.
  EdwardsPoint total = result.point[lanes - 1];
  for (std::size_t k = lanes - 1; k-- > 0;) {
    for (int doubling = 0; doubling < 31; ++doubling) total = urna::group::twice(total).without_t();
    total = urna::group::twice(total).extended();
    total = urna::group::add(total, urna::group::to_addend(result.point[k])).extended();
  }
  return total;
}

}  // namespace urna::group::ifma

#endif
