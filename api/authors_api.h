// SPDX-License-Identifier: EUPL-1.2
// The rehearsal with authors over HTTP (docs/openapi.yaml, docs/desk.md): what officials do about
// links and remarks, and what whoever follows a link sees and says.
//
// Who follows a link sends its token as "Authorization: Bearer …", which no page of another site
// can make a browser send; the token stands behind "#" in the link, so that no server sees it in an
// address.
#pragma once

#include "api/desk_api.h"
#include "api/desk_cases_api.h"
#include "base/result.h"
#include "server/router.h"

namespace urna::api {

// Rate classes: those of add_desk_routes(), and "authors" and "remarks" for who follows a link. The
// room outlives what is added. Errors: those of `add` and of the router.
[[nodiscard]] Status add_authors_routes(server::Router& router, const DeskRoom& room,
                                        const AddInside& add);

}  // namespace urna::api
