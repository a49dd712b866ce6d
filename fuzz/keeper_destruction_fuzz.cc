// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a certificate of destruction, read for a group whose only share is 1: refused with a
// message, or exactly the bytes that its content encodes to.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "group/element.h"
#include "keeper/destruction.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const pseudonym::KeeperGroup group = [] {
    const auto key = group::Element::generator().encode();
    return pseudonym::KeeperGroup::create(1, {key}, key).value();
  }();
  if (const auto destruction = keeper::read_destruction(bytes, group)) {
    require(keeper::encode(*destruction) == bytes);
  } else {
    require(!destruction.error().message.empty());
  }
  return 0;
}
