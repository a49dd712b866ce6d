// SPDX-License-Identifier: EUPL-1.2
// Secret multiples in constant time, eight at a time. Tables are read by permutations inside vector
// registers, or read whole: no address depends on a digit.
//
// - mul_all: the lanes are eight elements, which share the digits.
// - mul_each: the lanes are eight elements, with digits of their own.
// - mul_fixed_all: the lanes are eight scalars, which share the table; a vector holds one limb of
//   the multiples 1 … 8, and a permutation gives each lane that of its digit. For many scalars a
//   table of the multiples 1 … 32 is made first.
// - multi_scalar_multiply: the lanes are eight digits of one scalar, which share the table of one
//   element. Sums are kept for each of the 64 digits, and doublings come once at the end. The
//   tables of eight elements are made side by side and then transposed.
#include "group/backend/ifma.h"

#if defined(__x86_64__)

#include <algorithm>
#include <array>
#include <cstring>
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
  const Sum8 once = to_sum(p);
  to.at[0] = to_addend(once);
  for (std::size_t j = 1; j < multiples; ++j) to.at[j] = to_addend(to_sum(add(once, to.at[j - 1])));
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

// 16 p, before the products that what follows needs. p.t is not read.
URNA_IFMA_CALL void times_16(const Point8& p, Completed8& to) {
  Point8 power = p;
  for (int doubling = 0; doubling < 3; ++doubling) power = doubled(power).without_t();
  to = doubled(power);
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
  Completed8 sixteenfold;
  times_16(to_point(total), sixteenfold);
  total = to_affine_sum(sixteenfold);
  for (std::size_t i = 0; i < SecretDigits::count; i += 2)
    total = add_chosen(total, tables[i / 2], load_digits(digits.row(i)));
  store(to_point(total), to);
}

// For many scalars a larger table is made of the given one: 1 … 32 times 64^i times the element, so
// that a scalar takes 43 additions and no doubling.
constexpr std::size_t wide_bits = 6;
constexpr std::size_t wide_multiples = 32;
constexpr std::size_t wide_windows = 43;
constexpr std::size_t wide_vectors = (wide_windows + lanes - 1) / lanes;
// Making the table takes as long as it saves for about half as many scalars.
constexpr std::size_t wide_scalars_min = 384;

struct alignas(64) WideWindow {
  __m512i limb[15][wide_multiples / lanes];  // each of the multiples 1 … 32
};

// 64^i times the element for the windows i = first … first + 7, or zero past the last.
URNA_IFMA Point8 wide_bases(const FixedBaseTable& table, std::size_t first) {
  static constexpr AffineAddend identity;
  const AffineAddend* from[lanes];
  unsigned once = 0;    // the lanes to be doubled once,
  unsigned thrice = 0;  // and thrice
  for (std::size_t k = 0; k < lanes; ++k) {
    const std::size_t bit = wide_bits * (first + k);
    const std::size_t beyond = bit % 8;  // 256^(bit / 8), whose multiples 1, 4 and 8 are there
    from[k] = first + k >= wide_windows ? &identity
              : beyond == 0             ? &table[bit / 8][0]
              : beyond == 2             ? &table[bit / 8][3]
                                        : &table[bit / 8][7];
    once |= (beyond == 4 ? 1U : 0U) << k;
    thrice |= (beyond == 6 ? 1U : 0U) << k;
  }
  const AffineAddend8 q = load(from);
  const Field8 x2 = subtract(q.y_plus_x, q.y_minus_x);
  const Field8 y2 = add(q.y_plus_x, q.y_minus_x);
  const Field8 four = constant(FieldElement::from_limbs({4, 0, 0, 0, 0}));
  const Point8 p = {add(x2, x2), add(y2, y2), four, multiply(x2, y2)};
  const Point8 p2 = twice(p);
  const Point8 p8 = twice(twice(p2));
  const auto chosen = [&](const Field8& a, const Field8& a2, const Field8& a8) URNA_IFMA {
    return blend(static_cast<__mmask8>(thrice), blend(static_cast<__mmask8>(once), a, a2), a8);
  };
  return {chosen(p.x, p2.x, p8.x), chosen(p.y, p2.y, p8.y), chosen(p.z, p2.z, p8.z),
          chosen(p.t, p2.t, p8.t)};
}

