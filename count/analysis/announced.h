// SPDX-License-Identifier: EUPL-1.2
// The outcome held against the city's announcement (column `selected`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "count/instance.h"
#include "count/outcome.h"

namespace urna::count {

// What would explain a project whose computed and announced results differ. In order of how
// sure the explanation is.
enum class Explanation {
  tie,             // a tie decided it; another resolution agrees with the announcement
  repeated_marks,  // counting repeated projects of a ballot once agrees
  declared_votes,  // the votes or points written in the file's PROJECTS agree, the ballots do not
  threshold,       // a threshold at least this project's votes, or none, agrees
  leftover,        // stop instead of skip (or the reverse) at the first misfit agrees
  extra_money,     // funded although it did not fit: needs `extra_money` more than the budget
  other_sources,   // announced with a value such as 2 or 3: funded from elsewhere
  withdrawn,  // funded by the count, but announced as not: withdrawn or merged, says the comment
  conflict,   // another funded project excludes it, says the comment
  comment,    // the file's comment speaks of it
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

}  // namespace urna::count
