// SPDX-License-Identifier: EUPL-1.2
// Which implementation of the bucket sums runs: chosen here, once, by what the processor can do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "group/edwards.h"

namespace urna::group {

enum class Backend {
  portable,  // 64-bit integers, any processor
  ifma,      // AVX-512 IFMA, eight points at a time
};

// Whether this processor can run it.
[[nodiscard]] bool is_available(Backend backend);

// The backend of that name: "portable" or "ifma". Errors: usage (unknown), unsupported (known, but
// not on this processor).
[[nodiscard]] Result<Backend> backend_named(std::string_view name);

// The one in use: the fastest available, or the one that the environment variable
// URNA_GROUP_BACKEND names, resolved at the first call. A name that is unknown or not available
// stops the program with a message.
[[nodiscard]] Backend backend();

// The sum of digits[i] * points[i]: one window of Pippenger's method. Preconditions: as many digits
// as points, fewer than 2^31; no digit exceeds `digit_max` in magnitude; digit_max is a power of
// two and at least 8. Variable time.
[[nodiscard]] EdwardsPoint window_sum_vartime(Backend backend, std::span<const std::int32_t> digits,
                                              std::span<const AffineAddend> points,
                                              std::size_t digit_max);

// The backends behind it. Memory: 160 bytes per unit of digit_max; ifma: 4 bytes per digit more.
[[nodiscard]] EdwardsPoint window_sum_portable_vartime(std::span<const std::int32_t> digits,
                                                       std::span<const AffineAddend> points,
                                                       std::size_t digit_max);
// Precondition: is_available(Backend::ifma).
[[nodiscard]] EdwardsPoint window_sum_ifma_vartime(std::span<const std::int32_t> digits,
                                                   std::span<const AffineAddend> points,
                                                   std::size_t digit_max);

}  // namespace urna::group
