// SPDX-License-Identifier: EUPL-1.2
// Any bytes as the figures that answers are made of, and as what an office keeps of reports that it
// has given. What is read is written to bytes that read back the same.
#include <cstdint>
#include <string_view>

#include "answers/figures.h"
#include "answers/safe.h"
#include "fuzz/strict.h"

using urna::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<answers::Facts> facts = answers::parse_facts(text);
  if (facts) {
    const std::string written = to_json(*facts);
    const Result<answers::Facts> back = answers::parse_facts(written);
    require(back.ok() && to_json(*back) == written);
  } else {
    require(!facts.error().message.empty());
  }
  const Result<answers::Told> told = answers::parse_told(text);
  if (text.empty()) {
    require(told.ok() && told->seen.empty());
  } else if (told) {
    const std::string written = to_json(*told);
    const Result<answers::Told> back = answers::parse_told(written);
    require(back.ok() && to_json(*back) == written);
  } else {
    require(!told.error().message.empty());
  }
  return 0;
}
