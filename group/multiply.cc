// SPDX-License-Identifier: EUPL-1.2
#include "group/multiply.h"

#include <cstddef>
#include <cstdint>
#include <sodium/utils.h>

namespace urna::group {
namespace {

// scalar = sum of digit[i] 16^i with digits -8 … 8, wiped on destruction. Scalars are below 2^253,
// so the last digit takes the last carry.
class SecretDigits {
 public:
  static constexpr std::size_t count = 64;

  explicit SecretDigits(const SecretScalar& scalar) {
    const ScalarBytes& bytes = scalar.secret_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      digits_[2 * i] = bytes[i] & 15;
      digits_[2 * i + 1] = static_cast<std::int8_t>(bytes[i] >> 4U);
    }
    int carry = 0;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      const int digit = digits_[i] + carry;
      carry = (digit + 8) >> 4;
      digits_[i] = static_cast<std::int8_t>(digit - 16 * carry);
    }
    digits_[count - 1] = static_cast<std::int8_t>(digits_[count - 1] + carry);
  }
  SecretDigits(const SecretDigits&) = delete;
  SecretDigits& operator=(const SecretDigits&) = delete;
  ~SecretDigits() { sodium_memzero(digits_.data(), digits_.size()); }

  [[nodiscard]] std::int8_t operator[](std::size_t i) const { return digits_[i]; }

 private:
  std::array<std::int8_t, count> digits_{};
};

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

}  // namespace

Element mul(const SecretScalar& scalar, const Element& element) {
  std::array<Addend, 8> multiples;
  multiples[0] = to_addend(element.point());
  for (std::size_t j = 1; j < multiples.size(); ++j)
    multiples[j] = to_addend(add(element.point(), multiples[j - 1]).extended());

  const SecretDigits digits(scalar);
  EdwardsPoint sum =
      add(EdwardsPoint(), look_up(multiples, digits[SecretDigits::count - 1])).extended();
  for (std::size_t i = SecretDigits::count - 1; i-- > 0;) {
    for (int doubling = 0; doubling < 3; ++doubling) sum = twice(sum).without_t();
    sum = twice(sum).extended();
    sum = add(sum, look_up(multiples, digits[i])).extended();
  }
  return Element::of_point(sum);
}

FixedBase::FixedBase(const Element& element) : multiples_(SecretDigits::count / 2) {
  std::vector<EdwardsPoint> points;
  points.reserve(8 * multiples_.size());
  EdwardsPoint power = element.point();
  for (std::size_t i = 0; i < multiples_.size(); ++i) {
    const Addend step = to_addend(power);
    points.push_back(power);
    for (int j = 1; j < 8; ++j) points.push_back(add(points.back(), step).extended());
    power = points.back();  // 8 of 256
    for (int doubling = 0; doubling < 5; ++doubling) power = twice(power).extended();
  }
  make_affine(points);
  for (std::size_t i = 0; i < points.size(); ++i)
    multiples_[i / 8][i % 8] = to_affine_addend(points[i]);
}

Element FixedBase::mul(const SecretScalar& scalar) const {
  // The odd digits first, times 16, then the even ones: both need only the powers of 256.
  const SecretDigits digits(scalar);
  EdwardsPoint sum;
  for (std::size_t i = 1; i < SecretDigits::count; i += 2)
    sum = add(sum, look_up(multiples_[i / 2], digits[i])).extended();
  for (int doubling = 0; doubling < 3; ++doubling) sum = twice(sum).without_t();
  sum = twice(sum).extended();
  for (std::size_t i = 0; i < SecretDigits::count; i += 2)
    sum = add(sum, look_up(multiples_[i / 2], digits[i])).extended();
  return Element::of_point(sum);
}

const FixedBase& FixedBase::generator() {
  static const FixedBase base(Element::generator());
  return base;
}

Element mul_base(const SecretScalar& scalar) { return FixedBase::generator().mul(scalar); }

void make_affine(std::span<EdwardsPoint> points) {
  std::vector<FieldElement> inverses;
  inverses.reserve(points.size());
  for (const EdwardsPoint& p : points) inverses.push_back(p.z);
  invert_all(inverses);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EdwardsPoint& p = points[i];
    p.x = p.x * inverses[i];
    p.y = p.y * inverses[i];
    p.z = FieldElement::one();
    p.t = p.x * p.y;
  }
}

}  // namespace urna::group
