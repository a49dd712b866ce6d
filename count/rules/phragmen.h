// SPDX-License-Identifier: EUPL-1.2
// Phragmen's sequential rule for approval ballots.
#pragma once

#include "base/result.h"
#include "count/instance.h"
#include "count/outcome.h"
#include "count/tie_order.h"

namespace urna::count {

// Errors: unsupported (ballots are not approvals).
[[nodiscard]] Result<Outcome> phragmen(const Instance& instance, const TieOrder& ties);

}  // namespace urna::count
