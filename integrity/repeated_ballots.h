// SPDX-License-Identifier: EUPL-1.2
// After decryption: ballots that are equal more often than chance explains. Mixing has taken their
// order and whose they were, so what is looked at is how often each content comes.
//
// Popular contents come often, of themselves. So only *rare* ones are compared: those that would
// come less than once if people put projects together by twos only. How often a rare content comes
// again has a geometric law, whose parameter is that of all other rare contents of the pool
// (families, friends, leaflets). docs/signals.md has the law, its grounds and the false alarms on
// published votes.
//
// A signal is a reason for people to look, and annuls nothing: after decryption no ballot leads to
// anybody, and none can be taken out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "count/profile.h"
#include "integrity/signal.h"

namespace urna::integrity {

// Of two projects twos say all there is; ballots that name more than the most are not looked at.
inline constexpr std::size_t compared_projects_least = 3;
inline constexpr std::size_t compared_projects_most = 64;

struct RepeatedBallot {
  std::size_t group = 0;       // its place in the profile
  std::uint64_t observed = 0;  // how many are equal
  std::size_t projects = 0;    // how many different ones it names
  // How many of these ballots' contents the pool's other ballots let expect, below 1.
  double expected = 0;
  double usual = 0;        // how often another rare content comes on average, at least 1
  double probability = 0;  // that chance lets any of those compared come as often
  std::uint64_t compared = 0;
};

struct BallotRepeats {
  std::uint64_t ballots = 0;          // of the pool
  std::uint64_t contents = 0;         // different ones
  std::uint64_t rare_ballots = 0;     // with a rare content
  std::uint64_t compared = 0;         // rare contents
  std::vector<RepeatedBallot> found;  // most often observed first, then by place
};

// Deterministic. O(sum over contents of the square of their length), memory for each pair of
// projects that stands on a ballot.
[[nodiscard]] BallotRepeats find_repeated_ballots(const count::Profile& profile,
                                                  const Levels& levels = {});

[[nodiscard]] Explanation explain(const RepeatedBallot& repeated);

}  // namespace urna::integrity
