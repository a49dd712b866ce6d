// SPDX-License-Identifier: EUPL-1.2
// What single ballots give to each project, and how much k changed ballots can add or take.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "count/instance.h"
#include "count/tally.h"

namespace urna::count {

// An amount that a ballot can yield, and how many ballots yield it.
struct Yield {
  std::int64_t amount = 0;  // > 0
  std::uint64_t ballots = 0;
};

// The most that k ballots yield together, as a concave function of k. Immutable.
class Yields {
 public:
  Yields() = default;
  // In any order; amounts <= 0 are left out, equal ones are joined. O(n log n).
  explicit Yields(std::vector<Yield> yields);

  // The k largest amounts added up. O(log n).
  [[nodiscard]] std::int64_t most(std::uint64_t ballots) const;
  // The fewest ballots that yield `amount` or more; nullopt if all together do not. O(log n).
  [[nodiscard]] std::optional<std::uint64_t> ballots_for(std::int64_t amount) const;
  [[nodiscard]] std::int64_t all() const { return sums_.empty() ? 0 : sums_.back().total; }

 private:
  struct Step {  // ballots with the largest amounts, up to and including one amount
    std::int64_t amount = 0;
    std::uint64_t ballots = 0;  // so far
    std::int64_t total = 0;     // so far
  };
  std::vector<Step> sums_;
};

// A project named by a group of equal ballots. A project named twice there has two of them.
struct ProjectMark {
  std::uint32_t group = 0;
  std::int32_t value = 0;  // 1 for votes; points otherwise
};

// Counted by votes or by points, all marks of a pool by project and what may be done to them.
struct Marks {
  bool points = false;
  OrdinalPoints ordinal = OrdinalPoints::descending;
  Repeats repeats = Repeats::counted;
  // Least (0 or less) and greatest mark that one new ballot may give to one project. Where the file
  // states no maximum of points, it is the largest number any ballot gave to one project.
  std::int64_t low = 0;
  std::int64_t high = 1;
  PerProject<std::vector<ProjectMark>> by_project;  // in order of groups
  // What one ballot's mark for a project can lose or gain if only the mark itself is limited: every
  // replacement whatever, and every change of this mark alone, lies within these.
  PerProject<Yields> losses;
  PerProject<Yields> gains;
};

// Finds how the tally was made (ordinal points, repeats) by recounting; if it was not made from
// these ballots, repeats are taken as counted. O(entries log ballots).
[[nodiscard]] Marks read_marks(const Instance& instance, const Tally& tally, bool points);

}  // namespace urna::count
