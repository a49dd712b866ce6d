// SPDX-License-Identifier: EUPL-1.2
// Two outcomes held against each other, ballot by ballot.
#include <algorithm>
#include <cstdint>

#include "count/analysis/analysis.h"
#include "count/analysis/ballot_set.h"

namespace urna::count {
namespace {

// What a ballot has from a set of funded projects, measured by the preference.
std::int64_t benefit(const Instance& instance, const std::vector<Mark>& marks,
                     const PerProject<bool>& funded, Preference preference) {
  std::int64_t projects = 0, grosze = 0;
  for (const Mark& mark : marks) {
    if (!funded[mark.project]) continue;
    ++projects;
    grosze += instance.projects[mark.project].cost.grosze;
  }
  switch (preference) {
    case Preference::cardinality:
      return projects;
    case Preference::cost:
      return grosze;
    case Preference::exclusion:
      return std::min<std::int64_t>(projects, 1);
  }
  return 0;
}

}  // namespace

Comparison compare(const Instance& instance, const std::vector<ProjectIndex>& first,
                   const std::vector<ProjectIndex>& second, Preference preference) {
  PerProject<bool> in_first(instance.projects.size(), false);
  PerProject<bool> in_second(instance.projects.size(), false);
  for (const ProjectIndex p : first) in_first[p] = true;
  for (const ProjectIndex p : second) in_second[p] = true;

  Comparison comparison;
  for (const ProjectIndex p : instance.indices()) {
    if (in_first[p] && in_second[p]) comparison.both.push_back(p);
    if (in_first[p] && !in_second[p]) comparison.only_first.push_back(p);
    if (!in_first[p] && in_second[p]) comparison.only_second.push_back(p);
  }
  std::vector<Mark> marks;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    read_as_set(instance, ballot, OrdinalPoints::descending, marks);
    const std::int64_t from_first = benefit(instance, marks, in_first, preference);
    const std::int64_t from_second = benefit(instance, marks, in_second, preference);
    if (from_first > from_second) {
      comparison.prefer_first += ballot.count;
    } else if (from_first < from_second) {
      comparison.prefer_second += ballot.count;
    } else {
      comparison.indifferent += ballot.count;
    }
  }
  return comparison;
}

}  // namespace urna::count
