// SPDX-License-Identifier: EUPL-1.2
// Eight points of the curve side by side: the formulas of group/edwards.h in the lanes of AVX-512
// vectors, and the way between lanes and points in memory. No branch or address depends on values.
#pragma once

#if defined(__x86_64__)

#include <span>

#include "group/backend/ifma_field.h"
#include "group/element.h"

namespace urna::group::ifma {

struct Point8 {
  Field8 x, y, z, t;
};
struct AffineAddend8 {
  Field8 y_plus_x, y_minus_x, xy2d;
};
struct Addend8 {
  Field8 y_plus_x, y_minus_x, z, t2d;
};

// A completed point: x = e/g and y = h/f.
struct Completed8 {
  Field8 e, f, g, h;
  URNA_IFMA_INLINE Point8 extended() const {
    return {multiply(e, f), multiply(g, h), multiply(f, g), multiply(e, h)};
  }
  // Enough before a doubling, which does not read t.
  URNA_IFMA_INLINE Point8 without_t() const {
    return {multiply(e, f), multiply(g, h), multiply(f, g), constant(FieldElement())};
  }
};

// The end of all additions, from columns: carries wait until after the sums. Preconditions: no
// column of `minus` exceeds that of `plus`, nor of `t` that of `z2`.
URNA_IFMA_INLINE Completed8 completed(const Columns8& plus, const Columns8& minus,
                                      const Columns8& z2, const Columns8& t) {
  return {carried(minus_biased(plus, minus)), carried(minus_biased(z2, t)),
          carried(plus_lazy(z2, t)), carried(plus_lazy(plus, minus))};
}
// bias() - a in the lanes of the mask, a in the others. Precondition: as minus_lazy().
URNA_IFMA_INLINE Columns8 negated_lazy_if(__mmask8 mask, const Columns8& a) {
  const Columns8 from = bias();
  Columns8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i)
    r.limb[i] = _mm512_mask_sub_epi64(a.limb[i], mask, from.limb[i], a.limb[i]);
  return r;
}

// A point that is added to again and again: y + x and y - x are made from columns as well, which
// saves the carries of x and y.
struct Sum8 {
  Field8 y_plus_x, y_minus_x, z, t;
};
// The same for affine addends, which do not multiply z: 2 z in columns between those of bias() and
// of its double, from which columns of products can be subtracted.
struct AffineSum8 {
  Field8 y_plus_x, y_minus_x;
  Columns8 z2;
  Field8 t;
};
URNA_IFMA_INLINE Sum8 to_sum(const Completed8& c) {
  const Columns8 x = multiply_columns(c.e, c.f);
  const Columns8 y = multiply_columns(c.g, c.h, bias());
  return {carried(plus_lazy(y, x)), carried(minus_biased(y, x)), multiply(c.f, c.g),
          multiply(c.e, c.h)};
}
URNA_IFMA_INLINE AffineSum8 to_affine_sum(const Completed8& c) {
  const Columns8 x = multiply_columns(c.e, c.f);
  const Columns8 y = multiply_columns(c.g, c.h, bias());
  const Columns8 z = multiply_columns(c.f, c.g, half_bias());
  return {carried(plus_lazy(y, x)), carried(minus_biased(y, x)), plus_lazy(z, z),
          multiply(c.e, c.h)};
}
URNA_IFMA_INLINE Sum8 zero_sum() {
  const Field8 one = constant(FieldElement::one());
  return {one, one, one, constant(FieldElement())};
}
URNA_IFMA_INLINE AffineSum8 zero_affine_sum() {
  const Field8 one = constant(FieldElement::one());
  const Columns8 z = columns(one);
  return {one, one, plus_lazy(plus_lazy(z, z), bias()), constant(FieldElement())};
}
// The sum of one addend: a product instead of seven.
URNA_IFMA_INLINE AffineSum8 to_affine_sum(const AffineAddend8& q) {
  const Columns8 z = columns(constant(FieldElement::one()));
  return {q.y_plus_x, q.y_minus_x, plus_lazy(plus_lazy(z, z), bias()),
          multiply(q.xy2d, constant(inverse_of_2d))};
}
URNA_IFMA_INLINE Sum8 to_sum(const Point8& p) {
  return {add(p.y, p.x), subtract(p.y, p.x), p.z, p.t};
}
// All coordinates doubled, which is the same point.
URNA_IFMA_INLINE Point8 to_point(const Sum8& p) {
  return {subtract(p.y_plus_x, p.y_minus_x), add(p.y_plus_x, p.y_minus_x), add(p.z, p.z),
          add(p.t, p.t)};
}
URNA_IFMA_INLINE Point8 to_point(const AffineSum8& p) {
  return {subtract(p.y_plus_x, p.y_minus_x), add(p.y_plus_x, p.y_minus_x), carried(p.z2),
          add(p.t, p.t)};
}
URNA_IFMA_INLINE Addend8 to_addend(const Sum8& p) {
  return {p.y_plus_x, p.y_minus_x, p.z, multiply(p.t, constant(edwards_2d))};
}
URNA_IFMA_INLINE Addend8 to_addend(const Point8& p) {
  return {add(p.y, p.x), subtract(p.y, p.x), p.z, multiply(p.t, constant(edwards_2d))};
}

