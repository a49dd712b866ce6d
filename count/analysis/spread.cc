// SPDX-License-Identifier: EUPL-1.2
#include "count/analysis/spread.h"

#include <algorithm>

namespace urna::count {

Spread spread_of(std::vector<std::pair<std::int64_t, std::uint64_t>> numbers, std::int64_t unit) {
  std::sort(numbers.begin(), numbers.end());
  // With the numbers sorted, the sum over i < j of (x_j - x_i) is the sum over j of
  // x_j * (ballots before j) - (sum before j); within one pair the differences are 0.
  std::uint64_t ballots = 0;
  Integer sum = 0, differences = 0;
  for (const auto& [number, count] : numbers) {
    differences += (integer(number) * Integer(ballots) - sum) * Integer(count);
    sum += integer(number) * Integer(count);
    ballots += count;
  }
  Spread spread;
  if (ballots == 0) return spread;
  const auto fraction = [](const Integer& numerator, const Integer& denominator) {
    Rational value(numerator, denominator);
    value.canonicalize();
    return value;
  };
  // Sorted list at index floor(quarters * (n - 1) / 4).
  const auto quantile = [&](std::uint64_t quarters) {
    const std::uint64_t last = ballots - 1;
    const std::uint64_t index = last / 4 * quarters + last % 4 * quarters / 4;
    std::uint64_t before = 0;
    for (const auto& [number, count] : numbers) {
      before += count;
      if (index < before) return rational(number, unit);
    }
    return rational(numbers.back().first, unit);
  };
  spread.mean = fraction(sum, Integer(ballots) * integer(unit));
  spread.minimum = quantile(0);
  spread.quartile1 = quantile(1);
  spread.median = quantile(2);
  spread.quartile3 = quantile(3);
  spread.maximum = quantile(4);
  if (sum > 0) spread.gini = fraction(differences, Integer(ballots) * sum);
  return spread;
}

}  // namespace urna::count
