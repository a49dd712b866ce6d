// SPDX-License-Identifier: EUPL-1.2
// The outcome held against the city's announcement (column `selected`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "count/instance.h"
#include "count/outcome.h"
#include "count/rules/declared.h"
#include "count/tie_order.h"

namespace urna::count {

// What would explain a project whose computed and announced results differ. In order of how
// sure the explanation is. "Agrees" means: a recount with that one thing changed funds exactly what
// was announced.
enum class Explanation {
  tie,             // a tie decided it; another resolution agrees with the announcement
  repeated_marks,  // counting repeated projects of a ballot once agrees
  declared_votes,  // the votes or points written in the file's PROJECTS agree, the ballots do not
  threshold,       // a threshold at least this project's votes, or none, agrees
  leftover,        // stop instead of skip (or the reverse) at the first misfit agrees
  extra_money,     // funded although it did not fit: needs `extra_money` more than the budget
  other_sources,   // announced with a value such as 2 or 3: funded from elsewhere
  withdrawn,       // leaving out at most three projects, as if withdrawn or merged after the vote,
                   // agrees
  conflict,  // another announced project excludes it, says the comment; keeping that one agrees
  comment,   // the file's comment speaks of it
  unexplained,
};

struct Difference {
  ProjectIndex project;
  bool counted_funded = false;
  int announced = 0;  // value of `selected`
  Explanation explanation = Explanation::unexplained;
  Money extra_money;   // for extra_money
  std::string detail;  // English, one sentence
};

struct AnnouncedComparison {
  bool announced_present = false;  // the file has the column `selected`
  std::vector<Difference> differences;
  [[nodiscard]] bool agrees() const { return announced_present && differences.empty(); }
};

// Whether an announced value of `selected` means "funded from this budget by this rule": 1 does,
// and 2 under the 80 % rule, which marks so the project it funds beyond the budget. Every other
// value tells of money from elsewhere, about which the count says nothing.
[[nodiscard]] bool announced_as_funded(int selected, const DeclaredRule& rule);

// Holds `outcome`, counted by `rule` with `ties` from all ballots, against the announcement. If
// they differ, recounts with one thing changed at a time, in the order of Explanation, until a
// recount agrees with the whole announcement; that explains every difference. If none does, each
// difference is explained by itself as far as the comment goes. Every recount is tried with ties as
// given and, failing that, with ties resolved as announced; `detail` says so. A project without a
// value of `selected` counts as not funded. Cost: some tens of counts by greedy, one more for each
// different number of votes; a dozen counts by Equal Shares. Only where the outcome differs; else
// O(m).
[[nodiscard]] AnnouncedComparison compare_announced(const Instance& instance,
                                                    const DeclaredRule& rule, const TieOrder& ties,
                                                    const Outcome& outcome);

}  // namespace urna::count
