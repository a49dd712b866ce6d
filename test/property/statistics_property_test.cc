// SPDX-License-Identifier: EUPL-1.2
// The statistics gate against all tables there are: small ones, where every table of whole numbers
// that fits what was told can be written down.
#include <gtest/gtest.h>
#include <random>

#include "statistics/gate.h"

namespace urna::statistics {
namespace {

struct Town {
  Population population;
  std::vector<std::uint64_t> base;
};

std::uint64_t sum_over(const Town& town, const Cell& cell) {
  std::uint64_t sum = 0;
  for (const int at : base_of(town.population, cell))
    sum += town.base[static_cast<std::size_t>(at)];
  return sum;
}

Town invent(std::mt19937& random, const std::vector<std::size_t>& sizes, unsigned count_max) {
  Town town;
  town.population.what = "ballots";
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    Dimension dimension{std::string(1, static_cast<char>('a' + d)), {}};
    for (std::size_t c = 0; c < sizes[d]; ++c) dimension.categories.push_back(std::to_string(c));
    town.population.dimensions.push_back(std::move(dimension));
  }
  std::uniform_int_distribution<unsigned> count(0, count_max);
  for (std::size_t i = 0; i < town.population.base_cells(); ++i) town.base.push_back(count(random));
  return town;
}

// All cells over the dimensions told, with their sums; totals over the others.
Table table_of(const Town& town, const std::vector<bool>& told, bool exact_total) {
  Table table{"t", {}};
  const std::size_t dimensions = town.population.dimensions.size();
  std::vector<std::size_t> at(dimensions, 0);  // 0: all; else category + 1
  for (;;) {
    Cell cell;
    bool total = true;
    for (std::size_t d = 0; d < dimensions; ++d) {
      cell.where.emplace_back();
      if (at[d] > 0) {
        cell.where.back().push_back(at[d] - 1);
        total = false;
      }
    }
    cell.count = sum_over(town, cell);
    cell.exact = total && exact_total;
    table.cells.push_back(std::move(cell));
    std::size_t d = 0;
    while (d < dimensions) {
      const std::size_t most = told[d] ? town.population.dimensions[d].categories.size() : 0;
      if (at[d] < most) {
        ++at[d];
        break;
      }
      at[d++] = 0;
    }
    if (d == dimensions) return table;
  }
}

struct Range {
  std::uint64_t low = ~std::uint64_t{0}, high = 0;
};

// Every table of numbers up to `most` that fits all counts told; what each hidden cell can be.
std::vector<Range> by_force(const Releases& releases, std::uint64_t most) {
  struct Sum {
    std::vector<int> cells;
    std::uint64_t value;
  };
  std::vector<Sum> told;
  std::vector<std::vector<int>> hidden;
  for (const Table& table : releases.tables) {
    for (const Cell& cell : table.cells) {
      if (cell.count) {
        told.push_back({base_of(releases.population, cell), *cell.count});
      } else {
        hidden.push_back(base_of(releases.population, cell));
      }
    }
  }
  std::vector<Range> ranges(hidden.size());
  const std::size_t base = releases.population.base_cells();
  std::vector<std::uint64_t> table(base, 0);
  const auto fits = [&](std::size_t filled) {
    for (const Sum& one : told) {
      std::uint64_t sum = 0;
      bool whole = true;
      for (const int cell : one.cells) {
        if (static_cast<std::size_t>(cell) < filled) {
          sum += table[static_cast<std::size_t>(cell)];
        } else {
          whole = false;
        }
      }
      if (sum > one.value || (whole && sum != one.value)) return false;
    }
    return true;
  };
  const std::function<void(std::size_t)> fill = [&](std::size_t at) {
    if (at == base) {
      for (std::size_t h = 0; h < hidden.size(); ++h) {
        std::uint64_t sum = 0;
        for (const int cell : hidden[h]) sum += table[static_cast<std::size_t>(cell)];
        ranges[h].low = std::min(ranges[h].low, sum);
        ranges[h].high = std::max(ranges[h].high, sum);
      }
      return;
    }
    for (std::uint64_t value = 0; value <= most; ++value) {
      table[at] = value;
      if (fits(at + 1)) fill(at + 1);
    }
    table[at] = 0;
  };
  fill(0);
  return ranges;
}

// Hides small cells and nothing else, as many do.
Table hide_small(Table table, std::uint64_t least) {
  for (Cell& cell : table.cells) {
    if (!cell.exact && *cell.count > 0 && *cell.count < least) cell.count.reset();
  }
  return table;
}

TEST(StatisticsPropertyTest, WhatIsWorkedOutIsWhatAllTablesSay) {
  std::mt19937 random(7);
  unsigned recovered = 0, cells = 0;
  for (unsigned round = 0; round < 120; ++round) {
    const std::vector<std::vector<std::size_t>> shapes = {{2, 3}, {3, 3}, {2, 2, 2}, {2, 4}};
    const Town town = invent(random, shapes[round % shapes.size()], 5);
    const std::vector<bool> all(town.population.dimensions.size(), true);
    Releases releases{town.population, {hide_small(table_of(town, all, true), 3)}};
    const auto worked = work_out(releases);
    ASSERT_TRUE(worked);
    const std::vector<Range> forced = by_force(releases, 60);
    ASSERT_EQ(worked->size(), forced.size());
    for (std::size_t h = 0; h < forced.size(); ++h) {
      const HiddenCell& cell = (*worked)[h];
      EXPECT_LE(cell.low, forced[h].low);
      EXPECT_GE(cell.high, forced[h].high);
      EXPECT_GE(cell.shown_low, forced[h].low);
      EXPECT_LE(cell.shown_high, forced[h].high);
      ++cells;
      if (forced[h].low == forced[h].high) ++recovered;
      // Of tables of two dimensions the linear bounds are the whole truth.
      if (town.population.dimensions.size() == 2) {
        EXPECT_EQ(cell.low, forced[h].low);
        EXPECT_EQ(cell.high, forced[h].high);
      }
    }
  }
  // Else the test would show nothing.
  EXPECT_GT(recovered, cells / 10);
  std::printf("small cells hidden alone: %u of %u worked out\n", recovered, cells);
}

TEST(StatisticsPropertyTest, NothingHiddenCanBeWorkedOutBehindTheGate) {
  std::mt19937 random(11);
  unsigned made = 0, refused = 0, hidden = 0, values = 0;
  Policy policy;
  policy.least = 3;
  for (unsigned round = 0; round < 160; ++round) {
    const std::vector<std::vector<std::size_t>> shapes = {{2, 3}, {3, 3}, {2, 2, 2}, {2, 4}};
    const Town town = invent(random, shapes[round % shapes.size()], 6);
    const std::size_t dimensions = town.population.dimensions.size();
    Releases releases{town.population, {}};
    // One table after another, as a city tells more when it is asked: first by some, then by all.
    std::vector<std::vector<bool>> steps;
    if (round % 2 == 1) {
      steps.emplace_back(dimensions, false);
      steps.back()[0] = true;
      steps.emplace_back(dimensions, false);
      steps.back()[dimensions - 1] = true;
    }
    steps.emplace_back(dimensions, true);
    for (const std::vector<bool>& told : steps) {
      const Table truth = table_of(town, told, true);
      GateReport report;
      const Result<Table> safe = make_safe(releases, truth, policy, report);
      if (!safe) {
        EXPECT_EQ(safe.error().code, ErrorCode::conflict);
        ++refused;
        continue;
      }
      ++made;
      for (std::size_t c = 0; c < truth.cells.size(); ++c) {
        const Cell& cell = safe->cells[c];
        EXPECT_TRUE(cell.count || !truth.cells[c].exact) << "an exact count is hidden";
        EXPECT_EQ(cell.count.value_or(*truth.cells[c].count), *truth.cells[c].count);
      }
      releases.tables.push_back(*safe);
    }
    for (const Range& range : by_force(releases, 80)) {
      ++hidden;
      EXPECT_LT(range.low, range.high) << "round " << round;
      values += range.high - range.low + 1 >= policy.least ? 1U : 0U;
    }
  }
  EXPECT_GT(made, refused * 4);
  EXPECT_GT(hidden, 100U);
  std::printf(
      "%u tables made safe, %u refused; %u hidden cells, %u of them with %u values or more\n", made,
      refused, hidden, values, 3U);
}

}  // namespace
}  // namespace urna::statistics
