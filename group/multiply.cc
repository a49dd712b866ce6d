// SPDX-License-Identifier: EUPL-1.2
#include "group/multiply.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/bytes.h"
#include "group/backend/portable.h"

namespace urna::group {

Element mul(const SecretScalar& scalar, const Element& element, Backend chosen) {
  return Element::of_point(operations(chosen).mul(scalar, element.point()));
}

std::vector<Element> mul_all(const SecretScalar& scalar, std::span<const Element> elements,
                             Backend chosen) {
  std::vector<Element> multiples(elements.size());
  operations(chosen).mul_all(scalar, elements, multiples);
  return multiples;
}

std::vector<Element> mul_each(std::span<const SecretScalar> scalars,
                              std::span<const Element> elements, Backend chosen) {
  if (scalars.size() != elements.size())
    stop_on_broken_precondition("mul_each: as many scalars as elements");
  std::vector<Element> multiples(elements.size());
  operations(chosen).mul_each(scalars, elements, multiples);
  return multiples;
}

Element multi_scalar_multiply(std::span<const SecretScalar> scalars,
                              std::span<const Element> elements, Backend chosen) {
  if (scalars.size() != elements.size()) {
    std::fputs("multi_scalar_multiply: as many scalars as elements, please\n", stderr);
    std::abort();
  }
  return Element::of_point(operations(chosen).multi_scalar_multiply(scalars, elements));
}

FixedBase::FixedBase(const Element& element) : table_(1) {
  FixedBaseTable& table = table_[0];
  std::vector<EdwardsPoint> points;
  points.reserve(8 * table.size());
  EdwardsPoint power = element.point();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Addend step = to_addend(power);
    points.push_back(power);
    for (int j = 1; j < 8; ++j) points.push_back(add(points.back(), step).extended());
    power = points.back();  // 8 of 256
    for (int doubling = 0; doubling < 5; ++doubling) power = twice(power).extended();
  }
  make_affine(points);
  for (std::size_t i = 0; i < points.size(); ++i) table[i / 8][i % 8] = to_affine_addend(points[i]);
}

Element FixedBase::mul(const SecretScalar& scalar) const {
  return Element::of_point(portable::mul_fixed(scalar, table_[0]));
}

std::vector<Element> FixedBase::mul_all(std::span<const SecretScalar> scalars,
                                        Backend chosen) const {
  std::vector<Element> multiples(scalars.size());
  operations(chosen).mul_fixed_all(table_[0], scalars, multiples);
  return multiples;
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
