// SPDX-License-Identifier: EUPL-1.2
// What a service says of the personal data that it keeps, generated from the declaration.
#pragma once

#include <string_view>

#include "base/result.h"
#include "protection/register.h"
#include "server/config.h"
#include "server/router.h"

namespace urna::api {

// Binds every member as "controller.…".
void add_controller_keys(server::ConfigKeys& keys, protection::Controller& controller);

// GET /api/v1/data-protection/register (JSON) and /notice (Markdown, in the language asked for).
[[nodiscard]] Status add_data_protection_routes(server::Router& router, protection::DataSet set,
                                                const protection::Controller& controller,
                                                std::string_view rate_class);

}  // namespace urna::api
