// SPDX-License-Identifier: EUPL-1.2
// Equal items of a list, against a slow obvious model; and the table of numbers below.
#include "election/distinct.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "election/number_table.h"

namespace urna::election {
namespace {

TEST(DistinctItems, AreThoseOfTheSlowModel) {
  std::mt19937 random(7);
  for (const std::size_t bytes : {1U, 3U, 32U}) {
    for (const std::size_t kinds : {1U, 2U, 40U, 1000U}) {
      for (const std::size_t count : {0U, 1U, 2U, 17U, 500U}) {
        std::vector<std::string> known;  // in the order in which they are met
        std::string list;
        std::vector<std::uint32_t> which;
        for (std::size_t i = 0; i < count; ++i) {
          std::string item(bytes, 'x');
          const std::size_t kind = random() % kinds;
          item[0] = static_cast<char>(kind);
          item.back() = static_cast<char>(kind >> (bytes > 1 ? 8U : 0U));
          const auto found = std::find(known.begin(), known.end(), item);
          which.push_back(static_cast<std::uint32_t>(found - known.begin()));
          if (found == known.end()) known.push_back(item);
          list += item;
        }
        const DistinctItems distinct = distinct_items(list, bytes);
        std::string packed;
        for (const std::string& item : known) packed += item;
        EXPECT_EQ(distinct.packed, packed);
        EXPECT_EQ(distinct.which, which);
      }
    }
  }
}

TEST(DistinctItemsDeathTest, AsksForWholeItems) {
  EXPECT_DEATH((void)distinct_items("abc", 2), "distinct_items");
  EXPECT_DEATH((void)distinct_items("abc", 0), "distinct_items");
}

TEST(NumberTable, HoldsTheSameWithRoomMadeAndWithout) {
  for (const std::size_t room : {0U, 1U, 12U, 13U, 1000U}) {
    NumberTable table;
    std::vector<std::string> keys;
    const auto hash_of = [&](std::uint32_t number) { return table.hash(keys[number]); };
    const auto find = [&](const std::string& key) {
      return table.find(table.hash(key), [&](std::uint32_t number) { return keys[number] == key; });
    };
    if (room > 0) table.reserve(room);
    EXPECT_FALSE(find("0"));
    for (std::uint32_t i = 0; i < 100; ++i) {
      keys.push_back(std::to_string(i));
      table.set(
          table.hash(keys[i]), i, [](std::uint32_t) { return false; }, hash_of);
    }
    for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(find(std::to_string(i)), i);
    EXPECT_FALSE(find("100"));
  }
}

TEST(NumberTableDeathTest, MakesRoomBeforeTheFirstNumberOnly) {
  NumberTable table;
  table.set(
      table.hash("a"), 0, [](std::uint32_t) { return false; },
      [](std::uint32_t) { return std::uint64_t{0}; });
  EXPECT_DEATH(table.reserve(5), "NumberTable");
}

}  // namespace
}  // namespace urna::election
