// SPDX-License-Identifier: EUPL-1.2
// Any bytes as what keepers send and receive: a request, a response, a group, a plan. Each is
// refused with a message, or is exactly the bytes that its content encodes to.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pseudonym/ceremony.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/messages.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

template <typename T, typename Encode>
void check(const urna::Result<T>& decoded, std::string_view bytes, Encode encode) {
  if (decoded) {
    require(encode(*decoded) == bytes);
  } else {
    require(!decoded.error().message.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna::pseudonym;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto encoded = [](const auto& value) { return encode(value); };
  const auto request = decode_evaluate_request(bytes);
  check(request, bytes, encoded);
  if (request) require(request->count() >= 1 && request->count() <= batch_max);
  check(decode_evaluate_response(bytes), bytes, encoded);
  check(decode_key_plan(bytes), bytes, encoded);
  check(KeeperGroup::decode(bytes), bytes, [](const KeeperGroup& group) { return group.encode(); });
  return 0;
}
