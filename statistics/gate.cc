// SPDX-License-Identifier: EUPL-1.2
#include "statistics/gate.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>

#include "statistics/linear.h"

namespace urna::statistics {
namespace {

// Rounding of the solver; counts are whole.
constexpr double rounding = 1e-6;
constexpr double people_max = 1e9;

using Whole = std::vector<std::int64_t>;

// A sum over base cells that was told.
struct Told {
  std::vector<int> cells;
  std::int64_t sum = 0;
};

// A hidden sum, with what is known of it.
struct Hidden {
  std::vector<int> cells;
  std::size_t table = 0, cell = 0;
  std::int64_t shown_low = -1, shown_high = -1;  // -1: no table yet

  [[nodiscard]] std::int64_t shown_values() const {
    return shown_low < 0 ? 0 : shown_high - shown_low + 1;
  }
};

std::int64_t sum_of(const Whole& table, const std::vector<int>& cells) {
  std::int64_t sum = 0;
  for (const int cell : cells) sum += table[static_cast<std::size_t>(cell)];
  return sum;
}

Row row_of(const std::vector<int>& cells, double low, double high) {
  Row row;
  for (const int cell : cells) row.terms.emplace_back(cell, 1.0);
  row.low = low;
  row.high = high;
  return row;
}

std::vector<Row> rows_of(const std::vector<Told>& told, int base) {
  std::vector<Row> rows;
  for (const Told& one : told) {
    rows.push_back(row_of(one.cells, static_cast<double>(one.sum), static_cast<double>(one.sum)));
  }
  // So that nothing is without an end.
  Row all;
  for (int cell = 0; cell < base; ++cell) all.terms.emplace_back(cell, 1.0);
  all.low = 0;
  all.high = people_max;
  rows.push_back(std::move(all));
  return rows;
}

// The base cells as whole numbers that add up to everything told, in integers.
std::optional<Whole> whole_table(const std::vector<double>& values, int base,
                                 const std::vector<Told>& told) {
  Whole table;
  for (int cell = 0; cell < base; ++cell) {
    const double value = values[static_cast<std::size_t>(cell)];
    const double nearest = std::round(value);
    if (std::abs(value - nearest) > rounding || nearest < 0) return std::nullopt;
    table.push_back(static_cast<std::int64_t>(nearest));
  }
  const bool fits = std::ranges::all_of(
      told, [&](const Told& one) { return sum_of(table, one.cells) == one.sum; });
  if (!fits) return std::nullopt;
  return table;
}

void show(std::vector<Hidden>& hidden, const Whole& table) {
  for (Hidden& one : hidden) {
    const std::int64_t sum = sum_of(table, one.cells);
    one.shown_low = one.shown_low < 0 ? sum : std::min(one.shown_low, sum);
    one.shown_high = std::max(one.shown_high, sum);
  }
}

using Cost = std::vector<std::pair<int, double>>;
Cost cost_of(const std::vector<int>& cells, double factor) {
  Cost cost;
  for (const int cell : cells) cost.emplace_back(cell, factor);
  return cost;
}

double sum_of(const std::vector<double>& values, const std::vector<int>& cells) {
  double sum = 0;
  for (const int cell : cells) sum += values[static_cast<std::size_t>(cell)];
  return sum;
}

// Where the best table is not whole: fixes one base cell after another to a whole number near it.
// Finds a whole table often, not always.
std::optional<Whole> dive(const std::vector<Told>& told, int base, const Cost& cost) {
  constexpr int steps_max = 120;
  std::vector<Row> rows = rows_of(told, base);
  for (int step = 0; step < steps_max; ++step) {
    LinearProgram program(base, rows);
    const auto values = program.minimise(cost);
    if (!values) return std::nullopt;
    if (auto table = whole_table(*values, base, told)) return table;
    int chosen = -1;
    double nearest = 1;
    for (int cell = 0; cell < base; ++cell) {
      const double value = (*values)[static_cast<std::size_t>(cell)];
      const double off = std::abs(value - std::round(value));
      if (off > rounding && off < nearest) {
        nearest = off;
        chosen = cell;
      }
    }
    if (chosen < 0) return std::nullopt;
    const double fixed = std::round((*values)[static_cast<std::size_t>(chosen)]);
    rows.push_back(row_of({chosen}, fixed, fixed));
  }
  return std::nullopt;
}

struct Bounds {
  std::int64_t low = 0, high = 0;
};

// What follows from the sums told for hidden ones.
class Reader {
 public:
  Reader(int base, std::vector<Told> told)
      : base_(base), told_(std::move(told)), program_(base, rows_of(told_, base)) {}

