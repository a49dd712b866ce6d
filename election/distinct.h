// SPDX-License-Identifier: EUPL-1.2
// Which items of a list are equal: many people cast the same vote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace urna::election {

// The different items of a packed list, in the order in which they are first met.
struct DistinctItems {
  std::string packed;                // one of each
  std::vector<std::uint32_t> which;  // for each item of the list: which of these it is
};

// O(n) hashes under a random key (see NumberTable). Preconditions (else the program stops): the
// list has whole items, which are not empty, and fewer than 2^32 - 1 of them.
[[nodiscard]] DistinctItems distinct_items(std::string_view list, std::size_t item_bytes);

}  // namespace urna::election
