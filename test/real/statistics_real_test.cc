// SPDX-License-Identifier: EUPL-1.2
// Published ballots by age, sex and pool: how many of the small cells can be worked out if they
// alone are hidden, and how many behind the gate.
#include <charconv>
#include <gtest/gtest.h>

#include "statistics/gate.h"
#include "test/oracle/real_data.h"

namespace urna::statistics {
namespace {

namespace fs = std::filesystem;

// Bands of five years, as yearbooks have them.
constexpr std::array<int, 19> age_from = {0,  10, 15, 18, 20, 25, 30, 35, 40, 45,
                                          50, 55, 60, 65, 70, 75, 80, 85, 90};
constexpr std::size_t pools_max = 20;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ';') {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

// Ballots by age group and sex; nothing if the file does not tell them.
std::optional<std::vector<std::uint64_t>> read_pool(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line) && !line.starts_with("VOTES")) {
  }
  if (!std::getline(file, line)) return std::nullopt;
  const std::vector<std::string> heads = cells_of(line);
  const auto age = std::ranges::find(heads, "age");
  const auto sex = std::ranges::find(heads, "sex");
  if (age == heads.end() || sex == heads.end()) return std::nullopt;
  std::vector<std::uint64_t> counts(age_from.size() * 2, 0);
  while (std::getline(file, line)) {
    const std::vector<std::string> row = cells_of(line);
    if (row.size() != heads.size()) continue;
    const std::string& years = row[static_cast<std::size_t>(age - heads.begin())];
    const std::string& who = row[static_cast<std::size_t>(sex - heads.begin())];
    int number = -1;
    std::from_chars(years.data(), years.data() + years.size(), number);
    if (number < 0 || (who != "F" && who != "K" && who != "M")) continue;
    std::size_t group = 0;
    while (group + 1 < age_from.size() && number >= age_from[group + 1]) ++group;
    ++counts[group * 2 + (who == "M" ? 1 : 0)];
  }
  return counts;
}

// City and year of "Poland_City_2020_Pool.pb".
std::string edition_of(const std::string& name) {
  std::size_t end = 0;
  for (int parts = 0; parts < 3 && end != std::string::npos; ++parts) end = name.find('_', end + 1);
  return name.substr(0, end);
}

Cell cell_at(std::initializer_list<std::vector<std::size_t>> where) {
  Cell cell;
  cell.where = where;
  return cell;
}