  // Nothing: the sums contradict each other.
  std::optional<Bounds> bounds(std::size_t which, std::vector<Hidden>& hidden) {
    const auto low = end(hidden[which].cells, 1.0, hidden);
    if (!low) return std::nullopt;
    const auto high = end(hidden[which].cells, -1.0, hidden);
    if (!high) return std::nullopt;
    return Bounds{static_cast<std::int64_t>(std::ceil(*low - rounding)),
                  static_cast<std::int64_t>(std::floor(*high + rounding))};
  }

  // Looks for whole tables near the ends where those found so far show less than `values`.
  void show_more(std::size_t which, std::vector<Hidden>& hidden, std::int64_t values) {
    for (const double factor : {1.0, -1.0}) {
      if (hidden[which].shown_values() >= values) return;
      if (const auto table = dive(told_, base_, cost_of(hidden[which].cells, factor))) {
        show(hidden, *table);
      }
    }
  }

  // The same as bounds(), but only as far as needed to show so many values.
  bool shows(std::size_t which, std::vector<Hidden>& hidden, std::int64_t values) {
    for (const double factor : {1.0, -1.0}) {
      if (hidden[which].shown_values() >= values) return true;
      if (!end(hidden[which].cells, factor, hidden)) return false;
    }
    return hidden[which].shown_values() >= values;
  }

 private:
  std::optional<double> end(const std::vector<int>& cells, double factor,
                            std::vector<Hidden>& hidden) {
    const auto values = program_.minimise(cost_of(cells, factor));
    if (!values) return std::nullopt;
    if (const auto table = whole_table(*values, base_, told_)) show(hidden, *table);
    return sum_of(*values, cells);
  }

  int base_;
  std::vector<Told> told_;
  LinearProgram program_;
};

// What was told and what was hidden in all tables.
void collect(const Releases& releases, std::vector<Told>& told, std::vector<Hidden>& hidden) {
  std::map<std::vector<int>, std::int64_t> seen;
  for (std::size_t t = 0; t < releases.tables.size(); ++t) {
    const Table& table = releases.tables[t];
    for (std::size_t c = 0; c < table.cells.size(); ++c) {
      const Cell& cell = table.cells[c];
      std::vector<int> cells = base_of(releases.population, cell);
      if (!cell.count) {
        hidden.push_back({std::move(cells), t, c});
        continue;
      }
      const auto sum = static_cast<std::int64_t>(*cell.count);
      const auto found = seen.find(cells);
      if (found != seen.end() && found->second == sum) continue;
      seen.emplace(cells, sum);
      told.push_back({std::move(cells), sum});
    }
  }
}

Error contradiction() {
  return {ErrorCode::conflict,
          "the counts of the releases contradict each other",
          {},
          "see that all tables count the same people, and that none was changed"};
}

// ---- Making a table safe

class Gate {
 public:
  Gate(const Releases& earlier, const Table& table, const Policy& policy)
      : earlier_(earlier),
        truth_(table),
        made_(table),
        policy_(policy),
        base_(static_cast<int>(earlier.population.base_cells())) {
    values_ = static_cast<std::int64_t>(policy.values == 0 ? policy.least : policy.values);
    for (const Cell& cell : table.cells) places_.push_back(base_of(earlier.population, cell));
  }

