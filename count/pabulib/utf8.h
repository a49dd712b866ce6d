// SPDX-License-Identifier: EUPL-1.2
// Whether bytes are UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace urna::count::pabulib {

// Position of the first byte that does not belong to a well-formed sequence (no overlong forms, no
// surrogates, nothing above U+10FFFF), or npos if there is none. O(bytes).
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view bytes);

}  // namespace urna::count::pabulib
