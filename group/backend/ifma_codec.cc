// SPDX-License-Identifier: EUPL-1.2
// Decoding, encoding and the one-way map of RFC 9496, sections 4.3.1 to 4.3.4, with the names used
// there: 32 inverse square roots at a time, and shared inversions for doubled points. The
// formulas are those of group/element.cc and backend/portable_codec.cc.
#include "group/backend/ifma.h"

#if defined(__x86_64__)

#include <algorithm>
#include <bit>
#include <vector>

#include "group/backend/ifma_points.h"
#include "group/constants.h"
#include "group/element.h"

namespace urna::group::ifma {
namespace {

constexpr std::size_t encoding_size = sizeof(ElementBytes);

// Whether the number is below 2^255 - 19 and even, as each encoding is.
URNA_IFMA_INLINE __mmask8 is_canonical(const Words8& words) {
  const Columns8 s = columns(from_words(words));
  __m512i carry = all_lanes(19);
  for (int i = 0; i < 4; ++i) carry = _mm512_srli_epi64(sum(s.limb[i], carry), 52);
  carry = _mm512_srli_epi64(sum(s.limb[4], carry), 47);
  const __m512i high_bit = _mm512_srli_epi64(words.word[3], 63);
  const __m512i low_bit = _mm512_and_si512(words.word[0], all_lanes(1));
  const __m512i any = _mm512_or_si512(_mm512_or_si512(carry, high_bit), low_bit);
  return _mm512_testn_epi64_mask(any, any);
}

// Eight points with z = 1, as such or made ready for sums.
URNA_IFMA_INLINE void store_decoded(const Field8& x, const Field8& y, const Field8& t,
                                    EdwardsPoint* to) {
  EdwardsPoint* points[lanes];
  for (std::size_t k = 0; k < lanes; ++k) points[k] = to + k;
  store({x, y, constant(FieldElement::one()), t}, points);
}
URNA_IFMA_INLINE void store_decoded(const Field8& x, const Field8& y, const Field8& t,
                                    AffineAddend* to) {
  store_addends(x, y, t, to);
}

// Decodes 8 n encodings; the mask of the valid ones.
template <std::size_t n, typename Decoded>
URNA_IFMA std::uint32_t decode(const std::uint8_t* const (&from)[n][lanes], Decoded* to) {
  const Field8 one = constant(FieldElement::one());
  Fields<n> s;
  Fields<n> u1;
  Fields<n> u2;
  Fields<n> v;
  Fields<n> vu2_squared;
  std::uint32_t valid = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Words8 words = load_words(from[i]);
    valid |= std::uint32_t{is_canonical(words)} << (lanes * i);
    s.at[i] = from_words(words);
    const Field8 ss = square(s.at[i]);
    u1.at[i] = subtract(one, ss);
    u2.at[i] = add(one, ss);
    const Field8 u2_squared = square(u2.at[i]);
    v.at[i] = negative(add(multiply(constant(edwards_d), square(u1.at[i])), u2_squared));
    vu2_squared.at[i] = multiply(v.at[i], u2_squared);
  }
  SqrtRatios<n> inverse_root;
  inverse_sqrt(inverse_root, vu2_squared);
  for (std::size_t i = 0; i < n; ++i) {
    const Field8 den_x = multiply(inverse_root.root[i], u2.at[i]);
    const Field8 den_y = multiply(inverse_root.root[i], multiply(den_x, v.at[i]));
    const Field8 x = absolute(multiply(add(s.at[i], s.at[i]), den_x));
    const Field8 y = multiply(u1.at[i], den_y);
    const Field8 t = multiply(x, y);
    const auto bad = std::uint32_t{is_negative(t)} | std::uint32_t{is_zero(y)} |
                     std::uint32_t{static_cast<__mmask8>(~inverse_root.was_square[i])};
    valid &= ~(bad << (lanes * i));
    store_decoded(x, y, t, to + lanes * i);
  }
  return valid;
}

// Encodes up to 8 n elements.
template <std::size_t n>
URNA_IFMA void encode(std::span<const Element> elements, std::uint8_t* to) {
  const auto part = [&](std::size_t i) {
    const std::size_t first = std::min(lanes * i, elements.size());
    return elements.subspan(first, std::min(lanes, elements.size() - first));
  };
  const Field8 root_of_minus_one = constant(sqrt_minus_one);
  Fields<n> u1;
  Fields<n> u2;
  Fields<n> u1u2_squared;
  for (std::size_t i = 0; i < n; ++i) {
    const Point8 p = load(part(i));
    u1.at[i] = multiply(add(p.z, p.y), subtract(p.z, p.y));
    u2.at[i] = multiply(p.x, p.y);
    u1u2_squared.at[i] = multiply(u1.at[i], square(u2.at[i]));
  }
  SqrtRatios<n> inverse_root;
  inverse_sqrt(inverse_root, u1u2_squared);
  for (std::size_t i = 0; i < n; ++i) {
    const Point8 p = load(part(i));
    const Field8 den1 = multiply(inverse_root.root[i], u1.at[i]);
    const Field8 den2 = multiply(inverse_root.root[i], u2.at[i]);
    const Field8 z_inverse = multiply(multiply(den1, den2), p.t);
    const __mmask8 rotate = is_negative(multiply(p.t, z_inverse));
    const Field8 x = blend(rotate, p.x, multiply(p.y, root_of_minus_one));
    const Field8 y = blend(rotate, p.y, multiply(p.x, root_of_minus_one));
    const Field8 den_inverse = blend(rotate, den2, multiply(den1, constant(inv_sqrt_a_minus_d)));
    const Field8 y_signed = negated_if(is_negative(multiply(x, z_inverse)), y);
    store_bytes(absolute(multiply(den_inverse, subtract(p.z, y_signed))),
                to + lanes * i * encoding_size, part(i).size());
  }
}

// Doubles on their way to encodings, see backend/portable_codec.cc.
struct Double8 {
  Field8 e, f, g, h, eg, fh;
  Field8 before;  // the product of all eg fh before this one, zeros counted as ones
};

URNA_IFMA void encode_doubled(std::span<const Element> elements, std::uint8_t* to,
                              std::vector<Double8>& doubles) {
  const Field8 one = constant(FieldElement::one());
  const Field8 d = constant(edwards_d);
  const Field8 root_of_minus_one = constant(sqrt_minus_one);
  const std::size_t vectors = (elements.size() + lanes - 1) / lanes;
  Field8 product = one;
  for (std::size_t j = 0; j < vectors; ++j) {
    const Point8 p = load(elements.subspan(lanes * j));
    const Columns8 zz = square_columns(p.z);
    const Columns8 dtt = multiply_columns(d, square(p.t));
    Double8& q = doubles[j];
    q.e = multiply(p.x, add(p.y, p.y));
    q.f = carried(plus_lazy(zz, dtt));
    q.g = carried(plus_lazy(square_columns(p.y), square_columns(p.x)));
    q.h = carried(minus_lazy(zz, dtt));
    q.eg = multiply(q.e, q.g);
    q.fh = multiply(q.f, q.h);
    const Field8 both = multiply(q.eg, q.fh);
    q.before = product;
    product = multiply(product, blend(is_zero(both), both, one));
  }
  Field8 inverse = inverted(product);
  for (std::size_t j = vectors; j-- > 0;) {
    const Double8& q = doubles[j];
    const Field8 both = multiply(q.eg, q.fh);
    const __mmask8 zero = is_zero(both);
    const Field8 inverse_here = blend(zero, multiply(inverse, q.before), constant(FieldElement()));
    inverse = multiply(inverse, blend(zero, both, one));
    const Field8 z_inverse = multiply(q.eg, inverse_here);  // 1/(f h)
    const Field8 t_inverse = multiply(q.fh, inverse_here);  // 1/(e g)
    const __mmask8 rotate = is_negative(multiply(q.eg, z_inverse));
    const Field8 e = blend(rotate, q.e, q.g);
    const Field8 g = blend(rotate, q.g, negative(q.e));
    const Field8 h = blend(rotate, q.h, multiply(q.f, root_of_minus_one));
    const Field8 factor = blend(rotate, constant(inv_sqrt_a_minus_d), root_of_minus_one);
    const Field8 g_signed = negated_if(is_negative(multiply(multiply(h, e), z_inverse)), g);
    const Field8 s =
        multiply(multiply(subtract(h, g_signed), factor), multiply(g_signed, t_inverse));
    store_bytes(absolute(s), to + lanes * j * encoding_size,
                std::min(elements.size() - lanes * j, lanes));
  }
}

// Section 4.3.4: the function MAP of both halves of 4 n inputs, and the sums. Vector i has the
// first halves of eight inputs, vector i + n/2 the second halves.
template <std::size_t n>
URNA_IFMA void map(const std::uint8_t* const (&from)[n][lanes], EdwardsPoint* to) {
  const Field8 one = constant(FieldElement::one());
  const Field8 d = constant(edwards_d);
  Fields<n> t;
  Fields<n> r;
  Fields<n> u;
  Fields<n> v;
  for (std::size_t i = 0; i < n; ++i) {
    t.at[i] = from_words(load_words(from[i]));
    r.at[i] = multiply(constant(sqrt_minus_one), square(t.at[i]));
    u.at[i] = multiply(add(r.at[i], one), constant(one_minus_d_squared));
    v.at[i] = multiply(negative(add(one, multiply(r.at[i], d))), add(r.at[i], d));
  }
  SqrtRatios<n> ratio;
  sqrt_ratio(ratio, u, v);
  Point8 p[n];
  for (std::size_t i = 0; i < n; ++i) {
    const __mmask8 was_square = ratio.was_square[i];
    const Field8 other = negative(absolute(multiply(ratio.root[i], t.at[i])));
    const Field8 s = blend(was_square, other, ratio.root[i]);
    const Field8 c = blend(was_square, r.at[i], negative(one));
    const Field8 product =
        multiply(multiply(c, subtract(r.at[i], one)), constant(d_minus_one_squared));
    const Field8 sv = multiply(s, v.at[i]);
    const Field8 ss = square(s);
    const Field8 e = add(sv, sv);
    const Field8 f = add(one, ss);
    const Field8 g = multiply(subtract(product, v.at[i]), constant(sqrt_ad_minus_one));
    const Field8 h = subtract(one, ss);
    p[i] = Completed8{e, f, g, h}.extended();
  }
  for (std::size_t i = 0; i < n / 2; ++i) {
    EdwardsPoint* points[lanes];
    for (std::size_t k = 0; k < lanes; ++k) points[k] = to + lanes * i + k;
    store(add(p[i], to_addend(p[i + n / 2]), 0), points);
  }
}

// Encodings of 32 bytes, `stride` bytes from one to the next.
struct Encodings {
  const std::uint8_t* bytes;
  std::size_t stride;
  std::size_t count;
};

// decode() of 8 n encodings from `first` on, with the identity in place of those missing.
template <std::size_t n, typename Decoded>
std::uint32_t decode_from(const Encodings& encodings, std::size_t first, Decoded* to) {
  static constexpr ElementBytes identity{};
  const std::uint8_t* from[n][lanes];
  for (std::size_t k = 0; k < lanes * n; ++k) {
    from[k / lanes][k % lanes] = first + k < encodings.count
                                     ? encodings.bytes + (first + k) * encodings.stride
                                     : identity.data();
  }
  return decode<n>(from, to);
}

// Four vectors are raised to a power at a time, or two for the last few elements.
constexpr std::size_t batch = 4 * lanes;
constexpr std::size_t small_batch = 2 * lanes;

// Calls use(first, decoded, mask of valid ones, how many are left) for batch after batch, until
// that returns false.
template <typename Decoded, typename Use>
void decode_in_batches(const Encodings& encodings, const Use& use) {
  for (std::size_t first = 0; first < encodings.count; first += batch) {
    Decoded decoded[batch];
    const std::size_t left = std::min(batch, encodings.count - first);
    const std::uint32_t valid = left > small_batch ? decode_from<4>(encodings, first, decoded)
                                                   : decode_from<2>(encodings, first, decoded);
    if (!use(first, decoded, valid, left)) return;
  }
}

// Calls take(first, decoded, count) for the valid ones of batch after batch. Returns the position
// of the first that is invalid, or their number.
template <typename Decoded, typename Take>
std::size_t decode_valid(const Encodings& encodings, const Take& take) {
  std::size_t taken = 0;
  decode_in_batches<Decoded>(encodings, [&](std::size_t first, const Decoded* decoded,
                                            std::uint32_t valid, std::size_t count) {
    const std::size_t good = std::min(static_cast<std::size_t>(std::countr_one(valid)), count);
    take(first, decoded, good);
    taken += good;
    return good == count;
  });
  return taken;
}

template <std::size_t n>
void map_from(const std::uint8_t* uniform, std::span<Element> to) {
  static constexpr std::array<std::uint8_t, 64> nothing{};
  const std::uint8_t* from[n][lanes];
  for (std::size_t k = 0; k < lanes * n / 2; ++k) {
    const std::uint8_t* const both = k < to.size() ? uniform + 64 * k : nothing.data();
    from[k / lanes][k % lanes] = both;
    from[n / 2 + k / lanes][k % lanes] = both + 32;
  }
  EdwardsPoint points[lanes * n / 2];
  map<n>(from, points);
  for (std::size_t k = 0; k < to.size(); ++k) to[k] = Element::of_point(points[k]);
}

}  // namespace

