// SPDX-License-Identifier: EUPL-1.2
// Any bytes can be checked to the end; whoever finds nothing wrong can also be read, and the
// findings come sorted and inside the file.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "count/pabulib/check/check.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna::count::pabulib;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto report = check::check_file(memory_bytes(bytes), "fuzz.pb");
  require(report.ok());
  const auto lines = static_cast<std::uint64_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return c == '\n' || c == '\r'; }));
  std::uint64_t line = 0;
  for (const check::Finding& finding : report->findings) {
    require(finding.line >= line);
    line = finding.line;
    require(line <= lines + 1);
  }
  return 0;
}
