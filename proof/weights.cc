// SPDX-License-Identifier: EUPL-1.2
#include "proof/weights.h"

#include <algorithm>

#include "base/bytes.h"

namespace urna::proof {
namespace {

constexpr std::size_t weights_in_block = sizeof(Digest) / sizeof(Weight);

Digest block_of(const Seed& seed, std::uint64_t number) {
  std::array<std::uint8_t, sizeof(Seed) + 8> input{};
  std::copy(seed.begin(), seed.end(), input.begin());
  for (std::size_t i = 0; i < 8; ++i) {
    input[sizeof(Seed) + i] = static_cast<std::uint8_t>(number >> (8U * (7U - i)));
  }
  return sha512(view_of(input));
}

}  // namespace

std::vector<Weight> weights(const Seed& seed, std::uint64_t first, std::size_t count) {
  std::vector<Weight> result(count);
  Digest block{};
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint64_t i = first + k;
    if (k == 0 || i % weights_in_block == 0) block = block_of(seed, i / weights_in_block);
    const std::size_t at = sizeof(Weight) * static_cast<std::size_t>(i % weights_in_block);
    std::copy_n(block.data() + at, sizeof(Weight), result[k].begin());
  }
  return result;
}

}  // namespace urna::proof
