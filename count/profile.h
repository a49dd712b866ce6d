// SPDX-License-Identifier: EUPL-1.2
// The ballots of one pool, identical ballots grouped.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "count/project_index.h"

namespace urna::count {

// How a ballot was filled (Pabulib `vote_type`).
enum class VoteType {
  approval,    // a set of projects
  choose_one,  // approval of exactly one project ("choose-1")
  ordinal,     // projects in order of preference, best first
  cumulative,  // points divided among projects
  scoring,     // points given to each project independently
};

// All ballots with one content. `projects` is in order of preference for ordinal votes and sorted
// by index otherwise; a project that a ballot names twice stands there twice. `points` runs
// parallel to `projects` for cumulative and scoring votes and is empty otherwise.
// Valid as long as its Profile.
struct BallotGroup {
  std::span<const ProjectIndex> projects;
  std::span<const std::int32_t> points;
  std::uint32_t count = 0;  // how many voters cast this ballot
};

// Immutable. Copyable; moving is cheap. Memory: 2 bytes per named project, plus 4 per project with
// points, plus 8 per distinct ballot (the builder needs more while it runs).
class Profile {
 public:
  Profile() = default;

  // Number of ballots cast, blank ones included.
  [[nodiscard]] std::uint64_t ballots() const { return ballots_; }
  // Number of distinct ballots.
  [[nodiscard]] std::size_t groups() const { return counts_.size(); }
  // Precondition: g < groups(). O(1).
  [[nodiscard]] BallotGroup group(std::size_t g) const;
  // Sum over groups of the number of projects named.
  [[nodiscard]] std::size_t entries() const { return projects_.size(); }

 private:
  friend class ProfileBuilder;
  std::vector<ProjectIndex> projects_;
  std::vector<std::int32_t> points_;  // empty if the vote type has none
  std::vector<std::uint32_t> ends_;   // end of each group in projects_
  std::vector<std::uint32_t> counts_;
  std::uint64_t ballots_ = 0;
};

// Collects ballots one by one and groups equal ones by hashing. Not thread-safe.
// The order of groups in the built profile is that of first appearance.
class ProfileBuilder {
 public:
  // The profile holds at most this many named projects over all distinct ballots.
  static constexpr std::size_t entries_max = 4'000'000'000;

  explicit ProfileBuilder(VoteType type);

  // Adds `count` equal ballots. `points` must have the length of `projects` for cumulative and
  // scoring votes and be empty otherwise. The spans are copied; for every type but ordinal the
  // order in them is irrelevant. Returns false, changing nothing, iff entries_max or 2^32-1
  // distinct or equal ballots would be exceeded. Amortised O(n log n) in the ballot's length.
  [[nodiscard]] bool add(std::span<const ProjectIndex> projects,
                         std::span<const std::int32_t> points, std::uint32_t count = 1);

  // Consumes the builder.
  [[nodiscard]] Profile build() &&;

 private:
  // Open addressing. The hash stands beside the group, so that a new ballot is mostly told from the
  // others, and the table grows, without a look at ballots far away in memory.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = 0;  // of the group, from 1; 0 for a free slot
  };

  [[nodiscard]] std::uint32_t hash_of(std::size_t begin, std::size_t end) const;
  [[nodiscard]] bool equal_to_tail(std::size_t group, std::size_t tail_begin) const;
  void grow();

  VoteType type_;
  Profile profile_;
  std::vector<Slot> slots_;  // a power of two, at most three quarters full
  std::vector<std::pair<ProjectIndex, std::int32_t>> scratch_;
};

}  // namespace urna::count
