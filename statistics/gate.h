// SPDX-License-Identifier: EUPL-1.2
// The safe-statistics gate: what is hidden in a table cannot be worked out from it together with
// everything told before.
//
// Whoever reads the releases knows of the numbers of people in the base cells (all combinations of
// categories) that they are whole, not negative, and add up to every count told. Of a hidden cell
// they can work out an interval; if that is one number, the cell is told. The bounds are linear
// programs (Fellegi 1972); cells to hide besides are chosen by another one (Kelly, Golden, Assad
// 1992; Fischetti and Salazar 2001), and then each hidden cell is shown to be safe by two whole
// tables that fit all that was told and differ in it. That showing is checked in integers: a
// rounding error of the linear programs can hide too much, never too little.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "statistics/table.h"

namespace urna::statistics {

struct Policy {
  std::uint64_t least = 10;  // counts of 1 to least - 1 are hidden, unless exact
  // Of so many neighbouring values at least each hidden cell may have any end; 0: as `least`.
  std::uint64_t values = 0;
};

struct HiddenCell {
  std::size_t table = 0, cell = 0;
  // What a reader can work out: not fewer, not more.
  std::uint64_t low = 0, high = 0;
  // Of which whole tables are known that fit everything told: low <= shown_low <= shown_high <=
  // high. Equal: not shown to be safe.
  std::uint64_t shown_low = 0, shown_high = 0;
};

// All hidden cells of all releases, with what can be worked out of them. Error: conflict (the
// releases contradict each other). Two linear programs for each hidden cell.
[[nodiscard]] Result<std::vector<HiddenCell>> work_out(const Releases& releases);

struct GateReport {
  std::uint64_t small = 0;          // hidden because they are small
  std::uint64_t complementary = 0;  // hidden besides
  // Hidden cells, earlier ones too, that exact totals bind closer than the policy asks.
  std::uint64_t bound_by_exact = 0;
};

// The table as it may be released after the earlier ones: counts that are not exact hidden where
// they are small, and where small ones could be worked out. Zeros are told. Errors: conflict, with
// the cell's place (exact counts and what was told before give it away, or it contradicts them; it
// could not be shown to be safe), malformed (a cell of the table is hidden already).
[[nodiscard]] Result<Table> make_safe(const Releases& earlier, const Table& table,
                                      const Policy& policy, GateReport& report);

}  // namespace urna::statistics
