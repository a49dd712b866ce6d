// SPDX-License-Identifier: EUPL-1.2
// The small types and the limits of pseudonyms and of those who keep their key.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "group/element.h"

namespace urna::pseudonym {

// A keeper's number in its group, from 1: where the polynomial of the key was evaluated.
struct KeeperNumber {
  std::uint8_t value = 0;
  friend auto operator<=>(KeeperNumber, KeeperNumber) = default;
};

// The greatest counts and sizes that a reader accepts.
inline constexpr std::size_t keepers_max = 16;
inline constexpr std::size_t batch_max = 4096;  // elements of one request

// The function's value for one input, and a person's pseudonym: its first 32 bytes. Neither is for
// anyone who also knows whose it is.
using Output = std::array<std::uint8_t, 64>;
using PseudonymBytes = std::array<std::uint8_t, 32>;

using group::ElementBytes;

}  // namespace urna::pseudonym
