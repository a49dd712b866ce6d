// SPDX-License-Identifier: EUPL-1.2
// One pool of an edition as it is counted: money, projects, ballots, and what the file declares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "count/profile.h"
#include "count/project_index.h"

namespace urna::count {

// Cost that Pabulib writes for a project withdrawn after the vote; such a project is never funded
// and never stops a greedy rule.
inline constexpr Money withdrawn_cost{99'999'999'900};

struct Project {
  std::string id;
  std::string name;  // empty if the file has none
  Money cost;
  std::optional<std::int64_t> declared_votes;  // column `votes`
  std::optional<std::int64_t> declared_score;  // column `score`
  // Column `selected`, as the city announced: 0 not funded, 1 funded, 2 funded from outside the
  // budget (Poznan's 80 % rule), 3 funded later from additional money.
  std::optional<int> selected;
  std::vector<std::string> categories;
  std::vector<std::string> beneficiaries;
  std::string district;  // column `district`, else `neighborhood`, else `subunit`; may be empty
  std::optional<double> latitude;   // degrees north
  std::optional<double> longitude;  // degrees east
  std::uint64_t line = 0;           // where it stands in the file
};

// What a ballot may hold, as far as the file says.
struct BallotLimits {
  std::optional<std::int64_t> length_min, length_max;  // number of projects
  std::optional<std::int64_t> points_min, points_max;  // to one project
  std::optional<std::int64_t> points_sum_min, points_sum_max;
  std::optional<Money> cost_sum_min, cost_sum_max;  // of the projects named
};

struct MetaField {
  std::string key;
  std::string value;
  std::uint64_t line = 0;
};

struct Instance {
  std::string file;             // as given by the caller, for messages
  std::vector<MetaField> meta;  // in order of the file
  Money budget;
  VoteType vote_type = VoteType::approval;
  std::string declared_rule;                    // `rule`, e.g. "greedy-threshold"; empty if none
  std::optional<std::int64_t> score_threshold;  // `min_project_score_threshold`, inclusive
  std::string currency;                         // ISO 4217, e.g. "PLN"; may be empty
  BallotLimits limits;
  PerProject<Project> projects;
  Profile profile;

  [[nodiscard]] ProjectRange indices() const { return ProjectRange(projects.size()); }
  // Value of the first meta field of that key, or nullopt. O(number of fields).
  [[nodiscard]] std::optional<std::string_view> find_meta(std::string_view key) const;
  // Name of the pool for people: unit, instance, subunit joined by ", ".
  [[nodiscard]] std::string title() const;
};

// Whether the budget pays for it alone and it was not withdrawn.
[[nodiscard]] inline bool is_fundable(const Instance& instance, ProjectIndex p) {
  const Money cost = instance.projects[p].cost;
  return cost <= instance.budget && cost != withdrawn_cost;
}

}  // namespace urna::count
