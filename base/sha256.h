// SPDX-License-Identifier: EUPL-1.2
// SHA-256 (FIPS 180-4) of public bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace urna {

using Sha256Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace urna
