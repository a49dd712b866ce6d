// SPDX-License-Identifier: EUPL-1.2
// Eight field elements side by side in the lanes of AVX-512 vectors, multiplied with the IFMA
// instructions. No branch and no address depends on values.
//
// IFMA multiplies the low 52 bits of two lanes and adds the low or the high 52 bits of the product,
// so a number is five limbs of 52 bits, and both halves fall into columns that are 52 bits apart.
// There are two forms:
// - Field8, what is multiplied. Limb i counts 2^(52 i). Of the limbs 0 … 3 only the low 52 bits
//   count: what is above has been carried on already but not removed, since the multiplier does not
//   look at it. Limb 4 is below 2^47 + 2^11 and counts whole, so the number is below 2^256.
// - Columns8, what is added and subtracted: 64-bit limbs that count whole. A product yields columns
//   below 2^56: the fullest has ten halves and what is folded from above.
// carried() makes a Field8 of columns below 2^62: what is above bit 255 is below 2^15 and comes
// back nineteenfold, then the carries, below 2^10 + 1, go up in sequence.
//
// Only functions marked URNA_IFMA… are compiled for these instructions. With a compiler option for
// whole files, inline functions of other headers would be as well, and the linker might take those
// copies for the whole program.
#pragma once

#if defined(__x86_64__)

#include <cstddef>
#include <cstdint>
#include <cstring>

// The intrinsics of g++ 12 start from a register "of any value", which it then reports as
// uninitialised (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include "group/field.h"

// clang takes minutes to check every index of a limb, all of which are constants.
#if defined(__clang__)
#define URNA_IFMA_UNCHECKED no_sanitize("undefined"),
#else
#define URNA_IFMA_UNCHECKED
#endif
#define URNA_IFMA \
  __attribute__((URNA_IFMA_UNCHECKED target("avx512f,avx512dq,avx512ifma,avx512vbmi2")))
#define URNA_IFMA_INLINE URNA_IFMA __attribute__((always_inline)) inline
#define URNA_IFMA_CALL URNA_IFMA __attribute__((noinline)) inline

namespace urna::group::ifma {

inline constexpr std::size_t lanes = 8;

// The alignment is said here because g++ takes that of a vector for smaller where AVX-512 is off.
struct alignas(64) Field8 {
  __m512i limb[5];
};
struct alignas(64) Columns8 {
  __m512i limb[5];
};

// c + the low or high 52 bits of a b.
URNA_IFMA_INLINE __m512i low(__m512i c, __m512i a, __m512i b) {
  return _mm512_madd52lo_epu64(c, a, b);
}
URNA_IFMA_INLINE __m512i high(__m512i c, __m512i a, __m512i b) {
  return _mm512_madd52hi_epu64(c, a, b);
}
URNA_IFMA_INLINE __m512i sum(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }
URNA_IFMA_INLINE __m512i all_lanes(std::uint64_t a) {
  return _mm512_set1_epi64(static_cast<std::int64_t>(a));
}
// The lowest `bits` bits.
URNA_IFMA_INLINE __m512i mask_of(unsigned bits) {
  return all_lanes((std::uint64_t{1} << bits) - 1);
}

// A sum starts from a register cleared anew, which takes no time. The compiler would clear one and
// copy it, which takes the ports of the multiplier as soon as there are too many copies.
URNA_IFMA_INLINE __m512i cleared() {
  __m512i zero;
  __asm__ volatile("vpxor %x0, %x0, %x0" : "=x"(zero));
  return zero;
}

// Precondition: limbs below 2^51 each, as in all constants.
URNA_IFMA_INLINE Field8 constant(const FieldElement& a) {
  const FieldElement::Limbs& l = a.limbs();
  constexpr std::uint64_t mask = (std::uint64_t{1} << 52U) - 1;
  return {{all_lanes((l[0] | l[1] << 51U) & mask), all_lanes((l[1] >> 1U | l[2] << 50U) & mask),
           all_lanes((l[2] >> 2U | l[3] << 49U) & mask),
           all_lanes((l[3] >> 3U | l[4] << 48U) & mask), all_lanes(l[4] >> 4U)}};
}

// The same number, all bits of which count.
URNA_IFMA_INLINE Columns8 columns(const Field8& a) {
  const __m512i mask = mask_of(52);
  Columns8 r;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) r.limb[i] = _mm512_and_si512(a.limb[i], mask);
  r.limb[4] = a.limb[4];
  return r;
}
// Precondition: columns below 2^62.
URNA_IFMA_INLINE Field8 carried(const Columns8& a) {
  const __m512i above = _mm512_srli_epi64(a.limb[4], 47);
  Field8 r;
  r.limb[0] = low(a.limb[0], above, all_lanes(19));
#pragma GCC unroll 3
  for (int i = 1; i < 4; ++i) r.limb[i] = sum(a.limb[i], _mm512_srli_epi64(r.limb[i - 1], 52));
  r.limb[4] = sum(_mm512_and_si512(a.limb[4], mask_of(47)), _mm512_srli_epi64(r.limb[3], 52));
  return r;
}

