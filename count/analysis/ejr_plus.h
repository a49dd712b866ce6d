// SPDX-License-Identifier: EUPL-1.2
// Groups of voters that EJR+ says were passed over.
#pragma once

#include <vector>

#include "count/analysis/analysis.h"

namespace urna::count {

// The violations as defined at EjrViolation, at most one per project, in order of the file.
[[nodiscard]] std::vector<EjrViolation> ejr_plus_violations(
    const Instance& instance, const std::vector<ProjectIndex>& winners, Satisfaction satisfaction);

}  // namespace urna::count
