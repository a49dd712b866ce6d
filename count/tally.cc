// SPDX-License-Identifier: EUPL-1.2
#include "count/tally.h"

#include <algorithm>

namespace urna::count {

std::int64_t points_of(const BallotGroup& ballot, std::size_t i, VoteType type,
                       OrdinalPoints ordinal) {
  switch (type) {
    case VoteType::approval:
    case VoteType::choose_one:
      return 1;
    case VoteType::ordinal:
      return static_cast<std::int64_t>(ballot.projects.size() - i) -
             (ordinal == OrdinalPoints::borda ? 1 : 0);
    case VoteType::cumulative:
    case VoteType::scoring:
      return ballot.points[i];
  }
  return 0;
}

Tally tally(const Instance& instance, OrdinalPoints ordinal, Repeats repeats) {
  const std::size_t count = instance.projects.size();
  Tally result{PerProject<std::int64_t>(count), PerProject<std::int64_t>(count)};
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
      const ProjectIndex p = ballot.projects[i];
      if (repeats == Repeats::merged) {
        // The representative of a repeated project is the mention with the most points, the first
        // of several.
        const std::int64_t own = points_of(ballot, i, instance.vote_type, ordinal);
        bool represented_elsewhere = false;
        for (std::size_t j = 0; j < ballot.projects.size() && !represented_elsewhere; ++j) {
          if (j == i || ballot.projects[j] != p) continue;
          const std::int64_t other = points_of(ballot, j, instance.vote_type, ordinal);
          represented_elsewhere = other > own || (other == own && j < i);
        }
        if (represented_elsewhere) continue;
      }
      result.votes[p] += ballot.count;
      result.points[p] += points_of(ballot, i, instance.vote_type, ordinal) * ballot.count;
    }
  }
  return result;
}

}  // namespace urna::count