  Result<Table> run(GateReport& report) {
    collect(earlier_, fixed_, hidden_);
    for (std::size_t c = 0; c < made_.cells.size(); ++c) {
      Cell& cell = made_.cells[c];
      if (!cell.count) {
        return Error{ErrorCode::malformed,
                     "a cell of the table is hidden already",
                     {.field = place(c)},
                     "give the counts as they are"};
      }
      if (cell.exact) {
        fixed_.push_back({places_[c], static_cast<std::int64_t>(*cell.count)});
      } else if (*cell.count > 0 && *cell.count < policy_.least && !told_before(c)) {
        hide(c);
        ++report.small;
      }
    }
    if (Status asked = ask_how_many(report); !asked) return std::move(asked).error();
    // Hiding more never shows less; a second round finds cells that others' hiding has helped.
    for (std::size_t which = 0; which < hidden_.size(); ++which) {
      if (Status safe = protect(which, report); !safe) return std::move(safe).error();
    }
    return std::move(made_);
  }

 private:
  [[nodiscard]] std::string place(std::size_t cell) const {
    return place_of(earlier_.population, truth_.cells[cell]);
  }
  [[nodiscard]] std::string place_of_hidden(const Hidden& one) const {
    const bool now = one.table == earlier_.tables.size();
    const Cell& cell = now ? truth_.cells[one.cell] : earlier_.tables[one.table].cells[one.cell];
    return place_of(earlier_.population, cell);
  }
  // The same sum was told by an earlier release: hiding it hides nothing.
  [[nodiscard]] bool told_before(std::size_t cell) const {
    return std::ranges::any_of(fixed_, [&](const Told& one) { return one.cells == places_[cell]; });
  }
  void hide(std::size_t cell) {
    made_.cells[cell].count.reset();
    hidden_.push_back({places_[cell], earlier_.tables.size(), cell});
  }

  // What is told if the table is released as it is now.
  [[nodiscard]] std::vector<Told> told_now() const {
    std::vector<Told> told = fixed_;
    for (std::size_t c = 0; c < made_.cells.size(); ++c) {
      const Cell& cell = made_.cells[c];
      if (cell.count && !cell.exact) {
        told.push_back({places_[c], static_cast<std::int64_t>(*cell.count)});
      }
    }
    return told;
  }

  // How many values each hidden cell can have at most, whatever else is hidden.
  Status ask_how_many(GateReport& report) {
    Reader reader(base_, fixed_);
    std::vector<Hidden> all = hidden_;
    for (std::size_t which = 0; which < all.size(); ++which) {
      const std::optional<Bounds> bounds = reader.bounds(which, all);
      if (!bounds) return contradiction();
      ends_.push_back(*bounds);
      const std::int64_t most = bounds->high - bounds->low + 1;
      if (most < 2) {
        return Error{ErrorCode::conflict,
                     "exact counts and what was told before give a hidden cell away",
                     {.field = place_of_hidden(all[which])},
                     "join categories, or leave the exact count out"};
      }
      if (most < values_) ++report.bound_by_exact;
      wanted_.push_back(std::min(values_, most));
    }
    return ok_status();
  }

  Status protect(std::size_t which, GateReport& report) {
    Reader before(base_, told_now());
    const std::int64_t wanted = wanted_[which];
    if (before.shows(which, hidden_, wanted)) return ok_status();
    // Once towards more, once towards fewer.
    for (const bool upwards : {true, false}) {
      if (hidden_[which].shown_values() >= wanted) return ok_status();
      const Hidden& now = hidden_[which];
      const Bounds& ends = ends_[which];
      const std::int64_t low = now.shown_low < 0 ? ends.low : now.shown_low;
      const std::int64_t high = now.shown_low < 0 ? ends.high : now.shown_high;
      const std::int64_t target =
          upwards ? std::min(ends.high, low + wanted - 1) : std::max(ends.low, high - wanted + 1);
      hide_for(which, target, upwards, report);
      Reader after(base_, told_now());
      if (after.shows(which, hidden_, wanted)) return ok_status();
      after.show_more(which, hidden_, wanted);
    }
    if (hidden_[which].shown_values() >= std::min<std::int64_t>(wanted, 2)) {
      if (hidden_[which].shown_values() < wanted) ++report.bound_by_exact;
      return ok_status();
    }
    return Error{ErrorCode::conflict,
                 "a hidden cell could not be shown to be safe",
                 {.field = place_of_hidden(hidden_[which])},
                 "join categories"};
  }

