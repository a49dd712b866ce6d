// SPDX-License-Identifier: EUPL-1.2
#include "group/element.h"

#include <cstddef>
#include <string>
#include <utility>

namespace urna::group {
namespace {

// The constants of RFC 9496 section 4.1.
constexpr FieldElement sqrt_minus_one = FieldElement::from_limbs(
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d});
constexpr FieldElement sqrt_ad_minus_one = FieldElement::from_limbs(
    {0x7f6a0497b2e1b, 0x1836f0a97afd2, 0x7d747f6be7638, 0x456079e7e6498, 0x376931bf2b834});
constexpr FieldElement inv_sqrt_a_minus_d = FieldElement::from_limbs(
    {0x0fdaa805d40ea, 0x2eb482e57d339, 0x07610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff});
constexpr FieldElement one_minus_d_squared = FieldElement::from_limbs(
    {0x409c1945fc176, 0x719abc6a1fc4f, 0x1c37f90b20684, 0x06bccca55eedf, 0x029072a8b2b3e});
constexpr FieldElement d_minus_one_squared = FieldElement::from_limbs(
    {0x55aaa44ed4d20, 0x59603c3332635, 0x26d3baf4a7928, 0x120a66e6997a9, 0x5968b37af66c2});

constexpr EdwardsPoint base_point = {
    FieldElement::from_limbs(
        {0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5}),
    FieldElement::from_limbs(
        {0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666}),
    FieldElement::one(),
    FieldElement::from_limbs(
        {0x68ab3a5b7dda3, 0x00eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7})};

struct Decoded {
  EdwardsPoint point;
  Choice valid;
};

// Section 4.3.1, with the names used there. s is below 2^255 - 19.
Decoded decode_number(const FieldElement& s) {
  const FieldElement one = FieldElement::one();
  const FieldElement ss = s.squared();
  const FieldElement u1 = one - ss;
  const FieldElement u2 = one + ss;
  const FieldElement u2_squared = u2.squared();
  const FieldElement v = -(edwards_d * u1.squared()) - u2_squared;
  const SqrtRatio inverse_root = sqrt_ratio(one, v * u2_squared);
  const FieldElement den_x = inverse_root.root * u2;
  const FieldElement den_y = inverse_root.root * den_x * v;
  const FieldElement x = ((s + s) * den_x).absolute();
  const FieldElement y = u1 * den_y;
  const FieldElement t = x * y;
  return {{x, y, one, t},
          inverse_root.was_square & !t.is_negative() & !y.is_zero() & !s.is_negative()};
}

// Section 4.3.4, the function MAP.
CompletedPoint map_to_curve(const FieldElement& t) {
  const FieldElement one = FieldElement::one();
  const FieldElement r = sqrt_minus_one * t.squared();
  const FieldElement u = (r + one) * one_minus_d_squared;
  const FieldElement v = (-one - r * edwards_d) * (r + edwards_d);
  const SqrtRatio ratio = sqrt_ratio(u, v);
  const FieldElement s =
      FieldElement::select(-(ratio.root * t).absolute(), ratio.root, ratio.was_square);
  const FieldElement c = FieldElement::select(r, -one, ratio.was_square);
  const FieldElement n = c * (r - one) * d_minus_one_squared - v;
  const FieldElement sv = s * v;
  const FieldElement ss = s.squared();
  return {sv + sv, one + ss, n * sqrt_ad_minus_one, one - ss};
}

}  // namespace

const Element& Element::generator() {
  static const Element generator{base_point};
  return generator;
}

Result<Element> Element::decode(const ElementBytes& bytes) {
  const Result<FieldElement> s = FieldElement::decode(bytes);
  if (s) {
    const Decoded decoded = decode_number(*s);
    if (decoded.valid.reveal()) return Element(decoded.point);
  }
  return Error{ErrorCode::malformed, "32 bytes are not the encoding of a group element"};
}

ElementBytes Element::encode() const {
  const auto& [x0, y0, z0, t0] = point_;
  const FieldElement u1 = (z0 + y0) * (z0 - y0);
  const FieldElement u2 = x0 * y0;
  const FieldElement inverse_root = sqrt_ratio(FieldElement::one(), u1 * u2.squared()).root;
  const FieldElement den1 = inverse_root * u1;
  const FieldElement den2 = inverse_root * u2;
  const FieldElement z_inverse = den1 * den2 * t0;
  const Choice rotate = (t0 * z_inverse).is_negative();
  const FieldElement x = FieldElement::select(x0, y0 * sqrt_minus_one, rotate);
  const FieldElement y = FieldElement::select(y0, x0 * sqrt_minus_one, rotate);
  const FieldElement den_inverse = FieldElement::select(den2, den1 * inv_sqrt_a_minus_d, rotate);
  const FieldElement y_signed = y.negated_if((x * z_inverse).is_negative());
  return (den_inverse * (z0 - y_signed)).absolute().encode();
}

