// SPDX-License-Identifier: EUPL-1.2
// Straus's method (E. G. Straus, "Addition chains of vectors", 1964), interleaved: one run of 253
// doublings serves all elements, and each adds its odd multiples where its non-adjacent form has a
// digit, on average every sixth bit. Cost for n: 253 doublings and n (8 + 253/6) additions.
#include "group/multiply_vartime.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "group/multiply.h"

namespace urna::group {
namespace {

constexpr std::size_t digit_count = 256;
using Digits = std::array<std::int8_t, digit_count>;

// The non-adjacent form of width w: scalar = sum of digit[i] 2^i, digits zero or odd and below
// 2^(w-1) in magnitude, at most one of w neighbours not zero.
Digits non_adjacent_form(const Scalar& scalar, unsigned width) {
  std::array<std::uint64_t, 5> words{};  // one word more, so that a window may reach past the end
  for (std::size_t i = 0; i < 32; ++i)
    words[i / 8] |= std::uint64_t{scalar.encode()[i]} << (8 * (i % 8));
  Digits digits{};
  const std::uint64_t window = std::uint64_t{1} << width;
  std::uint64_t carry = 0;
  for (std::size_t at = 0; at < digit_count;) {
    const std::size_t shift = at % 64;
    std::uint64_t bits = words[at / 64] >> shift;
    if (shift + width > 64) bits |= words[at / 64 + 1] << (64 - shift);
    const std::uint64_t value = carry + (bits & (window - 1));
    if (value % 2 == 0) {
      ++at;
      continue;
    }
    carry = value < window / 2 ? 0 : 1;
    digits[at] = static_cast<std::int8_t>(static_cast<std::int64_t>(value) -
                                          static_cast<std::int64_t>(carry * window));
    at += width;
  }
  return digits;
}

constexpr unsigned straus_width = 5;

// P, 3 P, 5 P … 15 P.
std::array<Addend, 8> odd_multiples(const EdwardsPoint& point) {
  std::array<Addend, 8> multiples;
  multiples[0] = to_addend(point);
  const EdwardsPoint two = twice(point).extended();
  for (std::size_t j = 1; j < multiples.size(); ++j)
    multiples[j] = to_addend(add(two, multiples[j - 1]).extended());
  return multiples;
}

constexpr unsigned generator_width = 8;

// The odd multiples of the generator up to 127, made once.
const std::array<AffineAddend, 64>& generator_multiples() {
  static const std::array<AffineAddend, 64> multiples = [] {
    std::vector<EdwardsPoint> points{Element::generator().point()};
    const Addend two = to_addend(twice(points[0]).extended());
    while (points.size() < 64) points.push_back(add(points.back(), two).extended());
    make_affine(points);
    std::array<AffineAddend, 64> result;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = to_affine_addend(points[i]);
    return result;
  }();
  return multiples;
}

// Adds digit times the point whose odd multiples are given; the digit is not zero.
template <typename Multiples>
EdwardsPoint add_digit(const EdwardsPoint& sum, const Multiples& multiples, int digit) {
  return digit > 0 ? add(sum, multiples[static_cast<std::size_t>(digit / 2)]).extended()
                   : subtract(sum, multiples[static_cast<std::size_t>(-digit / 2)]).extended();
}

void require_as_many(std::size_t scalars, std::size_t elements) {
  if (scalars == elements) return;
  std::fputs("multi_scalar_multiply_vartime: as many scalars as elements, please\n", stderr);
  std::abort();
}

struct Term {
  std::array<Addend, 8> multiples;
  Digits digits;
};

// The sum of the terms plus, where digits are given, a multiple of the generator.
Element interleave(const std::vector<Term>& terms, const Digits* generator_digits) {
  EdwardsPoint sum;
  for (std::size_t i = digit_count; i-- > 0;) {
    // Doubling does not read t; it is computed only where an addition follows.
    bool addition_follows = generator_digits != nullptr && (*generator_digits)[i] != 0;
    for (const Term& term : terms) addition_follows |= term.digits[i] != 0;
    const CompletedPoint doubled = twice(sum);
    sum = addition_follows || i == 0 ? doubled.extended() : doubled.without_t();
    for (const Term& term : terms)
      if (term.digits[i] != 0) sum = add_digit(sum, term.multiples, term.digits[i]);
    if (generator_digits != nullptr && (*generator_digits)[i] != 0)
      sum = add_digit(sum, generator_multiples(), (*generator_digits)[i]);
  }
  return Element::of_point(sum);
}

Term term(const Scalar& scalar, const Element& element) {
  return {odd_multiples(element.point()), non_adjacent_form(scalar, straus_width)};
}

}  // namespace

Element mul_vartime(const Scalar& scalar, const Element& element) {
  return interleave({term(scalar, element)}, nullptr);
}

Element double_mul_base_vartime(const Scalar& a, const Element& element, const Scalar& b) {
  const Digits digits = non_adjacent_form(b, generator_width);
  return interleave({term(a, element)}, &digits);
}

Element straus_vartime(std::span<const Scalar> scalars, std::span<const Element> elements) {
  require_as_many(scalars.size(), elements.size());
  std::vector<Term> terms;
  terms.reserve(scalars.size());
  for (std::size_t i = 0; i < scalars.size(); ++i) terms.push_back(term(scalars[i], elements[i]));
  return interleave(terms, nullptr);
}

Element multi_scalar_multiply_vartime(std::span<const Scalar> scalars,
                                      std::span<const Element> elements, Backend chosen) {
  require_as_many(scalars.size(), elements.size());
  const Operations& backend = operations(chosen);
  if (elements.size() <= backend.straus_terms_max) return straus_vartime(scalars, elements);
  if (elements.size() > backend.constant_time_terms_max)
    return pippenger_vartime(scalars, elements, chosen);
  std::vector<SecretScalar> as_secret;
  as_secret.reserve(scalars.size());
  for (const Scalar& scalar : scalars) as_secret.push_back(SecretScalar::from_public(scalar));
  return multi_scalar_multiply(as_secret, elements, chosen);
}

std::vector<Element> multi_scalar_multiply_many_vartime(
    std::span<const Scalar> scalars, std::span<const std::span<const Element>> bases,
    Backend chosen) {
  const Operations& backend = operations(chosen);
  if (scalars.size() > std::max(backend.straus_terms_max, backend.constant_time_terms_max))
    return pippenger_many_vartime(scalars, bases, chosen);
  std::vector<Element> sums;
  sums.reserve(bases.size());
  for (const std::span<const Element> elements : bases)
    sums.push_back(multi_scalar_multiply_vartime(scalars, elements, chosen));
  return sums;
}

}  // namespace urna::group
