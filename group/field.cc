// SPDX-License-Identifier: EUPL-1.2
#include "group/field.h"

#include <cstddef>
#include <vector>

namespace urna::group {
namespace {

std::uint64_t load_64(std::span<const std::uint8_t, 32> bytes, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word |= std::uint64_t{bytes[at + i]} << (8 * i);
  return word;
}

// x^(2^250 - 1) and x^11, from which the two long powers end.
struct Powers {
  FieldElement to_250_ones;
  FieldElement to_11;
};

Powers powers(const FieldElement& x) {
  const FieldElement x2 = x.squared();
  const FieldElement x9 = x2.squared_times(2) * x;
  const FieldElement x11 = x9 * x2;
  const FieldElement ones5 = x11.squared() * x9;  // 2^5 - 1 = 31
  const FieldElement ones10 = ones5.squared_times(5) * ones5;
  const FieldElement ones20 = ones10.squared_times(10) * ones10;
  const FieldElement ones40 = ones20.squared_times(20) * ones20;
  const FieldElement ones50 = ones40.squared_times(10) * ones10;
  const FieldElement ones100 = ones50.squared_times(50) * ones50;
  const FieldElement ones200 = ones100.squared_times(100) * ones100;
  return {ones200.squared_times(50) * ones50, x11};
}

}  // namespace

Result<FieldElement> FieldElement::decode(const Bytes& bytes) {
  const FieldElement element = from_low_255_bits(bytes);
  const Bytes again = element.encode();
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    difference |= static_cast<std::uint64_t>(bytes[i] ^ again[i]);
  if (difference != 0)
    return Error{ErrorCode::malformed, "a field element is not the least of its encodings"};
  return element;
}

FieldElement FieldElement::from_low_255_bits(std::span<const std::uint8_t, 32> bytes) {
  return FieldElement(Limbs{load_64(bytes, 0) & mask51, (load_64(bytes, 6) >> 3U) & mask51,
                            (load_64(bytes, 12) >> 6U) & mask51,
                            (load_64(bytes, 19) >> 1U) & mask51,
                            (load_64(bytes, 24) >> 12U) & mask51});
}

FieldElement::Bytes FieldElement::encode() const {
  Limbs a = carried().carried().limb_;
  // Now the number is below 2 (2^255 - 19); it reaches 2^255 - 19 iff adding 19 reaches 2^255.
  std::uint64_t carry = 19;
  for (const std::uint64_t limb : a) carry = (limb + carry) >> 51U;
  carry *= 19;
  for (std::uint64_t& limb : a) {
    limb += carry;
    carry = limb >> 51U;
    limb &= mask51;
  }
  const std::array<std::uint64_t, 4> words = {a[0] | (a[1] << 51U), (a[1] >> 13U) | (a[2] << 38U),
                                              (a[2] >> 26U) | (a[3] << 25U),
                                              (a[3] >> 39U) | (a[4] << 12U)};
  Bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
  return bytes;
}

FieldElement FieldElement::squared_times(unsigned count) const {
  FieldElement x = squared();
  for (unsigned i = 1; i < count; ++i) x = x.squared();
  return x;
}

FieldElement FieldElement::inverted() const {
  const Powers p = powers(*this);
  return p.to_250_ones.squared_times(5) * p.to_11;  // 32 (2^250 - 1) + 11 = 2^255 - 21
}

FieldElement FieldElement::to_the_p58() const {
  return powers(*this).to_250_ones.squared_times(2) * *this;  // 4 (2^250 - 1) + 1 = 2^252 - 3
}

Choice FieldElement::is_zero() const {
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : encode()) bits |= byte;
  return equal(bits, 0);
}

Choice FieldElement::is_negative() const { return Choice::of(encode()[0] & 1U); }

Choice FieldElement::equals(const FieldElement& other) const {
  const Bytes a = encode();
  const Bytes b = other.encode();
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<std::uint64_t>(a[i] ^ b[i]);
  return equal(difference, 0);
}

FieldElement FieldElement::select(const FieldElement& a, const FieldElement& b, Choice choice) {
  const std::uint64_t mask = choice.mask();
  Limbs limbs{};
  for (std::size_t i = 0; i < limbs.size(); ++i)
    limbs[i] = a.limb_[i] ^ (mask & (a.limb_[i] ^ b.limb_[i]));
  return FieldElement(limbs);
}

SqrtRatio sqrt_ratio(const FieldElement& u, const FieldElement& v) {
  // The candidate u v^3 (u v^7)^((p - 5) / 8) is the root up to a fourth root of one.
  const FieldElement v3 = v.squared() * v;
  const FieldElement v7 = v3.squared() * v;
  const FieldElement candidate = u * v3 * (u * v7).to_the_p58();
  const FieldElement check = v * candidate.squared();
  const FieldElement minus_u = FieldElement() - u;
  const Choice correct = check.equals(u);
  const Choice flipped = check.equals(minus_u);
  const Choice flipped_i = check.equals(minus_u * sqrt_minus_one);
  const FieldElement root =
      FieldElement::select(candidate, candidate * sqrt_minus_one, flipped | flipped_i);
  return {correct | flipped, root.absolute()};
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
