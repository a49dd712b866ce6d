// SPDX-License-Identifier: EUPL-1.2
// Any bytes as an entry of the board: refused with a message, or exactly the bytes that the entry
// encodes to. So two different byte strings are never the same entry.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "election/entries.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<election::Entry> entry = election::decode_entry(bytes);
  if (!entry) {
    if (entry.error().message.empty()) std::abort();
    return 0;
  }
  const auto encoded = [](const auto& value) { return election::encode(value); };
  if (std::visit(encoded, *entry) != bytes) std::abort();
  return 0;
}
