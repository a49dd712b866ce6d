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

URNA_IFMA_INLINE Point8 identity8() {
  return {constant(FieldElement()), constant(FieldElement::one()), constant(FieldElement::one()),
          constant(FieldElement())};
}

// A completed point: x = e/g and y = h/f.
struct Completed8 {
  Field8 e, f, g, h;
  URNA_IFMA_INLINE Point8 extended() const {
    return {multiply(e, f), multiply(g, h), multiply(f, g), multiply(e, h)};
  }
};

// The end of all additions, from columns: carries wait until after the sums. Where the mask is set,
// f and g change places, which subtracts.
URNA_IFMA_INLINE Completed8 completed(const Field8& plus, const Field8& minus, const Field8& z2,
                                      const Field8& t, __mmask8 subtracted) {
  const Field8 difference = carried(minus_lazy(z2, t));
  const Field8 total = carried(plus_lazy(z2, t));
  return {carried(minus_lazy(plus, minus)), blend(subtracted, difference, total),
          blend(subtracted, total, difference), carried(plus_lazy(plus, minus))};
}

// A point that is added to again and again: y + x and y - x are made from columns as well, which
// saves the carries of x and y.
struct Sum8 {
  Field8 y_plus_x, y_minus_x, z, t;
};
URNA_IFMA_INLINE Sum8 to_sum(const Completed8& c) {
  const Field8 x = multiply_columns(c.e, c.f);
  const Field8 y = multiply_columns(c.g, c.h);
  return {carried(plus_lazy(y, x)), carried(minus_lazy(y, x)), multiply(c.f, c.g),
          multiply(c.e, c.h)};
}
URNA_IFMA_INLINE Sum8 zero_sum() {
  const Field8 one = constant(FieldElement::one());
  return {one, one, one, constant(FieldElement())};
}
URNA_IFMA_INLINE Sum8 to_sum(const Point8& p) {
  return {add(p.y, p.x), subtract(p.y, p.x), p.z, p.t};
}
// All coordinates doubled, which is the same point.
URNA_IFMA_INLINE Point8 to_point(const Sum8& p) {
  return {subtract(p.y_plus_x, p.y_minus_x), add(p.y_plus_x, p.y_minus_x), add(p.z, p.z),
          add(p.t, p.t)};
}
URNA_IFMA_INLINE Addend8 to_addend(const Sum8& p) {
  return {p.y_plus_x, p.y_minus_x, p.z, multiply(p.t, constant(edwards_2d))};
}

// p + q, or p - q in the lanes of the mask: 3 products, and 4 more for what follows.
URNA_IFMA_INLINE Completed8 add(const Sum8& p, const AffineAddend8& q, __mmask8 subtracted) {
  return completed(multiply_columns(p.y_plus_x, blend(subtracted, q.y_plus_x, q.y_minus_x)),
                   multiply_columns(p.y_minus_x, blend(subtracted, q.y_minus_x, q.y_plus_x)),
                   plus_lazy(p.z, p.z), multiply_columns(p.t, q.xy2d), subtracted);
}
// The same with 4 products.
URNA_IFMA_INLINE Completed8 add(const Sum8& p, const Addend8& q, __mmask8 subtracted) {
  const Field8 zz = multiply_columns(p.z, q.z);
  return completed(multiply_columns(p.y_plus_x, blend(subtracted, q.y_plus_x, q.y_minus_x)),
                   multiply_columns(p.y_minus_x, blend(subtracted, q.y_minus_x, q.y_plus_x)),
                   plus_lazy(zz, zz), multiply_columns(p.t, q.t2d), subtracted);
}
// For a point that was doubled before.
URNA_IFMA_INLINE Point8 add(const Point8& p, const Addend8& q, __mmask8 subtracted) {
  return add(to_sum(p), q, subtracted).extended();
}

// 4 squares and 4 products.
URNA_IFMA_INLINE Point8 twice(const Point8& p) {
  const Field8 xx = square_columns(p.x);
  const Field8 yy = square_columns(p.y);
  const Field8 zz = square_columns(p.z);
  const Field8 total = plus_lazy(yy, xx);
  const Field8 e = carried(minus_lazy(square_columns(add(p.x, p.y)), total));
  const Field8 f = carried(minus_lazy(plus_lazy(plus_lazy(zz, zz), xx), yy));
  const Field8 g = carried(minus_lazy(yy, xx));
  const Field8 h = carried(total);
  return Completed8{e, f, g, h}.extended();
}

