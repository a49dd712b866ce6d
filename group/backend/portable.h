// SPDX-License-Identifier: EUPL-1.2
// The portable backend: 64-bit integers with 128-bit products, one element after another. What the
// functions do is said in backend.h.
#pragma once

#include "group/backend/backend.h"

namespace urna::group::portable {

std::size_t decode_all(const std::uint8_t* encodings, std::span<Element> to);
void find_elements(const std::uint8_t* encodings, std::span<std::uint8_t> valid);
void encode_all(std::span<const Element> elements, std::uint8_t* to);
void encode_doubled_all(std::span<const Element> elements, std::uint8_t* to);
void map_all(const std::uint8_t* uniform, std::span<Element> to);
EdwardsPoint mul(const SecretScalar& scalar, const EdwardsPoint& point);
// scalar times the element of the table: also what FixedBase::mul() does on all backends.
EdwardsPoint mul_fixed(const SecretScalar& scalar, const FixedBaseTable& table);
void mul_all(const SecretScalar& scalar, std::span<const Element> elements, std::span<Element> to);
void mul_each(std::span<const SecretScalar> scalars, std::span<const Element> elements,
              std::span<Element> to);
void mul_fixed_all(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                   std::span<Element> to);
// mul_fixed_all() for hundreds of scalars: a larger table is made first.
void mul_fixed_many(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                    std::span<Element> to);
EdwardsPoint multi_scalar_multiply(std::span<const SecretScalar> scalars,
                                   std::span<const Element> elements);
void append_addends_vartime(std::span<const Element> elements, std::vector<AffineAddend>& to);
std::size_t decode_addends_vartime(const std::uint8_t* encodings, std::size_t stride,
                                   std::size_t count, std::vector<AffineAddend>& to);
void window_sums_vartime(std::span<const std::int16_t> digits,
                         std::span<const AffineAddend* const> points, std::size_t digit_max,
                         WindowMemory& memory, std::span<EdwardsPoint> sums);

}  // namespace urna::group::portable
