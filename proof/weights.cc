// SPDX-License-Identifier: EUPL-1.2
#include "proof/weights.h"

#include <algorithm>
#include <span>

#include "base/bytes.h"

namespace urna::proof {
namespace {

constexpr std::size_t weights_in_block = sizeof(Digest) / sizeof(Weight);
constexpr std::size_t blocks_at_once = 64;  // what stays in the first-level cache

using BlockNumber = std::array<std::uint8_t, 8>;

BlockNumber big_endian_number(std::uint64_t number) {
  BlockNumber bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(number >> (56U - 8U * i));
  return bytes;
}

}  // namespace

std::vector<Weight> weights(const Seed& seed, std::uint64_t first, std::size_t count) {
  std::vector<Weight> result;
  result.reserve(count);
  std::array<Digest, blocks_at_once> blocks{};
  std::array<BlockNumber, blocks_at_once> numbers{};
  const Sha512 start = Sha512().add(view_of(seed));
  while (result.size() < count) {
    const std::uint64_t next = first + result.size();
    const std::size_t skipped = static_cast<std::size_t>(next % weights_in_block);
    const std::size_t wanted = count - result.size();
    const std::size_t made =
        std::min(blocks_at_once, (skipped + wanted + weights_in_block - 1) / weights_in_block);
    for (std::size_t b = 0; b < made; ++b)
      numbers[b] = big_endian_number(next / weights_in_block + b);
    start.digests({reinterpret_cast<const char*>(numbers.data()), sizeof(BlockNumber) * made},
                  sizeof(BlockNumber), std::span(blocks).first(made));
    const std::size_t end = std::min(weights_in_block * made, skipped + wanted);
    for (std::size_t k = skipped; k < end; ++k) {
      Weight& weight = result.emplace_back();
      std::copy_n(blocks[k / weights_in_block].data() + sizeof(Weight) * (k % weights_in_block),
                  sizeof(Weight), weight.begin());
    }
  }
  return result;
}

}  // namespace urna::proof
