// SPDX-License-Identifier: EUPL-1.2
// Any 32 bytes as an element or a scalar: what is accepted encodes back to the same bytes, and
// libsodium agrees, but for bit 255, which Debian's 1.0.18 ignores and RFC 9496 refuses. Any 64
// bytes: the one-way map and the reduction agree with libsodium's.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <sodium/crypto_core_ristretto255.h>
#include <span>

#include "group/element.h"
#include "group/scalar.h"

namespace {

using namespace urna::group;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_element(const ElementBytes& bytes) {
  const urna::Result<Element> element = Element::decode(bytes);
  const bool sodium_accepts = crypto_core_ristretto255_is_valid_point(bytes.data()) == 1;
  const bool top_bit = (bytes[31] & 0x80U) != 0;
  require(element.ok() == (sodium_accepts && !top_bit));
  if (!element) return;
  require(element->encode() == bytes);
  ElementBytes twice{};
  require(crypto_core_ristretto255_add(twice.data(), bytes.data(), bytes.data()) == 0);
  require(element->doubled().encode() == twice);
  require(encode_doubled_all(std::span(&*element, 1))[0] == twice);
}

void check_scalar(const ScalarBytes& bytes) {
  const urna::Result<Scalar> scalar = Scalar::decode(bytes);
  std::array<std::uint8_t, 64> wide{};
  std::copy(bytes.begin(), bytes.end(), wide.begin());
  const Scalar reduced = Scalar::from_uniform_bytes(wide);
  require(scalar.ok() == (reduced.encode() == bytes));
  if (scalar) require(*scalar == reduced);
  ScalarBytes expected{};
  crypto_core_ristretto255_scalar_reduce(expected.data(), wide.data());
  require(reduced.encode() == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<std::uint8_t, 64> input{};
  std::copy_n(data, std::min(size, input.size()), input.begin());

  ElementBytes bytes{};
  std::copy_n(input.begin(), bytes.size(), bytes.begin());
  check_element(bytes);
  check_scalar(bytes);

  const ElementBytes mapped = Element::from_uniform_bytes(input).encode();
  ElementBytes expected{};
  crypto_core_ristretto255_from_hash(expected.data(), input.data());
  require(mapped == expected);
  check_element(mapped);
  return 0;
}
