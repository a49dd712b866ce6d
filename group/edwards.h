// SPDX-License-Identifier: EUPL-1.2
// Points of the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 that lies below the group: the
// addition formulas and nothing else. Outside this room use Element.
//
// Formulas: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited" (2008), section 3.1
// (unified addition, 8 products) and 3.3 (doubling), for a = -1. They are complete on this curve,
// so no case is special and nothing here branches on values.
#pragma once

#include "group/field.h"

namespace urna::group {

// d = -121665/121666 and 2 d.
inline constexpr FieldElement edwards_d = FieldElement::from_limbs(
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff});
inline constexpr FieldElement edwards_2d = FieldElement::from_limbs(
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff});
// 1 / (2 d).
inline constexpr FieldElement inverse_of_2d = FieldElement::from_limbs(
    {0x0793b66e4fc18, 0x184279542e25e, 0x3739ecc16bbad, 0x390cac5884533, 0x60483f690a6ae});

// x = X/Z, y = Y/Z, x y = T/Z. Coordinates are tight.
struct EdwardsPoint {
  FieldElement x = {};
  FieldElement y = FieldElement::one();
  FieldElement z = FieldElement::one();
  FieldElement t = {};
};

// A point made ready to be added: y + x, y - x, 2 d x y of an affine point. It fills two cache
// lines, as large sums fetch points at random.
struct alignas(64) AffineAddend {
  FieldElement y_plus_x = FieldElement::one();
  FieldElement y_minus_x = FieldElement::one();
  FieldElement xy2d = {};
};

// The same without affine coordinates: Y + X, Y - X, Z, 2 d T.
struct Addend {
  FieldElement y_plus_x = FieldElement::one();
  FieldElement y_minus_x = FieldElement::one();
  FieldElement z = FieldElement::one();
  FieldElement t2d = {};
};

// x = E/G and y = H/F: what the formulas yield before the last products.
struct CompletedPoint {
  FieldElement e, f, g, h;

  // 3 products: enough before a doubling, which does not read t.
  [[nodiscard]] EdwardsPoint without_t() const { return {e * f, g * h, f * g, FieldElement()}; }
  // 4 products.
  [[nodiscard]] EdwardsPoint extended() const { return {e * f, g * h, f * g, e * h}; }
};

[[nodiscard]] inline Addend to_addend(const EdwardsPoint& p) {
  return {p.y + p.x, p.y - p.x, p.z, p.t * edwards_2d};
}
// Precondition: p.z is one.
[[nodiscard]] inline AffineAddend to_affine_addend(const EdwardsPoint& p) {
  return {p.y + p.x, p.y - p.x, p.t * edwards_2d};
}

[[nodiscard]] inline CompletedPoint completed(const FieldElement& plus, const FieldElement& minus,
                                              const FieldElement& z2, const FieldElement& t) {
  return {plus.minus_lazy(minus), z2.minus_lazy(t), z2.plus_lazy(t), plus.plus_lazy(minus)};
}

// 4 products, before those of extended() or without_t().
[[nodiscard]] inline CompletedPoint add(const EdwardsPoint& p, const Addend& q) {
  const FieldElement zz = p.z * q.z;
  return completed(p.y.plus_lazy(p.x) * q.y_plus_x, p.y.minus_lazy(p.x) * q.y_minus_x,
                   zz.plus_lazy(zz), p.t * q.t2d);
}
[[nodiscard]] inline CompletedPoint subtract(const EdwardsPoint& p, const Addend& q) {
  const FieldElement zz = p.z * q.z;
  // -q has the first two exchanged and the last negated, which exchanges f and g.
  const CompletedPoint c =
      completed(p.y.plus_lazy(p.x) * q.y_minus_x, p.y.minus_lazy(p.x) * q.y_plus_x,
                zz.plus_lazy(zz), p.t * q.t2d);
  return {c.e, c.g, c.f, c.h};
}
// 3 products.
[[nodiscard]] inline CompletedPoint add(const EdwardsPoint& p, const AffineAddend& q) {
  return completed(p.y.plus_lazy(p.x) * q.y_plus_x, p.y.minus_lazy(p.x) * q.y_minus_x,
                   p.z.plus_lazy(p.z), p.t * q.xy2d);
}
[[nodiscard]] inline CompletedPoint subtract(const EdwardsPoint& p, const AffineAddend& q) {
  const CompletedPoint c =
      completed(p.y.plus_lazy(p.x) * q.y_minus_x, p.y.minus_lazy(p.x) * q.y_plus_x,
                p.z.plus_lazy(p.z), p.t * q.xy2d);
  return {c.e, c.g, c.f, c.h};
}

// p - q where negative is 1, else p + q. As many products as add().
template <typename SomeAddend>
[[nodiscard, gnu::always_inline]] inline CompletedPoint add_or_subtract(const EdwardsPoint& p,
                                                                        SomeAddend q,
                                                                        Choice negative) {
  FieldElement::swap_if(q.y_plus_x, q.y_minus_x, negative);
  CompletedPoint c = add(p, q);
  FieldElement::swap_if(c.f, c.g, negative);
  return c;
}

// 4 squares; p.t is not read. All signs are turned against the paper, which changes no quotient.
[[nodiscard]] inline CompletedPoint twice(const EdwardsPoint& p) {
  const FieldElement xx = p.x.squared();
  const FieldElement yy = p.y.squared();
  const FieldElement zz = p.z.squared();
  const FieldElement sum = yy.plus_lazy(xx);
  return {p.x.plus_lazy(p.y).squared().minus_lazy(sum),
          zz.plus_lazy(zz).plus_lazy(xx).minus_lazy(yy), yy.minus_lazy(xx), sum};
}

[[nodiscard]] inline EdwardsPoint negative(const EdwardsPoint& p) { return {-p.x, p.y, p.z, -p.t}; }

}  // namespace urna::group