URNA_IFMA void make_wide(const FixedBaseTable& table, std::vector<WideWindow>& to) {
  std::vector<Sum8> sums;
  sums.reserve(wide_vectors * wide_multiples);
  for (std::size_t v = 0; v < wide_vectors; ++v) {
    const Point8 base = wide_bases(table, lanes * v);
    const Addend8 step = to_addend(base);
    sums.push_back(to_sum(base));
    for (std::size_t j = 1; j < wide_multiples; ++j) sums.push_back(to_sum(add(sums.back(), step)));
  }
  // All are made affine with one inversion, see invert_z() of ifma_window.cc.
  std::vector<Field8> products(sums.size());
  Field8 product = constant(FieldElement::one());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    products[i] = product;
    product = multiply(product, sums[i].z);
  }
  Field8 inverse = inverted(product);
  for (std::size_t i = sums.size(); i-- > 0;) {
    Sum8& p = sums[i];
    const Field8 z_inverse = multiply(inverse, products[i]);
    inverse = multiply(inverse, p.z);
    p.y_plus_x = multiply(p.y_plus_x, z_inverse);
    p.y_minus_x = multiply(p.y_minus_x, z_inverse);
    p.t = multiply(multiply(p.t, constant(edwards_2d)), z_inverse);
  }
  for (std::size_t first = 0; first < sums.size(); first += lanes) {
    const std::size_t window = first / wide_multiples * lanes;
    for (std::size_t l = 0; l < 15; ++l) {
      __m512i rows[lanes];
      for (std::size_t j = 0; j < lanes; ++j) {
        const Sum8& p = sums[first + j];
        const Field8& field = l < 5 ? p.y_plus_x : l < 10 ? p.y_minus_x : p.t;
        rows[j] = field.limb[l % 5];
      }
      transpose(rows);
      for (std::size_t k = 0; k < lanes && window + k < wide_windows; ++k)
        to[window + k].limb[l][first % wide_multiples / lanes] = rows[k];
    }
  }
}

// Eight scalars from which digits of six bits are read, wiped: 32 is added to all digits but the
// last first, so that the carries are over and a digit is six bits less 32.
class WideDigits {
 public:
  WideDigits() = default;
  WideDigits(const WideDigits&) = delete;
  WideDigits& operator=(const WideDigits&) = delete;
  ~WideDigits() { sodium_memzero(words_, sizeof words_); }

  void set(std::size_t lane, const SecretScalar& scalar) {
    Uint128 sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, scalar.secret_bytes().data() + 8 * i, 8);
      sum = (sum >> 64U) + word + offset[i];
      words_[i][lane] = static_cast<std::uint64_t>(sum);
    }
  }
  // A lane without a scalar has zeros.
  void clear(std::size_t lane) {
    for (std::size_t i = 0; i < 4; ++i) words_[i][lane] = offset[i];
  }
  [[nodiscard]] URNA_IFMA_INLINE __m512i window(std::size_t i) const {
    const std::size_t bit = wide_bits * i;
    const auto shift = static_cast<unsigned>(bit % 64);
    const __m512i lower = _mm512_load_si512(words_[bit / 64]);
    const __m512i upper = _mm512_load_si512(words_[bit / 64 + 1]);
    const __m512i bits =
        _mm512_and_si512(_mm512_or_si512(_mm512_srlv_epi64(lower, all_lanes(shift)),
                                         _mm512_sllv_epi64(upper, all_lanes(64 - shift))),
                         all_lanes(2 * wide_multiples - 1));
    return _mm512_sub_epi64(bits, all_lanes(i + 1 < wide_windows ? wide_multiples : 0));
  }

 private:
  // Sum of 32 * 64^i for i = 0 … 41.
  static constexpr std::array<std::uint64_t, 4> offset = {0x0820820820820820, 0x2082082082082082,
                                                          0x8208208208208208, 0x0820820820820820};
  alignas(64) std::uint64_t words_[5][lanes] = {};
};

