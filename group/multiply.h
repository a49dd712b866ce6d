// SPDX-License-Identifier: EUPL-1.2
// Secret multiples of elements, in constant time: the same instructions and the same addresses for
// all scalars. For public scalars multiply_vartime.h is several times faster.
#pragma once

#include <array>
#include <vector>

#include "group/element.h"
#include "group/scalar.h"

namespace urna::group {

// scalar * element. 252 doublings, 64 additions (signed radix 16).
[[nodiscard]] Element mul(const SecretScalar& scalar, const Element& element);

// Many secret multiples of one public element, such as a joint key: a table of 32 x 8 points (30
// KB) makes each about four times cheaper than mul(). Making the table costs about five mul().
class FixedBase {
 public:
  explicit FixedBase(const Element& element);
  // 4 doublings, 64 additions of affine points.
  [[nodiscard]] Element mul(const SecretScalar& scalar) const;
  // The table for the generator, made at the first call; thread-safe.
  [[nodiscard]] static const FixedBase& generator();

 private:
  // multiples_[i][j] is (j + 1) 256^i times the element.
  std::vector<std::array<AffineAddend, 8>> multiples_;
};

// scalar * generator.
[[nodiscard]] Element mul_base(const SecretScalar& scalar);

// The affine points z = 1 of the same elements, with one inversion for all: 6 products per point.
void make_affine(std::span<EdwardsPoint> points);

}  // namespace urna::group
