// SPDX-License-Identifier: EUPL-1.2
// Hashing to the group and to scalars, as RFC 9497 does in its suite ristretto255-SHA512.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "group/element.h"
#include "group/scalar.h"

namespace urna::group {

// 64 uniform bytes: expand_message_xmd of RFC 9380 section 5.3.1 with SHA-512. `domain` separates
// this use from all others; one over 255 bytes is hashed first (section 5.3.3). Precondition:
// domain is not empty; the program stops otherwise.
[[nodiscard]] std::array<std::uint8_t, 64> expand_message(std::string_view message,
                                                          std::string_view domain);

// An element whose discrete logarithm nobody knows.
[[nodiscard]] Element hash_to_group(std::string_view message, std::string_view domain);

// Many such elements, in order. Constant time for messages of the same lengths; the map is shared
// by eight on the ifma backend, and what lies between message and element is wiped.
[[nodiscard]] std::vector<Element> hash_to_group_all(std::span<const std::string_view> messages,
                                                     std::string_view domain,
                                                     Backend chosen = backend());

// Many such elements by number: element k is that of the message "first + k", eight bytes
// big-endian. Precondition: first + count - 1 is below 2^64 (numbers wrap around otherwise).
[[nodiscard]] std::vector<Element> hash_to_group_numbered(std::string_view domain,
                                                          std::uint64_t first, std::size_t count,
                                                          Backend chosen = backend());

// A uniform scalar (up to 2^-259).
[[nodiscard]] Scalar hash_to_scalar(std::string_view message, std::string_view domain);

}  // namespace urna::group
