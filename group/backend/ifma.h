// SPDX-License-Identifier: EUPL-1.2
// The AVX-512 IFMA backend: eight elements in the lanes of a vector. What the functions do is said
// in backend.h. They exist in builds for x86-64 only and need a processor with the instructions.
#pragma once

#include "group/backend/backend.h"

namespace urna::group::ifma {

std::size_t decode_all(const std::uint8_t* encodings, std::span<Element> to);
void find_elements(const std::uint8_t* encodings, std::span<std::uint8_t> valid);
void encode_all(std::span<const Element> elements, std::uint8_t* to);
void encode_doubled_all(std::span<const Element> elements, std::uint8_t* to);
void map_all(const std::uint8_t* uniform, std::span<Element> to);
EdwardsPoint mul(const SecretScalar& scalar, const EdwardsPoint& point);
void mul_all(const SecretScalar& scalar, std::span<const Element> elements, std::span<Element> to);
void mul_each(std::span<const SecretScalar> scalars, std::span<const Element> elements,
              std::span<Element> to);
void mul_fixed_all(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                   std::span<Element> to);
EdwardsPoint multi_scalar_multiply(std::span<const SecretScalar> scalars,
                                   std::span<const Element> elements);
void append_addends_vartime(std::span<const Element> elements, std::vector<AffineAddend>& to);
std::size_t decode_addends_vartime(const std::uint8_t* encodings, std::size_t stride,
                                   std::size_t count, std::vector<AffineAddend>& to);
void window_sums_vartime(std::span<const std::int16_t> digits,
                         std::span<const AffineAddend* const> points, std::size_t digit_max,
                         WindowMemory& memory, std::span<EdwardsPoint> sums);

}  // namespace urna::group::ifma
