// SPDX-License-Identifier: EUPL-1.2
// Many 128-bit numbers from one seed (docs/protocol.md section 3.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proof/transcript.h"

namespace urna::proof {

using Weight = std::array<std::uint8_t, 16>;  // little-endian

// weight(seed, first), …, weight(seed, first + count - 1). One SHA-512 for every four,
// eight of them side by side where the processor can.
[[nodiscard]] std::vector<Weight> weights(const Seed& seed, std::uint64_t first, std::size_t count);

// The same as scalars of the suite S.
template <class S>
[[nodiscard]] std::vector<typename S::Scalar> scalars_from_seed(const Seed& seed,
                                                                std::uint64_t first,
                                                                std::size_t count) {
  std::vector<typename S::Scalar> result;
  result.reserve(count);
  for (const Weight& weight : weights(seed, first, count)) {
    result.push_back(S::scalar_of_weight(weight));
  }
  return result;
}

}  // namespace urna::proof
