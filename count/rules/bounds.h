// SPDX-License-Identifier: EUPL-1.2
// A certified interval around a non-negative real number, for comparisons that are mostly clear.
#pragma once

#include <cstdint>

namespace urna::count {

// low <= the true value <= high. Every operation rounds outwards: the nearest double to a result
// is wrong by at most the factor 1 ± 2^-53, and the factors below move past it. Values must be
// zero or far from the ends of the range of double, as amounts of money and loads are.
struct Bounds {
  double low = 0;
  double high = 0;

  static constexpr double down = 1.0 - 0x1p-51;
  static constexpr double up = 1.0 + 0x1p-51;

  // Precondition: 0 <= value < 2^53, so that it is a double exactly.
  static Bounds exactly(std::int64_t value) {
    const auto number = static_cast<double>(value);
    return {number, number};
  }

  // Adds factor * other. Precondition: factor < 2^53.
  void add_multiple(std::uint64_t factor, const Bounds& other) {
    const auto number = static_cast<double>(factor);
    low = (low + number * other.low * down) * down;
    high = (high + number * other.high * up) * up;
  }

  // Precondition: 0 < divisor < 2^53.
  [[nodiscard]] Bounds divided_by(std::uint64_t divisor) const {
    const auto number = static_cast<double>(divisor);
    return {low / number * down, high / number * up};
  }
};

}  // namespace urna::count
