// SPDX-License-Identifier: EUPL-1.2
// SHA-256 (FIPS 180-4) of public bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace urna {

using Sha256Digest = std::array<std::uint8_t, 32>;

// Of bytes that come in pieces. Copies go on independently.
class Sha256 {
 public:
  Sha256();
  Sha256& add(std::string_view bytes);
  // Of everything added; once.
  [[nodiscard]] Sha256Digest digest();

 private:
  // OpenSSL's state, whose type stays out of this header.
  alignas(8) std::array<std::byte, 112> state_;
};

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace urna
