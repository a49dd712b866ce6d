// SPDX-License-Identifier: EUPL-1.2
// SHA-512 (FIPS 180-4) of bytes that come in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace urna {

using Sha512Digest = std::array<std::uint8_t, 64>;

// Copies go on independently. Wiped on destruction, for what it hashes may be secret.
class Sha512 {
 public:
  Sha512();
  Sha512(const Sha512&) = default;
  Sha512& operator=(const Sha512&) = default;
  ~Sha512();

  Sha512& add(std::string_view bytes);
  // Of everything added; once.
  [[nodiscard]] Sha512Digest digest();

  // For each place of `to` the digest of everything added and then one of the messages, which have
  // `size` bytes each and lie one after another. Eight at a time on processors with AVX-512, a
  // third of the time. For public messages: what lies between is not wiped. Precondition (else the
  // program stops): messages.size() is size times to.size().
  void digests(std::string_view messages, std::size_t size, std::span<Sha512Digest> to) const;

 private:
  // OpenSSL's state, whose type stays out of this header.
  alignas(8) std::array<std::byte, 216> state_;
};

[[nodiscard]] Sha512Digest sha512(std::string_view bytes);

// The digests of messages of any lengths, in order. Eight of about one length at a time on
// processors with AVX-512, a fifth of the time. For public messages: nothing is wiped.
// Precondition (else the program stops): as many places as messages.
void sha512_all(std::span<const std::string_view> messages, std::span<Sha512Digest> to);

}  // namespace urna