URNA_IFMA_INLINE Columns8 plus_lazy(const Columns8& a, const Columns8& b) {
  Columns8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) r.limb[i] = sum(a.limb[i], b.limb[i]);
  return r;
}
// Limb by limb. Precondition: no limb of b is greater than that of a, which bias() sees to.
URNA_IFMA_INLINE Columns8 minus_biased(const Columns8& a, const Columns8& b) {
  Columns8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_sub_epi64(a.limb[i], b.limb[i]);
  return r;
}
// 2^12 (2^255 - 19), which is zero, in columns all between 2^59 - 2^17 and 2^59.
URNA_IFMA_INLINE Columns8 bias() {
  constexpr std::uint64_t about = std::uint64_t{1} << 59U;
  const __m512i other = all_lanes(about - (1U << 7U));
  return {{all_lanes(about - (19U << 12U)), other, other, other, other}};
}
// Half of bias().
URNA_IFMA_INLINE Columns8 half_bias() {
  constexpr std::uint64_t about = std::uint64_t{1} << 58U;
  const __m512i other = all_lanes(about - (1U << 6U));
  return {{all_lanes(about - (19U << 11U)), other, other, other, other}};
}
// Precondition: the columns of b are below 2^59 - 2^17.
URNA_IFMA_INLINE Columns8 minus_lazy(const Columns8& a, const Columns8& b) {
  return plus_lazy(a, minus_biased(bias(), b));
}
URNA_IFMA_INLINE Field8 add(const Field8& a, const Field8& b) {
  return carried(plus_lazy(columns(a), columns(b)));
}
URNA_IFMA_INLINE Field8 subtract(const Field8& a, const Field8& b) {
  return carried(minus_lazy(columns(a), columns(b)));
}
URNA_IFMA_INLINE Field8 negative(const Field8& a) {
  return carried(minus_biased(bias(), columns(a)));
}

// The columns 5 … 9 of a product before they come down.
struct UpperColumns8 {
  __m512i c[5];
};
// Their carries go up. Afterwards only 52 bits of each count.
URNA_IFMA_INLINE void carry_up(UpperColumns8& upper) {
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k)
    upper.c[k + 1] = sum(upper.c[k + 1], _mm512_srli_epi64(upper.c[k], 52));
}
// 2^260 = 32 * 19 brings them down. Of the last two columns, both below 2^53, the upper is below
// 2^43, so that its high half would be zero.
URNA_IFMA_INLINE Columns8 folded(const Columns8& lower, const UpperColumns8& upper) {
  const __m512i factor = all_lanes(32 * 19);
  Columns8 r = lower;
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) r.limb[k + 1] = high(r.limb[k + 1], upper.c[k], factor);
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = low(r.limb[k], upper.c[k], factor);
  return r;
}

