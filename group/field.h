// SPDX-License-Identifier: EUPL-1.2
// The field of 2^255 - 19 elements, in five limbs of 51 bits. Everything here takes the same time
// for all values.
//
// A limb may exceed 51 bits. "Tight" limbs are below 2^51 + 2^16: what products, squares and the
// operators yield. The lazy sums below save the carry between a sum and the product that follows
// it; a product accepts limbs below 2^54, so that its column sums stay below 2^115 and the carries
// between them below 2^64.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "group/choice.h"

namespace urna::group {

__extension__ using Uint128 = unsigned __int128;

class FieldElement {
 public:
  using Bytes = std::array<std::uint8_t, 32>;
  using Limbs = std::array<std::uint64_t, 5>;

  constexpr FieldElement() = default;  // zero
  // Precondition: the limbs are tight.
  static constexpr FieldElement from_limbs(const Limbs& limbs) { return FieldElement(limbs); }
  static constexpr FieldElement one() { return FieldElement(Limbs{1, 0, 0, 0, 0}); }

  // The element with these 32 little-endian bytes. Error: malformed iff the number is 2^255 - 19
  // or more (bit 255 set included).
  [[nodiscard]] static Result<FieldElement> decode(const Bytes& bytes);
  // The low 255 bits modulo 2^255 - 19; bit 255 is ignored.
  [[nodiscard]] static FieldElement from_low_255_bits(std::span<const std::uint8_t, 32> bytes);
  // The one number below 2^255 - 19, little-endian.
  [[nodiscard]] Bytes encode() const;

  // 1 iff encode() yields these bytes.
  [[nodiscard]] Choice encodes_as(const Bytes& bytes) const;

  [[nodiscard]] constexpr const Limbs& limbs() const { return limb_; }

  friend FieldElement operator+(const FieldElement& a, const FieldElement& b) {
    return a.plus_lazy(b).carried();
  }
  // Precondition for b: as in minus_lazy().
  friend FieldElement operator-(const FieldElement& a, const FieldElement& b) {
    return a.minus_lazy(b).carried();
  }
  friend FieldElement operator-(const FieldElement& a) { return FieldElement() - a; }
  friend inline FieldElement operator*(const FieldElement& a, const FieldElement& b);
  [[nodiscard]] inline FieldElement squared() const;

  // Sum without carries. The sum of k tight elements has limbs below k (2^51 + 2^16).
  [[nodiscard]] FieldElement plus_lazy(const FieldElement& b) const {
    return FieldElement(Limbs{limb_[0] + b.limb_[0], limb_[1] + b.limb_[1], limb_[2] + b.limb_[2],
                              limb_[3] + b.limb_[3], limb_[4] + b.limb_[4]});
  }
  // this - b + 4 (2^255 - 19), without carries. Precondition: b is a lazy sum of at most three
  // tight elements. If this is one too, the limbs of the difference are below 2^54.
  [[nodiscard]] FieldElement minus_lazy(const FieldElement& b) const {
    constexpr std::uint64_t low = 4 * ((std::uint64_t{1} << 51U) - 19);
    constexpr std::uint64_t high = 4 * ((std::uint64_t{1} << 51U) - 1);
    return FieldElement(Limbs{limb_[0] + low - b.limb_[0], limb_[1] + high - b.limb_[1],
                              limb_[2] + high - b.limb_[2], limb_[3] + high - b.limb_[3],
                              limb_[4] + high - b.limb_[4]});
  }
  // The same element with tight limbs. Precondition: the last limb is below 2^62.
  [[nodiscard]] FieldElement carried() const {
    return FieldElement(
        Limbs{(limb_[0] & mask51) + 19 * (limb_[4] >> 51U), (limb_[1] & mask51) + (limb_[0] >> 51U),
              (limb_[2] & mask51) + (limb_[1] >> 51U), (limb_[3] & mask51) + (limb_[2] >> 51U),
              (limb_[4] & mask51) + (limb_[3] >> 51U)});
  }

  // 1/this, and 0 for 0: this^(2^255 - 21).
  [[nodiscard]] FieldElement inverted() const;

  [[nodiscard]] Choice is_zero() const;
  // The sign of RFC 9496: the lowest bit of the encoding.
  [[nodiscard]] Choice is_negative() const;
  [[nodiscard]] Choice equals(const FieldElement& other) const;

  // b where choice is 1, else a.
  [[nodiscard]] static FieldElement select(const FieldElement& a, const FieldElement& b,
                                           Choice choice);
  // Exchanges the limbs of a and b, whatever their size, where choice is 1.
  static void swap_if(FieldElement& a, FieldElement& b, Choice choice) {
    const std::uint64_t mask = choice.mask();
    for (std::size_t i = 0; i < a.limb_.size(); ++i) {
      const std::uint64_t difference = mask & (a.limb_[i] ^ b.limb_[i]);
      a.limb_[i] ^= difference;
      b.limb_[i] ^= difference;
    }
  }
  // -this where choice is 1, else this. The result is tight.
  [[nodiscard]] FieldElement negated_if(Choice choice) const {
    return select(*this, -*this, choice);
  }
  // The one of this and -this that is not negative.
  [[nodiscard]] FieldElement absolute() const { return negated_if(is_negative()); }

