// SPDX-License-Identifier: EUPL-1.2
// Elements of the group ristretto255 (RFC 9496), of prime order l, with one encoding each.
//
// Elements are public as far as types go. What is done here takes the same time for all values
// nevertheless, so that an element on its way to becoming public may pass through; functions whose
// name ends in _vartime are not for those.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/backend/backend.h"
#include "group/edwards.h"

namespace urna::group {

using ElementBytes = std::array<std::uint8_t, 32>;

class Element {
 public:
  Element() = default;  // the identity
  [[nodiscard]] static const Element& generator();

  // RFC 9496 section 4.3.1. Error: malformed iff the bytes are not the one encoding of an element:
  // a number not below 2^255 - 19 (bit 255 included), a negative one, or one off the group. The
  // identity (32 zeros) is accepted; refuse it where a protocol must. One inverse square root.
  [[nodiscard]] static Result<Element> decode(const ElementBytes& bytes);
  // RFC 9496 section 4.3.2. One inverse square root; see encode_doubled_all() for many.
  [[nodiscard]] ElementBytes encode() const;
  // The one-way map of RFC 9496 section 4.3.4. Uniform bytes give a uniform element of which
  // nobody knows a discrete logarithm.
  [[nodiscard]] static Element from_uniform_bytes(std::span<const std::uint8_t, 64> bytes);

  // The group is written additively.
  friend Element operator+(const Element& a, const Element& b);
  friend Element operator-(const Element& a, const Element& b);
  friend Element operator-(const Element& a);
  [[nodiscard]] Element doubled() const;
  friend bool operator==(const Element& a, const Element& b);
  [[nodiscard]] bool is_identity() const { return *this == Element(); }

  // One of the four points that represent this element, and the element of a point that is twice
  // another point or made from such ones. For the arithmetic of this room.
  [[nodiscard]] const EdwardsPoint& point() const { return point_; }
  [[nodiscard]] static Element of_point(const EdwardsPoint& point) { return Element(point); }

 private:
  explicit Element(const EdwardsPoint& point) : point_(point) {}
  EdwardsPoint point_{};
};

// Decodes all. Error: malformed, naming the position (from 0) of the first that is no element.
[[nodiscard]] Result<std::vector<Element>> decode_all(std::span<const ElementBytes> encodings,
                                                      Backend chosen = backend());
// The same for encodings that lie one after another, 32 bytes each. Error also: malformed if the
// length is not a multiple of 32.
[[nodiscard]] Result<std::vector<Element>> decode_packed(std::string_view packed,
                                                         Backend chosen = backend());

// The encodings of the elements, in order: an inverse square root each.
[[nodiscard]] std::vector<ElementBytes> encode_all(std::span<const Element> elements,
                                                   Backend chosen = backend());
// The same, one after another, 32 bytes each.
[[nodiscard]] std::string encode_packed(std::span<const Element> elements,
                                        Backend chosen = backend());

// For each of the packed 32-byte strings 1 if it encodes an element (the identity included), else
// 0. Precondition (else the program stops): their length is a multiple of 32.
[[nodiscard]] std::vector<std::uint8_t> find_elements(std::string_view packed,
                                                      Backend chosen = backend());

// The encodings of the doubles of the elements, in order. Many times faster than one by one: the
// formulas for 2P need an inverse instead of an inverse square root, and inverses are shared (the
// trick is curve25519-dalek's). To encode P itself, compute with halved scalars: Scalar::half().
[[nodiscard]] std::vector<ElementBytes> encode_doubled_all(std::span<const Element> elements,
                                                           Backend chosen = backend());
// The same, one after another, 32 bytes each.
[[nodiscard]] std::string encode_doubled_packed(std::span<const Element> elements,
                                                Backend chosen = backend());

}  // namespace urna::group