// start + x y. The upper columns come first, since what follows waits for their carries, and the
// two fullest are summed in halves, since additions to one column wait for each other.
URNA_IFMA_INLINE Columns8 multiply_columns(const Field8& x, const Field8& y,
                                           const Columns8& start) {
  UpperColumns8 upper = {{cleared(), cleared(), cleared(), cleared(), cleared()}};
  __m512i half5 = cleared();
  __m512i half6 = cleared();
#pragma GCC unroll 5
  for (int i = 4; i >= 0; --i) {
#pragma GCC unroll 5
    for (int k = 5; k < 10; ++k) {
      if (k - i <= 4) upper.c[k - 5] = low(upper.c[k - 5], x.limb[i], y.limb[k - i]);
      if (k - i <= 5) {
        __m512i& c = k == 5 ? half5 : k == 6 ? half6 : upper.c[k - 5];
        c = high(c, x.limb[i], y.limb[k - 1 - i]);
      }
    }
  }
  upper.c[0] = sum(upper.c[0], half5);
  upper.c[1] = sum(upper.c[1], half6);
  carry_up(upper);
  Columns8 lower = start;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int k = 4; k >= i; --k) {
      lower.limb[k] = low(lower.limb[k], x.limb[i], y.limb[k - i]);
      if (k > i) lower.limb[k] = high(lower.limb[k], x.limb[i], y.limb[k - 1 - i]);
    }
  }
  return folded(lower, upper);
}
URNA_IFMA_INLINE Columns8 zero_columns() {
  return {{cleared(), cleared(), cleared(), cleared(), cleared()}};
}
URNA_IFMA_INLINE Columns8 multiply_columns(const Field8& x, const Field8& y) {
  return multiply_columns(x, y, zero_columns());
}
URNA_IFMA_INLINE Field8 multiply(const Field8& a, const Field8& b) {
  return carried(multiply_columns(a, b));
}

// x^2 with 30 halves instead of 50: those of different limbs count twice. Limb 4 has room to be
// doubled, the columns of the others are doubled before the rest is added.
URNA_IFMA_INLINE Columns8 square_columns(const Field8& x) {
  const __m512i* const a = x.limb;
  const __m512i last = sum(a[4], a[4]);
  __m512i c5 = high(cleared(), a[1], a[3]);
  __m512i c6 = high(cleared(), a[2], a[3]);
  __m512i c7 = low(cleared(), a[3], last);
  __m512i c8 = high(cleared(), a[3], last);
  const __m512i c9 = high(cleared(), a[4], a[4]);
  c5 = low(c5, a[2], a[3]);
  c6 = sum(c6, c6);
  c7 = high(c7, a[2], last);
  c8 = low(c8, a[4], a[4]);
  c5 = sum(c5, c5);
  c6 = high(c6, a[1], last);
  c7 = high(c7, a[3], a[3]);
  c5 = high(c5, a[0], last);
  c6 = low(c6, a[2], last);
  c5 = low(c5, a[1], last);
  c6 = low(c6, a[3], a[3]);
  c5 = high(c5, a[2], a[2]);
  UpperColumns8 upper = {{c5, c6, c7, c8, c9}};
  carry_up(upper);
  __m512i c4 = low(high(cleared(), a[0], a[3]), a[1], a[3]);
  __m512i c3 = low(high(cleared(), a[0], a[2]), a[0], a[3]);
  __m512i c2 = low(high(cleared(), a[0], a[1]), a[0], a[2]);
  __m512i c1 = low(cleared(), a[0], a[1]);
  c4 = high(c4, a[1], a[2]);
  c3 = low(c3, a[1], a[2]);
  c4 = sum(c4, c4);
  c3 = sum(c3, c3);
  c2 = sum(c2, c2);
  c1 = sum(c1, c1);
  c4 = low(low(c4, a[0], last), a[2], a[2]);
  c3 = high(c3, a[1], a[1]);
  c2 = low(c2, a[1], a[1]);
  c1 = high(c1, a[0], a[0]);
  return folded({{low(cleared(), a[0], a[0]), c1, c2, c3, c4}}, upper);
}
URNA_IFMA_INLINE Field8 square(const Field8& a) { return carried(square_columns(a)); }

