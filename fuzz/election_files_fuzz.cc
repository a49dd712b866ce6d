// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a shuffle or a file of shares, for a number of ciphertexts and a width named by the
// first two bytes: refused with a message, or exactly the bytes that it encodes to.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "election/files.h"
#include "election/types.h"

namespace {

template <typename File>
void check(const urna::Result<File>& file, std::string_view bytes) {
  if (!file) {
    if (file.error().message.empty()) std::abort();
  } else if (urna::election::encode(*file) != bytes) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  if (size < 2) return 0;
  const std::size_t count = data[0];
  const std::size_t width = 1 + data[1] % election::width_max;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  check(election::decode_shuffle(bytes, count, width), bytes);
  check(election::decode_shares(bytes, count, width), bytes);
  return 0;
}
