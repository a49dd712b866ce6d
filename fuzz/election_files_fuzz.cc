// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a shuffle or a file of shares, for a number of ciphertexts and a width named by the
// first two bytes: refused with a message, or exactly the bytes that it encodes to.
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

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

// Whether both ways of reading a file find the same lists, of which `views` are some.
void compare(const urna::Result<std::vector<urna::ByteSource>>& parts, bool read,
             std::initializer_list<std::string_view> views) {
  if (parts.ok() != read) std::abort();
  if (!read) return;
  std::string room;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const urna::ByteSource& part = (*parts)[i];
    if (part.read(0, part.size(), room).value() != *(views.begin() + i)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace urna;
  if (size < 2) return 0;
  const std::size_t count = data[0];
  const std::size_t width = 1 + data[1] % election::width_max;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto shuffle = election::decode_shuffle(bytes, count, width);
  check(shuffle, bytes);
  compare(election::shuffle_parts(bytes, count, width), shuffle.ok(),
          shuffle ? std::initializer_list<std::string_view>{shuffle->outputs, shuffle->permutation,
                                                            shuffle->chain}
                  : std::initializer_list<std::string_view>{});
  const auto shares = election::decode_shares(bytes, count, width);
  check(shares, bytes);
  compare(election::shares_parts(bytes, count, width), shares.ok(),
          shares ? std::initializer_list<std::string_view>{shares->shares, shares->proof}
                 : std::initializer_list<std::string_view>{});
  return 0;
}