// b in the lanes of the mask, a in the others.
URNA_IFMA_INLINE Field8 blend(__mmask8 mask, const Field8& a, const Field8& b) {
  Field8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_mask_blend_epi64(mask, a.limb[i], b.limb[i]);
  return r;
}

// The limbs of the least number, all bits of which count. A Field8 is below 2 (2^255 - 19), and it
// reaches 2^255 - 19 iff adding 19 reaches 2^255.
URNA_IFMA_INLINE Columns8 canonical(const Field8& from) {
  const Columns8 a = columns(from);
  __m512i carry = all_lanes(19);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) carry = _mm512_srli_epi64(sum(a.limb[i], carry), 52);
  carry = low(_mm512_setzero_si512(), _mm512_srli_epi64(sum(a.limb[4], carry), 47), all_lanes(19));
  Columns8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
    const __m512i limb = sum(a.limb[i], carry);
    carry = _mm512_srli_epi64(limb, 52);
    r.limb[i] = _mm512_and_si512(limb, mask_of(i < 4 ? 52 : 47));
  }
  return r;
}

URNA_IFMA_INLINE __mmask8 is_zero(const Field8& a) {
  const Columns8 c = canonical(a);
  const __m512i any =
      _mm512_or_si512(_mm512_or_si512(c.limb[0], c.limb[1]),
                      _mm512_or_si512(_mm512_or_si512(c.limb[2], c.limb[3]), c.limb[4]));
  return _mm512_testn_epi64_mask(any, any);
}
// The sign of RFC 9496: the lowest bit of the encoding.
URNA_IFMA_INLINE __mmask8 is_negative(const Field8& a) {
  return _mm512_test_epi64_mask(canonical(a).limb[0], all_lanes(1));
}
URNA_IFMA_INLINE Field8 negated_if(__mmask8 mask, const Field8& a) {
  return blend(mask, a, negative(a));
}
URNA_IFMA_INLINE Field8 absolute(const Field8& a) { return negated_if(is_negative(a), a); }

// From and to the five limbs of 51 bits that group/field.h has. Limbs may be up to 2^52.
URNA_IFMA_INLINE Field8 from_limbs51(const __m512i (&l)[5]) {
  constexpr std::uint64_t one = 1;
  return carried(
      {{low(l[0], l[1], all_lanes(one << 51U)),
        low(_mm512_srli_epi64(l[1], 1), l[2], all_lanes(one << 50U)),
        low(_mm512_srli_epi64(l[2], 2), l[3], all_lanes(one << 49U)),
        low(_mm512_srli_epi64(l[3], 3), l[4], all_lanes(one << 48U)), _mm512_srli_epi64(l[4], 4)}});
}
// The last limb is below 2^51 + 2^15, the others below 2^51.
URNA_IFMA_INLINE void to_limbs51(const Field8& from, __m512i (&l)[5]) {
  const Columns8 a = columns(from);
  const __m512i mask = mask_of(51);
  l[0] = _mm512_and_si512(a.limb[0], mask);
#pragma GCC unroll 3
  for (unsigned i = 1; i < 4; ++i)
    l[i] = _mm512_or_si512(_mm512_srli_epi64(a.limb[i - 1], 52 - i),
                           _mm512_and_si512(_mm512_slli_epi64(a.limb[i], i), mask));
  l[4] = _mm512_or_si512(_mm512_srli_epi64(a.limb[3], 48), _mm512_slli_epi64(a.limb[4], 4));
}