TEST(StatisticsRealTest, HiddenCellsOfPublishedBallots) {
  std::map<std::string, std::vector<std::vector<std::uint64_t>>> editions;

  for (const fs::path& path : oracle::real_instances()) {
    if (!path.filename().string().starts_with("Poland_")) continue;
    auto& pools = editions[edition_of(path.filename().string())];
    if (pools.size() >= pools_max) continue;
    if (auto pool = read_pool(path)) pools.push_back(*std::move(pool));
  }
  std::erase_if(editions, [](const auto& one) { return one.second.empty(); });
  if (editions.empty()) GTEST_SKIP() << "no published votes with age and sex on this machine";

  std::uint64_t small = 0, recovered = 0, narrow = 0, behind = 0, behind_narrow = 0, hidden = 0;
  std::uint64_t told = 0, all_cells = 0, refused = 0, ballots = 0, small_ballots = 0,
                pools_seen = 0;
  const Policy policy;
  for (const auto& [name, pools] : editions) {
    Releases before;
    before.population.what = "ballots";
    Dimension ages{"age", {}}, pool_names{"pool", {}};
    for (const int from : age_from) ages.categories.push_back(std::to_string(from) + "+");
    for (std::size_t p = 0; p < pools.size(); ++p)
      pool_names.categories.push_back(std::to_string(p));
    before.population.dimensions = {ages, {"sex", {"F", "M"}}, pool_names};
    pools_seen += pools.size();
    // Every combination, and every sum of them; a pool's ballots and all ballots are exact.
    Table table{name, {}};
    const std::size_t age_count = age_from.size();
    for (std::size_t a = 0; a <= age_count; ++a) {
      for (std::size_t s = 0; s <= 2; ++s) {
        for (std::size_t p = 0; p <= pools.size(); ++p) {
          if (pools.size() == 1 && p == 1) continue;
          Cell cell = cell_at({a < age_count ? std::vector{a} : std::vector<std::size_t>(),
                               s < 2 ? std::vector{s} : std::vector<std::size_t>(),
                               p < pools.size() ? std::vector{p} : std::vector<std::size_t>()});
          if (pools.size() == 1) cell.where[2].clear();
          std::uint64_t count = 0;
          for (std::size_t q = 0; q < pools.size(); ++q) {
            if (p < pools.size() && q != p) continue;
            for (std::size_t b = 0; b < age_count; ++b) {
              if (a < age_count && b != a) continue;
              for (std::size_t t = 0; t < 2; ++t)
                if (s == 2 || s == t) count += pools[q][b * 2 + t];
            }
          }
          cell.count = count;
          cell.exact = a == age_count && s == 2;
          if (a < age_count && s < 2 && p < pools.size()) {
            ballots += count;
            if (count < policy.least) small_ballots += count;
          }
          table.cells.push_back(std::move(cell));
        }
      }
    }
    all_cells += table.cells.size();
    // Small cells hidden, and nothing else.
    Releases naive = before;
    naive.tables.push_back(table);
    for (Cell& cell : naive.tables[0].cells) {
      if (!cell.exact && *cell.count > 0 && *cell.count < policy.least) cell.count.reset();
    }
    const auto open = work_out(naive);
    ASSERT_TRUE(open) << name;
    small += open->size();
    for (const HiddenCell& one : *open) {
      recovered += one.low == one.high ? 1U : 0U;
      narrow += one.high - one.low + 1 < policy.least ? 1U : 0U;
    }
    // Behind the gate.
    GateReport report;
    const Result<Table> safe = make_safe(before, table, policy, report);
    if (!safe) {
      ++refused;
      std::printf("%s refused: %s\n", name.c_str(), safe.error().to_string().c_str());
      continue;
    }
    Releases released = before;
    released.tables.push_back(*safe);
    const auto closed = work_out(released);
    ASSERT_TRUE(closed) << name;
    hidden += closed->size();
    for (const HiddenCell& one : *closed) {
      behind += one.shown_low == one.shown_high ? 1U : 0U;
      const std::uint64_t count = *table.cells[one.cell].count;
      const bool is_small = count > 0 && count < policy.least;
      behind_narrow += is_small && one.high - one.low + 1 < policy.least ? 1U : 0U;
    }
    for (std::size_t c = 0; c < table.cells.size(); ++c) {
      EXPECT_TRUE(!table.cells[c].exact || safe->cells[c].count == table.cells[c].count);
      told += safe->cells[c].count ? 1U : 0U;
    }
  }
  const auto percent = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  std::printf(
      "%zu editions, %lu pools, %lu ballots, %.1f %% of them in cells below 10\n"
      "small cells alone hidden: %lu, worked out %lu (%.1f %%), bound to fewer than 10 values %lu "
      "(%.1f %%)\n"
      "behind the gate: %lu hidden, worked out %lu, small ones bound closer than asked %lu; %lu of "
      "%lu cells told (%.1f %%); %lu editions refused\n",
      editions.size(), pools_seen, ballots, percent(small_ballots, ballots), small, recovered,
      percent(recovered, small), narrow, percent(narrow, small), hidden, behind, behind_narrow,
      told, all_cells, percent(told, all_cells), refused);
  EXPECT_GT(recovered, 0U);
  EXPECT_EQ(behind, 0U);
  EXPECT_EQ(refused, 0U);
}

}  // namespace
}  // namespace urna::statistics
