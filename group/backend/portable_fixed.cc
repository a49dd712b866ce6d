// SPDX-License-Identifier: EUPL-1.2
// Many secret multiples of one element in constant time, by affine additions that share inversions
// (P. L. Montgomery, "Speeding the Pollard and elliptic curve methods of factorization", 1987,
// section 10.3.1), on the form v^2 = u^3 + A u^2 + u of the curve, A = 486662:
//
//   s = (v2 - v1) / (u2 - u1),  u3 = s^2 - A - u1 - u2,  v3 = s (u1 - u3) - v1.
//
// 1. A scalar k is made odd by adding the order where it is even, and written in 51 digits of five
//    bits, all odd: k = sum of d_w 32^w with d_w in -31, -29 … 31. With m = (k + 2^255 - 1) / 2,
//    digit w is twice the bits 5 w … 5 w + 4 of m, less 31. The last digit is 1 … 9, as k < 2 l.
// 2. A table has the multiples 1, 3 … 31 of 32^w times the element.
// 3. The sum of a scalar starts as the multiple of its first digit. Window after window, one
//    multiple is added to the sums of a whole block of scalars, with one inversion for the block: 5
//    products and a square each, where the complete formulas take 7 products.
// 4. The last window is added with the complete formulas of group/edwards.h.
//
// The affine formulas hold unless u1 = u2, that is unless the sum is plus or minus the multiple t
// to be added. Before window w = 1 … 49 the sum is p times the element with p odd and |p| < 32^w,
// while t is odd and 32^w <= |t| < 32^(w + 1) - 32^w. So p + t and p - t are not zero and below
// 32^50 = 2^250 < l: not multiples of l, and the case does not arise for any scalar. It would for
// the element that is the identity, which is left to the complete formulas.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <sodium/utils.h>
#include <vector>

#include "group/backend/portable.h"
#include "group/element.h"
#include "group/multiply.h"

namespace urna::group::portable {
namespace {

constexpr unsigned digit_bits = 5;
constexpr std::size_t multiples = 16;  // 1, 3 … 31
constexpr std::size_t windows = 50;    // that are added by affine formulas
constexpr std::size_t last_multiples = 5;

constexpr FieldElement montgomery_a = FieldElement::from_limbs({486662, 0, 0, 0, 0});
// sqrt(-(A + 2)): u = (1 + y) / (1 - y) and v = this times u / x.
constexpr FieldElement root_of_scale = FieldElement::from_limbs(
    {0x604aaff457e06, 0x2296fa350598d, 0x7f13dfb16874f, 0x35de93d846e01, 0x0f26edf460a00});

struct MontgomeryPoint {
  FieldElement u, v;
};

struct Table {
  std::vector<std::array<MontgomeryPoint, multiples>> window;
  std::array<AffineAddend, last_multiples> last;
};

// The odd multiples of 32^w times the point, for all windows and then the last.
std::vector<EdwardsPoint> odd_multiples(EdwardsPoint power) {
  std::vector<EdwardsPoint> points;
  points.reserve(windows * multiples + last_multiples);
  for (std::size_t w = 0; w <= windows; ++w) {
    const Addend step = to_addend(twice(power).extended());
    points.push_back(power);
    for (std::size_t j = 1; j < (w < windows ? multiples : last_multiples); ++j)
      points.push_back(add(points.back(), step).extended());
    for (unsigned doubling = 0; doubling < digit_bits; ++doubling) power = twice(power).extended();
  }
  return points;
}

// Precondition: the element is not the identity, so that x is not zero nor y one.
Table table_of(const EdwardsPoint& element) {
  std::vector<EdwardsPoint> points = odd_multiples(element);
  const std::span of_windows = std::span(points).first(windows * multiples);
  std::vector<FieldElement> inverses;
  inverses.reserve(of_windows.size());
  for (const EdwardsPoint& p : of_windows) inverses.push_back((p.z - p.y) * p.x);
  invert_all(inverses);
  Table table;
  table.window.resize(windows);
  for (std::size_t i = 0; i < of_windows.size(); ++i) {
    const EdwardsPoint& p = points[i];
    const FieldElement common = (p.z + p.y) * inverses[i];
    table.window[i / multiples][i % multiples] = {common * p.x, common * p.z * root_of_scale};
  }
  const std::span of_last = std::span(points).last(last_multiples);
  make_affine(of_last);
  for (std::size_t j = 0; j < last_multiples; ++j) table.last[j] = to_affine_addend(of_last[j]);
  return table;
}

// The digits of step 1, wiped.
class OddDigits {
 public:
  OddDigits() = default;
  OddDigits(const OddDigits&) = default;
  OddDigits& operator=(const OddDigits&) = delete;
  ~OddDigits() { sodium_memzero(words_.data(), sizeof words_); }

  void set(const SecretScalar& scalar) {
    constexpr std::array<std::uint64_t, 4> order = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0,
                                                    std::uint64_t{1} << 60U};
    std::memcpy(words_.data(), scalar.secret_bytes().data(), 32);
    if constexpr (std::endian::native == std::endian::big)
      for (std::size_t i = 0; i < 4; ++i) words_[i] = __builtin_bswap64(words_[i]);
    const std::uint64_t even = (words_[0] & 1U) - 1U;  // all bits if it is
    Uint128 sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      sum = (sum >> 64U) + words_[i] + (order[i] & even);
      words_[i] = static_cast<std::uint64_t>(sum);
    }
    for (std::size_t i = 0; i < 4; ++i) words_[i] = words_[i] >> 1U | words_[i + 1] << 63U;
    words_[3] += std::uint64_t{1} << 62U;
  }