// Eight times 32 bytes as four 64-bit words in the lanes.
struct alignas(64) Words8 {
  __m512i word[4];
};
URNA_IFMA_INLINE Words8 load_words(const std::uint8_t* const (&from)[lanes]) {
  alignas(64) std::uint64_t words[4][lanes];
  for (std::size_t k = 0; k < lanes; ++k)
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(&words[i][k], from[k] + 8 * i, 8);
  return {{_mm512_load_si512(words[0]), _mm512_load_si512(words[1]), _mm512_load_si512(words[2]),
           _mm512_load_si512(words[3])}};
}
// All 256 bits of what to_words() yields.
URNA_IFMA_INLINE Field8 from_all_bits(const Words8& from) {
  const __m512i* const w = from.word;
  return {{w[0], _mm512_shrdi_epi64(w[0], w[1], 52), _mm512_shrdi_epi64(w[1], w[2], 40),
           _mm512_shrdi_epi64(w[2], w[3], 28), _mm512_srli_epi64(w[3], 16)}};
}
// The low 255 bits.
URNA_IFMA_INLINE Field8 from_words(const Words8& from) {
  Field8 r = from_all_bits(from);
  r.limb[4] = _mm512_and_si512(r.limb[4], mask_of(47));
  return r;
}
// Of the columns of a Field8.
URNA_IFMA_INLINE Words8 to_words(const Columns8& columns) {
  const __m512i* const l = columns.limb;
  return {{_mm512_or_si512(l[0], _mm512_slli_epi64(l[1], 52)),
           _mm512_or_si512(_mm512_srli_epi64(l[1], 12), _mm512_slli_epi64(l[2], 40)),
           _mm512_or_si512(_mm512_srli_epi64(l[2], 24), _mm512_slli_epi64(l[3], 28)),
           _mm512_or_si512(_mm512_srli_epi64(l[3], 36), _mm512_slli_epi64(l[4], 16))}};
}
// Lane k as the 32 bytes of the least number at to + 32 k, for the first `count` lanes.
URNA_IFMA_INLINE void store_bytes(const Field8& from, std::uint8_t* to, std::size_t count) {
  const Words8 bytes = to_words(canonical(from));
  alignas(64) std::uint64_t words[4][lanes];
  for (std::size_t i = 0; i < 4; ++i) _mm512_store_si512(words[i], bytes.word[i]);
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(to + 32 * k + 8 * i, &words[i][k], 8);
}

// Long powers of n vectors at once: the squarings of one wait for each other, and the other vectors
// fill the gaps.
template <std::size_t n>
struct Fields {
  Field8 at[n];
};
template <std::size_t n>
URNA_IFMA_INLINE Fields<n> multiply(const Fields<n>& a, const Fields<n>& b) {
  Fields<n> r;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < n; ++i) r.at[i] = multiply(a.at[i], b.at[i]);
  return r;
}
// squared `count` times and multiplied by b.
template <std::size_t n>
URNA_IFMA_CALL void square_times_multiply(Fields<n>& r, const Fields<n>& a, unsigned count,
                                          const Fields<n>& b) {
  Fields<n> x = a;
  for (unsigned i = 0; i < count; ++i) {
#pragma GCC unroll 4
    for (std::size_t k = 0; k < n; ++k) x.at[k] = square(x.at[k]);
  }
  r = multiply(x, b);
}
// x^(2^250 - 1) and x^11; the chain is that of group/field.cc.
template <std::size_t n>
struct Powers {
  Fields<n> to_250_ones, to_11;
};
template <std::size_t n>
URNA_IFMA_CALL void raise(Powers<n>& r, const Fields<n>& x) {
  Fields<n> x2;
  for (std::size_t k = 0; k < n; ++k) x2.at[k] = square(x.at[k]);
  Fields<n> x9, ones5, ones10, ones20, ones50, ones100, t;
  square_times_multiply(x9, x2, 2, x);
  r.to_11 = multiply(x9, x2);
  square_times_multiply(ones5, r.to_11, 1, x9);
  square_times_multiply(ones10, ones5, 5, ones5);
  square_times_multiply(ones20, ones10, 10, ones10);
  square_times_multiply(t, ones20, 20, ones20);
  square_times_multiply(ones50, t, 10, ones10);
  square_times_multiply(ones100, ones50, 50, ones50);
  square_times_multiply(t, ones100, 100, ones100);
  square_times_multiply(r.to_250_ones, t, 50, ones50);
}
// 1/a, and 0 for 0.
URNA_IFMA_CALL Field8 inverted(const Field8& a) {
  Powers<1> powers;
  raise<1>(powers, {{a}});
  Fields<1> r;
  square_times_multiply(r, powers.to_250_ones, 5, powers.to_11);
  return r.at[0];
}