  // Hides what must be changed, and that as little as can be, for the hidden sum to reach the
  // target: each cell still told may differ from its count at a cost.
  void hide_for(std::size_t which, std::int64_t target, bool upwards, GateReport& report) {
    std::vector<Row> rows = rows_of(fixed_, base_);
    rows.push_back(row_of(hidden_[which].cells, upwards ? static_cast<double>(target) : 0.0,
                          upwards ? people_max : static_cast<double>(target)));
    std::vector<std::size_t> changeable;
    Cost cost;
    int variables = base_;
    for (std::size_t c = 0; c < made_.cells.size(); ++c) {
      const Cell& cell = made_.cells[c];
      if (!cell.count || cell.exact) continue;
      const auto count = static_cast<double>(*cell.count);
      Row row = row_of(places_[c], count, count);
      const int more = variables++, fewer = variables++;
      row.terms.emplace_back(more, -1.0);
      row.terms.emplace_back(fewer, 1.0);
      rows.push_back(std::move(row));
      // Zeros are told: hiding them would hide nobody. Large counts are what readers look for.
      const double weight = *cell.count == 0 ? 1000.0 : 1.0 + std::log2(1.0 + count);
      cost.emplace_back(more, weight);
      cost.emplace_back(fewer, weight);
      changeable.push_back(c);
    }
    LinearProgram program(variables, rows);
    const auto values = program.minimise(cost);
    if (!values) return;
    for (std::size_t i = 0; i < changeable.size(); ++i) {
      const auto more = static_cast<std::size_t>(base_) + 2 * i;
      if ((*values)[more] + (*values)[more + 1] <= rounding) continue;
      hide(changeable[i]);
      // What is hidden only to protect others need only not be given away.
      wanted_.push_back(2);
      ends_.push_back({0, static_cast<std::int64_t>(people_max)});
      ++report.complementary;
    }
    if (const auto table = whole_table(*values, base_, told_now())) show(hidden_, *table);
  }

  const Releases& earlier_;
  const Table& truth_;
  Table made_;
  Policy policy_;
  int base_;
  std::int64_t values_ = 0;
  std::vector<std::vector<int>> places_;  // of the table's cells
  std::vector<Told> fixed_;               // told before, or exact
  std::vector<Hidden> hidden_;
  std::vector<Bounds> ends_;          // of hidden_, at the utmost
  std::vector<std::int64_t> wanted_;  // of hidden_: so many values
};

}  // namespace

Result<std::vector<HiddenCell>> work_out(const Releases& releases) {
  std::vector<Told> told;
  std::vector<Hidden> hidden;
  collect(releases, told, hidden);
  Reader reader(static_cast<int>(releases.population.base_cells()), std::move(told));
  std::vector<HiddenCell> cells;
  std::vector<Bounds> all;
  for (std::size_t which = 0; which < hidden.size(); ++which) {
    const std::optional<Bounds> bounds = reader.bounds(which, hidden);
    if (!bounds) return contradiction();
    all.push_back(*bounds);
  }
  for (std::size_t which = 0; which < hidden.size(); ++which) {
    if (hidden[which].shown_values() < 2 && all[which].high > all[which].low) {
      reader.show_more(which, hidden, 2);
    }
  }
  for (std::size_t which = 0; which < hidden.size(); ++which) {
    const Hidden& one = hidden[which];
    const auto natural = [](std::int64_t number) {
      return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
    };
    cells.push_back({one.table, one.cell, natural(all[which].low), natural(all[which].high),
                     natural(one.shown_low), natural(one.shown_high)});
  }
  return cells;
}

Result<Table> make_safe(const Releases& earlier, const Table& table, const Policy& policy,
                        GateReport& report) {
  if (earlier.tables.size() >= releases_max) {
    return Error{ErrorCode::limit, "too many releases of one population"};
  }
  return Gate(earlier, table, policy).run(report);
}

}  // namespace urna::statistics
