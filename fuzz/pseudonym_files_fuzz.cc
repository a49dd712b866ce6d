// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a dealing, a receiving key or a share of a key, read for a plan and a group that
// were made before: refused with a message, or exactly the bytes that its content encodes to.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "pseudonym/ceremony.h"
#include "pseudonym/key_share.h"

namespace {

using namespace urna;
using namespace urna::pseudonym;

void require(bool condition) {
  if (!condition) std::abort();
}

// Two keepers of whom one suffices, whose key is 1, and a plan for two receivers: those of the
// corpus.
const KeeperGroup& sample_group() {
  static const KeeperGroup group = [] {
    const auto generator = group::Element::generator();
    return KeeperGroup::create(1, {generator.encode(), generator.encode()}, generator.encode())
        .value();
  }();
  return group;
}

KeyPlan sample_plan() {
  KeyPlan plan{2, {}};
  for (const char* hex : {"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
                          "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"}) {
    plan.receivers.push_back(array_of<32>(from_hex(hex).value()));
  }
  return plan;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const KeyPlan plan = sample_plan();
  if (const auto dealing = KeyDealing::decode(bytes, plan)) {
    require(dealing->encode() == bytes);
  } else {
    require(!dealing.error().message.empty());
  }
  if (const auto key = ReceivingKey::decode(bytes)) {
    require(key->encode().view() == bytes);
  } else {
    require(!key.error().message.empty());
  }
  if (const auto share = KeyShare::decode(bytes, sample_group())) {
    require(share->encode(sample_group()).view() == bytes);
  } else {
    require(!share.error().message.empty());
  }
  return 0;
}
