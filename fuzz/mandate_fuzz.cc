// SPDX-License-Identifier: EUPL-1.2
// Any bytes as what goes between controllers: a mandate, an inspector's request, a report. Each is
// refused with a message, or is exactly the bytes that its content encodes to, and judging it ends.
#include <cstdint>
#include <string_view>

#include "fuzz/strict.h"
#include "inspection/report.h"
#include "inspection/request.h"
#include "protection/mandate.h"

using urna::fuzz::check_strict;
using urna::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto mandate = urna::protection::decode_mandate(bytes);
  check_strict(mandate, bytes);
  if (mandate) {
    require(names_right(*mandate).ok());
    const urna::protection::MandateTrust trust{mandate->inspecting.key, mandate->inspected.key,
                                               mandate->edition};
    // Nobody signs by chance.
    const auto fault = find_fault(*mandate, trust, mandate->begins);
    require(!fault || fault == urna::protection::MandateFault::not_signed);
  }
  const auto request = urna::inspection::decode_read_request(bytes);
  check_strict(request, bytes);
  if (request) static_cast<void>(is_signed(*request));
  check_strict(urna::inspection::decode_report(bytes), bytes);
  return 0;
}
