// SPDX-License-Identifier: EUPL-1.2
// The loads of voters in Phragmen's rule: what each project would raise them to, bounded and exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/rational.h"
#include "count/instance.h"
#include "count/rules/bounds.h"

namespace urna::count {

// The ballots as sets (a project named twice stands once), and for each project the ballots that
// name it. Immutable. Memory: 6 bytes per named project.
class ApprovalSets {
 public:
  explicit ApprovalSets(const Instance& instance);

  [[nodiscard]] std::size_t groups() const { return voters_.size(); }
  [[nodiscard]] std::uint32_t voters(std::size_t g) const { return voters_[g]; }
  [[nodiscard]] std::span<const ProjectIndex> projects(std::size_t g) const {
    return std::span(projects_).subspan(begins_[g], begins_[g + 1] - begins_[g]);
  }
  // Numbers of the groups that name p.
  [[nodiscard]] std::span<const std::uint32_t> supporters(ProjectIndex p) const {
    return std::span(supporters_)
        .subspan(supporter_begins_[p.value],
                 supporter_begins_[p.value + 1U] - supporter_begins_[p.value]);
  }
  // Voters who name p.
  [[nodiscard]] std::uint64_t votes(ProjectIndex p) const { return votes_[p]; }

 private:
  std::vector<ProjectIndex> projects_;
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> voters_;
  std::vector<std::uint32_t> supporters_;
  std::vector<std::size_t> supporter_begins_;
  PerProject<std::uint64_t> votes_;
};

// The state of a run. All supporters of a chosen project end with the same load, so a voter's load
// is that of the last chosen project the voter supports: it is enough to keep, for each project,
// how many of its supporters stand at each of those loads.
//
// Loads are exact: the load of the i-th chosen project is N_i / D_i with D_i = n_1 n_2 … n_i, the
// product of the numbers of supporters, and the sum of a project's supporters' loads over D_i is
// evaluated by Horner's scheme, without a greatest common divisor anywhere.
//
// Copyable (a branch of the run). `instance` and `sets` must outlive it. Memory: 8 bytes per pair
// of a project and a chosen project, plus 4 per distinct ballot.
class PhragmenLoads {
 public:
  PhragmenLoads(const Instance& instance, const ApprovalSets& sets);

  // Number of projects chosen so far.
  [[nodiscard]] std::size_t chosen() const { return divisors_.size(); }
  // Supporters of p by the last chosen project that they support: [0] none, [i] the i-th chosen.
  // Precondition: p is not chosen.
  [[nodiscard]] const std::vector<std::uint64_t>& supporters_by_load(ProjectIndex p) const {
    return counts_[p];
  }

  // (cost + sum of the supporters' loads) / number of supporters, in grosze: the load that all
  // supporters of p would get. Precondition: votes(p) > 0. O(chosen()).
  [[nodiscard]] Bounds new_load_bounds(ProjectIndex p) const;
  // The same exactly; the true order of the loads of two projects (negative: a's is lower).
  [[nodiscard]] Rational new_load(ProjectIndex p) const;
  [[nodiscard]] int compare_new_loads(ProjectIndex a, ProjectIndex b) const;

  // Gives the supporters of p its new load. O(entries of the ballots that name p + projects).
  void choose(ProjectIndex p);

  // Steps of work done so far, to bound what branches may cost.
  [[nodiscard]] std::uint64_t effort() const { return effort_; }

 private:
  // Numerator of new_load(p) over (product of divisors_) * votes(p).
  [[nodiscard]] Integer numerator(ProjectIndex p) const;

  const Instance* instance_;
  const ApprovalSets* sets_;
  std::vector<std::uint32_t> last_;  // per group: which load it stands at
  PerProject<std::vector<std::uint64_t>> counts_;
  std::vector<Bounds> bounds_;           // per load, [0] = 0
  std::vector<Integer> numerators_;      // N_i, i from 1 at [0]
  std::vector<std::uint64_t> divisors_;  // n_i, i from 1 at [0]
  Integer denominator_ = 1;              // product of divisors_
  mutable std::uint64_t effort_ = 0;
};

}  // namespace urna::count
