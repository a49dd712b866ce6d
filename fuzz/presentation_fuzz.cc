// SPDX-License-Identifier: EUPL-1.2
// A presentation, districts from elsewhere, and a Pabulib file to make one from: whatever comes, no
// crash; what is accepted is written so that it reads back as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "presentation/from_pabulib.h"
#include "presentation/presentation.h"

namespace {

using namespace urna;
using namespace urna::presentation;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_same_again(const Presentation& read) {
  const std::string written = encode(read);
  if (written.size() > presentation_bytes_max) return;
  const Result<Presentation> again = parse_presentation(written);
  require(again.ok() && *again == read && encode(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto read = parse_presentation(text)) require_same_again(*read);
  Result<std::vector<District>> districts = parse_districts(text);
  if (districts) {
    require_same_again(assemble({}, std::move(*districts), {"Miasto", "Town"}));
  }
  Result<PoolFile> pool = read_pool_file(count::pabulib::memory_bytes(text), "fuzz.pb", "p");
  if (!pool) return 0;
  std::vector<PoolFile> pools;
  pools.push_back(std::move(*pool));
  const Presentation made = assemble(std::move(pools), {}, {"Miasto", ""});
  // Ids that a file repeats, or that no manifest could hold, are told when it is read.
  if (parse_presentation(encode(made))) require_same_again(made);
  return 0;
}
