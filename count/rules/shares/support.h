// SPDX-License-Identifier: EUPL-1.2
// Who supports what, and how strongly: ballots as sets of supported projects, indexed both ways.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "count/instance.h"
#include "count/rules/equal_shares.h"
#include "count/tally.h"

namespace urna::count {

// Voters whose ballots give the same satisfaction from every project form a class. Blank ballots
// belong to none. Immutable after build(). Memory: 16 bytes per (class, project) pair.
class SupportIndex {
 public:
  struct Supporter {
    std::uint32_t voter_class;
    std::uint32_t voters;  // in the class
    std::int32_t units;    // satisfaction units of each: 1, or the points given
  };
  struct Supported {
    ProjectIndex project;
    std::int32_t units;
  };

  // A project named several times supports once, with its largest points; projects given no
  // positive points are not supported. O(entries * log(ballot length)).
  [[nodiscard]] static SupportIndex build(const Instance& instance, Satisfaction satisfaction,
                                          OrdinalPoints ordinal);

  [[nodiscard]] std::size_t classes() const { return voters_.size(); }
  [[nodiscard]] std::uint32_t voters(std::size_t c) const { return voters_[c]; }
  [[nodiscard]] std::span<const Supported> supported_by(std::size_t c) const {
    return std::span(supported_).subspan(class_begin_[c], class_begin_[c + 1] - class_begin_[c]);
  }
  [[nodiscard]] std::span<const Supporter> supporters_of(ProjectIndex p) const {
    return std::span(supporters_)
        .subspan(project_begin_[p.value], project_begin_[p.value + 1U] - project_begin_[p.value]);
  }
  // Voters supporting the project, and the sum of their units.
  [[nodiscard]] std::int64_t voters_of(ProjectIndex p) const { return project_voters_[p]; }
  [[nodiscard]] std::int64_t units_of(ProjectIndex p) const { return project_units_[p]; }
  // The largest units that any voter gives to any project; at least 1.
  [[nodiscard]] std::int64_t units_max() const { return units_max_; }

 private:
  std::vector<std::uint32_t> voters_;
  std::vector<std::size_t> class_begin_;
  std::vector<Supported> supported_;
  std::vector<std::size_t> project_begin_;
  std::vector<Supporter> supporters_;
  PerProject<std::int64_t> project_voters_;
  PerProject<std::int64_t> project_units_;
  std::int64_t units_max_ = 1;
};

}  // namespace urna::count
