// SPDX-License-Identifier: EUPL-1.2
// The formulas by which points are decoded, encoded and mapped to (RFC 9496 section 4.3), for n
// elements side by side, so that their square roots overlap: n is 1 or 2. Constant time. For
// element.cc and the portable backend.
#pragma once

#include <array>
#include <cstddef>

#include "group/constants.h"
#include "group/edwards.h"
#include "group/field.h"

namespace urna::group {

struct DecodedPoint {
  EdwardsPoint point;
  Choice valid;
};

// Section 4.3.1, with the names used there. Where the bytes are no encoding of an element, the
// point is unspecified.
template <std::size_t n>
[[nodiscard]] std::array<DecodedPoint, n> decode_points(
    const std::array<FieldElement::Bytes, n>& encodings) {
  const FieldElement one = FieldElement::one();
  std::array<FieldElement, n> s;
  std::array<FieldElement, n> ones;
  std::array<FieldElement, n> u1;
  std::array<FieldElement, n> u2;
  std::array<FieldElement, n> v;
  std::array<FieldElement, n> v_u2_squared;
  for (std::size_t k = 0; k < n; ++k) {
    s[k] = FieldElement::from_low_255_bits(encodings[k]);
    const FieldElement ss = s[k].squared();
    ones[k] = one;
    u1[k] = one - ss;
    u2[k] = one + ss;
    const FieldElement u2_squared = u2[k].squared();
    v[k] = -(edwards_d * u1[k].squared()) - u2_squared;
    v_u2_squared[k] = v[k] * u2_squared;
  }
  const std::array<SqrtRatio, n> inverse_roots = sqrt_ratios<n>(ones, v_u2_squared);
  std::array<DecodedPoint, n> decoded;
  for (std::size_t k = 0; k < n; ++k) {
    const FieldElement den_x = inverse_roots[k].root * u2[k];
    const FieldElement den_y = inverse_roots[k].root * den_x * v[k];
    const FieldElement x = ((s[k] + s[k]) * den_x).absolute();
    const FieldElement y = u1[k] * den_y;
    const FieldElement t = x * y;
    const Choice negative = Choice::of(encodings[k][0] & 1U);
    decoded[k] = {{x, y, one, t},
                  s[k].encodes_as(encodings[k]) & !negative & inverse_roots[k].was_square &
                      !t.is_negative() & !y.is_zero()};
  }
  return decoded;
}

// Section 4.3.2, with the names used there.
template <std::size_t n>
[[nodiscard]] std::array<FieldElement::Bytes, n> encode_points(
    const std::array<const EdwardsPoint*, n>& points) {
  std::array<FieldElement, n> ones;
  std::array<FieldElement, n> u1;
  std::array<FieldElement, n> u2;
  std::array<FieldElement, n> u1_u2_squared;
  for (std::size_t k = 0; k < n; ++k) {
    const EdwardsPoint& p = *points[k];
    ones[k] = FieldElement::one();
    u1[k] = (p.z + p.y) * (p.z - p.y);
    u2[k] = p.x * p.y;
    u1_u2_squared[k] = u1[k] * u2[k].squared();
  }
  const std::array<SqrtRatio, n> inverse_roots = sqrt_ratios<n>(ones, u1_u2_squared);
  std::array<FieldElement::Bytes, n> encodings;
  for (std::size_t k = 0; k < n; ++k) {
    const auto& [x0, y0, z0, t0] = *points[k];
    const FieldElement den1 = inverse_roots[k].root * u1[k];
    const FieldElement den2 = inverse_roots[k].root * u2[k];
    const FieldElement z_inverse = den1 * den2 * t0;
    const Choice rotate = (t0 * z_inverse).is_negative();
    const FieldElement x = FieldElement::select(x0, y0 * sqrt_minus_one, rotate);
    const FieldElement y = FieldElement::select(y0, x0 * sqrt_minus_one, rotate);
    const FieldElement den_inverse = FieldElement::select(den2, den1 * inv_sqrt_a_minus_d, rotate);
    const FieldElement y_signed = y.negated_if((x * z_inverse).is_negative());
    encodings[k] = (den_inverse * (z0 - y_signed)).absolute().encode();
  }
  return encodings;
}

// Section 4.3.4, the function MAP.
template <std::size_t n>
[[nodiscard]] std::array<CompletedPoint, n> map_to_curve(const std::array<FieldElement, n>& t) {
  const FieldElement one = FieldElement::one();
  std::array<FieldElement, n> r;
  std::array<FieldElement, n> u;
  std::array<FieldElement, n> v;
  for (std::size_t k = 0; k < n; ++k) {
    r[k] = sqrt_minus_one * t[k].squared();
    u[k] = (r[k] + one) * one_minus_d_squared;
    v[k] = (-one - r[k] * edwards_d) * (r[k] + edwards_d);
  }
  const std::array<SqrtRatio, n> ratios = sqrt_ratios<n>(u, v);
  std::array<CompletedPoint, n> points;
  for (std::size_t k = 0; k < n; ++k) {
    const auto& [was_square, root] = ratios[k];
    const FieldElement s = FieldElement::select(-(root * t[k]).absolute(), root, was_square);
    const FieldElement c = FieldElement::select(r[k], -one, was_square);
    const FieldElement w = c * (r[k] - one) * d_minus_one_squared - v[k];
    const FieldElement sv = s * v[k];
    const FieldElement ss = s.squared();
    points[k] = {sv + sv, one + ss, w * sqrt_ad_minus_one, one - ss};
  }
  return points;
}

}  // namespace urna::group
