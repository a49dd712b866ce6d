// SPDX-License-Identifier: EUPL-1.2
// Eight field elements side by side in the lanes of AVX-512 vectors, multiplied with the IFMA
// instructions. No branch and no address depends on values.
//
// They are in five limbs of 51 bits like those of group/field.h. IFMA multiplies the low 52 bits of
// two lanes and adds the low or the high 52 bits of the product, so limbs must be below 2^52 where
// portable products allow 2^54. High halves count twice, since limbs are 51 bits apart. Bounds:
// - "tight" limbs, below 2^51 + 2^16, are what all functions take and yield unless they say
//   otherwise; low halves are below 2^52 then and high halves below 2^50 + 2^16;
// - "columns", what a product yields before carries: below 2^59, since the fullest is one low half
//   and nineteen times the sum of four low halves and twice five high ones;
// - carried() makes columns below 2^62 tight: the carries are below 2^11, and 19 * 2^11 < 2^16.
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
#define URNA_IFMA __attribute__((URNA_IFMA_UNCHECKED target("avx512f,avx512dq,avx512ifma")))
#define URNA_IFMA_INLINE URNA_IFMA __attribute__((always_inline)) inline
#define URNA_IFMA_CALL URNA_IFMA __attribute__((noinline)) inline

namespace urna::group::ifma {

inline constexpr std::size_t lanes = 8;

// The alignment is said here because g++ takes that of a vector for smaller where AVX-512 is off.
struct alignas(64) Field8 {
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
URNA_IFMA_INLINE __m512i double_of(__m512i a) { return _mm512_add_epi64(a, a); }
URNA_IFMA_INLINE __m512i times(int factor, __m512i a) {
  __m512i factors = _mm512_set1_epi64(factor);
  // If the compiler knew the factor, it would multiply by shifts and sums, which is slower.
  __asm__("" : "+v"(factors));
  return _mm512_mullo_epi64(a, factors);
}
URNA_IFMA_INLINE __m512i mask51() { return _mm512_set1_epi64((std::int64_t{1} << 51) - 1); }

URNA_IFMA_INLINE Field8 constant(const FieldElement& a) {
  Field8 r;
  for (std::size_t i = 0; i < 5; ++i)
    r.limb[i] = _mm512_set1_epi64(static_cast<std::int64_t>(a.limbs()[i]));
  return r;
}

// Tight limbs of columns below 2^62.
URNA_IFMA_INLINE Field8 carried(const Field8& a) {
  const __m512i mask = mask51();
  Field8 r;
  r.limb[0] = low(_mm512_and_si512(a.limb[0], mask), _mm512_srli_epi64(a.limb[4], 51),
                  _mm512_set1_epi64(19));
#pragma GCC unroll 4
  for (int i = 1; i < 5; ++i)
    r.limb[i] = sum(_mm512_and_si512(a.limb[i], mask), _mm512_srli_epi64(a.limb[i - 1], 51));
  return r;
}

// Limb by limb: sums of columns.
URNA_IFMA_INLINE Field8 plus_lazy(const Field8& a, const Field8& b) {
  Field8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) r.limb[i] = sum(a.limb[i], b.limb[i]);
  return r;
}
// a - b + 2^10 (2^255 - 19), limb by limb. Precondition: the limbs of b are below 2^60 + 2^59.
URNA_IFMA_INLINE Field8 minus_lazy(const Field8& a, const Field8& b) {
  const __m512i first = _mm512_set1_epi64(((std::int64_t{1} << 51) - 19) << 10);
  const __m512i other = _mm512_set1_epi64(((std::int64_t{1} << 51) - 1) << 10);
  Field8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i)
    r.limb[i] = sum(a.limb[i], _mm512_sub_epi64(i == 0 ? first : other, b.limb[i]));
  return r;
}
URNA_IFMA_INLINE Field8 add(const Field8& a, const Field8& b) { return carried(plus_lazy(a, b)); }
URNA_IFMA_INLINE Field8 subtract(const Field8& a, const Field8& b) {
  return carried(minus_lazy(a, b));
}
URNA_IFMA_INLINE Field8 negative(const Field8& a) { return subtract(constant(FieldElement()), a); }

