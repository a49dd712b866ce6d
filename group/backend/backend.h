// SPDX-License-Identifier: EUPL-1.2
// The operations on many elements at once that have more than one implementation, and the choice of
// one: made here, once, by what the processor can do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/edwards.h"

namespace urna::group {

class Element;
class SecretScalar;

enum class Backend {
  portable,  // 64-bit integers, any processor
  ifma,      // AVX-512 IFMA, eight numbers at a time
};

// Whether this processor can run it.
[[nodiscard]] bool is_available(Backend backend);

// The backend of that name: "portable" or "ifma". Errors: usage (unknown), unsupported (known, but
// not on this processor).
[[nodiscard]] Result<Backend> backend_named(std::string_view name);

// The one in use: the fastest available, or the one that the environment variable
// URNA_GROUP_BACKEND names, resolved at the first call. A name that is unknown or not available
// stops the program with a message.
[[nodiscard]] Backend backend();

// The multiples 1 … 8 of 256^i times an element, for i = 0 … 31.
using FixedBaseTable = std::array<std::array<AffineAddend, 8>, 32>;

// A point in a form that only its backend knows.
struct alignas(64) SumWords {
  std::array<std::uint64_t, 24> word;
};

// What a window of Pippenger's method works in, kept from one to the next.
struct WindowMemory {
  std::vector<EdwardsPoint> buckets;
  // For backends that sort, see ifma_window.cc.
  std::vector<SumWords> sums;             // of the buckets
  std::vector<std::uint32_t> places;      // for each bucket
  std::vector<std::uint32_t> order;       // the buckets less one, fullest first
  std::vector<std::uint32_t> group_rows;  // how many rows each group of eight buckets has
  std::vector<std::uint32_t> entries;     // eight a row: which point goes into which bucket
};

// What a backend does. Results are the same elements, though perhaps other points of them, on all
// backends. Constant time unless the name says otherwise. The callers are element.cc, hash.cc,
// multiply.cc and pippenger.cc, which check lengths.
struct Operations {
  // Decodes as many encodings of 32 bytes as `to` has places. Returns the position of the first
  // that is invalid, or their number; what `to` holds after an invalid one is unspecified. The time
  // tells that position and nothing else.
  std::size_t (*decode_all)(const std::uint8_t* encodings, std::span<Element> to);
  // Whether each encoding of 32 bytes is valid, in constant time but for the number of them.
  void (*find_elements)(const std::uint8_t* encodings, std::span<std::uint8_t> valid);
  // 32 bytes each to `to`.
  void (*encode_all)(std::span<const Element> elements, std::uint8_t* to);
  // The encodings of the doubles.
  void (*encode_doubled_all)(std::span<const Element> elements, std::uint8_t* to);
  // Element::from_uniform_bytes() of 64 bytes for each place of `to`.
  void (*map_all)(const std::uint8_t* uniform, std::span<Element> to);

  // scalar * point.
  EdwardsPoint (*mul)(const SecretScalar& scalar, const EdwardsPoint& point);
  // to[i] = scalar * elements[i]; `to` may be `elements`.
  void (*mul_all)(const SecretScalar& scalar, std::span<const Element> elements,
                  std::span<Element> to);
  // to[i] = scalars[i] * elements[i]; `to` may be `elements`.
  void (*mul_each)(std::span<const SecretScalar> scalars, std::span<const Element> elements,
                   std::span<Element> to);
  // to[i] = scalars[i] times the element of the table.
  void (*mul_fixed_all)(const FixedBaseTable& table, std::span<const SecretScalar> scalars,
                        std::span<Element> to);
  // The sum of scalars[i] * elements[i].
  EdwardsPoint (*multi_scalar_multiply)(std::span<const SecretScalar> scalars,
                                        std::span<const Element> elements);

  // Appends the elements made ready for window_sums_vartime() of the same backend. What a backend
  // writes into these places is its own affair.
  void (*append_addends_vartime)(std::span<const Element> elements, std::vector<AffineAddend>& to);
  // The same for `count` encodings of 32 bytes, `stride` bytes from one to the next. Returns the
  // position of the first that is invalid, or `count`; what is appended after it is unspecified.
  std::size_t (*decode_addends_vartime)(const std::uint8_t* encodings, std::size_t stride,
                                        std::size_t count, std::vector<AffineAddend>& to);
  // One window of Pippenger's method for several lists of points: sums[j] is the sum of digits[i] *
  // points[j][i]. Preconditions: each list has one entry more than there are digits, the identity;
  // fewer than 2^31 - 1 digits; none exceeds `digit_max` in magnitude; digit_max is a power of two
  // and at least 8.
  void (*window_sums_vartime)(std::span<const std::int16_t> digits,
                              std::span<const AffineAddend* const> points, std::size_t digit_max,
                              WindowMemory& memory, std::span<EdwardsPoint> sums);

  // Up to how many terms Straus's method is faster in multi_scalar_multiply_vartime(), and up to
  // how many the constant-time sum above is. Measured.
  std::size_t straus_terms_max;
  std::size_t constant_time_terms_max;
};

// Precondition: is_available(backend).
[[nodiscard]] const Operations& operations(Backend backend);

}  // namespace urna::group
