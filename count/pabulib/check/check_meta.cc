// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/check_meta.h"

#include <algorithm>

#include "count/pabulib/check/cells.h"
#include "count/pabulib/check/schema.h"
#include "count/pabulib/check/values.h"
#include "count/pabulib/reader.h"

namespace urna::count::pabulib::check {

namespace {

constexpr std::size_t meta_entries_max = 1000;

}  // namespace

void MetaCheck::header(const Row& row) {
  model_.meta_line = row.line;
  if (row.cells.size() < 2 || cell_text(row, 0) != "key" || cell_text(row, 1) != "value") {
    findings_.add(Code::meta_header, {row.line, 1, {}}, "META does not begin with key;value");
  }
  for (const Cell& cell : row.cells) check_text(row, cell, {}, findings_);
}

void MetaCheck::row(const Row& row) {
  const std::string_view key = check_text(row, row.cells[0], "key", findings_);
  if (key.empty()) {
    findings_.add(Code::empty_key, {row.line, 1, {}}, "a row of META without a key");
    return;
  }
  const std::optional<std::size_t> known = find_field(Section::meta, key);
  const bool has_value = row.cells.size() > 1;
  const Place place = has_value ? place_of(row, row.cells[1], key) : Place{row.line, 0, key};
  std::string_view value;
  if (has_value) value = check_text(row, row.cells[1], key, findings_);
  if (row.cells.size() > 2) {
    findings_.add(Code::extra_cells, place_of(row, row.cells[2], key), "{} cells in a row of META",
                  row.cells.size());
  }
  if (model_.find(key) != nullptr) {
    findings_.add(Code::duplicate_key, {row.line, 1, key}, "{} stands in META again", quoted(key));
    return;
  }
  if (known) {
    check_value(schema(Section::meta)[*known], value, place, findings_);
  } else {
    findings_.add(Code::unknown_field, {row.line, 1, key}, "Pabulib defines no field {} in META",
                  quoted(key));
  }
  // Bounds the search for repeated keys in a file that is nothing but keys.
  if (known || model_.meta.size() < meta_entries_max)
    model_.meta.push_back({std::string(key), std::string(value), place.line, place.column});
}

void MetaCheck::finish() {
  read_facts();
  check_presence_and_order();
  check_dates();
  check_limits();
  check_vote_type();
  check_rule_fields();
}

void MetaCheck::read_facts() {
  const auto money = [this](std::string_view key) { return read_money(model_.value(key)).value; };
  const auto count = [this](std::string_view key) { return read_count(model_.value(key)).value; };
  const auto number = [this](std::string_view key) {
    return read_integer(model_.value(key)).value;
  };
  MetaFacts& facts = model_.facts;
  facts.budget = money("budget");
  facts.min_sum_cost = money("min_sum_cost");
  facts.max_sum_cost = money("max_sum_cost");
  facts.num_projects = count("num_projects");
  facts.num_votes = count("num_votes");
  facts.min_length = count("min_length");
  facts.max_length = count("max_length");
  facts.min_points = number("min_points");
  facts.max_points = number("max_points");
  facts.min_sum_points = number("min_sum_points");
  facts.max_sum_points = number("max_sum_points");
  facts.min_project_cost = count("min_project_cost");
  facts.max_project_cost = count("max_project_cost");
  facts.score_threshold = number("min_project_score_threshold");
  facts.fully_funded = count("fully_funded");
  facts.vote_type = vote_type_named(model_.value("vote_type"));
  if (facts.budget && facts.budget->grosze == 0)
    findings_.add(Code::budget_zero, model_.place("budget"), "the budget is 0");
}

void MetaCheck::check_presence_and_order() {
  for (const FieldSpec& spec : schema(Section::meta)) {
    if (spec.required && model_.find(spec.name) == nullptr) {
      findings_.add(Code::missing_field, {model_.meta_line, 0, spec.name}, "META has no field {}",
                    spec.name);
    }
  }
  std::vector<std::string_view> names;
  for (const MetaEntry& entry : model_.meta) {
    if (find_field(Section::meta, entry.key)) names.push_back(entry.key);
  }
  check_field_order(Section::meta, names, {model_.meta_line, 0, {}}, findings_);
}

void MetaCheck::check_dates() {
  const std::optional<DateSpan> begin = read_date(model_.value("date_begin"));
  const std::optional<DateSpan> end = read_date(model_.value("date_end"));
  if (begin && end && end->last < begin->first) {
    findings_.add(Code::date_range, model_.place("date_end"),
                  "the vote ends ({}) before it begins ({})", model_.value("date_end"),
                  model_.value("date_begin"));
  }
}

void MetaCheck::check_limits() {
  const MetaFacts& facts = model_.facts;
  const auto pair = [this](const auto& low, const auto& high, std::string_view low_key,
                           std::string_view high_key) {
    if (low && high && *low > *high) {
      findings_.add(Code::limits_contradict, model_.place(low_key), "{} {} is above {} {}", low_key,
                    model_.value(low_key), high_key, model_.value(high_key));
    }
  };
  pair(facts.min_length, facts.max_length, "min_length", "max_length");
  pair(facts.min_sum_cost, facts.max_sum_cost, "min_sum_cost", "max_sum_cost");
  pair(facts.min_points, facts.max_points, "min_points", "max_points");
  pair(facts.min_sum_points, facts.max_sum_points, "min_sum_points", "max_sum_points");
  pair(facts.min_project_cost, facts.max_project_cost, "min_project_cost", "max_project_cost");
  if (facts.max_length && facts.num_projects && *facts.max_length > *facts.num_projects) {
    findings_.add(Code::max_length_over_projects, model_.place("max_length"),
                  "max_length {} is above num_projects {}", *facts.max_length, *facts.num_projects);
  }
}

void MetaCheck::check_vote_type() {
  const MetaFacts& facts = model_.facts;
  if (!facts.vote_type) return;
  const bool choose_one = *facts.vote_type == VoteType::choose_one;
  if (*facts.vote_type == VoteType::cumulative && facts.max_sum_points.value_or(0) == 0) {
    findings_.add(Code::max_sum_points_missing, model_.place("max_sum_points"),
                  "cumulative votes need max_sum_points");
  }
  if (choose_one) {
    for (const std::string_view key : {"min_length", "max_length"}) {
      if (read_count(model_.value(key)).value.value_or(1) != 1)
        findings_.add(Code::choose_1_limits, model_.place(key), "{} is {}", key, model_.value(key));
    }
  } else if (facts.max_length == 1) {
    findings_.add(Code::choose_1_suggested, model_.place("max_length"),
                  "max_length is 1 and vote_type is {}", model_.value("vote_type"));
  }
  if (choose_one || *facts.vote_type == VoteType::approval) {
    for (const std::string_view key :
         {"min_points", "max_points", "min_sum_points", "max_sum_points", "default_score"}) {
      if (!model_.value(key).empty()) {
        findings_.add(Code::unused_points_field, model_.place(key),
                      "{} has no meaning for {} votes", key, model_.value("vote_type"));
      }
    }
  }
}

void MetaCheck::check_rule_fields() {
  const std::string_view rule = model_.value("rule");
  const bool has_threshold = model_.find("min_project_score_threshold") != nullptr;
  if (rule == "greedy" && has_threshold) {
    findings_.add(Code::threshold_without_rule, model_.place("rule"),
                  "the rule is greedy and a threshold is given");
  }
  if (rule == "greedy-threshold" && !has_threshold) {
    findings_.add(Code::threshold_missing, model_.place("rule"),
                  "the rule has a threshold that is not given");
  }
  if (rule == "greedy-custom" && model_.value("comment").empty()) {
    findings_.add(Code::custom_rule_without_comment, model_.place("rule"),
                  "nothing explains the custom rule");
  }
}

}  // namespace urna::count::pabulib::check