 private:
  static constexpr std::uint64_t mask51 = (std::uint64_t{1} << 51U) - 1;
  explicit constexpr FieldElement(const Limbs& limbs) : limb_(limbs) {}
  // encode() as four little-endian words.
  [[nodiscard]] std::array<std::uint64_t, 4> words() const;
  // The part of a column that stays, and the part that goes into the next one.
  static std::uint64_t low(Uint128 column) { return static_cast<std::uint64_t>(column) & mask51; }
  static std::uint64_t high(Uint128 column) { return static_cast<std::uint64_t>(column >> 51U); }
  // Folds the carry out of the last column down; 2^255 is 19. That column has no term times 19, so
  // that its carry is below 2^60 and 19 times it fits.
  static FieldElement folded(Limbs r, std::uint64_t carry) {
    r[0] += 19 * carry;
    r[1] += r[0] >> 51U;
    r[0] &= mask51;
    return FieldElement(r);
  }
  // Carries out of all columns at once, then out of the limbs. With factors below 2^54 the columns
  // are below 2^115, and the last two, which have at most one term times 19, below 2^113: no limb
  // exceeds 64 bits in between and the last one stays below 2^62.
  static FieldElement of_columns(Uint128 c0, Uint128 c1, Uint128 c2, Uint128 c3, Uint128 c4) {
    return FieldElement(Limbs{low(c0) + 19 * high(c4), low(c1) + high(c0), low(c2) + high(c1),
                              low(c3) + high(c2), low(c4) + high(c3)})
        .carried();
  }
  Limbs limb_{};
};

// sqrt(-1), the one whose lowest bit is 0.
inline constexpr FieldElement sqrt_minus_one = FieldElement::from_limbs(
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d});

// The square root of u/v or of sqrt(-1) u/v, whichever exists, not negative (RFC 9496 section 4.2).
struct SqrtRatio {
  Choice was_square;  // 1 iff u/v is a square; 1 for u = 0, 0 for v = 0 and u != 0
  FieldElement root;  // 0 iff u = 0 or v = 0
};
[[nodiscard]] SqrtRatio sqrt_ratio(const FieldElement& u, const FieldElement& v);
// The same for n pairs, 1 or 2. Each of the 252 squarings for a root waits for the one before it;
// those for two roots overlap in the processor.
template <std::size_t n>
[[nodiscard]] std::array<SqrtRatio, n> sqrt_ratios(const std::array<FieldElement, n>& u,
                                                   const std::array<FieldElement, n>& v);

// Replaces every element by its inverse and leaves zeros, with one inversion for all (Montgomery's
// trick): 3 products per element, no branch on values. Memory for one more element each.
void invert_all(std::span<FieldElement> elements);

// A product goes column after column, each starting from the carry of the one before it, so that
// one sum of 128 bits is alive at a time: least work where several products overlap in the
// processor.
inline FieldElement operator*(const FieldElement& x, const FieldElement& y) {
  const auto wide = [](std::uint64_t a, std::uint64_t b) { return Uint128{a} * b; };
  const auto low = FieldElement::low;
  const auto high = FieldElement::high;
  const FieldElement::Limbs& a = x.limb_;
  const FieldElement::Limbs& b = y.limb_;
  const std::uint64_t b1 = 19 * b[1];
  const std::uint64_t b2 = 19 * b[2];
  const std::uint64_t b3 = 19 * b[3];
  const std::uint64_t b4 = 19 * b[4];
  FieldElement::Limbs r{};
  Uint128 c = wide(a[0], b[0]) + wide(a[1], b4) + wide(a[2], b3) + wide(a[3], b2) + wide(a[4], b1);
  r[0] = low(c);
  c = high(c) + wide(a[0], b[1]) + wide(a[1], b[0]) + wide(a[2], b4) + wide(a[3], b3) +
      wide(a[4], b2);
  r[1] = low(c);
  c = high(c) + wide(a[0], b[2]) + wide(a[1], b[1]) + wide(a[2], b[0]) + wide(a[3], b4) +
      wide(a[4], b3);
  r[2] = low(c);
  c = high(c) + wide(a[0], b[3]) + wide(a[1], b[2]) + wide(a[2], b[1]) + wide(a[3], b[0]) +
      wide(a[4], b4);
  r[3] = low(c);
  c = high(c) + wide(a[0], b[4]) + wide(a[1], b[3]) + wide(a[2], b[2]) + wide(a[3], b[1]) +
      wide(a[4], b[0]);
  r[4] = low(c);
  return FieldElement::folded(r, high(c));
}

// A square carries out of all columns at once: more work, but squares come in chains in which each
// waits for the one before it, and this is the shorter way through.
inline FieldElement FieldElement::squared() const {
  const auto wide = [](std::uint64_t a, std::uint64_t b) { return Uint128{a} * b; };
  const Limbs& a = limb_;
  const std::uint64_t a0 = 2 * a[0];
  const std::uint64_t a1 = 2 * a[1];
  const std::uint64_t a2 = 2 * a[2];
  const std::uint64_t a3 = 19 * a[3];
  const std::uint64_t a4 = 19 * a[4];
  return of_columns(wide(a[0], a[0]) + wide(a1, a4) + wide(a2, a3),
                    wide(a0, a[1]) + wide(a2, a4) + wide(a[3], a3),
                    wide(a0, a[2]) + wide(a[1], a[1]) + wide(2 * a[3], a4),
                    wide(a0, a[3]) + wide(a1, a[2]) + wide(a[4], a4),
                    wide(a0, a[4]) + wide(a1, a[3]) + wide(a[2], a[2]));
}

}  // namespace urna::group
