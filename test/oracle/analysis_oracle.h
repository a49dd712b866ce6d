// SPDX-License-Identifier: EUPL-1.2
// The measures of an outcome by their definitions, one ballot after another.
#pragma once

#include <vector>

#include "base/rational.h"
#include "count/analysis/analysis.h"
#include "count/instance.h"

namespace urna::oracle {

// Distribution of a list with one number per ballot. O(n^2).
[[nodiscard]] count::Spread spread_oracle(std::vector<Rational> numbers);

// Looks at every group of supporters of every project for a violation of EJR+ as defined in
// count/analysis/analysis.h. Of a project's violating groups the largest is returned, of equally
// large ones one with the highest level. Precondition: at most 14 ballots. O(projects * 2^ballots).
[[nodiscard]] std::vector<count::EjrViolation> ejr_plus_oracle(
    const count::Instance& instance, const std::vector<count::ProjectIndex>& winners,
    count::Satisfaction satisfaction);

}  // namespace urna::oracle
