// SPDX-License-Identifier: EUPL-1.2
// PROJECTS: ids, costs, coordinates and labels.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "count/pabulib/check/cells.h"
#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/labels.h"
#include "count/pabulib/check/model.h"
#include "count/pabulib/scanner.h"

namespace urna::count::pabulib::check {

class ProjectsCheck {
 public:
  ProjectsCheck(Model& model, Findings& findings) : model_(model), findings_(findings) {}

  void header(const Row& row);
  void row(const Row& row);
  // After the last row.
  void finish();

 private:
  // Reports faults of the id; true iff the row is a project of its own.
  bool accept_id(std::string_view id, Place place);
  void check_cost(const ProjectFacts& project);
  void check_coordinates(const Row& row);
  void check_labels(const Row& row);
  void check_look_alikes();

  Model& model_;
  Findings& findings_;
  Columns columns_;
  std::optional<std::size_t> id_, cost_, votes_, score_, selected_, latitude_, longitude_;
  std::optional<std::size_t> category_, beneficiaries_, district_, neighborhood_;
  Labels categories_{"category", "categories"};
  Labels beneficiary_labels_{"beneficiaries", {}};
  Labels districts_{"district", "subdistricts"};
  Labels neighborhoods_{"neighborhood", "neighborhoods"};
  std::uint64_t located_ = 0;  // projects with coordinates
  std::optional<std::pair<double, double>> first_point_;
  bool points_differ_ = false;
};

}  // namespace urna::count::pabulib::check
