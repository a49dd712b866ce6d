// SPDX-License-Identifier: EUPL-1.2
// What the checks remember of a file while they read it: META, one record per project, totals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "count/pabulib/check/finding.h"
#include "count/pabulib/id_table.h"
#include "count/profile.h"

namespace urna::count::pabulib::check {

struct MetaEntry {
  std::string key;
  std::string value;  // without white space around it
  std::uint64_t line = 0;
  std::uint64_t column = 0;  // of the value
};

// What META says in numbers; nullopt where it says nothing readable.
struct MetaFacts {
  std::optional<Money> budget, min_sum_cost, max_sum_cost;
  std::optional<std::int64_t> num_projects, num_votes;
  std::optional<std::int64_t> min_length, max_length;
  std::optional<std::int64_t> min_points, max_points, min_sum_points, max_sum_points;
  std::optional<std::int64_t> min_project_cost, max_project_cost;
  std::optional<std::int64_t> score_threshold;
  std::optional<std::int64_t> fully_funded;
  std::optional<VoteType> vote_type;
};

struct ProjectFacts {
  std::string id;
  std::uint64_t line = 0;
  std::uint64_t cost_column = 0, votes_column = 0, score_column = 0, selected_column = 0;
  std::optional<Money> cost;
  std::optional<std::int64_t> declared_votes, declared_score, selected;
  std::int64_t counted_votes = 0;
  std::int64_t counted_points = 0;
  std::uint64_t last_vote = 0;  // number of the last vote that named it
};

struct Model {
  std::vector<MetaEntry> meta;
  MetaFacts facts;
  std::uint64_t meta_line = 0, projects_line = 0, votes_line = 0;  // of the column names

  std::vector<ProjectFacts> projects;
  IdTable ids;  // index in `projects`
  std::uint64_t project_rows = 0;
  bool has_votes_column = false, has_score_column = false, has_selected_column = false;

  std::uint64_t vote_rows = 0;
  bool has_points_column = false;
  bool has_uncountable_points = false;  // some points could not be added up

  [[nodiscard]] const MetaEntry* find(std::string_view key) const {
    for (const MetaEntry& entry : meta) {
      if (entry.key == key) return &entry;
    }
    return nullptr;
  }
  // Value of a field of META; empty if it is missing.
  [[nodiscard]] std::string_view value(std::string_view key) const {
    const MetaEntry* entry = find(key);
    return entry == nullptr ? std::string_view() : std::string_view(entry->value);
  }
  // Where the field stands; where META begins if it is missing. `key` must outlive the place.
  [[nodiscard]] Place place(std::string_view key) const {
    const MetaEntry* entry = find(key);
    return entry == nullptr ? Place{meta_line, 0, key} : Place{entry->line, entry->column, key};
  }
};

}  // namespace urna::count::pabulib::check