// p + q, or p - q in the lanes of the mask: 3 products, and 4 more for what follows.
URNA_IFMA_INLINE Completed8 add(const AffineSum8& p, const AffineAddend8& q) {
  return completed(multiply_columns(p.y_plus_x, q.y_plus_x, bias()),
                   multiply_columns(p.y_minus_x, q.y_minus_x), p.z2, multiply_columns(p.t, q.xy2d));
}
URNA_IFMA_INLINE Completed8 add(const AffineSum8& p, const AffineAddend8& q, __mmask8 subtracted) {
  return completed(multiply_columns(p.y_plus_x, blend(subtracted, q.y_plus_x, q.y_minus_x), bias()),
                   multiply_columns(p.y_minus_x, blend(subtracted, q.y_minus_x, q.y_plus_x)),
                   plus_lazy(p.z2, bias()),
                   negated_lazy_if(subtracted, multiply_columns(p.t, q.xy2d)));
}
// The same with 4 products. The two t2d may be exchanged: what counts is one factor 2 d.
URNA_IFMA_INLINE Completed8 add(const Sum8& p, const Addend8& q) {
  const Columns8 zz = multiply_columns(p.z, q.z, bias());
  return completed(multiply_columns(p.y_plus_x, q.y_plus_x, bias()),
                   multiply_columns(p.y_minus_x, q.y_minus_x), plus_lazy(zz, zz),
                   multiply_columns(p.t, q.t2d));
}
URNA_IFMA_INLINE Completed8 add(const Sum8& p, const Addend8& q, __mmask8 subtracted) {
  const Columns8 zz = multiply_columns(p.z, q.z, bias());
  return completed(multiply_columns(p.y_plus_x, blend(subtracted, q.y_plus_x, q.y_minus_x), bias()),
                   multiply_columns(p.y_minus_x, blend(subtracted, q.y_minus_x, q.y_plus_x)),
                   plus_lazy(zz, zz), negated_lazy_if(subtracted, multiply_columns(p.t, q.t2d)));
}
// For a point that was doubled before.
URNA_IFMA_INLINE Point8 add(const Point8& p, const Addend8& q, __mmask8 subtracted) {
  return add(to_sum(p), q, subtracted).extended();
}

// 3 squares and 1 product, before 4 products, or 3 if another doubling follows, which does not read
// t. Signs are turned so that each coordinate takes the bias once.
URNA_IFMA_INLINE Completed8 doubled(const Point8& p) {
  const Columns8 xx = square_columns(p.x);
  const Columns8 yy = square_columns(p.y);
  const Columns8 zz = square_columns(p.z);
  const Columns8 xy = multiply_columns(p.x, p.y);
  const Columns8 g = minus_lazy(xx, yy);
  return {carried(minus_biased(bias(), plus_lazy(xy, xy))),
          carried(plus_lazy(plus_lazy(zz, zz), g)), carried(g), carried(plus_lazy(yy, xx))};
}
URNA_IFMA_INLINE Point8 twice(const Point8& p) { return doubled(p).extended(); }