// The columns of x y. Each starts from its high halves doubled, or from what the column five above
// it folds down, so that the low halves are added for nothing; the upper columns come first.
URNA_IFMA_INLINE Field8 multiply_columns(const Field8& x, const Field8& y) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i* const a = x.limb;
  const __m512i* const b = y.limb;
  __m512i c5 = high(high(high(zero, a[0], b[4]), a[1], b[3]), a[2], b[2]);
  c5 = double_of(high(high(c5, a[3], b[1]), a[4], b[0]));
  __m512i c6 = high(high(zero, a[1], b[4]), a[2], b[3]);
  c6 = double_of(high(high(c6, a[3], b[2]), a[4], b[1]));
  __m512i c7 = double_of(high(high(high(zero, a[2], b[4]), a[3], b[3]), a[4], b[2]));
  __m512i c8 = double_of(high(high(zero, a[3], b[4]), a[4], b[3]));
  const __m512i c9 = high(zero, a[4], b[4]);
  const __m512i h1 = double_of(high(zero, a[0], b[0]));
  const __m512i h2 = double_of(high(high(zero, a[0], b[1]), a[1], b[0]));
  const __m512i h3 = double_of(high(high(high(zero, a[0], b[2]), a[1], b[1]), a[2], b[0]));
  __m512i h4 = high(high(zero, a[0], b[3]), a[1], b[2]);
  h4 = double_of(high(high(h4, a[2], b[1]), a[3], b[0]));
  c5 = low(low(low(low(c5, a[1], b[4]), a[2], b[3]), a[3], b[2]), a[4], b[1]);
  c6 = low(low(low(c6, a[2], b[4]), a[3], b[3]), a[4], b[2]);
  c7 = low(low(c7, a[3], b[4]), a[4], b[3]);
  c8 = low(c8, a[4], b[4]);
  Field8 r;
  r.limb[0] = low(times(19, c5), a[0], b[0]);
  r.limb[1] = low(low(sum(h1, times(19, c6)), a[0], b[1]), a[1], b[0]);
  r.limb[2] = low(low(low(sum(h2, times(19, c7)), a[0], b[2]), a[1], b[1]), a[2], b[0]);
  r.limb[3] = low(low(sum(h3, times(19, c8)), a[0], b[3]), a[1], b[2]);
  r.limb[3] = low(low(r.limb[3], a[2], b[1]), a[3], b[0]);
  r.limb[4] = low(low(low(sum(h4, times(38, c9)), a[0], b[4]), a[1], b[3]), a[2], b[2]);
  r.limb[4] = low(low(r.limb[4], a[3], b[1]), a[4], b[0]);
  return r;
}
URNA_IFMA_INLINE Field8 multiply(const Field8& a, const Field8& b) {
  return carried(multiply_columns(a, b));
}

// The columns of x^2, with 30 products instead of 50: those of different limbs count twice.
URNA_IFMA_INLINE Field8 square_columns(const Field8& x) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i* const a = x.limb;
  __m512i c5 =
      double_of(high(high(zero, a[0], a[4]), a[1], a[3]));  // halved, as are c7 and h1 … h4
  __m512i c6 = double_of(high(high(zero, a[1], a[4]), a[2], a[3]));
  __m512i c7 = double_of(high(zero, a[2], a[4]));
  __m512i c8 = double_of(double_of(high(zero, a[3], a[4])));
  const __m512i c9 = high(zero, a[4], a[4]);
  __m512i h2 = double_of(high(zero, a[0], a[1]));
  __m512i h3 = double_of(high(zero, a[0], a[2]));
  __m512i h4 = double_of(high(high(zero, a[0], a[3]), a[1], a[2]));
  c5 = high(low(low(c5, a[1], a[4]), a[2], a[3]), a[2], a[2]);
  c6 = low(double_of(low(c6, a[2], a[4])), a[3], a[3]);
  c7 = high(low(c7, a[3], a[4]), a[3], a[3]);
  c8 = low(c8, a[4], a[4]);
  const __m512i h1 = high(low(zero, a[0], a[1]), a[0], a[0]);
  h2 = low(h2, a[0], a[2]);
  h3 = high(low(low(h3, a[0], a[3]), a[1], a[2]), a[1], a[1]);
  h4 = low(low(h4, a[0], a[4]), a[1], a[3]);
  Field8 r;
  r.limb[0] = low(times(38, c5), a[0], a[0]);
  r.limb[1] = sum(double_of(h1), times(19, c6));
  r.limb[2] = low(sum(double_of(h2), times(38, c7)), a[1], a[1]);
  r.limb[3] = sum(double_of(h3), times(19, c8));
  r.limb[4] = low(sum(double_of(h4), times(38, c9)), a[2], a[2]);
  return r;
}
URNA_IFMA_INLINE Field8 square(const Field8& a) { return carried(square_columns(a)); }

// b in the lanes of the mask, a in the others.
URNA_IFMA_INLINE Field8 blend(__mmask8 mask, const Field8& a, const Field8& b) {
  Field8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) r.limb[i] = _mm512_mask_blend_epi64(mask, a.limb[i], b.limb[i]);
  return r;
}

// The limbs of the least number, below 2^51 each. Tight limbs are those of a number below
// 2 (2^255 - 19), which reaches 2^255 - 19 iff adding 19 reaches 2^255.
URNA_IFMA_INLINE Field8 canonical(const Field8& a) {
  const __m512i mask = mask51();
  __m512i carry = _mm512_set1_epi64(19);
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) carry = _mm512_srli_epi64(sum(a.limb[i], carry), 51);
  carry = times(19, carry);
  Field8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
    const __m512i limb = sum(a.limb[i], carry);
    carry = _mm512_srli_epi64(limb, 51);
    r.limb[i] = _mm512_and_si512(limb, mask);
  }
  return r;
}

