// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/schema.h"

namespace urna::count::pabulib::check {
namespace {

constexpr bool required = true;
constexpr bool optional_field = false;
constexpr bool may_be_empty = true;

constexpr FieldSpec meta_fields[] = {
    {"description", Domain::text, required},
    {"country", Domain::country, required},
    {"unit", Domain::text, required},
    {"district", Domain::text},
    {"subunit", Domain::text},
    {"instance", Domain::text, required},
    {"num_projects", Domain::count, required},
    {"num_votes", Domain::count, required},
    {"budget", Domain::money, required},
    {"vote_type", Domain::vote_type, required},
    {"rule", Domain::rule, required},
    {"date_begin", Domain::date, required},
    {"date_end", Domain::date, required},
    {"min_length", Domain::count},
    {"max_length", Domain::count},
    {"min_sum_cost", Domain::money},
    {"max_sum_cost", Domain::money},
    {"min_points", Domain::integer},
    {"max_points", Domain::integer},
    {"min_sum_points", Domain::integer},
    {"max_sum_points", Domain::integer},
    {"default_score", Domain::integer},
    {"min_project_cost", Domain::count},
    {"max_project_cost", Domain::count},
    {"min_project_score_threshold", Domain::integer},
    {"neighborhoods", Domain::list},
    {"subdistricts", Domain::list},
    {"categories", Domain::list},
    {"edition", Domain::text},
    {"language", Domain::language},
    {"currency", Domain::currency},
    {"fully_funded", Domain::flag},
    {"experimental", Domain::flag},
    {"comment", Domain::comment},
    {"acknowledgments", Domain::text},
    // Amsterdam
    {"leftover_budget", Domain::text},
    {"budget_per_category", Domain::list},
    {"budget_per_neighborhood", Domain::list},
    {"min_length_per_category", Domain::count},
    {"max_length_per_category", Domain::count},
    {"min_sum_cost_per_category", Domain::list},
    {"max_sum_cost_per_category", Domain::list},
};

constexpr FieldSpec project_fields[] = {
    {"project_id", Domain::text, required},
    {"cost", Domain::money, required},
    {"votes", Domain::count},
    {"score", Domain::integer},
    {"name", Domain::text},
    {"category", Domain::list, optional_field, may_be_empty},
    {"beneficiaries", Domain::list, optional_field, may_be_empty},
    {"selected", Domain::selected},
    {"neighborhood", Domain::text},
    {"subunit", Domain::text},
    {"district", Domain::text},
    {"description", Domain::text},
    {"proposer", Domain::text},
    {"public_id", Domain::text},
    {"latitude", Domain::coordinate, optional_field, may_be_empty},
    {"longitude", Domain::coordinate, optional_field, may_be_empty},
};

constexpr FieldSpec vote_fields[] = {
    {"voter_id", Domain::text, required},
    {"vote", Domain::list, required},
    {"points", Domain::points},
    {"age", Domain::age, optional_field, may_be_empty},
    {"sex", Domain::sex, optional_field, may_be_empty},
    {"voting_method", Domain::voting_method},
    {"district", Domain::text, optional_field, may_be_empty},
    {"neighborhood", Domain::text, optional_field, may_be_empty},
    {"education", Domain::text, optional_field, may_be_empty},
    // Zurich
    {"topic_preference_transport", Domain::count},
    {"topic_preference_culture", Domain::count},
    {"topic_preference_nature", Domain::count},
    {"district_preference", Domain::text},
    {"time_taken_seconds", Domain::count},
    {"format_easiness", Domain::text},
    {"format_expressiveness", Domain::text},
    {"format_rank", Domain::text},
};

}  // namespace

std::span<const FieldSpec> schema(Section section) {
  switch (section) {
    case Section::meta:
      return meta_fields;
    case Section::projects:
      return project_fields;
    case Section::votes:
      return vote_fields;
  }
  return {};
}

std::optional<std::size_t> find_field(Section section, std::string_view name) {
  const std::span<const FieldSpec> fields = schema(section);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  return std::nullopt;
}

std::string_view section_name(Section section) {
  switch (section) {
    case Section::meta:
      return "META";
    case Section::projects:
      return "PROJECTS";
    case Section::votes:
      return "VOTES";
  }
  return {};
}

}  // namespace urna::count::pabulib::check
