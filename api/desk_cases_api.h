// SPDX-License-Identifier: EUPL-1.2
// Cases at the desk over HTTP (docs/openapi.yaml, docs/cases.md).
#pragma once

#include <functional>
#include <string>

#include "api/desk_api.h"
#include "base/result.h"
#include "desk/office.h"
#include "server/router.h"

namespace urna::api {

// Answers an official who is signed in, as the caller has seen to.
using InsideAnswer = std::function<server::Reply(const server::Request&, const desk::Official&)>;
using AddInside = std::function<Status(server::Method, const std::string& path,
                                       const server::RouteOptions&, const InsideAnswer&)>;

// The room outlives what is added. Errors: those of `add`.
[[nodiscard]] Status add_desk_case_routes(const DeskRoom& room, const AddInside& add);

}  // namespace urna::api