URNA_IFMA_INLINE Addend8 to_addend(const Point8& p) {
  return {add(p.y, p.x), subtract(p.y, p.x), p.z, multiply(p.t, constant(edwards_2d))};
}

// 8 x 8 words: word j of row i goes to word i of row j.
URNA_IFMA_INLINE void transpose(__m512i (&row)[lanes]) {
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
                                __m512i (&row)[lanes]) {
#pragma GCC unroll 8
  for (std::size_t k = 0; k < lanes; ++k)
    row[k] = _mm512_loadu_si512(reinterpret_cast<const char*>(from[k]) + 8 * first);
  transpose(row);
}

URNA_IFMA_INLINE AffineAddend8 load(const AffineAddend* const (&from)[lanes]) {
  __m512i a[lanes];
  __m512i b[lanes];
  load_rows(from, 0, a);
  load_rows(from, 8, b);
  return {{{a[0], a[1], a[2], a[3], a[4]}},
          {{a[5], a[6], a[7], b[0], b[1]}},
          {{b[2], b[3], b[4], b[5], b[6]}}};
}
// The words 12 … 19 overlap with 8 … 15, so that no load reaches past a point.
URNA_IFMA_INLINE Point8 load(const EdwardsPoint* const (&from)[lanes]) {
  __m512i a[lanes];
  __m512i b[lanes];
  __m512i c[lanes];
  load_rows(from, 0, a);
  load_rows(from, 8, b);
  load_rows(from, 12, c);
  return {{{a[0], a[1], a[2], a[3], a[4]}},
          {{a[5], a[6], a[7], b[0], b[1]}},
          {{b[2], b[3], b[4], b[5], b[6]}},
          {{b[7], c[4], c[5], c[6], c[7]}}};
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
  __m512i a[lanes] = {p.x.limb[0], p.x.limb[1], p.x.limb[2], p.x.limb[3],
                      p.x.limb[4], p.y.limb[0], p.y.limb[1], p.y.limb[2]};
  __m512i b[lanes] = {p.y.limb[3], p.y.limb[4], p.z.limb[0], p.z.limb[1],
                      p.z.limb[2], p.z.limb[3], p.z.limb[4], p.t.limb[0]};
  __m512i c[lanes] = {p.z.limb[2], p.z.limb[3], p.z.limb[4], p.t.limb[0],
                      p.t.limb[1], p.t.limb[2], p.t.limb[3], p.t.limb[4]};
  transpose(a);
  transpose(b);
  transpose(c);
  for (std::size_t k = 0; k < lanes; ++k) {
    char* const words = reinterpret_cast<char*>(to[k]);
    _mm512_storeu_si512(words, a[k]);
    _mm512_storeu_si512(words + 8 * 8, b[k]);
    _mm512_storeu_si512(words + 12 * 8, c[k]);
  }
}
URNA_IFMA_INLINE void store(const AffineAddend8& q, AffineAddend* const (&to)[lanes]) {
  const __m512i zero = _mm512_setzero_si512();
  __m512i a[lanes] = {q.y_plus_x.limb[0],  q.y_plus_x.limb[1], q.y_plus_x.limb[2],
                      q.y_plus_x.limb[3],  q.y_plus_x.limb[4], q.y_minus_x.limb[0],
                      q.y_minus_x.limb[1], q.y_minus_x.limb[2]};
  __m512i b[lanes] = {q.y_minus_x.limb[3], q.y_minus_x.limb[4], q.xy2d.limb[0], q.xy2d.limb[1],
                      q.xy2d.limb[2],      q.xy2d.limb[3],      q.xy2d.limb[4], zero};
  transpose(a);
  transpose(b);
  for (std::size_t k = 0; k < lanes; ++k) {
    char* const words = reinterpret_cast<char*>(to[k]);
    _mm512_storeu_si512(words, a[k]);
    _mm512_storeu_si512(words + 8 * 8, b[k]);
  }
}

}  // namespace urna::group::ifma

#endif