Element Element::from_uniform_bytes(std::span<const std::uint8_t, 64> bytes) {
  const EdwardsPoint first =
      map_to_curve(FieldElement::from_low_255_bits(bytes.first<32>())).extended();
  const EdwardsPoint second =
      map_to_curve(FieldElement::from_low_255_bits(bytes.last<32>())).extended();
  return Element(add(first, to_addend(second)).extended());
}

Element operator+(const Element& a, const Element& b) {
  return Element(add(a.point_, to_addend(b.point_)).extended());
}
Element operator-(const Element& a, const Element& b) {
  return Element(subtract(a.point_, to_addend(b.point_)).extended());
}
Element operator-(const Element& a) { return Element(negative(a.point_)); }
Element Element::doubled() const { return Element(twice(point_).extended()); }

bool operator==(const Element& a, const Element& b) {
  // Section 4.3.3: the four points of one element differ by a rotation and signs.
  const EdwardsPoint& p = a.point_;
  const EdwardsPoint& q = b.point_;
  return ((p.x * q.y).equals(p.y * q.x) | (p.y * q.y).equals(p.x * q.x)).reveal();
}

Result<std::vector<Element>> decode_all(std::span<const ElementBytes> encodings) {
  std::vector<Element> elements;
  elements.reserve(encodings.size());
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    Result<Element> element = Element::decode(encodings[i]);
    if (!element)
      return Error{ErrorCode::malformed,
                   "encoding " + std::to_string(i) + " is not that of a group element"};
    elements.push_back(*std::move(element));
  }
  return elements;
}

std::vector<ElementBytes> encode_doubled_all(std::span<const Element> elements) {
  // 2P has x = e/f and y = g/h with these four; 1 - y^2 of such a point is a known square times
  // a - d, so that section 4.3.2 needs 1/(e g) and 1/(f h) only, which one inverse of the product
  // gives. e g = 0 iff 2P represents the identity, encoded as zero: its inverse counts as zero.
  struct Quotients {
    FieldElement e, f, g, h, eg, fh;
  };
  std::vector<Quotients> doubles;
  std::vector<FieldElement> inverses;
  doubles.reserve(elements.size());
  inverses.reserve(elements.size());
  for (const Element& element : elements) {
    const EdwardsPoint& p = element.point();
    const FieldElement zz = p.z.squared();
    const FieldElement dtt = edwards_d * p.t.squared();
    Quotients q;
    q.e = p.x * (p.y + p.y);
    q.f = zz + dtt;
    q.g = p.y.squared() + p.x.squared();
    q.h = zz - dtt;
    q.eg = q.e * q.g;
    q.fh = q.f * q.h;
    inverses.push_back(q.eg * q.fh);
    doubles.push_back(q);
  }
  invert_all(inverses);

  std::vector<ElementBytes> encodings;
  encodings.reserve(elements.size());
  for (std::size_t i = 0; i < doubles.size(); ++i) {
    const Quotients& q = doubles[i];
    const FieldElement z_inverse = q.eg * inverses[i];  // 1/(f h)
    const FieldElement t_inverse = q.fh * inverses[i];  // 1/(e g)
    // Rotate if x y is negative, then turn y if x is: as in section 4.3.2.
    const Choice rotate = (q.eg * z_inverse).is_negative();
    const FieldElement e = FieldElement::select(q.e, q.g, rotate);
    const FieldElement g = FieldElement::select(q.g, -q.e, rotate);
    const FieldElement h = FieldElement::select(q.h, q.f * sqrt_minus_one, rotate);
    const FieldElement factor = FieldElement::select(inv_sqrt_a_minus_d, sqrt_minus_one, rotate);
    const FieldElement g_signed = g.negated_if((h * e * z_inverse).is_negative());
    encodings.push_back(((h - g_signed) * factor * g_signed * t_inverse).absolute().encode());
  }
  return encodings;
}

}  // namespace urna::group