URNA_IFMA_INLINE __mmask8 is_zero(const Field8& a) {
  const Field8 c = canonical(a);
  const __m512i any =
      _mm512_or_si512(_mm512_or_si512(c.limb[0], c.limb[1]),
                      _mm512_or_si512(_mm512_or_si512(c.limb[2], c.limb[3]), c.limb[4]));
  return _mm512_testn_epi64_mask(any, any);
}
// The sign of RFC 9496: the lowest bit of the encoding.
URNA_IFMA_INLINE __mmask8 is_negative(const Field8& a) {
  return _mm512_test_epi64_mask(canonical(a).limb[0], _mm512_set1_epi64(1));
}
URNA_IFMA_INLINE Field8 negated_if(__mmask8 mask, const Field8& a) {
  return blend(mask, a, negative(a));
}
URNA_IFMA_INLINE Field8 absolute(const Field8& a) { return negated_if(is_negative(a), a); }

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
// The low 255 bits.
URNA_IFMA_INLINE Field8 from_words(const Words8& from) {
  const __m512i* const w = from.word;
  Field8 r = {{w[0], _mm512_or_si512(_mm512_srli_epi64(w[0], 51), _mm512_slli_epi64(w[1], 13)),
               _mm512_or_si512(_mm512_srli_epi64(w[1], 38), _mm512_slli_epi64(w[2], 26)),
               _mm512_or_si512(_mm512_srli_epi64(w[2], 25), _mm512_slli_epi64(w[3], 39)),
               _mm512_srli_epi64(w[3], 12)}};
  for (__m512i& limb : r.limb) limb = _mm512_and_si512(limb, mask51());
  return r;
}
// Lane k as the 32 bytes of the least number at to + 32 k, for the first `count` lanes.
URNA_IFMA_INLINE void store_bytes(const Field8& from, std::uint8_t* to, std::size_t count) {
  const Field8 a = canonical(from);
  const __m512i* const l = a.limb;
  alignas(64) std::uint64_t words[4][lanes];
  _mm512_store_si512(words[0], _mm512_or_si512(l[0], _mm512_slli_epi64(l[1], 51)));
  _mm512_store_si512(words[1],
                     _mm512_or_si512(_mm512_srli_epi64(l[1], 13), _mm512_slli_epi64(l[2], 38)));
  _mm512_store_si512(words[2],
                     _mm512_or_si512(_mm512_srli_epi64(l[2], 26), _mm512_slli_epi64(l[3], 25)));
  _mm512_store_si512(words[3],
                     _mm512_or_si512(_mm512_srli_epi64(l[3], 39), _mm512_slli_epi64(l[4], 12)));
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t i = 0; i < 4; ++i) std::memcpy(to + 32 * k + 8 * i, &words[i][k], 8);
}

// Long powers of n vectors at once: the squarings of one wait for each other, and a second vector
// fills the gaps.
template <std::size_t n>
struct Fields {
  Field8 at[n];
};
template <std::size_t n>
URNA_IFMA_INLINE Fields<n> multiply(const Fields<n>& a, const Fields<n>& b) {
  Fields<n> r;
#pragma GCC unroll 2
  for (std::size_t i = 0; i < n; ++i) r.at[i] = multiply(a.at[i], b.at[i]);
  return r;
}
// squared `count` times and multiplied by b.
template <std::size_t n>
URNA_IFMA_CALL void square_times_multiply(Fields<n>& r, const Fields<n>& a, unsigned count,
                                          const Fields<n>& b) {
  Fields<n> x = a;
  for (unsigned i = 0; i < count; ++i) {
#pragma GCC unroll 2
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

// The square roots of u/v or of sqrt(-1) u/v, not negative, as sqrt_ratio() of group/field.h.
struct SqrtRatio16 {
  __mmask8 was_square[2];
  Field8 root[2];
};
URNA_IFMA_CALL void sqrt_ratio(SqrtRatio16& r, const Fields<2>& u, const Fields<2>& v) {
  Fields<2> uv3;
  Fields<2> uv7;
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    const Field8 v2 = square(v.at[i]);
    uv3.at[i] = multiply(u.at[i], multiply(v2, v.at[i]));
    uv7.at[i] = multiply(uv3.at[i], square(v2));
  }
  Powers<2> powers;
  raise(powers, uv7);
  Fields<2> candidate;
  square_times_multiply(candidate, powers.to_250_ones, 2, uv7);  // uv7^(2^252 - 3)
  candidate = multiply(candidate, uv3);
  const Field8 sqrt_minus_one8 = constant(sqrt_minus_one);
  for (int i = 0; i < 2; ++i) {
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

}  // namespace urna::group::ifma

#endif