// One limb of the chosen multiples, zero where the digit is zero.
URNA_IFMA_INLINE __m512i choose_wide_limb(const Digits8& digits, __mmask8 lower, __mmask8 upper,
                                          const __m512i (&limb)[4]) {
  return _mm512_or_si512(_mm512_maskz_permutex2var_epi64(lower, limb[0], digits.place, limb[1]),
                         _mm512_maskz_permutex2var_epi64(upper, limb[2], digits.place, limb[3]));
}

URNA_IFMA_INLINE AffineSum8 add_wide(const AffineSum8& p, const WideWindow& table,
                                     const Digits8& digits) {
  const __mmask8 upper = _mm512_mask_test_epi64_mask(digits.not_zero, digits.place, all_lanes(16));
  const auto lower = static_cast<__mmask8>(digits.not_zero & ~upper);
  AffineAddend8 chosen;
#pragma GCC unroll 5
  for (std::size_t l = 0; l < 5; ++l) {
    chosen.y_plus_x.limb[l] = choose_wide_limb(digits, lower, upper, table.limb[l]);
    chosen.y_minus_x.limb[l] = choose_wide_limb(digits, lower, upper, table.limb[5 + l]);
    chosen.xy2d.limb[l] = choose_wide_limb(digits, lower, upper, table.limb[10 + l]);
  }
  // Zero is (1, 1, 0).
  const __m512i one_if_zero =
      _mm512_maskz_mov_epi64(static_cast<__mmask8>(~digits.not_zero), all_lanes(1));
  chosen.y_plus_x.limb[0] = _mm512_or_si512(chosen.y_plus_x.limb[0], one_if_zero);
  chosen.y_minus_x.limb[0] = _mm512_or_si512(chosen.y_minus_x.limb[0], one_if_zero);
  return to_affine_sum(add(p, chosen, digits.negative));
}

// Several vectors of scalars take turns, so that a window of the table is fetched once for all.
constexpr std::size_t wide_turns = 8;

URNA_IFMA void mul_wide(const std::vector<WideWindow>& table, std::span<const WideDigits> scalars,
                        EdwardsPoint* to) {
  AffineSum8 total[wide_turns];
  for (std::size_t v = 0; v < scalars.size(); ++v) total[v] = zero_affine_sum();
  for (std::size_t i = 0; i < wide_windows; ++i) {
    for (std::size_t v = 0; v < scalars.size(); ++v)
      total[v] = add_wide(total[v], table[i], digits_of(scalars[v].window(i)));
  }
  for (std::size_t v = 0; v < scalars.size(); ++v) {
    EdwardsPoint* place[lanes];
    for (std::size_t k = 0; k < lanes; ++k) place[k] = to + lanes * v + k;
    store(to_point(total[v]), place);
  }
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

URNA_IFMA void mul_8(const DigitRows& digits, std::span<const Element> elements, Multiples8& table,
                     EdwardsPoint* const (&to)[lanes]) {
  make_multiples(load(elements), table);
  Sum8 total = zero_sum();
  for (std::size_t i = SecretDigits::count; i-- > 0;) {
    const Digits8 digit = load_digits(digits.row(i));
    const Completed8 added = add(total, look_up(table, digit), digit.negative);
    if (i == 0) return store(added.extended(), to);
    Completed8 sixteenfold;
    times_16(added.without_t(), sixteenfold);
    total = to_sum(sixteenfold);
  }
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

// Lane k has the digits 8 k … 8 k + 7 of a scalar. Eight was added to all digits first, so that the
// carries are over and a digit is four bits less eight.
URNA_IFMA_INLINE __m512i biased_digits(const SecretScalar& scalar) {
  constexpr std::uint64_t eights = 0x8888888888888888;
  std::array<std::uint64_t, 4> words{};
  Uint128 sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, scalar.secret_bytes().data() + 8 * i, 8);
    sum = (sum >> 64U) + word + eights;
    words[i] = static_cast<std::uint64_t>(sum);
  }
  const __m256i packed = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words.data()));
  sodium_memzero(words.data(), sizeof words);
  return _mm512_cvtepu32_epi64(packed);
}

