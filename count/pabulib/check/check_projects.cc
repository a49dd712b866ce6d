// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/check_projects.h"

#include <set>
#include <unordered_map>

#include "count/instance.h"
#include "count/pabulib/check/unicode_text.h"
#include "count/pabulib/check/values.h"

namespace urna::count::pabulib::check {

void ProjectsCheck::header(const Row& row) {
  model_.projects_line = row.line;
  columns_ = Columns(row, findings_);
  id_ = columns_.find("project_id");
  cost_ = columns_.find("cost");
  votes_ = columns_.find("votes");
  score_ = columns_.find("score");
  selected_ = columns_.find("selected");
  latitude_ = columns_.find("latitude");
  longitude_ = columns_.find("longitude");
  category_ = columns_.find("category");
  beneficiaries_ = columns_.find("beneficiaries");
  district_ = columns_.find("district");
  neighborhood_ = columns_.find("neighborhood");
  model_.has_votes_column = votes_.has_value();
  model_.has_score_column = score_.has_value();
  model_.has_selected_column = selected_.has_value();
  if (!votes_ && !score_) {
    findings_.add(Code::no_votes_column, {row.line, 0, {}},
                  "PROJECTS has no column votes or score");
  }
  if (!selected_) {
    findings_.add(Code::no_selected_column, {row.line, 0, {}}, "PROJECTS has no column selected");
  }
}

void ProjectsCheck::row(const Row& row) {
  ++model_.project_rows;
  columns_.check_row(row, findings_, {"project_id"});
  check_coordinates(row);
  check_labels(row);
  const std::string_view id = cell_text(row, id_);
  if (!accept_id(id, cell_place(row, id_, "project_id"))) return;

  ProjectFacts project;
  project.id = id;
  project.line = row.line;
  const auto column = [&row](std::optional<std::size_t> at) {
    return cell_place(row, at, {}).column;
  };
  project.cost_column = column(cost_);
  project.votes_column = column(votes_);
  project.score_column = column(score_);
  project.selected_column = column(selected_);
  project.cost = read_money(cell_text(row, cost_)).value;
  project.declared_votes = read_count(cell_text(row, votes_)).value;
  project.declared_score = read_integer(cell_text(row, score_)).value;
  project.selected = read_count(cell_text(row, selected_)).value;
  if (project.selected.value_or(0) > 3) project.selected.reset();
  check_cost(project);
  model_.projects.push_back(std::move(project));
}

bool ProjectsCheck::accept_id(std::string_view id, Place place) {
  if (id.empty()) {
    findings_.add(Code::empty_project_id, place, "a project without an id");
    return false;
  }
  check_id(id, place, findings_);
  if (id.size() > id_bytes_max) return false;
  if (model_.projects.size() == projects_max) {
    if (!findings_.contains(Code::too_many_projects))
      findings_.add(Code::too_many_projects, place, "more than {} projects", projects_max);
    return false;
  }
  if (const auto other = model_.ids.find(id)) {
    findings_.add(Code::duplicate_project_id, place, "the project {} stands already on line {}",
                  quoted(id), model_.projects[other->value].line);
    return false;
  }
  return model_.ids.insert(id);
}

void ProjectsCheck::check_cost(const ProjectFacts& project) {
  if (!project.cost) return;
  const Place place{project.line, project.cost_column, "cost"};
  const Money cost = *project.cost;
  const MetaFacts& facts = model_.facts;
  if (cost == withdrawn_cost) {
    findings_.add(Code::withdrawn_project, place, "the project {} has the cost of a withdrawn one",
                  quoted(project.id));
    if (project.selected == 1) {
      findings_.add(Code::withdrawn_selected, {project.line, project.selected_column, "selected"},
                    "the project {} is withdrawn and funded", quoted(project.id));
    }
    return;
  }
  if (cost.grosze == 0)
    findings_.add(Code::project_without_cost, place, "the project {} costs 0", quoted(project.id));
  if (facts.budget && facts.budget->grosze > 0 && cost > *facts.budget) {
    findings_.add(Code::project_over_budget, place, "the project {} costs {}, the budget is {}",
                  quoted(project.id), to_plain_string(cost), to_plain_string(*facts.budget));
  }
  const auto outside = [&cost](const std::optional<std::int64_t>& limit, bool upper) {
    if (!limit || *limit > money_limit_grosze / 100) return false;
    const Money bound{*limit * 100};
    return upper ? cost > bound : cost < bound;
  };
  if (outside(facts.min_project_cost, false))
    findings_.add(Code::project_cost_limits, place, "{} is below min_project_cost {}",
                  to_plain_string(cost), *facts.min_project_cost);
  if (outside(facts.max_project_cost, true))
    findings_.add(Code::project_cost_limits, place, "{} is above max_project_cost {}",
                  to_plain_string(cost), *facts.max_project_cost);
}

void ProjectsCheck::check_coordinates(const Row& row) {
  const std::string_view latitude = cell_text(row, latitude_);
  const std::string_view longitude = cell_text(row, longitude_);
  if (latitude.empty() != longitude.empty()) {
    findings_.add(Code::incomplete_coordinates,
                  cell_place(row, latitude.empty() ? latitude_ : longitude_,
                             latitude.empty() ? "latitude" : "longitude"),
                  "only one of latitude and longitude is given");
  }
  const auto north = read_coordinate(latitude, 90).value;
  const auto east = read_coordinate(longitude, 180).value;
  if (!north || !east) return;
  ++located_;
  const std::pair point(*north, *east);
  if (!first_point_) first_point_ = point;
  points_differ_ |= point != *first_point_;
}

void ProjectsCheck::check_labels(const Row& row) {
  const auto list = [&](std::optional<std::size_t> column, std::string_view field, Labels& labels) {
    const Place place = cell_place(row, column, field);
    std::set<std::string_view> seen;
    Findings ignored(0);  // the list itself is checked with its cell
    check_list(cell_text(row, column), place, ignored,
               [&](std::string_view item, std::size_t offset) {
                 const Place at{place.line, place.column + offset, field};
                 labels.add(item, at);
                 if (!seen.insert(item).second)
                   findings_.add(Code::repeated_list_value, at, "{} is given twice", quoted(item));
               });
  };
  list(category_, "category", categories_);
  list(beneficiaries_, "beneficiaries", beneficiary_labels_);
  districts_.add(cell_text(row, district_), cell_place(row, district_, "district"));
  neighborhoods_.add(cell_text(row, neighborhood_), cell_place(row, neighborhood_, "neighborhood"));
}

void ProjectsCheck::finish() {
  const MetaFacts& facts = model_.facts;
  if (model_.project_rows == 0) {
    findings_.add(Code::no_projects, {model_.projects_line, 0, {}}, "there are no projects");
  }
  if (facts.num_projects &&
      static_cast<std::uint64_t>(*facts.num_projects) != model_.project_rows) {
    findings_.add(Code::num_projects_mismatch, model_.place("num_projects"),
                  "num_projects is {}, and PROJECTS has {} rows", *facts.num_projects,
                  model_.project_rows);
  }
  if (located_ > 1 && !points_differ_) {
    findings_.add(Code::identical_coordinates, {model_.projects_line, 0, "latitude"},
                  "all {} projects with coordinates lie at the same point", located_);
  }
  check_look_alikes();
  categories_.finish(model_, findings_);
  beneficiary_labels_.finish(model_, findings_);
  districts_.finish(model_, findings_);
  neighborhoods_.finish(model_, findings_);
}

void ProjectsCheck::check_look_alikes() {
  std::unordered_map<std::string, const ProjectFacts*> first_of;
  for (const ProjectFacts& project : model_.projects) {
    const auto [other, is_new] = first_of.emplace(look_alike_skeleton(project.id), &project);
    if (!is_new) {
      findings_.add(Code::look_alike_ids, {project.line, 1, "project_id"},
                    "the ids {} and {} (line {}) look alike", quoted(project.id),
                    quoted(other->second->id), other->second->line);
    }
  }
}

}  // namespace urna::count::pabulib::check
