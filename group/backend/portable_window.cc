// SPDX-License-Identifier: EUPL-1.2
// One window of Pippenger's method, point after point into buckets in memory.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "group/backend/portable.h"
#include "group/element.h"
#include "group/multiply.h"

namespace urna::group::portable {
namespace {

// p - q where negative is 1, else p + q. Signs are random, so a branch on them would be
// mispredicted every other time. Instead the sign says where two coordinates are loaded from, and a
// mask exchanges the two that it turns around afterwards.
[[gnu::always_inline]] inline CompletedPoint add_signed_vartime(const EdwardsPoint& p,
                                                                const AffineAddend& q,
                                                                std::size_t negative) {
  const std::array<const FieldElement*, 2> sums = {&q.y_plus_x, &q.y_minus_x};
  const FieldElement minus = p.y.minus_lazy(p.x) * *sums[1 - negative];
  const FieldElement plus = p.y.plus_lazy(p.x) * *sums[negative];
  CompletedPoint c = completed(plus, minus, p.z.plus_lazy(p.z), p.t * q.xy2d);
  FieldElement::swap_if(c.f, c.g, Choice::of(negative));
  return c;
}

EdwardsPoint window_sum(std::span<const std::int16_t> digits, const AffineAddend* points,
                        std::vector<EdwardsPoint>& buckets) {
  std::fill(buckets.begin(), buckets.end(), EdwardsPoint());
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
    const int digit = digits[i];
    EdwardsPoint& bucket = buckets[static_cast<std::size_t>(std::abs(digit))];
    if (digit != 0) bucket = add_signed_vartime(bucket, points[i], digit < 0 ? 1U : 0U).extended();
  }
  EdwardsPoint running;
  EdwardsPoint sum;
  for (std::size_t b = buckets.size(); b-- > 1;) {
    running = add(running, to_addend(buckets[b])).extended();
    sum = add(sum, to_addend(running)).extended();
  }
  return sum;
}

}  // namespace

void append_addends_vartime(std::span<const Element> elements, std::vector<AffineAddend>& to) {
  // Decoded points are affine already.
  const auto is_affine = [](const Element& element) {
    return element.point().z.limbs() == FieldElement::one().limbs();
  };
  if (std::all_of(elements.begin(), elements.end(), is_affine)) {
    for (const Element& element : elements) to.push_back(to_affine_addend(element.point()));
  } else {
    std::vector<EdwardsPoint> points;
    points.reserve(elements.size());
    for (const Element& element : elements) points.push_back(element.point());
    make_affine(points);
    for (const EdwardsPoint& point : points) to.push_back(to_affine_addend(point));
  }
}

void window_sums_vartime(std::span<const std::int16_t> digits,
                         std::span<const AffineAddend* const> points, std::size_t digit_max,
                         WindowMemory& memory, std::span<EdwardsPoint> sums) {
  memory.buckets.resize(digit_max + 1);  // the first stays empty
  for (std::size_t j = 0; j < points.size(); ++j)
    sums[j] = window_sum(digits, points[j], memory.buckets);
}

}  // namespace urna::group::portable
