// SPDX-License-Identifier: EUPL-1.2
// From the words for a rule, as `urna count` takes them, to a counted rule.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "count/tie_order.h"
#include "report/count_report.h"

namespace urna::report {

// The options of `urna count` as given; nullopt or empty where the default depends on the ballots.
struct CountWords {
  std::string rule = "greedy";
  std::optional<std::string> rank;
  bool stop_at_first_misfit = false;
  std::optional<std::string> threshold;  // "50" or "10%" of the ballots
  std::vector<std::string> conflicts;    // each "ID,ID,…"
  std::optional<std::string> satisfaction;
  std::string completion = "none";
  std::string add1_stop = "overshoot";
  std::string add1_start = "exact";
  std::string add1_step = "1";  // currency units
  std::string preference = "cardinality";
  bool support_filter = false;
  std::string ordinal_points = "descending";
  std::string ties = "id";
  bool margins = true;
  bool compare_selected = false;
};

struct Counting {
  count::Tally tally;
  count::TiePolicy ties;
  CountedRule rule;
};

// Told the increases made so far while Add1 runs, and 0 when it has ended; may be empty.
using Add1Progress = std::function<void(std::uint64_t steps)>;

// Counts by the rule the words ask for.
[[nodiscard]] Result<Counting> count_by_words(const count::Instance& instance,
                                              const CountWords& words,
                                              const Add1Progress& progress = {});

// The rules that stand beside the chosen one, `main`, in a comparison: every rule that these
// ballots admit, with the satisfaction and ties of `words`, without margins and without `main`
// itself.
[[nodiscard]] Result<std::vector<CountedRule>> count_side_by_side(
    const count::Instance& instance, const CountWords& words, const CountedRule& main,
    const Add1Progress& progress = {});

}  // namespace urna::report
