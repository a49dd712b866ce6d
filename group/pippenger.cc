// SPDX-License-Identifier: EUPL-1.2
// Pippenger's bucket method (N. Pippenger, "On the evaluation of powers and related problems",
// 1976; in this form Bernstein, Doumen, Lange, Oosterwijk 2012, section 4), with signed digits:
//
// 1. A scalar above l/2 is replaced by l minus it, and its digits by their negatives, so that all
//    are at most (l - 1)/2; each is written in signed digits of c bits, -2^(c-1) … 2^(c-1). The
//    longest scalar says how many digits there are.
// 2. The points are made affine once, so that adding one takes 7 products instead of 8.
// 3. For every window of c bits: each point is added to the bucket of its digit's magnitude, or
//    subtracted from it; then the sum of magnitude times bucket is found by adding up running sums
//    (backend/, where most of the time goes). Zero digits cost next to nothing, which is what a
//    short scalar has in the upper windows.
// 4. From the highest window down: double c times, add the window's sum.
//
// Cost for n scalars of b bits: ceil((b + 1)/c) (n + 2^c) additions and b doublings; c = log2(n) -
// 3 or so. Several sums with the same scalars share step 1 and what the backend sorts by digits.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <vector>

#include "group/addends.h"
#include "group/multiply.h"
#include "group/multiply_vartime.h"

namespace urna::group {
namespace {

using Words = std::array<std::uint64_t, 5>;  // the last stays 0, so that a window may reach past

Words to_words(const Scalar& scalar) {
  Words words{};
  const std::uint8_t* byte = scalar.encode().data();
  for (std::size_t i = 0; i < 4; ++i, byte += 8)  // written out so that it becomes one load
    words[i] = std::uint64_t{byte[0]} | std::uint64_t{byte[1]} << 8U |
               std::uint64_t{byte[2]} << 16U | std::uint64_t{byte[3]} << 24U |
               std::uint64_t{byte[4]} << 32U | std::uint64_t{byte[5]} << 40U |
               std::uint64_t{byte[6]} << 48U | std::uint64_t{byte[7]} << 56U;
  return words;
}

// A scalar by its smaller magnitude, that is at most (l - 1)/2.
struct Signed {
  Words magnitude{};
  std::uint64_t negative = 0;  // all bits are set if it is
};

// Without branches: half of the scalars that protocols make are negative, at random.
Signed signed_of(const Scalar& scalar) {
  constexpr Uint128 order_low = Uint128{0x14def9dea2f79cd6} << 64U | 0x5812631a5cf5d3ed;
  constexpr Uint128 order_high = Uint128{1} << 124U;
  const Words words = to_words(scalar);
  const Uint128 low = Uint128{words[1]} << 64U | words[0];
  const Uint128 high = Uint128{words[3]} << 64U | words[2];
  const Uint128 other_low = order_low - low;  // l - scalar
  const Uint128 other_high = order_high - high - (order_low < low ? 1U : 0U);
  const bool smaller = other_high < high || (other_high == high && other_low < low);
  const auto mask = smaller ? ~Uint128{0} : 0;
  const Uint128 least_low = low ^ ((low ^ other_low) & mask);
  const Uint128 least_high = high ^ ((high ^ other_high) & mask);
  return {{static_cast<std::uint64_t>(least_low), static_cast<std::uint64_t>(least_low >> 64U),
           static_cast<std::uint64_t>(least_high), static_cast<std::uint64_t>(least_high >> 64U)},
          static_cast<std::uint64_t>(mask)};
}

unsigned bit_length(const Words& words) {
  for (std::size_t i = words.size(); i-- > 0;)
    if (words[i] != 0)
      return static_cast<unsigned>(64 * i) + static_cast<unsigned>(std::bit_width(words[i]));
  return 0;
}

// The length that lets all digits fit: see DigitTable.
constexpr unsigned longest = 251;

// Signed digits of all scalars, window by window, so that a pass over a window reads them in order.
class DigitTable {
 public:
  // For scalars below 2^length, or with the longest length, at most (l - 1)/2: then the last window
  // has room for the last carry. For if (l - 1)/2 reaches bit 251, the bits below it are zero down
  // to 2^124 and nothing is carried.
  DigitTable(std::size_t scalars, unsigned length, unsigned bits)
      : scalars_(scalars),
        row_(((scalars + block - 1) / block | 1U) * block),
        bits_(bits),
        windows_((length + bits) / bits),
        digits_(std::make_unique_for_overwrite<std::int16_t[]>(row_ * windows_)) {}

