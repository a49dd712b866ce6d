// SPDX-License-Identifier: EUPL-1.2
// An inspection service over HTTP, and the other controller's service as a second log.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "inspection/inspecting.h"
#include "inspection/store.h"
#include "server/router.h"

namespace urna::api {

// POST /api/v1/inspection/read for inspectors; POST /api/v1/inspection/entries for the other
// controller and for who runs list checks, with the token; GET /api/v1/inspection/log with the
// token: the whole log, to be cosigned. What is given outlives the router.
[[nodiscard]] Status add_inspection_routes(server::Router& router,
                                           inspection::Inspection& inspection,
                                           inspection::InspectionStore& store,
                                           const std::string& token);

// The log of the service at this address.
[[nodiscard]] std::unique_ptr<inspection::SecondLog> second_log_client(std::string url,
                                                                       std::string token);

}  // namespace urna::api
