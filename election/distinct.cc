// SPDX-License-Identifier: EUPL-1.2
#include "election/distinct.h"

#include <optional>

#include "base/bytes.h"
#include "election/number_table.h"

namespace urna::election {

DistinctItems distinct_items(std::string_view list, std::size_t item_bytes) {
  if (item_bytes == 0 || list.size() % item_bytes != 0 ||
      list.size() / item_bytes >= NumberTable::number_max)
    stop_on_broken_precondition("distinct_items: whole items, please, and not too many");
  DistinctItems distinct;
  distinct.which.reserve(list.size() / item_bytes);
  std::uint32_t count = 0;
  NumberTable numbers;
  const auto item = [&](std::uint32_t number) {
    return std::string_view(distinct.packed).substr(item_bytes * number, item_bytes);
  };
  for (std::size_t at = 0; at < list.size(); at += item_bytes) {
    const std::string_view own = list.substr(at, item_bytes);
    const std::uint64_t hash = numbers.hash(own);
    const auto equal = [&](std::uint32_t number) { return item(number) == own; };
    std::optional<std::uint32_t> number = numbers.find(hash, equal);
    if (!number) {
      number = count++;
      distinct.packed += own;
      numbers.set(hash, *number, equal,
                  [&](std::uint32_t other) { return numbers.hash(item(other)); });
    }
    distinct.which.push_back(*number);
  }
  return distinct;
}

}  // namespace urna::election