  [[nodiscard]] std::size_t windows() const { return windows_; }
  [[nodiscard]] std::span<const std::int16_t> window(std::size_t w) const {
    return {digits_.get() + w * row_, scalars_};
  }

  // How many scalars are written at a time: their digits of one window fill a cache line.
  static constexpr std::size_t block = 32;

  // The digits of scalars `first` to `first` + block - 1, or fewer at the end. Precondition:
  // `first` is a multiple of block. The inner loops are the same for all scalars, so that compilers
  // make vectors of them.
  void set(std::size_t first, std::span<const Signed> scalars) {
    std::uint64_t words[std::tuple_size_v<Words>][block] = {};
    std::uint32_t negative[block] = {};
    std::uint32_t carry[block] = {};
    for (std::size_t k = 0; k < scalars.size(); ++k) {
      for (std::size_t i = 0; i < std::size(words); ++i) words[i][k] = scalars[k].magnitude[i];
      negative[k] = static_cast<std::uint32_t>(scalars[k].negative);
    }
    const std::uint32_t range = std::uint32_t{1} << bits_;
    for (std::size_t w = 0; w < windows_; ++w) {
      const std::size_t at = w * bits_;
      const std::size_t shift = at % 64;
      const std::uint64_t* const lower = words[at / 64];
      const std::uint64_t* const upper = words[at / 64 + 1];
      std::int16_t* const to = &digits_[w * row_ + first];
      std::uint32_t value[block];
      for (std::size_t k = 0; k < block; ++k)
        value[k] = static_cast<std::uint32_t>(lower[k] >> shift | upper[k] << 1U << (63 - shift));
      for (std::size_t k = 0; k < block; ++k) {
        const std::uint32_t digit = (value[k] & (range - 1)) + carry[k];
        carry[k] = (range / 2 - digit) >> 31U;  // whether it exceeds the half
        value[k] = ((digit - (carry[k] << bits_)) ^ negative[k]) - negative[k];
      }
      for (std::size_t k = 0; k < block; ++k) to[k] = static_cast<std::int16_t>(value[k]);
    }
  }

