// SPDX-License-Identifier: EUPL-1.2
// The announced result held against the money: what it costs, and what would still have fitted.
#pragma once

#include "count/pabulib/check/finding.h"
#include "count/pabulib/check/model.h"

namespace urna::count::pabulib::check {

// Reports budget_exceeded, fully_funded_wrong, all_projects_affordable, unused_budget,
// unused_budget_perhaps and threshold_violation. O(m log m) for m projects.
void check_budget(const Model& model, Findings& findings);

// What projects are ranked by: the column `score`, else `votes`; nullopt where it is empty.
[[nodiscard]] std::optional<std::int64_t> declared_result(const Model& model,
                                                          const ProjectFacts& project);

}  // namespace urna::count::pabulib::check
