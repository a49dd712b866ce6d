// SPDX-License-Identifier: EUPL-1.2
// Secret multiples of elements, in constant time: the same instructions and the same addresses for
// all scalars. For public scalars multiply_vartime.h is several times faster.
#pragma once

#include <span>
#include <vector>

#include "group/backend/backend.h"
#include "group/element.h"
#include "group/scalar.h"

namespace urna::group {

// scalar * element. 252 doublings, 64 additions (signed radix 16); the ifma backend does the
// additions and some of the doublings eight at a time.
[[nodiscard]] Element mul(const SecretScalar& scalar, const Element& element,
                          Backend chosen = backend());

// The sum of scalars[i] * elements[i]; the identity for none. Precondition: as many scalars as
// elements; the program stops otherwise. Each term costs a table of 8 multiples and 64 additions;
// the 252 doublings are shared. Memory: 70 KB on the portable backend, 100 KB on the ifma backend.
[[nodiscard]] Element multi_scalar_multiply(std::span<const SecretScalar> scalars,
                                            std::span<const Element> elements,
                                            Backend chosen = backend());

// scalar * elements[i], in order: one secret for many elements, as in decryption shares. As many
// operations as mul() each.
[[nodiscard]] std::vector<Element> mul_all(const SecretScalar& scalar,
                                           std::span<const Element> elements,
                                           Backend chosen = backend());

// scalars[i] * elements[i], in order: a secret for each element, as in blinding. As many operations
// as mul() each. Precondition: as many scalars as elements; the program stops otherwise.
[[nodiscard]] std::vector<Element> mul_each(std::span<const SecretScalar> scalars,
                                            std::span<const Element> elements,
                                            Backend chosen = backend());

// Many secret multiples of one public element, such as a joint key: a table of 32 x 8 points (32
// KB) makes each about four times cheaper than mul(). Making the table costs about five mul().
class FixedBase {
 public:
  explicit FixedBase(const Element& element);
  // 4 doublings, 64 additions of affine points.
  [[nodiscard]] Element mul(const SecretScalar& scalar) const;
  // scalars[i] times the element, in order. The same operations each.
  [[nodiscard]] std::vector<Element> mul_all(std::span<const SecretScalar> scalars,
                                             Backend chosen = backend()) const;
  // The table for the generator, made at the first call; thread-safe.
  [[nodiscard]] static const FixedBase& generator();

 private:
  std::vector<FixedBaseTable> table_;  // exactly one, on the heap
};

// scalar * generator.
[[nodiscard]] Element mul_base(const SecretScalar& scalar);

// The affine points z = 1 of the same elements, with one inversion for all: 6 products per point.
void make_affine(std::span<EdwardsPoint> points);

}  // namespace urna::group
