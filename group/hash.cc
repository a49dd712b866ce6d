// SPDX-License-Identifier: EUPL-1.2
#include "group/hash.h"

#include <cstdio>
#include <cstdlib>
#include <sodium/utils.h>
#include <string>

#include "base/bytes.h"
#include "base/sha512.h"

namespace urna::group {
namespace {

using Digest = Sha512Digest;

// The state after one block of zeros, with which each message starts.
const Sha512& after_zero_block() {
  static const Sha512 state = [] {
    constexpr std::array<std::uint8_t, 128> zero_block{};
    return Sha512().add(view_of(zero_block));
  }();
  return state;
}

}  // namespace

std::array<std::uint8_t, 64> expand_message(std::string_view message, std::string_view domain) {
  if (domain.empty()) {
    std::fputs("expand_message: the domain must not be empty\n", stderr);
    std::abort();
  }
  std::string domain_prime(domain);
  if (domain.size() > 255) {
    const Digest digest = Sha512().add("H2C-OVERSIZE-DST-").add(domain).digest();
    domain_prime.assign(digest.begin(), digest.end());
  }
  domain_prime += static_cast<char>(domain_prime.size());

  // One block of zeros, the message, the length of the output in two bytes, and a zero.
  constexpr std::string_view length_and_zero("\0\x40\0", 3);
  constexpr std::string_view one("\x01", 1);
  const Digest first =
      Sha512(after_zero_block()).add(message).add(length_and_zero).add(domain_prime).digest();
  return Sha512().add(view_of(first)).add(one).add(domain_prime).digest();
}

Element hash_to_group(std::string_view message, std::string_view domain) {
  return Element::from_uniform_bytes(expand_message(message, domain));
}

std::vector<Element> hash_to_group_all(std::span<const std::string_view> messages,
                                       std::string_view domain, Backend chosen) {
  std::vector<std::array<std::uint8_t, 64>> uniform(messages.size());
  for (std::size_t k = 0; k < messages.size(); ++k)
    uniform[k] = expand_message(messages[k], domain);
  std::vector<Element> elements(messages.size());
  const auto* const octets = reinterpret_cast<const std::uint8_t*>(uniform.data());
  operations(chosen).map_all(octets, elements);
  sodium_memzero(uniform.data(), 64 * uniform.size());
  return elements;
}

std::vector<Element> hash_to_group_numbered(std::string_view domain, std::uint64_t first,
                                            std::size_t count, Backend chosen) {
  std::vector<std::array<std::uint8_t, 64>> uniform(count);
  for (std::size_t k = 0; k < count; ++k) {
    std::string message;
    for (unsigned shift = 64; shift > 0; shift -= 8)
      message += static_cast<char>((first + k) >> (shift - 8));
    uniform[k] = expand_message(message, domain);
  }
  std::vector<Element> elements(count);
  operations(chosen).map_all(reinterpret_cast<const std::uint8_t*>(uniform.data()), elements);
  return elements;
}

Scalar hash_to_scalar(std::string_view message, std::string_view domain) {
  return Scalar::from_uniform_bytes(expand_message(message, domain));
}

}  // namespace urna::group