// -1 and -sqrt(-1).
inline constexpr FieldElement minus_one = FieldElement::from_limbs(
    {0x7ffffffffffec, 0x7ffffffffffff, 0x7ffffffffffff, 0x7ffffffffffff, 0x7ffffffffffff});
inline constexpr FieldElement minus_sqrt_minus_one = FieldElement::from_limbs(
    {0x1e4d8b5f15f3d, 0x72a5a0370e762, 0x010a16342f39f, 0x07a6a597fb361, 0x547cdb7fb03e2});

// Whether a canonical number is this constant, whose limbs are below 2^51.
URNA_IFMA_INLINE __mmask8 equals(const Columns8& a, const FieldElement& b) {
  const Field8 other = constant(b);
  __mmask8 equal = 0xff;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) equal = _mm512_mask_cmpeq_epi64_mask(equal, a.limb[i], other.limb[i]);
  return equal;
}

// The square roots of u/v or of sqrt(-1) u/v, not negative, as sqrt_ratio() of group/field.h.
template <std::size_t n>
struct SqrtRatios {
  __mmask8 was_square[n];
  Field8 root[n];
};
template <std::size_t n>
URNA_IFMA_CALL void sqrt_ratio(SqrtRatios<n>& r, const Fields<n>& u, const Fields<n>& v) {
  Fields<n> uv3;
  Fields<n> uv7;
  for (std::size_t i = 0; i < n; ++i) {
    const Field8 v2 = square(v.at[i]);
    uv3.at[i] = multiply(u.at[i], multiply(v2, v.at[i]));
    uv7.at[i] = multiply(uv3.at[i], square(v2));
  }
  Powers<n> powers;
  raise(powers, uv7);
  Fields<n> candidate;
  square_times_multiply(candidate, powers.to_250_ones, 2, uv7);  // uv7^(2^252 - 3)
  candidate = multiply(candidate, uv3);
  const Field8 sqrt_minus_one8 = constant(sqrt_minus_one);
  for (std::size_t i = 0; i < n; ++i) {
    const Field8 check = multiply(v.at[i], square(candidate.at[i]));
    const __mmask8 correct = is_zero(subtract(check, u.at[i]));
    const __mmask8 flipped = is_zero(add(check, u.at[i]));
    const __mmask8 flipped_i = is_zero(add(check, multiply(u.at[i], sqrt_minus_one8)));
    const auto turned = static_cast<__mmask8>(flipped | flipped_i);
    r.was_square[i] = static_cast<__mmask8>(correct | flipped);
    r.root[i] =
        absolute(blend(turned, candidate.at[i], multiply(candidate.at[i], sqrt_minus_one8)));
  }
}

// The same for u = 1. The check is compared with constants.
template <std::size_t n>
URNA_IFMA_CALL void inverse_sqrt(SqrtRatios<n>& r, const Fields<n>& v) {
  Fields<n> v3;
  Fields<n> v7;
  for (std::size_t i = 0; i < n; ++i) {
    const Field8 v2 = square(v.at[i]);
    v3.at[i] = multiply(v2, v.at[i]);
    v7.at[i] = multiply(v3.at[i], square(v2));
  }
  Powers<n> powers;
  raise(powers, v7);
  Fields<n> candidate;
  square_times_multiply(candidate, powers.to_250_ones, 2, v7);  // v7^(2^252 - 3)
  candidate = multiply(candidate, v3);
  for (std::size_t i = 0; i < n; ++i) {
    const Columns8 check = canonical(multiply(v.at[i], square(candidate.at[i])));
    const __mmask8 flipped = equals(check, minus_one);
    const auto turned = static_cast<__mmask8>(flipped | equals(check, minus_sqrt_minus_one));
    r.was_square[i] = static_cast<__mmask8>(equals(check, FieldElement::one()) | flipped);
    r.root[i] = absolute(
        blend(turned, candidate.at[i], multiply(candidate.at[i], constant(sqrt_minus_one))));
  }
}

}  // namespace urna::group::ifma

#endif
