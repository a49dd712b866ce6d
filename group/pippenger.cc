// SPDX-License-Identifier: EUPL-1.2
// Pippenger's bucket method (N. Pippenger, "On the evaluation of powers and related problems",
// 1976; in this form Bernstein, Doumen, Lange, Oosterwijk 2012, section 4), with signed digits:
//
// 1. A scalar above l/2 is replaced by l minus it and its point by the negative, so that all are
//    below l/2; each is written in signed digits of c bits, -2^(c-1) … 2^(c-1).
// 2. The points are made affine once, so that adding one takes 7 products instead of 8.
// 3. For every window of c bits: each point is added to the bucket of its digit's magnitude, or
//    subtracted from it; then the sum of magnitude times bucket is found by adding up running sums
//    (backend/, where most of the time goes).
// 4. From the highest window down: double c times, add the window's sum.
//
// Cost for n: ceil(252/c) (n + 2^c) additions and 252 doublings; c = log2(n) - 3 or so.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "group/multiply.h"
#include "group/multiply_vartime.h"

namespace urna::group {
namespace {

using Words = std::array<std::uint64_t, 5>;  // the last stays 0, so that a window may reach past

Words to_words(const Scalar& scalar) {
  Words words{};
  for (std::size_t i = 0; i < 32; ++i)
    words[i / 8] |= std::uint64_t{scalar.encode()[i]} << (8 * (i % 8));
  return words;
}

// l - scalar. Precondition: 0 < scalar < l.
Words order_minus(const Words& scalar) {
  constexpr std::array<std::uint64_t, 4> order = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0,
                                                  0x1000000000000000};
  Words difference{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Uint128 wide = Uint128{order[i]} - scalar[i] - borrow;
    difference[i] = static_cast<std::uint64_t>(wide);
    borrow = static_cast<std::uint64_t>(wide >> 127U);
  }
  return difference;
}

// Signed digits of all scalars, window by window, so that a pass over a window reads them in order.
class DigitTable {
 public:
  DigitTable(std::size_t scalars, unsigned bits)
      : scalars_(scalars),
        bits_(bits),
        windows_((251 + bits) / bits),
        digits_(scalars * windows_) {}

  [[nodiscard]] std::size_t windows() const { return windows_; }
  [[nodiscard]] std::span<const std::int32_t> window(std::size_t w) const {
    return std::span(digits_).subspan(w * scalars_, scalars_);
  }

  // Precondition: scalar is at most (l - 1)/2, so that the last window has room for the last carry:
  // below 2^251 it holds at most c - 1 bits; from there on the bits below it are zero down to
  // 2^124.
  void set(std::size_t i, const Words& scalar) {
    const std::uint64_t range = std::uint64_t{1} << bits_;
    std::uint64_t carry = 0;
    for (std::size_t w = 0; w < windows_; ++w) {
      const std::size_t at = w * bits_;
      const std::size_t shift = at % 64;
      std::uint64_t value = scalar[at / 64] >> shift;
      if (shift + bits_ > 64) value |= scalar[at / 64 + 1] << (64 - shift);
      value = (value & (range - 1)) + carry;
      carry = value > range / 2 ? 1 : 0;
      digits_[w * scalars_ + i] = static_cast<std::int32_t>(
          static_cast<std::int64_t>(value) - static_cast<std::int64_t>(carry * range));
    }
  }

 private:
  std::size_t scalars_;
  unsigned bits_;
  std::size_t windows_;
  std::vector<std::int32_t> digits_;
};

// The width with the least cost by the formula above; a bucket costs two additions of 9 products
// where a point costs one of 7.
unsigned best_width(std::size_t elements) {
  unsigned best = 4;
  double least = 0;
  for (unsigned bits = 4; bits <= 16; ++bits) {
    const double windows = (251 + bits) / bits;
    const double cost = windows * (7.0 * static_cast<double>(elements) +
                                   18.0 * static_cast<double>(std::size_t{1} << (bits - 1)));
    if (bits == 4 || cost < least) {
      least = cost;
      best = bits;
    }
  }
  return best;
}

}  // namespace

Element pippenger_vartime(std::span<const Scalar> scalars, std::span<const Element> elements,
                          Backend chosen) {
  if (scalars.size() != elements.size()) {
    std::fputs("pippenger_vartime: as many scalars as elements, please\n", stderr);
    std::abort();
  }
  const unsigned bits = best_width(elements.size());
  const Words half = to_words(Scalar::half());  // (l + 1) / 2

  std::vector<EdwardsPoint> points;
  points.reserve(elements.size());
  DigitTable digits(scalars.size(), bits);
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const Words words = to_words(scalars[i]);
    const bool upper =
        !std::lexicographical_compare(words.rbegin(), words.rend(), half.rbegin(), half.rend());
    digits.set(i, upper ? order_minus(words) : words);
    points.push_back(upper ? negative(elements[i].point()) : elements[i].point());
  }
  // Decoded points are affine already.
  const auto is_affine = [](const EdwardsPoint& point) {
    return point.z.limbs() == FieldElement::one().limbs();
  };
  if (!std::all_of(points.begin(), points.end(), is_affine)) make_affine(points);
  std::vector<AffineAddend> addends;
  addends.reserve(points.size());
  for (const EdwardsPoint& point : points) addends.push_back(to_affine_addend(point));

  const std::size_t digit_max = std::size_t{1} << (bits - 1);
  EdwardsPoint sum;
  for (std::size_t w = digits.windows(); w-- > 0;) {
    for (unsigned doubling = 0; doubling < bits; ++doubling) sum = twice(sum).extended();
    const EdwardsPoint window = window_sum_vartime(chosen, digits.window(w), addends, digit_max);
    sum = add(sum, to_addend(window)).extended();
  }
  return Element::of_point(sum);
}

}  // namespace urna::group
