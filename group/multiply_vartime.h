// SPDX-License-Identifier: EUPL-1.2
// Multiples of elements by public scalars, and sums of such multiples. Time and memory accesses
// depend on all inputs: nothing here may see a secret, and nothing here accepts a SecretScalar.
#pragma once

#include <span>
#include <vector>

#include "group/addends.h"
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
// elements, fewer than 2^31 - 1; the program stops otherwise. Memory: about 200 bytes per element.
//
// Many terms: Pippenger's buckets, where scalars that fit into 128 bits, or whose negatives do,
// cost about half. Few: on the portable backend Straus's method, interleaved non-adjacent forms of
// width 5 (up to 140 terms), on the ifma backend the constant-time sum of multiply.h, which is
// faster there (up to 400 terms). Each is documented where it is implemented.
[[nodiscard]] Element multi_scalar_multiply_vartime(std::span<const Scalar> scalars,
                                                    std::span<const Element> elements,
                                                    Backend chosen = backend());

// Several sums with the same scalars over different elements: result j is the sum of scalars[i] *
// bases[j][i]. Digits are made and sorted once for all. Precondition: each base is as long as the
// scalars; the program stops otherwise. Memory: about 130 bytes per element of all bases.
[[nodiscard]] std::vector<Element> multi_scalar_multiply_many_vartime(
    std::span<const Scalar> scalars, std::span<const std::span<const Element>> bases,
    Backend chosen = backend());

// The same for elements that were made ready before, always by Pippenger's buckets. Precondition
// also: all lists are made for the same backend. Memory: about 60 bytes per scalar.
[[nodiscard]] Element multi_scalar_multiply_vartime(std::span<const Scalar> scalars,
                                                    const Addends& elements);
[[nodiscard]] std::vector<Element> multi_scalar_multiply_many_vartime(
    std::span<const Scalar> scalars, std::span<const Addends* const> bases);

// The methods by name, for tests and measurements; the result is the same for every input.
[[nodiscard]] Element straus_vartime(std::span<const Scalar> scalars,
                                     std::span<const Element> elements);
[[nodiscard]] Element pippenger_vartime(std::span<const Scalar> scalars,
                                        std::span<const Element> elements,
                                        Backend chosen = backend());

[[nodiscard]] std::vector<Element> pippenger_many_vartime(
    std::span<const Scalar> scalars, std::span<const std::span<const Element>> bases,
    Backend chosen = backend());

}  // namespace urna::group
