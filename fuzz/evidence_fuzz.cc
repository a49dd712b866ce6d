// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a time stamp, and as a recipient's key: refused, or read the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evidence/sealing.h"
#include "evidence/time_stamp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)urna::evidence::check_time_stamp(input, {}, {});
  const auto recipient = urna::evidence::Recipient::parse(input);
  if (recipient) {
    const auto again = urna::evidence::Recipient::parse(recipient->to_line());
    if (!again || again->key != recipient->key || again->name != recipient->name) std::abort();
  }
  return 0;
}
