// SPDX-License-Identifier: EUPL-1.2
// Any bytes as roll.cbor: refused with a message, or exactly the bytes that its lines encode to,
// each of them found again.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "election/roll.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<election::Roll> roll = election::Roll::decode(bytes);
  if (!roll) {
    require(!roll.error().message.empty());
    return 0;
  }
  std::vector<election::RollLine> lines;
  for (std::uint32_t person = 0; person < roll->size(); ++person) {
    const auto pools = roll->pools(person);
    require(!pools.empty() && pools.back() <= roll->greatest_pool());
    lines.push_back({roll->pseudonym(person), {pools.begin(), pools.end()}});
    require(roll->find(roll->pseudonym(person)) == person);
  }
  require(election::encode_roll(lines) == bytes);
  return 0;
}
