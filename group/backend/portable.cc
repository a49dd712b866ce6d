// SPDX-License-Identifier: EUPL-1.2
#include <cstdlib>
#include <vector>

#include "group/backend/backend.h"

namespace urna::group {

EdwardsPoint window_sum_portable_vartime(std::span<const std::int32_t> digits,
                                         std::span<const AffineAddend> points,
                                         std::size_t digit_max) {
  std::vector<EdwardsPoint> buckets(digit_max + 1);  // the first stays empty
  // Points come in order, buckets at random: fetch those a few steps ahead.
  constexpr std::size_t ahead = 4;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i + ahead < digits.size()) {
      const auto next = static_cast<std::size_t>(std::abs(digits[i + ahead]));
      const char* bucket = reinterpret_cast<const char*>(&buckets[next]);
      __builtin_prefetch(bucket, 1);
      __builtin_prefetch(bucket + 64, 1);
      __builtin_prefetch(bucket + 128, 1);
    }
    const std::int32_t digit = digits[i];
    if (digit > 0) {
      EdwardsPoint& bucket = buckets[static_cast<std::size_t>(digit)];
      bucket = add(bucket, points[i]).extended();
    } else if (digit < 0) {
      EdwardsPoint& bucket = buckets[static_cast<std::size_t>(-digit)];
      bucket = subtract(bucket, points[i]).extended();
    }
  }
  EdwardsPoint running;
  EdwardsPoint sum;
  for (std::size_t b = buckets.size(); b-- > 1;) {
    running = add(running, to_addend(buckets[b])).extended();
    sum = add(sum, to_addend(running)).extended();
  }
  return sum;
}

}  // namespace urna::group
