// SPDX-License-Identifier: EUPL-1.2
// Decoding and encoding, two elements side by side, and shared inversions for the encodings of
// doubles.
#include <algorithm>
#include <vector>

#include "group/backend/portable.h"
#include "group/codec.h"
#include "group/constants.h"
#include "group/element.h"

namespace urna::group::portable {
namespace {

constexpr std::size_t encoding_size = sizeof(ElementBytes);

void put(const ElementBytes& encoding, std::size_t i, std::uint8_t* to) {
  std::copy(encoding.begin(), encoding.end(), to + encoding_size * i);
}

// Whether the encodings i … i + n - 1 are valid, and their points.
template <std::size_t n>
std::array<DecodedPoint, n> decode_from(const std::uint8_t* encodings, std::size_t i,
                                        std::size_t stride = encoding_size) {
  std::array<ElementBytes, n> several;
  for (std::size_t k = 0; k < n; ++k)
    std::copy_n(encodings + stride * (i + k), encoding_size, several[k].begin());
  return decode_points(several);
}

// Calls take(decoded) for one after another until that returns false. Returns how many were taken.
template <typename Take>
std::size_t decode_each(const std::uint8_t* encodings, std::size_t stride, std::size_t count,
                        const Take& take) {
  std::size_t i = 0;
  while (i + 1 < count) {
    const std::array<DecodedPoint, 2> two = decode_from<2>(encodings, i, stride);
    for (const DecodedPoint& decoded : two) {
      if (!take(decoded)) return i;
      ++i;
    }
  }
  if (i < count && take(decode_from<1>(encodings, i, stride)[0])) ++i;
  return i;
}

}  // namespace

std::size_t decode_all(const std::uint8_t* encodings, std::span<Element> to) {
  auto place = to.begin();
  return decode_each(encodings, encoding_size, to.size(), [&](const DecodedPoint& decoded) {
    if (!decoded.valid.reveal()) return false;
    *place++ = Element::of_point(decoded.point);
    return true;
  });
}

std::size_t decode_addends_vartime(const std::uint8_t* encodings, std::size_t stride,
                                   std::size_t count, std::vector<AffineAddend>& to) {
  return decode_each(encodings, stride, count, [&](const DecodedPoint& decoded) {
    if (!decoded.valid.reveal()) return false;
    to.push_back(to_affine_addend(decoded.point));
    return true;
  });
}

void find_elements(const std::uint8_t* encodings, std::span<std::uint8_t> valid) {
  std::size_t i = 0;
  for (; i + 1 < valid.size(); i += 2) {
    const std::array<DecodedPoint, 2> two = decode_from<2>(encodings, i);
    for (std::size_t k = 0; k < 2; ++k) valid[i + k] = two[k].valid.reveal() ? 1 : 0;
  }
  if (i < valid.size()) valid[i] = decode_from<1>(encodings, i)[0].valid.reveal() ? 1 : 0;
}

void encode_all(std::span<const Element> elements, std::uint8_t* to) {
  std::size_t i = 0;
  for (; i + 1 < elements.size(); i += 2) {
    const std::array<ElementBytes, 2> two =
        encode_points<2>({&elements[i].point(), &elements[i + 1].point()});
    for (std::size_t k = 0; k < 2; ++k) put(two[k], i + k, to);
  }
  if (i < elements.size()) put(elements[i].encode(), i, to);
}

void encode_doubled_all(std::span<const Element> elements, std::uint8_t* to) {
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
    put(((h - g_signed) * factor * g_signed * t_inverse).absolute().encode(), i, to);
  }
}

void map_all(const std::uint8_t* uniform, std::span<Element> to) {
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = Element::from_uniform_bytes(std::span<const std::uint8_t, 64>(uniform + 64 * i, 64));
}

}  // namespace urna::group::portable
