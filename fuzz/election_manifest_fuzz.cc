// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a manifest: refused with a message, or a manifest that passes its own check, encodes
// to the same bytes, and whose pools have layouts and files that can be read and counted.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "election/counting.h"
#include "election/manifest.h"
#include "election/published.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<election::Manifest> manifest = election::decode_manifest(bytes);
  if (!manifest) {
    require(!manifest.error().message.empty());
    return 0;
  }
  require(election::encode(*manifest) == bytes);
  require(election::check(*manifest).ok());
  for (const election::Pool& pool : manifest->pools) {
    require(election::terms_of(pool).ok());
    const auto instance = election::read_published(election::published_file(pool, {}));
    require(instance.ok());
    require(election::check_counting(pool.counting, *instance).ok());
  }
  return 0;
}
