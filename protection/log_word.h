// SPDX-License-Identifier: EUPL-1.2
// Words of logs: what a person typed has not their form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace urna::protection {

inline constexpr std::size_t word_bytes_max = 64;

// 1 to word_bytes_max of a-z, 0-9, ".", "-".
[[nodiscard]] inline bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= word_bytes_max && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

}  // namespace urna::protection
