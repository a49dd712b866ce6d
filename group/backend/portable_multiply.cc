// SPDX-License-Identifier: EUPL-1.2
// Secret multiples in constant time, one after another. Tables are read whole.
#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "group/backend/portable.h"
#include "group/backend/secret_digits.h"
#include "group/element.h"
#include "group/multiply.h"

namespace urna::group::portable {
namespace {

using Pair = std::uint64_t __attribute__((vector_size(16)));
using Quad = std::uint32_t __attribute__((vector_size(16)));

// Of a table of 8 multiples the one of this magnitude, 0 … 8, all of them read: what lies in
// vectors is kept or dropped under masks that a comparison of vectors makes, so nothing can become
// a branch.
template <typename SomeAddend>
[[gnu::always_inline]] inline SomeAddend read(const std::array<SomeAddend, 8>& multiples,
                                              std::uint32_t magnitude) {
  constexpr std::size_t pairs = sizeof(SomeAddend) / sizeof(Pair);
  const auto pair_of = [](const SomeAddend& addend, std::size_t k) {
    Pair pair;
    std::memcpy(&pair, reinterpret_cast<const char*>(&addend) + k * sizeof pair, sizeof pair);
    return pair;
  };
  const Quad wanted = {magnitude, magnitude, magnitude, magnitude};
  constexpr Quad one = {1, 1, 1, 1};
  constexpr SomeAddend identity{};
  Quad number = {};
  Pair mask = reinterpret_cast<Pair>(wanted == number);
  std::array<Pair, pairs> sum;
  for (std::size_t k = 0; k < pairs; ++k) sum[k] = pair_of(identity, k) & mask;
#pragma GCC unroll 8
  for (const SomeAddend& multiple : multiples) {
    number += one;
    mask = reinterpret_cast<Pair>(wanted == number);
    for (std::size_t k = 0; k < pairs; ++k) sum[k] |= pair_of(multiple, k) & mask;
  }
  return std::bit_cast<SomeAddend>(sum);
}

// point + digit times the point whose multiples 1 … 8 are given.
template <typename SomeAddend>
[[gnu::always_inline]] inline CompletedPoint add_multiple(
    const EdwardsPoint& point, const std::array<SomeAddend, 8>& multiples, std::int8_t digit) {
  const auto wide = static_cast<std::uint32_t>(std::int32_t{digit});
  const std::uint32_t sign = wide >> 31U;
  return add_or_subtract(point, read(multiples, (wide ^ (0U - sign)) + sign), Choice::of(sign));
}

// Sets eight points to 1 … 8 times the point. Doubling is cheaper than adding.
void set_multiples(std::span<EdwardsPoint, 8> multiples, const EdwardsPoint& point) {
  const Addend step = to_addend(point);
  multiples[0] = point;
  for (std::size_t j = 1; j < multiples.size(); ++j)
    multiples[j] =
        j % 2 == 1 ? twice(multiples[j / 2]).extended() : add(multiples[j - 1], step).extended();
}

// 1 … 8 times the point.
std::array<Addend, 8> multiples_of(const EdwardsPoint& point) {
  std::array<EdwardsPoint, 8> points;
  set_multiples(points, point);
  std::array<Addend, 8> multiples;
  for (std::size_t j = 0; j < multiples.size(); ++j) multiples[j] = to_addend(points[j]);
  return multiples;
}

// The tables of so many terms of a sum are made affine with one inversion. An inversion takes as
// long as some 200 products, and each term saves the time of about 25 by cheaper additions.
constexpr std::size_t terms_at_once = 32;

EdwardsPoint sixteen_times(EdwardsPoint point) {
  for (int doubling = 0; doubling < 3; ++doubling) point = twice(point).without_t();
  return twice(point).extended();
}

}  // namespace

EdwardsPoint mul(const SecretScalar& scalar, const EdwardsPoint& point) {
  const std::array<Addend, 8> multiples = multiples_of(point);
  const SecretDigits digits(scalar);
  EdwardsPoint sum =
      add_multiple(EdwardsPoint(), multiples, digits[SecretDigits::count - 1]).extended();
  for (std::size_t i = SecretDigits::count - 1; i-- > 0;)
    sum = add_multiple(sixteen_times(sum), multiples, digits[i]).extended();
  return sum;
}

EdwardsPoint mul_fixed(const SecretScalar& scalar, const FixedBaseTable& table) {
  // The odd digits first, times 16, then the even ones: both need only the powers of 256.
  const SecretDigits digits(scalar);
  EdwardsPoint sum;
  for (std::size_t i = 1; i < SecretDigits::count; i += 2)
    sum = add_multiple(sum, table[i / 2], digits[i]).extended();
  sum = sixteen_times(sum);
  for (std::size_t i = 0; i < SecretDigits::count; i += 2)
    sum = add_multiple(sum, table[i / 2], digits[i]).extended();
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
  // Making the larger table takes as long as it saves for about a third as many scalars.
  constexpr std::size_t many = 384;
  if (scalars.size() >= many) return mul_fixed_many(table, scalars, to);
  for (std::size_t i = 0; i < scalars.size(); ++i)
    to[i] = Element::of_point(mul_fixed(scalars[i], table));
}

EdwardsPoint multi_scalar_multiply(std::span<const SecretScalar> scalars,
                                   std::span<const Element> elements) {
  // A sum for each digit, so that the doublings come once at the end and no table is kept.
  std::array<EdwardsPoint, SecretDigits::count> sums;
  std::vector<EdwardsPoint> points;
  for (std::size_t begin = 0; begin < scalars.size(); begin += terms_at_once) {
    const std::size_t size = std::min(terms_at_once, scalars.size() - begin);
    points.resize(8 * size);
    for (std::size_t i = 0; i < size; ++i)
      set_multiples(std::span(points).subspan(8 * i).first<8>(), elements[begin + i].point());
    make_affine(points);
    for (std::size_t i = 0; i < size; ++i) {
      std::array<AffineAddend, 8> multiples;
      for (std::size_t j = 0; j < multiples.size(); ++j)
        multiples[j] = to_affine_addend(points[8 * i + j]);
      const SecretDigits digits(scalars[begin + i]);
      for (std::size_t digit = 0; digit < sums.size(); ++digit)
        sums[digit] = add_multiple(sums[digit], multiples, digits[digit]).extended();
    }
  }
  EdwardsPoint sum = sums.back();
  for (std::size_t digit = sums.size() - 1; digit-- > 0;)
    sum = add(sixteen_times(sum), to_addend(sums[digit])).extended();
  return sum;
}

}  // namespace urna::group::portable
