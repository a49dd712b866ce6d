// SPDX-License-Identifier: EUPL-1.2
// Any line as an event of signals: what is accepted is written and read back as it was, and signals
// can be looked for in it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "integrity/signal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto event = urna::integrity::parse_event(line);
  if (!event) return 0;
  const auto again = urna::integrity::parse_event(urna::integrity::to_json_line(*event));
  if (!again || !(*again == *event)) std::abort();
  if (!urna::integrity::find_signals({*event, *event}).empty()) std::abort();
  return 0;
}
