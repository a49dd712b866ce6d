// SPDX-License-Identifier: EUPL-1.2
// Real ballots that can be changed to move votes or points, each into another admissible ballot.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "count/instance.h"
#include "count/margin/greedy_marks.h"

namespace urna::count {

// Some ballots changed, and what that does to the totals of the project that gains (or, for a
// withdrawal, loses). All other totals but those of the giving project stay.
struct Move {
  std::uint64_t ballots = 0;
  std::int64_t value = 0;
  std::int64_t votes = 0;
};

// Every change leaves a ballot that BallotLimits admits, or a blank one. Ballots naming one of the
// projects concerned twice are left alone.
class BallotMoves {
 public:
  // Borrows both. O(entries).
  BallotMoves(const Instance& instance, const Marks& marks);

  // Gives `amount` or little more to p on the fewest ballots, all other marks left as they are: p
  // is added where there is room (on top of an ordinal ballot), or gets more of the unused points.
  // O(distinct ballots).
  [[nodiscard]] std::optional<Move> give(ProjectIndex p, std::int64_t amount) const;

  // Takes `amount` or little more from p, all other marks left as they are (from the top place only
  // of ordinal ballots, as otherwise others move up). O(marks of p).
  [[nodiscard]] std::optional<Move> take(ProjectIndex p, std::int64_t amount) const;

  // Moves `amount` or little more from one to the other: the place and points of `from` go to `to`,
  // and those of `to`, if the ballot names it, to `from`. Votes and value of `from` fall by what
  // those of `to` rise. O(marks of both).
  [[nodiscard]] std::optional<Move> transfer(ProjectIndex from, ProjectIndex to,
                                             std::int64_t amount) const;

  // Does the ballot rule admit a ballot of so many projects, points and cost? A blank one always.
  [[nodiscard]] bool admits(std::int64_t length, std::int64_t points, Money cost) const;

 private:
  struct Sums {
    std::int64_t length = 0;
    std::int64_t points = 0;
    Money cost;
  };
  [[nodiscard]] bool admits(const Sums& sums) const {
    return admits(sums.length, sums.points, sums.cost);
  }

  const Instance& instance_;
  const Marks& marks_;
  std::vector<Sums> sums_;  // per group of ballots
};

}  // namespace urna::count