std::size_t decode_all(const std::uint8_t* encodings, std::span<Element> to) {
  return decode_valid<EdwardsPoint>(
      {encodings, encoding_size, to.size()},
      [&](std::size_t first, const EdwardsPoint* points, std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) to[first + k] = Element::of_point(points[k]);
      });
}

std::size_t decode_addends_vartime(const std::uint8_t* encodings, std::size_t stride,
                                   std::size_t count, std::vector<AffineAddend>& to) {
  return decode_valid<AffineAddend>(
      {encodings, stride, count}, [&](std::size_t, const AffineAddend* addends, std::size_t valid) {
        to.insert(to.end(), addends, addends + valid);
      });
}

void find_elements(const std::uint8_t* encodings, std::span<std::uint8_t> valid) {
  decode_in_batches<EdwardsPoint>(
      {encodings, encoding_size, valid.size()},
      [&](std::size_t first, const EdwardsPoint*, std::uint32_t mask, std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) valid[first + k] = (mask >> k & 1U) != 0 ? 1 : 0;
        return true;
      });
}

void encode_all(std::span<const Element> elements, std::uint8_t* to) {
  for (std::size_t first = 0; first < elements.size(); first += batch) {
    const auto part = elements.subspan(first, std::min(batch, elements.size() - first));
    part.size() > small_batch ? encode<4>(part, to + first * encoding_size)
                              : encode<2>(part, to + first * encoding_size);
  }
}

void encode_doubled_all(std::span<const Element> elements, std::uint8_t* to) {
  // As many at a time as stay in the second-level cache.
  constexpr std::size_t block = 1024;
  std::vector<Double8> doubles((std::min(block, elements.size()) + lanes - 1) / lanes);
  for (std::size_t first = 0; first < elements.size(); first += block)
    encode_doubled(elements.subspan(first, std::min(block, elements.size() - first)),
                   to + first * encoding_size, doubles);
}

void map_all(const std::uint8_t* uniform, std::span<Element> to) {
  for (std::size_t first = 0; first < to.size(); first += 2 * lanes) {
    const auto part = to.subspan(first, std::min(2 * lanes, to.size() - first));
    part.size() > lanes ? map_from<4>(uniform + 64 * first, part)
                        : map_from<2>(uniform + 64 * first, part);
  }
}

}  // namespace urna::group::ifma

#endif
