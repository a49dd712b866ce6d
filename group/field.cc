// SPDX-License-Identifier: EUPL-1.2
#include "group/field.h"

#include <cstddef>
#include <vector>

namespace urna::group {
namespace {

std::uint64_t load_64(std::span<const std::uint8_t, 32> bytes, std::size_t at) {
  const std::uint8_t* byte = bytes.data() + at;  // written out so that it becomes one load
  return std::uint64_t{byte[0]} | std::uint64_t{byte[1]} << 8U | std::uint64_t{byte[2]} << 16U |
         std::uint64_t{byte[3]} << 24U | std::uint64_t{byte[4]} << 32U |
         std::uint64_t{byte[5]} << 40U | std::uint64_t{byte[6]} << 48U |
         std::uint64_t{byte[7]} << 56U;
}

// n elements that are treated alike, in turn.
template <std::size_t n>
using Row = std::array<FieldElement, n>;

template <std::size_t n>
Row<n> product(const Row<n>& x, const Row<n>& y) {
  Row<n> result;
  for (std::size_t k = 0; k < n; ++k) result[k] = x[k] * y[k];
  return result;
}

// clang makes no copies of functions, and does not know the word for it.
#if defined(__clang__)
#define URNA_BY_ITSELF [[gnu::noinline]]
#else
#define URNA_BY_ITSELF [[gnu::noinline, gnu::noclone]]
#endif

// Squared count times. By itself the loop keeps more in registers than where it is inlined.
template <std::size_t n>
URNA_BY_ITSELF Row<n> squared_times(Row<n> x, unsigned count) {
  for (unsigned i = 0; i < count; ++i)
    for (std::size_t k = 0; k < n; ++k) x[k] = x[k].squared();
  return x;
}

// x^(2^250 - 1) and x^11, from which the two long powers end.
template <std::size_t n>
struct Powers {
  Row<n> to_250_ones;
  Row<n> to_11;
};

template <std::size_t n>
Powers<n> powers(const Row<n>& x) {
  const Row<n> x2 = squared_times(x, 1);
  const Row<n> x9 = product(squared_times(x2, 2), x);
  const Row<n> x11 = product(x9, x2);
  const Row<n> ones5 = product(squared_times(x11, 1), x9);  // 2^5 - 1 = 31
  const Row<n> ones10 = product(squared_times(ones5, 5), ones5);
  const Row<n> ones20 = product(squared_times(ones10, 10), ones10);
  const Row<n> ones40 = product(squared_times(ones20, 20), ones20);
  const Row<n> ones50 = product(squared_times(ones40, 10), ones10);
  const Row<n> ones100 = product(squared_times(ones50, 50), ones50);
  const Row<n> ones200 = product(squared_times(ones100, 100), ones100);
  return {product(squared_times(ones200, 50), ones50), x11};
}

// x^((2^255 - 24) / 8) = x^(2^252 - 3).
template <std::size_t n>
Row<n> to_the_p58(const Row<n>& x) {
  return product(squared_times(powers(x).to_250_ones, 2), x);  // 4 (2^250 - 1) + 1 = 2^252 - 3
}

}  // namespace

Result<FieldElement> FieldElement::decode(const Bytes& bytes) {
  const FieldElement element = from_low_255_bits(bytes);
  if (!element.encodes_as(bytes).reveal())
    return Error{ErrorCode::malformed, "a field element is not the least of its encodings"};
  return element;
}

FieldElement FieldElement::from_low_255_bits(std::span<const std::uint8_t, 32> bytes) {
  return FieldElement(Limbs{load_64(bytes, 0) & mask51, (load_64(bytes, 6) >> 3U) & mask51,
                            (load_64(bytes, 12) >> 6U) & mask51,
                            (load_64(bytes, 19) >> 1U) & mask51,
                            (load_64(bytes, 24) >> 12U) & mask51});
}

std::array<std::uint64_t, 4> FieldElement::words() const {
  Limbs a = carried().limb_;
  // Now the number is below 2 (2^255 - 19); it reaches 2^255 - 19 iff adding 19 reaches 2^255.
  std::uint64_t carry = 19;
  for (const std::uint64_t limb : a) carry = (limb + carry) >> 51U;
  carry *= 19;
  for (std::uint64_t& limb : a) {
    limb += carry;
    carry = limb >> 51U;
    limb &= mask51;
  }
  return {a[0] | (a[1] << 51U), (a[1] >> 13U) | (a[2] << 38U), (a[2] >> 26U) | (a[3] << 25U),
          (a[3] >> 39U) | (a[4] << 12U)};
}

FieldElement::Bytes FieldElement::encode() const {
  Bytes bytes;
  std::uint8_t* to = bytes.data();
  for (const std::uint64_t word : words())
    for (unsigned shift = 0; shift < 64; shift += 8)
      *to++ = static_cast<std::uint8_t>(word >> shift);
  return bytes;
}

FieldElement FieldElement::inverted() const {
  const Powers<1> p = powers(Row<1>{*this});
  return squared_times(p.to_250_ones, 5)[0] * p.to_11[0];  // 32 (2^250 - 1) + 11 = 2^255 - 21
}

Choice FieldElement::encodes_as(const Bytes& bytes) const {
  const std::array<std::uint64_t, 4> own = words();
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < own.size(); ++i) difference |= own[i] ^ load_64(bytes, 8 * i);
  return equal(difference, 0);
}

