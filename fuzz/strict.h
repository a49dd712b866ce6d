// SPDX-License-Identifier: EUPL-1.2
// What holds for whatever is read strictly: it is refused with a message, or is exactly the bytes
// that its content encodes to.
#pragma once

#include <cstdlib>
#include <string_view>

#include "base/result.h"

namespace urna::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

template <typename T, typename Encode>
void check_strict(const Result<T>& decoded, std::string_view bytes, Encode encode) {
  if (decoded) {
    require(encode(*decoded) == bytes);
  } else {
    require(!decoded.error().message.empty());
  }
}

// The same by the type's own encode().
template <typename T>
void check_strict(const Result<T>& decoded, std::string_view bytes) {
  check_strict(decoded, bytes, [](const T& value) { return encode(value); });
}

}  // namespace urna::fuzz
