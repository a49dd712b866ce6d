// SPDX-License-Identifier: EUPL-1.2
// Multiples of elements by public scalars, and sums of such multiples. Time and memory accesses
// depend on all inputs: nothing here may see a secret, and nothing here accepts a SecretScalar.
#pragma once

#include <span>
#include <vector>

#include "group/backend/backend.h"
#include "group/element.h"
#include "group/scalar.h"

namespace urna::group {

// scalar * element.
[[nodiscard]] Element mul_vartime(const Scalar& scalar, const Element& element);

// a * element + b * generator.
[[nodiscard]] Element double_mul_base_vartime(const Scalar& a, const Element& element,
                                              const Scalar& b);

// The sum of scalars[i] * elements[i]; the identity for none. Precondition: as many scalars as
// elements; the program stops otherwise. Memory: about 400 bytes per element.
//
// Few (up to 140 terms, 56 with the ifma backend): Straus's method, interleaved non-adjacent forms
// of width 5. Many: Pippenger's buckets. Both are documented where they are implemented.
[[nodiscard]] Element multi_scalar_multiply_vartime(std::span<const Scalar> scalars,
                                                    std::span<const Element> elements,
                                                    Backend chosen = backend());

// Several sums with the same scalars over different elements: result j is the sum of scalars[i] *
// bases[j][i]. Precondition: each base is as long as the scalars; the program stops otherwise.
[[nodiscard]] std::vector<Element> multi_scalar_multiply_many_vartime(
    std::span<const Scalar> scalars, std::span<const std::span<const Element>> bases,
    Backend chosen = backend());

// The two methods by name, for tests and measurements; the result is the same for every input.
[[nodiscard]] Element straus_vartime(std::span<const Scalar> scalars,
                                     std::span<const Element> elements);
[[nodiscard]] Element pippenger_vartime(std::span<const Scalar> scalars,
                                        std::span<const Element> elements,
                                        Backend chosen = backend());

[[nodiscard]] std::vector<Element> pippenger_many_vartime(
    std::span<const Scalar> scalars, std::span<const std::span<const Element>> bases,
    Backend chosen = backend());

}  // namespace urna::group