  struct Digit {
    std::uint32_t place;  // of its magnitude among 1, 3 … 31
    Choice negative;
  };
  [[nodiscard]] Digit digit(std::size_t w) const {
    const std::size_t bit = digit_bits * w;
    const std::uint64_t lower = words_[bit / 64] >> (bit % 64);
    const std::uint64_t upper = words_[bit / 64 + 1] << 1U << (63 - bit % 64);
    const auto bits = static_cast<std::uint32_t>((lower | upper) & 31U);
    const std::uint32_t negative = 1U - (bits >> 4U);
    return {(bits ^ (0U - negative)) & 15U, Choice::of(negative)};
  }

 private:
  std::array<std::uint64_t, 5> words_{};  // of m
};

using Pair = std::uint64_t __attribute__((vector_size(16)));
using Quad = std::uint32_t __attribute__((vector_size(16)));

// The entry at this place, all of them read, see read() of portable_multiply.cc.
template <typename Entry, std::size_t size>
[[gnu::always_inline]] inline Entry read(const std::array<Entry, size>& entries,
                                         std::uint32_t place) {
  constexpr std::size_t pairs = sizeof(Entry) / sizeof(Pair);
  const Quad wanted = {place, place, place, place};
  constexpr Quad one = {1, 1, 1, 1};
  Quad number = {};
  std::array<Pair, pairs> sum{};
#pragma GCC unroll 16
  for (const Entry& entry : entries) {
    const Pair mask = reinterpret_cast<Pair>(wanted == number);
    for (std::size_t k = 0; k < pairs; ++k) {
      Pair pair;
      std::memcpy(&pair, reinterpret_cast<const char*>(&entry) + k * sizeof pair, sizeof pair);
      sum[k] |= pair & mask;
    }
    number += one;
  }
  return std::bit_cast<Entry>(sum);
}

// The multiple of the digit; v is lazy.
[[gnu::always_inline]] inline MontgomeryPoint multiple_of(
    const std::array<MontgomeryPoint, multiples>& window, const OddDigits::Digit& digit) {
  MontgomeryPoint p = read(window, digit.place);
  FieldElement negative = FieldElement().minus_lazy(p.v);
  FieldElement::swap_if(p.v, negative, digit.negative);
  return p;
}

// Scalars that share inversions: an inversion takes as long as 200 products.
constexpr std::size_t block = 1024;

// The work on a block of scalars, one after another in memory.
struct Sums {
  std::vector<OddDigits> digits;
  std::vector<MontgomeryPoint> sum;
  std::vector<MontgomeryPoint> next;   // the multiples to be added
  std::vector<FieldElement> distance;  // u2 - u1, lazy
  std::vector<FieldElement> before;    // the product of the distances before this one

  explicit Sums(std::size_t size)
      : digits(size), sum(size), next(size), distance(size), before(size) {}
};

// Step 3 for one window.
void add_window(const std::array<MontgomeryPoint, multiples>& window, std::size_t w, Sums& s) {
  FieldElement product = FieldElement::one();
  for (std::size_t i = 0; i < s.sum.size(); ++i) {
    s.next[i] = multiple_of(window, s.digits[i].digit(w));
    s.distance[i] = s.next[i].u.minus_lazy(s.sum[i].u);
    s.before[i] = product;
    product = product * s.distance[i];
  }
  FieldElement inverse = product.inverted();
  for (std::size_t i = s.sum.size(); i-- > 0;) {
    MontgomeryPoint& p = s.sum[i];
    const MontgomeryPoint& q = s.next[i];
    const FieldElement slope = q.v.minus_lazy(p.v) * (inverse * s.before[i]);
    inverse = inverse * s.distance[i];
    const FieldElement u = slope.squared() - p.u.plus_lazy(q.u).plus_lazy(montgomery_a);
    p.v = slope * p.u.minus_lazy(u) - p.v;
    p.u = u;
  }
}

// Step 4. The point on Edwards' form needs no inversion: y = (u - 1) / (u + 1), and x is
// root_of_scale u / v.
EdwardsPoint add_last(const MontgomeryPoint& p, const AffineAddend& last) {
  const FieldElement plus = p.u + FieldElement::one();
  const FieldElement minus = p.u - FieldElement::one();
  const FieldElement u = root_of_scale * p.u;
  return add({u * plus, minus * p.v, plus * p.v, u * minus}, last).extended();
}

}  // namespace

void mul_fixed_many(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                    std::span<Element> to) {
  // The point whose multiples are in the table, in coordinates times 4.
  const AffineAddend& once = table[0][0];
  const FieldElement x2 = once.y_plus_x - once.y_minus_x;
  const FieldElement y2 = once.y_plus_x + once.y_minus_x;
  if ((x2.is_zero() | y2.is_zero()).reveal()) {  // the identity
    for (std::size_t i = 0; i < scalars.size(); ++i)
      to[i] = Element::of_point(mul_fixed(scalars[i], table));
    return;
  }
  const Table odd =
      table_of({x2 + x2, y2 + y2, FieldElement::from_limbs({4, 0, 0, 0, 0}), x2 * y2});

  for (std::size_t first = 0; first < scalars.size(); first += block) {
    Sums sums(std::min(block, scalars.size() - first));
    for (std::size_t i = 0; i < sums.sum.size(); ++i) {
      sums.digits[i].set(scalars[first + i]);
      const MontgomeryPoint start = multiple_of(odd.window[0], sums.digits[i].digit(0));
      sums.sum[i] = {start.u, start.v.carried()};
    }
    for (std::size_t w = 1; w < windows; ++w) add_window(odd.window[w], w, sums);
    for (std::size_t i = 0; i < sums.sum.size(); ++i)
      to[first + i] = Element::of_point(
          add_last(sums.sum[i], read(odd.last, sums.digits[i].digit(windows).place)));
  }
}

}  // namespace urna::group::portable
