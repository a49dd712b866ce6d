// SPDX-License-Identifier: EUPL-1.2
// Secret multiples in constant time, one after another. Tables are read whole.
#include <vector>

#include "group/backend/portable.h"
#include "group/backend/secret_digits.h"
#include "group/element.h"

namespace urna::group::portable {
namespace {

AffineAddend select(const AffineAddend& a, const AffineAddend& b, Choice choice) {
  return {FieldElement::select(a.y_plus_x, b.y_plus_x, choice),
          FieldElement::select(a.y_minus_x, b.y_minus_x, choice),
          FieldElement::select(a.xy2d, b.xy2d, choice)};
}
Addend select(const Addend& a, const Addend& b, Choice choice) {
  return {FieldElement::select(a.y_plus_x, b.y_plus_x, choice),
          FieldElement::select(a.y_minus_x, b.y_minus_x, choice),
          FieldElement::select(a.z, b.z, choice), FieldElement::select(a.t2d, b.t2d, choice)};
}
AffineAddend negative(const AffineAddend& a) { return {a.y_minus_x, a.y_plus_x, -a.xy2d}; }
Addend negative(const Addend& a) { return {a.y_minus_x, a.y_plus_x, a.z, -a.t2d}; }

// digit times the point whose multiples 1 … 8 are given, reading all of them.
template <typename SomeAddend>
SomeAddend look_up(const std::array<SomeAddend, 8>& multiples, std::int8_t digit) {
  const std::uint64_t wide = static_cast<std::uint64_t>(std::int64_t{digit});
  const std::uint64_t sign = wide >> 63U;
  const std::uint64_t magnitude = (wide ^ (0U - sign)) + sign;
  SomeAddend result{};  // the identity
  for (std::uint64_t j = 0; j < multiples.size(); ++j)
    result = select(result, multiples[j], equal(magnitude, j + 1));
  return select(result, negative(result), Choice::of(sign));
}

// 1 … 8 times the point.
std::array<Addend, 8> multiples_of(const EdwardsPoint& point) {
  std::array<Addend, 8> multiples;
  multiples[0] = to_addend(point);
  for (std::size_t j = 1; j < multiples.size(); ++j)
    multiples[j] = to_addend(add(point, multiples[j - 1]).extended());
  return multiples;
}

EdwardsPoint sixteen_times(EdwardsPoint point) {
  for (int doubling = 0; doubling < 3; ++doubling) point = twice(point).without_t();
  return twice(point).extended();
}

}  // namespace

EdwardsPoint mul(const SecretScalar& scalar, const EdwardsPoint& point) {
  const std::array<Addend, 8> multiples = multiples_of(point);
  const SecretDigits digits(scalar);
  EdwardsPoint sum =
      add(EdwardsPoint(), look_up(multiples, digits[SecretDigits::count - 1])).extended();
  for (std::size_t i = SecretDigits::count - 1; i-- > 0;)
    sum = add(sixteen_times(sum), look_up(multiples, digits[i])).extended();
  return sum;
}

EdwardsPoint mul_fixed(const SecretScalar& scalar, const FixedBaseTable& table) {
  // The odd digits first, times 16, then the even ones: both need only the powers of 256.
  const SecretDigits digits(scalar);
  EdwardsPoint sum;
  for (std::size_t i = 1; i < SecretDigits::count; i += 2)
    sum = add(sum, look_up(table[i / 2], digits[i])).extended();
  sum = sixteen_times(sum);
  for (std::size_t i = 0; i < SecretDigits::count; i += 2)
    sum = add(sum, look_up(table[i / 2], digits[i])).extended();
  return sum;
}

void mul_all(const SecretScalar& scalar, std::span<const Element> elements, std::span<Element> to) {
  for (std::size_t i = 0; i < elements.size(); ++i)
    to[i] = Element::of_point(mul(scalar, elements[i].point()));
}

void mul_each(std::span<const SecretScalar> scalars, std::span<const Element> elements,
              std::span<Element> to) {
  for (std::size_t i = 0; i < elements.size(); ++i)
    to[i] = Element::of_point(mul(scalars[i], elements[i].point()));
}

void mul_fixed_all(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                   std::span<Element> to) {
  for (std::size_t i = 0; i < scalars.size(); ++i)
    to[i] = Element::of_point(mul_fixed(scalars[i], table));
}

EdwardsPoint multi_scalar_multiply(std::span<const SecretScalar> scalars,
                                   std::span<const Element> elements) {
  // A sum for each digit, so that the doublings come once at the end and no table is kept.
  std::array<EdwardsPoint, SecretDigits::count> sums;
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const std::array<Addend, 8> multiples = multiples_of(elements[i].point());
    const SecretDigits digits(scalars[i]);
    for (std::size_t digit = 0; digit < sums.size(); ++digit)
      sums[digit] = add(sums[digit], look_up(multiples, digits[digit])).extended();
  }
  EdwardsPoint sum = sums.back();
  for (std::size_t digit = sums.size() - 1; digit-- > 0;)
    sum = add(sixteen_times(sum), to_addend(sums[digit])).extended();
  return sum;
}

}  // namespace urna::group::portable