// 8 x 8 words: word j of row i goes to word i of row j.
URNA_IFMA_INLINE void transpose(__m512i* row) {
  __m512i pair[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm512_unpacklo_epi64(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_epi64(row[i], row[i + 1]);
  }
  // Quarters (two words each) of the rows 0, 2, 4, 6 of one parity form a 4 x 4 transposition.
#pragma GCC unroll 2
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

static_assert(sizeof(AffineAddend) == 16 * 8 && sizeof(EdwardsPoint) == 20 * 8,
              "points are loaded as rows of words");

// Word `first` + i of the record at from[k] goes to lane k of row i.
template <typename Record>
URNA_IFMA_INLINE void load_rows(const Record* const (&from)[lanes], std::size_t first,
                                __m512i* row) {
#pragma GCC unroll 8
  for (std::size_t k = 0; k < lanes; ++k)
    row[k] = _mm512_loadu_si512(reinterpret_cast<const char*>(from[k]) + 8 * first);
  transpose(row);
}

// Words i … i + 4 of the rows as numbers of group/field.h.
URNA_IFMA_INLINE Field8 field_of(const __m512i* row) {
  const __m512i limbs[5] = {row[0], row[1], row[2], row[3], row[4]};
  return from_limbs51(limbs);
}
URNA_IFMA_INLINE AffineAddend8 load(const AffineAddend* const (&from)[lanes]) {
  __m512i row[2 * lanes];
  load_rows(from, 0, row);
  load_rows(from, 8, row + 8);
  return {field_of(row), field_of(row + 5), field_of(row + 10)};
}
// The words 12 … 19 overlap with 8 … 15, so that no load reaches past a point.
URNA_IFMA_INLINE Point8 load(const EdwardsPoint* const (&from)[lanes]) {
  __m512i row[20];
  load_rows(from, 12, row + 12);
  load_rows(from, 0, row);
  load_rows(from, 8, row + 8);
  return {field_of(row), field_of(row + 5), field_of(row + 10), field_of(row + 15)};
}
// The first eight, and the identity for those missing.
URNA_IFMA_INLINE Point8 load(std::span<const Element> elements) {
  static constexpr EdwardsPoint identity;
  const EdwardsPoint* from[lanes];
  for (std::size_t k = 0; k < lanes; ++k)
    from[k] = k < elements.size() ? &elements[k].point() : &identity;
  return load(from);
}
// Lane k to to[k].
URNA_IFMA_INLINE void store(const Point8& p, EdwardsPoint* const (&to)[lanes]) {
  __m512i row[4][5];
  to_limbs51(p.x, row[0]);
  to_limbs51(p.y, row[1]);
  to_limbs51(p.z, row[2]);
  to_limbs51(p.t, row[3]);
  __m512i part[3][lanes];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < lanes; ++i) {
    part[0][i] = row[i / 5][i % 5];
    part[1][i] = row[(i + 8) / 5][(i + 8) % 5];
    part[2][i] = row[(i + 12) / 5][(i + 12) % 5];
  }
  for (auto& words : part) transpose(words);
  for (std::size_t k = 0; k < lanes; ++k) {
    char* const words = reinterpret_cast<char*>(to[k]);
    _mm512_storeu_si512(words, part[0][k]);
    _mm512_storeu_si512(words + 8 * 8, part[1][k]);
    _mm512_storeu_si512(words + 12 * 8, part[2][k]);
  }
}

// Lane k as an addend to to[k], in a form of this backend: a point made ready fills two cache lines
// with four numbers of 256 bits, y + x and 2 d x y in the first, y - x and -2 d x y in the second.
// So it is added starting from the first line, and subtracted starting from the second.
// Precondition: z is one.
URNA_IFMA_INLINE void store_addends(const Field8& x, const Field8& y, const Field8& t,
                                    AffineAddend* to) {
  const Field8 xy2d = multiply(t, constant(edwards_2d));
  const Words8 words[4] = {to_words(columns(add(y, x))), to_words(columns(xy2d)),
                           to_words(columns(subtract(y, x))), to_words(columns(negative(xy2d)))};
  for (std::size_t half = 0; half < 2; ++half) {
    __m512i row[lanes];
    for (std::size_t i = 0; i < lanes; ++i) row[i] = words[2 * half + i / 4].word[i % 4];
    transpose(row);
    for (std::size_t k = 0; k < lanes; ++k)
      std::memcpy(reinterpret_cast<char*>(to + k) + 64 * half, &row[k], 64);
  }
}

}  // namespace urna::group::ifma

#endif
