// SPDX-License-Identifier: EUPL-1.2
// Whole approval ballots changed at once for or against one project and its rivals.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "count/instance.h"
#include "count/margin/greedy_moves.h"

namespace urna::count {

// What is wanted: p ahead of its rivals (`forward`), each of them falling as p rises, or p behind
// them, each of them rising as p falls.
struct Trade {
  ProjectIndex project;
  bool forward = true;
  std::vector<ProjectIndex> rivals;
};

// Changes ballots so that each moves p and as many rivals as the ballot rule allows; ballots that
// do most for the rivals that have furthest to go come first. A heuristic: it finds a way, not
// always the shortest. Only for approval and choose-1 ballots, where a mark is one vote; ballots
// naming a project twice are left alone.
class BallotTrades {
 public:
  // Borrows all three. O(1).
  BallotTrades(const Instance& instance, const PerProject<std::int64_t>& votes,
               const BallotMoves& moves);

  // Looks at ballots once and ranks those that can be changed. Reads `ballots_max` distinct ballots
  // at most. O(marks in them).
  [[nodiscard]] std::vector<std::uint32_t> useful(const Trade& trade,
                                                  std::size_t ballots_max) const;

  // Votes of all projects after changing `ballots` of `useful` ballots; nullopt if there are not so
  // many. O(marks in them).
  [[nodiscard]] std::optional<PerProject<std::int64_t>> votes_after(
      const Trade& trade, std::vector<std::uint32_t> useful, std::uint64_t ballots) const;

 private:
  [[nodiscard]] std::vector<ProjectIndex> rewritten(const Trade& trade, std::uint32_t group,
                                                    const PerProject<bool>& is_rival,
                                                    const PerProject<std::int64_t>& now) const;
  [[nodiscard]] std::size_t most_useful(const Trade& trade,
                                        const std::vector<std::uint32_t>& useful,
                                        const std::vector<std::uint64_t>& left,
                                        const PerProject<bool>& is_rival,
                                        const PerProject<std::int64_t>& now) const;
  [[nodiscard]] bool admits(const std::vector<ProjectIndex>& projects) const;

  const Instance& instance_;
  const PerProject<std::int64_t>& votes_;
  const BallotMoves& moves_;
};

}  // namespace urna::count