Choice FieldElement::is_zero() const {
  const auto [a, b, c, d] = words();
  return equal(a | b | c | d, 0);
}

Choice FieldElement::is_negative() const { return Choice::of(words()[0] & 1U); }

Choice FieldElement::equals(const FieldElement& other) const { return (*this - other).is_zero(); }

FieldElement FieldElement::select(const FieldElement& a, const FieldElement& b, Choice choice) {
  const std::uint64_t mask = choice.mask();
  Limbs limbs{};
  for (std::size_t i = 0; i < limbs.size(); ++i)
    limbs[i] = a.limb_[i] ^ (mask & (a.limb_[i] ^ b.limb_[i]));
  return FieldElement(limbs);
}

template <std::size_t n>
std::array<SqrtRatio, n> sqrt_ratios(const Row<n>& u, const Row<n>& v) {
  // The candidate u v^3 (u v^7)^((p - 5) / 8) is the root up to a fourth root of one.
  Row<n> uv3;
  Row<n> uv7;
  for (std::size_t k = 0; k < n; ++k) {
    const FieldElement v3 = v[k].squared() * v[k];
    uv3[k] = u[k] * v3;
    uv7[k] = u[k] * (v3.squared() * v[k]);
  }
  const Row<n> power = to_the_p58(uv7);
  std::array<SqrtRatio, n> ratios;
  for (std::size_t k = 0; k < n; ++k) {
    const FieldElement candidate = uv3[k] * power[k];
    const FieldElement check = v[k] * candidate.squared();
    const FieldElement minus_u = -u[k];
    const Choice correct = check.equals(u[k]);
    const Choice flipped = check.equals(minus_u);
    const Choice flipped_i = check.equals(minus_u * sqrt_minus_one);
    const FieldElement root =
        FieldElement::select(candidate, candidate * sqrt_minus_one, flipped | flipped_i);
    ratios[k] = {correct | flipped, root.absolute()};
  }
  return ratios;
}
template std::array<SqrtRatio, 1> sqrt_ratios(const Row<1>& u, const Row<1>& v);
template std::array<SqrtRatio, 2> sqrt_ratios(const Row<2>& u, const Row<2>& v);

SqrtRatio sqrt_ratio(const FieldElement& u, const FieldElement& v) {
  return sqrt_ratios<1>({u}, {v})[0];
}

void invert_all(std::span<FieldElement> elements) {
  std::vector<FieldElement> before(elements.size());
  FieldElement product = FieldElement::one();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    before[i] = product;
    // A zero would spoil all others: 1 takes its place.
    product =
        product * FieldElement::select(elements[i], FieldElement::one(), elements[i].is_zero());
  }
  FieldElement inverse = product.inverted();
  for (std::size_t i = elements.size(); i-- > 0;) {
    const Choice zero = elements[i].is_zero();
    const FieldElement factor = FieldElement::select(elements[i], FieldElement::one(), zero);
    elements[i] = FieldElement::select(inverse * before[i], FieldElement(), zero);
    inverse = inverse * factor;
  }
}

}  // namespace urna::group
