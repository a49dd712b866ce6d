// SPDX-License-Identifier: EUPL-1.2
// Any bytes as what keepers send and receive: a request, a response, a group, a plan. Each is
// refused with a message, or is exactly the bytes that its content encodes to.
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/strict.h"
#include "pseudonym/ceremony.h"
#include "pseudonym/keeper_group.h"
#include "pseudonym/messages.h"

using urna::fuzz::check_strict;
using urna::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna::pseudonym;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto request = decode_evaluate_request(bytes);
  check_strict(request, bytes);
  if (request) require(request->count() >= 1 && request->count() <= batch_max);
  check_strict(decode_evaluate_response(bytes), bytes);
  check_strict(decode_key_plan(bytes), bytes);
  check_strict(KeeperGroup::decode(bytes), bytes,
               [](const KeeperGroup& group) { return group.encode(); });
  return 0;
}
