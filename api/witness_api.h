// SPDX-License-Identifier: EUPL-1.2
// A witness over HTTP, as C2SP tlog-witness has it.
#pragma once

#include "base/result.h"
#include "board/witness.h"
#include "server/metrics.h"
#include "server/router.h"

namespace urna::api {

// POST /add-checkpoint, and the metrics of what was answered. The witness must outlive both.
[[nodiscard]] Status add_witness_routes(server::Router& router, server::Metrics& metrics,
                                        board::Witness& witness);

}  // namespace urna::api
