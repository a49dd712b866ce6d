// SPDX-License-Identifier: EUPL-1.2
// A keeper over HTTP: for services that bear a token, never for browsers.
#pragma once

#include "base/result.h"
#include "keeper/keeper.h"
#include "server/metrics.h"
#include "server/router.h"

namespace urna::api {

// POST /api/v1/evaluate. The keeper must outlive the router.
[[nodiscard]] Status add_keeper_routes(server::Router& router, keeper::Keeper& keeper);

// The keeper's numbers as metrics. The keeper must outlive the metrics.
void add_keeper_metrics(server::Metrics& metrics, const keeper::Keeper& keeper);

}  // namespace urna::api
