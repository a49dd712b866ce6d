// SPDX-License-Identifier: EUPL-1.2
#include "group/hash.h"

#include <algorithm>
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

// DST_prime of RFC 9380 section 5.3.1.
std::string prime_of(std::string_view domain) {
  if (domain.empty()) {
    std::fputs("expand_message: the domain must not be empty\n", stderr);
    std::abort();
  }
  std::string prime(domain);
  if (domain.size() > 255) {
    const Digest digest = Sha512().add("H2C-OVERSIZE-DST-").add(domain).digest();
    prime.assign(digest.begin(), digest.end());
  }
  prime += static_cast<char>(prime.size());
  return prime;
}

// What is hashed first is one block of zeros, the message, the length of the output in two bytes,
// a zero and the domain; then that digest, a one and the domain.
constexpr std::string_view length_and_zero("\0\x40\0", 3);
constexpr std::string_view one("\x01", 1);

// expand_message() of the numbers from `first` on, eight bytes each.
void expand_numbers(std::uint64_t first, std::string_view domain_prime, std::span<Digest> to) {
  std::string messages;
  for (std::size_t k = 0; k < to.size(); ++k) {
    append_big_endian(messages, first + k, 8);
    messages.append(length_and_zero).append(domain_prime);
  }
  after_zero_block().digests(messages, 8 + length_and_zero.size() + domain_prime.size(), to);
  messages.clear();
  for (const Digest& digest : to) messages.append(view_of(digest)).append(one).append(domain_prime);
  Sha512().digests(messages, sizeof(Digest) + one.size() + domain_prime.size(), to);
}

}  // namespace

std::array<std::uint8_t, 64> expand_message(std::string_view message, std::string_view domain) {
  const std::string domain_prime = prime_of(domain);
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
  constexpr std::size_t at_once = 128;  // what stays in the first-level cache
  const std::string domain_prime = prime_of(domain);
  std::array<Digest, at_once> uniform{};
  std::vector<Element> elements(count);
  for (std::size_t done = 0; done < count; done += at_once) {
    const std::size_t size = std::min(at_once, count - done);
    expand_numbers(first + done, domain_prime, std::span(uniform).first(size));
    operations(chosen).map_all(uniform.front().data(), std::span(elements).subspan(done, size));
  }
  return elements;
}

Scalar hash_to_scalar(std::string_view message, std::string_view domain) {
  return Scalar::from_uniform_bytes(expand_message(message, domain));
}

}  // namespace urna::group
