// SPDX-License-Identifier: EUPL-1.2
// The compression function of SHA-512 for eight messages at once, one in each lane of AVX-512
// vectors. A room's inner part: callers use Sha512 (sha512.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace urna::sha512_lanes {

inline constexpr std::size_t lanes = 8;
// The same word of eight messages.
using Row = std::array<std::uint64_t, lanes>;
using States = std::array<Row, 8>;  // a … h
// Where a block of 128 bytes of each message is.
using Blocks = std::array<const std::uint8_t*, lanes>;

// Whether this processor can.
[[nodiscard]] bool available();

// Takes a block into each state (FIPS 180-4 section 6.4.2). Constant time. Precondition:
// available().
void compress(States& states, const Blocks& blocks);

}  // namespace urna::sha512_lanes
