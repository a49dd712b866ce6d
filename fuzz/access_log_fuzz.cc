// SPDX-License-Identifier: EUPL-1.2
// Copies of an access log, as a second controller gets them: whatever comes, no crash, and what is
// read encodes to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protection/access_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna::protection;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_access_entry(bytes);
  (void)AccessLogHead::decode(bytes);
  const auto copy = decode_access_log_copy(bytes);
  if (!copy) return 0;
  if (encode(*copy) != bytes) std::abort();
  AccessLogVerifier verifier(copy->notes, {});
  for (const AccessRow& row : copy->rows) verifier.add(row);
  const AccessLogVerdict verdict = verifier.finish();
  if (verdict.sound() && verdict.entries != copy->rows.size()) std::abort();
  return 0;
}
