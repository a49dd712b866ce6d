// SPDX-License-Identifier: EUPL-1.2
#include "count/analysis/ballot_set.h"

#include <algorithm>

namespace urna::count {

void read_as_set(const Instance& instance, const BallotGroup& ballot, OrdinalPoints ordinal,
                 std::vector<Mark>& marks) {
  marks.clear();
  for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
    marks.push_back({ballot.projects[i], points_of(ballot, i, instance.vote_type, ordinal)});
  }
  // Of equal projects the one with the most points comes first and stays.
  const auto before = [](const Mark& a, const Mark& b) {
    return a.project != b.project ? a.project < b.project : a.points > b.points;
  };
  if (!std::is_sorted(marks.begin(), marks.end(), before)) {
    std::sort(marks.begin(), marks.end(), before);
  }
  marks.erase(std::unique(marks.begin(), marks.end(),
                          [](const Mark& a, const Mark& b) { return a.project == b.project; }),
              marks.end());
}

}  // namespace urna::count