 private:
  std::size_t scalars_;
  std::size_t row_;  // an odd number of cache lines: windows do not compete for the same sets
  unsigned bits_;
  std::size_t windows_;
  std::unique_ptr<std::int16_t[]> digits_;  // written before they are read: see set()
};

// The width with the least cost by the formula above; a bucket costs two additions of 9 products
// where a point costs one of 7.
unsigned best_width(std::size_t elements, unsigned length) {
  unsigned best = 4;
  double least = 0;
  for (unsigned bits = 4; bits <= 15; ++bits) {
    const double windows = (length + bits) / bits;
    const double cost = windows * (7.0 * static_cast<double>(elements) +
                                   18.0 * static_cast<double>(std::size_t{1} << (bits - 1)));
    if (bits == 4 || cost < least) {
      least = cost;
      best = bits;
    }
  }
  return best;
}

// How often the scalars are gone through is less than what it would cost to keep their magnitudes.
template <typename Use>
void for_each_block(std::span<const Scalar> scalars, const Use& use) {
  Signed block[DigitTable::block];
  for (std::size_t first = 0; first < scalars.size(); first += DigitTable::block) {
    const std::size_t count = std::min(DigitTable::block, scalars.size() - first);
    for (std::size_t k = 0; k < count; ++k) block[k] = signed_of(scalars[first + k]);
    use(first, std::span(block).first(count));
  }
}

bool is_long(const Signed& scalar) { return (scalar.magnitude[2] | scalar.magnitude[3]) != 0; }

// What the sums of a list of scalars take.
struct Lengths {
  unsigned bits = 0;  // at least that of the longest
  // Those of more than 128 bits, if few are: at most one in eight.
  std::vector<std::size_t> long_ones;
};

Lengths lengths_of(std::span<const Scalar> scalars) {
  Lengths lengths;
  Words any{};  // all bits that are in use
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const Signed scalar = signed_of(scalars[i]);
    for (std::size_t word = 0; word < any.size(); ++word) any[word] |= scalar.magnitude[word];
    if (!is_long(scalar)) continue;
    if (lengths.long_ones.size() >= scalars.size() / 8) return {longest, {}};
    lengths.long_ones.push_back(i);
  }
  lengths.bits = bit_length(any);
  return lengths;
}

// That of weights in batch verification: two words.
constexpr unsigned short_length = 128;

// The sums of magnitudes below 2^length or, with the longest length, at most (l - 1)/2. Those that
// are longer than `short_length` count as zeros if `short_only`.
std::vector<Element> sums(std::span<const Scalar> scalars, unsigned length, bool short_only,
                          std::span<const AffineAddend* const> points, const Operations& backend) {
  const unsigned digits_length = std::min(length, longest);
  const unsigned bits = best_width(scalars.size(), digits_length);
  DigitTable digits(scalars.size(), digits_length, bits);
  for_each_block(scalars, [&](std::size_t first, std::span<Signed> block) {
    if (short_only)
      for (Signed& scalar : block)
        if (is_long(scalar)) scalar = {};
    digits.set(first, block);
  });

  std::vector<EdwardsPoint> totals(points.size());
  std::vector<EdwardsPoint> window(points.size());
  WindowMemory memory;
  for (std::size_t w = digits.windows(); w-- > 0;) {
    backend.window_sums_vartime(digits.window(w), points, std::size_t{1} << (bits - 1), memory,
                                window);
    for (std::size_t j = 0; j < totals.size(); ++j) {
      EdwardsPoint& total = totals[j];
      for (unsigned doubling = 0; doubling < bits; ++doubling) total = twice(total).extended();
      total = add(total, to_addend(window[j])).extended();
    }
  }
  std::vector<Element> result;
  for (const EdwardsPoint& total : totals) result.push_back(Element::of_point(total));
  return result;
}

// Adds the lists' sums of scalars[i] for `chosen` i, which are few.
void add_apart(std::span<const Scalar> scalars, std::span<const std::size_t> chosen,
               std::span<const Addends* const> bases, std::vector<Element>& to) {
  std::vector<Scalar> chosen_scalars;
  chosen_scalars.reserve(chosen.size());
  for (const std::size_t i : chosen) chosen_scalars.push_back(scalars[i]);
  std::vector<std::vector<AffineAddend>> addends(bases.size());
  std::vector<const AffineAddend*> points;
  for (std::size_t j = 0; j < bases.size(); ++j) {
    addends[j].reserve(chosen.size() + 1);
    for (const std::size_t i : chosen) addends[j].push_back(bases[j]->data()[i]);
    addends[j].push_back(bases[j]->data()[bases[j]->size()]);
    points.push_back(addends[j].data());
  }
  const std::vector<Element> parts =
      sums(chosen_scalars, longest, false, points, operations(bases.front()->made_for()));
  for (std::size_t j = 0; j < to.size(); ++j) to[j] = to[j] + parts[j];
}

}  // namespace

std::vector<Element> multi_scalar_multiply_many_vartime(std::span<const Scalar> scalars,
                                                        std::span<const Addends* const> bases) {
  std::vector<const AffineAddend*> points;
  for (const Addends* const base : bases) {
    if (scalars.size() != base->size() || base->made_for() != bases.front()->made_for()) {
      std::fputs("pippenger_vartime: as many scalars as elements, please\n", stderr);
      std::abort();
    }
    points.push_back(base->data());
  }
  if (bases.empty()) return {};
  const Operations& backend = operations(bases.front()->made_for());
  const Lengths lengths = lengths_of(scalars);
  // A few long scalars among short ones are summed apart, so that the many windows that only they
  // have do not need as many buckets as the others.
  if (lengths.long_ones.empty()) return sums(scalars, lengths.bits, false, points, backend);
  std::vector<Element> result = sums(scalars, short_length, true, points, backend);
  add_apart(scalars, lengths.long_ones, bases, result);
  return result;
}

Element multi_scalar_multiply_vartime(std::span<const Scalar> scalars, const Addends& elements) {
  return multi_scalar_multiply_many_vartime(scalars, std::array{&elements}).front();
}

std::vector<Element> pippenger_many_vartime(std::span<const Scalar> scalars,
                                            std::span<const std::span<const Element>> bases,
                                            Backend chosen) {
  std::vector<Addends> addends(bases.size(), Addends(chosen));
  std::vector<const Addends*> lists;
  for (std::size_t j = 0; j < bases.size(); ++j) {
    addends[j].append(bases[j]);
    lists.push_back(&addends[j]);
  }
  return multi_scalar_multiply_many_vartime(scalars, lists);
}

Element pippenger_vartime(std::span<const Scalar> scalars, std::span<const Element> elements,
                          Backend chosen) {
  return pippenger_many_vartime(scalars, std::array{elements}, chosen).front();
}

}  // namespace urna::group
