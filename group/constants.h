// SPDX-License-Identifier: EUPL-1.2
// The constants of RFC 9496 section 4.1 that encoding and the one-way map need, by their names
// there; d and sqrt(-1) lie with the curve and the field.
#pragma once

#include "group/field.h"

namespace urna::group {

inline constexpr FieldElement sqrt_ad_minus_one = FieldElement::from_limbs(
    {0x7f6a0497b2e1b, 0x1836f0a97afd2, 0x7d747f6be7638, 0x456079e7e6498, 0x376931bf2b834});
inline constexpr FieldElement inv_sqrt_a_minus_d = FieldElement::from_limbs(
    {0x0fdaa805d40ea, 0x2eb482e57d339, 0x07610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff});
inline constexpr FieldElement one_minus_d_squared = FieldElement::from_limbs(
    {0x409c1945fc176, 0x719abc6a1fc4f, 0x1c37f90b20684, 0x06bccca55eedf, 0x029072a8b2b3e});
inline constexpr FieldElement d_minus_one_squared = FieldElement::from_limbs(
    {0x55aaa44ed4d20, 0x59603c3332635, 0x26d3baf4a7928, 0x120a66e6997a9, 0x5968b37af66c2});

}  // namespace urna::group
