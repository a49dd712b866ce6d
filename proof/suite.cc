// SPDX-License-Identifier: EUPL-1.2
#include "proof/suite.h"

#include <algorithm>
#include <cstring>
#include <sodium.h>

#include "group/hash.h"
#include "group/multiply_vartime.h"

namespace urna::proof {
namespace {

// Whether 32 zero bytes, the one encoding of the identity, stand in the packed list. Precondition:
// its length is a multiple of 32.
bool holds_identity(std::string_view packed) {
  for (std::size_t at = 0; at < packed.size(); at += sizeof(ElementBytes)) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), packed.data() + at, sizeof words);
    if ((words[0] | words[1] | words[2] | words[3]) == 0) return true;
  }
  return false;
}

}  // namespace

std::vector<group::SecretScalar> Ristretto::random_secrets(std::size_t count) {
  constexpr std::size_t bytes_each = 64;
  constexpr std::size_t at_once = 256;
  std::array<unsigned char, crypto_stream_chacha20_KEYBYTES> key{};
  randombytes_buf(key.data(), key.size());
  std::array<unsigned char, bytes_each * at_once> stream{};
  std::array<unsigned char, crypto_stream_chacha20_NONCEBYTES> nonce{};
  std::vector<Secret> secrets;
  secrets.reserve(count);
  for (std::uint64_t number = 0; secrets.size() < count; ++number) {
    std::memcpy(nonce.data(), &number, sizeof number);
    crypto_stream_chacha20(stream.data(), stream.size(), nonce.data(), key.data());
    for (std::size_t k = 0; k < at_once && secrets.size() < count; ++k) {
      secrets.push_back(Secret::from_uniform_bytes(
          std::span(stream).subspan(bytes_each * k).first<bytes_each>()));
    }
  }
  sodium_memzero(key.data(), key.size());
  sodium_memzero(stream.data(), stream.size());
  return secrets;
}

group::Scalar Ristretto::scalar_of_weight(std::span<const std::uint8_t, 16> bytes) {
  ScalarBytes wide{};
  std::copy(bytes.begin(), bytes.end(), wide.begin());
  // Below 2^128, hence below the order.
  return Scalar::decode(wide).value();
}

Result<group::Element> Ristretto::decode(const ElementBytes& bytes) {
  Result<Element> element = Element::decode(bytes);
  if (element && bytes == ElementBytes{}) {
    return Error{ErrorCode::malformed, "the identity stands where an element is expected"};
  }
  return element;
}

Result<std::vector<group::Element>> Ristretto::decode_packed(std::string_view packed) {
  Result<std::vector<Element>> elements = group::decode_packed(packed);
  if (elements && holds_identity(packed)) {
    return Error{ErrorCode::malformed, "the identity stands where an element is expected"};
  }
  return elements;
}

Status Ristretto::append_packed(Addends& to, std::string_view packed, std::size_t column,
                                std::size_t columns) {
  Status appended = to.append_packed(packed, column, columns);
  if (appended && holds_identity(packed)) {
    return Error{ErrorCode::malformed, "the identity stands where an element is expected"};
  }
  return appended;
}

group::Element Ristretto::sum(std::span<const Secret> scalars, std::span<const Element> elements) {
  return group::multi_scalar_multiply(scalars, elements);
}

group::Element Ristretto::sum_vartime(std::span<const Scalar> scalars,
                                      std::span<const Element> elements) {
  return group::multi_scalar_multiply_vartime(scalars, elements);
}

group::Element Ristretto::sum_vartime(std::span<const Scalar> scalars, const Addends& elements) {
  return group::multi_scalar_multiply_vartime(scalars, elements);
}

std::vector<group::Element> Ristretto::sums_vartime(std::span<const Scalar> scalars,
                                                    std::span<const Addends> columns) {
  std::vector<const Addends*> lists;
  for (const Addends& column : columns) lists.push_back(&column);
  return group::multi_scalar_multiply_many_vartime(scalars, lists);
}

std::string Ristretto::encode(std::span<const Element> elements) {
  return group::encode_packed(elements);
}

std::string Ristretto::encode_doubled(std::span<const Element> elements) {
  return group::encode_doubled_packed(elements);
}

std::vector<group::Element> Ristretto::independent_generators(std::uint64_t first,
                                                              std::size_t count) {
  return group::hash_to_group_numbered("urna/1 shuffle generator", first, count);
}

}  // namespace urna::proof
