// SPDX-License-Identifier: EUPL-1.2
// SHA-512 (FIPS 180-4) of bytes that come in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

 private:
  // OpenSSL's state, whose type stays out of this header.
  alignas(8) std::array<std::byte, 216> state_;
};

[[nodiscard]] Sha512Digest sha512(std::string_view bytes);

}  // namespace urna
