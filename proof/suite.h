// SPDX-License-Identifier: EUPL-1.2
// The group that the protocols run over. Every protocol of this room is a template over a suite:
// Ristretto is the one in use; tests run the same code over a tiny group, for every value there is.
//
// A suite S has the types S::Scalar (public), S::Secret, S::Element, S::FixedBase and S::Addends,
// and the functions below with the same meaning. Functions named _vartime must see public data
// only; the others take the same time for all secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "group/addends.h"
#include "group/element.h"
#include "group/multiply.h"
#include "group/scalar.h"

namespace urna::proof {

using group::ElementBytes;
using group::ScalarBytes;

// ristretto255 (RFC 9496).
struct Ristretto {
  using Scalar = group::Scalar;
  using Secret = group::SecretScalar;
  using Element = group::Element;
  using FixedBase = group::FixedBase;  // many secret multiples of one element
  using Addends = group::Addends;      // many public elements made ready for sums

  // A uniform secret from the operating system's generator.
  static Secret random_secret() { return Secret::random(); }
  // Many at once: ChaCha20 under a key from the operating system's generator, several times faster.
  static std::vector<Secret> random_secrets(std::size_t count);
  static Secret secret_of(const Scalar& value) { return Secret::from_public(value); }
  static Secret halved(const Secret& secret) { return Scalar::half() * secret; }
  // 64 uniform bytes as a number modulo the order.
  static Scalar scalar_of_digest(std::span<const std::uint8_t, 64> digest) {
    return Scalar::from_uniform_bytes(digest);
  }
  // 16 bytes, little-endian.
  static Scalar scalar_of_weight(std::span<const std::uint8_t, 16> bytes);
  // Error: malformed, the order or more.
  static Result<Scalar> decode_scalar(const ScalarBytes& bytes) { return Scalar::decode(bytes); }
  // Error: malformed, no element or (as everywhere in the protocol) the identity.
  static Result<Element> decode(const ElementBytes& bytes);

  // The elements of a packed list. Error: as decode(), for any of them, or a length that does not
  // divide.
  static Result<std::vector<Element>> decode_packed(std::string_view packed);

  // Appends the elements at the positions column, column + columns, … of a packed list. Errors as
  // decode_packed(); an identity in another column is one too.
  static Status append_packed(Addends& to, std::string_view packed, std::size_t column = 0,
                              std::size_t columns = 1);

  static Element mul_base(const Secret& scalar) { return group::mul_base(scalar); }
  static Element mul(const Secret& scalar, const Element& element) {
    return group::mul(scalar, element);
  }
  static const FixedBase& base() { return FixedBase::generator(); }
  // The sum of secret multiples.
  static Element sum(std::span<const Secret> scalars, std::span<const Element> elements);
  // The sum of public multiples.
  static Element sum_vartime(std::span<const Scalar> scalars, std::span<const Element> elements);
  static Element sum_vartime(std::span<const Scalar> scalars, const Addends& elements);
  // Several such sums with the same scalars.
  static std::vector<Element> sums_vartime(std::span<const Scalar> scalars,
                                           std::span<const Addends> columns);
  static Element generator() { return Element::generator(); }
  // The encodings, packed.
  static std::string encode(std::span<const Element> elements);
  // The encodings of the doubles, packed: many times faster, so that halved() secrets pay.
  static std::string encode_doubled(std::span<const Element> elements);
  // generator(first) … of docs/protocol.md section 3.5.
  static std::vector<Element> independent_generators(std::uint64_t first, std::size_t count);
};

}  // namespace urna::proof
