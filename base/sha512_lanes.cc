// SPDX-License-Identifier: EUPL-1.2
#include "base/sha512_lanes.h"

#if defined(__x86_64__)
// The intrinsics of g++ 12 start from a register "of any value", which it then reports as
// uninitialised (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

// Only these functions are compiled for AVX-512; the rest of the program runs anywhere.
#define URNA_LANES __attribute__((target("avx512f,avx512bw")))
#define URNA_LANES_INLINE URNA_LANES __attribute__((always_inline)) inline
#endif

namespace urna::sha512_lanes {

#if defined(__x86_64__)
namespace {

// The fractions of the cube roots of the first 80 primes (FIPS 180-4 section 4.2.3).
constexpr std::array<std::uint64_t, 80> round_constants = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

URNA_LANES_INLINE __m512i sum(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }

// x ^ y ^ z, "y where x is set, else z", and the majority, as truth tables.
constexpr int parity = 0x96;
constexpr int choice = 0xca;
constexpr int majority = 0xe8;

template <int r1, int r2, int r3>
URNA_LANES_INLINE __m512i rotations(__m512i x) {
  return _mm512_ternarylogic_epi64(_mm512_ror_epi64(x, r1), _mm512_ror_epi64(x, r2),
                                   _mm512_ror_epi64(x, r3), parity);
}
template <int r1, int r2, int shift>
URNA_LANES_INLINE __m512i rotations_and_shift(__m512i x) {
  return _mm512_ternarylogic_epi64(_mm512_ror_epi64(x, r1), _mm512_ror_epi64(x, r2),
                                   _mm512_srli_epi64(x, shift), parity);
}

// The eight words at blocks[k] + offset, as numbers, to lane k of w[0] … w[7].
URNA_LANES_INLINE void load_words(const Blocks& blocks, std::size_t offset, __m512i* w) {
  const __m512i reversed =
      _mm512_broadcast_i32x4(_mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  __m512i row[lanes];
  for (std::size_t k = 0; k < lanes; ++k)
    row[k] = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[k] + offset), reversed);
  // Words 0, 2, 4, 6 and 1, 3, 5, 7 of neighbouring rows; then the transpose of quarters.
  __m512i pair[2][lanes / 2];
  for (std::size_t i = 0; i < lanes / 2; ++i) {
    pair[0][i] = _mm512_unpacklo_epi64(row[2 * i], row[2 * i + 1]);
    pair[1][i] = _mm512_unpackhi_epi64(row[2 * i], row[2 * i + 1]);
  }
  for (std::size_t odd = 0; odd < 2; ++odd) {
    const __m512i* const p = pair[odd];
    const __m512i low[2] = {_mm512_shuffle_i64x2(p[0], p[1], 0x44),
                            _mm512_shuffle_i64x2(p[2], p[3], 0x44)};
    const __m512i high[2] = {_mm512_shuffle_i64x2(p[0], p[1], 0xee),
                             _mm512_shuffle_i64x2(p[2], p[3], 0xee)};
    w[odd] = _mm512_shuffle_i64x2(low[0], low[1], 0x88);
    w[2 + odd] = _mm512_shuffle_i64x2(low[0], low[1], 0xdd);
    w[4 + odd] = _mm512_shuffle_i64x2(high[0], high[1], 0x88);
    w[6 + odd] = _mm512_shuffle_i64x2(high[0], high[1], 0xdd);
  }
}

}  // namespace

bool available() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
}

URNA_LANES void compress(States& states, const Blocks& blocks) {
  __m512i w[16];
  __m512i s[8];
  load_words(blocks, 0, w);
  load_words(blocks, 64, w + 8);
  for (std::size_t i = 0; i < 8; ++i) s[i] = _mm512_loadu_si512(states[i].data());

  for (std::size_t first = 0; first < round_constants.size(); first += 16) {
    // Unrolled, so that the eight variables change their names instead of places.
#pragma GCC unroll 16
    for (std::size_t t = 0; t < 16; ++t) {
      if (first > 0) {
        w[t] =
            sum(sum(w[t], w[(t + 9) % 16]), sum(rotations_and_shift<1, 8, 7>(w[(t + 1) % 16]),
                                                rotations_and_shift<19, 61, 6>(w[(t + 14) % 16])));
      }
      const std::size_t turn = 16 - t;
      const __m512i& a = s[turn % 8];
      const __m512i& b = s[(turn + 1) % 8];
      const __m512i& c = s[(turn + 2) % 8];
      __m512i& d = s[(turn + 3) % 8];
      const __m512i& e = s[(turn + 4) % 8];
      const __m512i& f = s[(turn + 5) % 8];
      const __m512i& g = s[(turn + 6) % 8];
      __m512i& h = s[(turn + 7) % 8];
      const __m512i constant =
          _mm512_set1_epi64(static_cast<std::int64_t>(round_constants[first + t]));
      const __m512i t1 = sum(sum(sum(h, constant), sum(w[t], rotations<14, 18, 41>(e))),
                             _mm512_ternarylogic_epi64(e, f, g, choice));
      d = sum(d, t1);
      h = sum(t1, sum(rotations<28, 34, 39>(a), _mm512_ternarylogic_epi64(a, b, c, majority)));
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    _mm512_storeu_si512(states[i].data(), sum(s[i], _mm512_loadu_si512(states[i].data())));
  }
}

#else

bool available() { return false; }
void compress(States&, const Blocks&) {}

#endif

}  // namespace urna::sha512_lanes