URNA_IFMA void add_all_digits(const Table<20>& table, const SecretScalar& scalar, DigitSums& sums) {
  __m512i left = biased_digits(scalar);
  for (Sum8& total : sums.at) {
    const Digits8 digits =
        digits_of(_mm512_sub_epi64(_mm512_and_si512(left, all_lanes(15)), all_lanes(multiples)));
    left = _mm512_srli_epi64(left, 4);
    const Addend8 chosen = {choose(digits, table.limb, 1), choose(digits, table.limb + 5, 1),
                            choose(digits, table.limb + 10, 1), choose(digits, table.limb + 15, 0)};
    total = to_sum(add(total, chosen, digits.negative));
  }
}

URNA_IFMA void add_8_terms(std::span<const SecretScalar> scalars, std::span<const Element> elements,
                           Multiples8& together, Table<20> (&tables)[lanes], DigitSums& sums) {
  make_multiples(load(elements), together);
  transpose_tables(together, tables);
  for (std::size_t k = 0; k < scalars.size(); ++k) add_all_digits(tables[k], scalars[k], sums);
}

URNA_IFMA void start(DigitSums& sums) {
  for (Sum8& total : sums.at) total = zero_sum();
}

// The eight digits of each lane put together.
URNA_IFMA void join(const DigitSums& sums, EdwardsPoint* const (&to)[lanes]) {
  Sum8 total = sums.at[7];
  for (std::size_t v = 7; v-- > 0;) {
    Completed8 sixteenfold;
    times_16(to_point(total), sixteenfold);
    total = to_sum(add(to_sum(sixteenfold), to_addend(sums.at[v])));
  }
  store(to_point(total), to);
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
  DigitRows digits;
  for (std::size_t k = 0; k < lanes; ++k) digits.set(k, scalar);
  Multiples8 table;
  Lanes result;
  for (std::size_t first = 0; first < elements.size(); first += lanes) {
    const std::size_t count = std::min(lanes, elements.size() - first);
    mul_8(digits, elements.subspan(first, count), table, result.place);
    for (std::size_t k = 0; k < count; ++k) to[first + k] = Element::of_point(result.point[k]);
  }
}

void mul_each(std::span<const SecretScalar> scalars, std::span<const Element> elements,
              std::span<Element> to) {
  DigitRows digits;
  Multiples8 table;
  Lanes result;
  for (std::size_t first = 0; first < elements.size(); first += lanes) {
    const std::size_t count = std::min(lanes, elements.size() - first);
    for (std::size_t k = 0; k < count; ++k) digits.set(k, scalars[first + k]);
    mul_8(digits, elements.subspan(first, count), table, result.place);
    for (std::size_t k = 0; k < count; ++k) to[first + k] = Element::of_point(result.point[k]);
  }
}

namespace {

// The digits of eight scalars, or fewer at the end.
template <typename Digits>
void set_8(Digits& digits, std::span<const SecretScalar> scalars) {
  for (std::size_t k = 0; k < lanes; ++k)
    k < scalars.size() ? digits.set(k, scalars[k]) : digits.clear(k);
}

void mul_wide_all(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                  std::span<Element> to) {
  constexpr std::size_t block = wide_turns * lanes;
  std::vector<WideWindow> windows(wide_windows);
  make_wide(table, windows);
  WideDigits digits[wide_turns];
  EdwardsPoint points[block];
  for (std::size_t first = 0; first < scalars.size(); first += block) {
    const std::size_t count = std::min(block, scalars.size() - first);
    const std::size_t turns = (count + lanes - 1) / lanes;
    for (std::size_t v = 0; v < turns; ++v)
      set_8(digits[v], scalars.subspan(first + lanes * v, std::min(lanes, count - lanes * v)));
    mul_wide(windows, std::span(digits).first(turns), points);
    for (std::size_t k = 0; k < count; ++k) to[first + k] = Element::of_point(points[k]);
  }
}

}  // namespace

void mul_fixed_all(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                   std::span<Element> to) {
  if (scalars.size() >= wide_scalars_min) return mul_wide_all(table, scalars, to);
  std::vector<FixedTable8> tables(table.size());
  transpose_table(table, tables);
  DigitRows digits;
  Lanes result;
  for (std::size_t first = 0; first < scalars.size(); first += lanes) {
    const std::size_t count = std::min(lanes, scalars.size() - first);
    set_8(digits, scalars.subspan(first, count));
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
