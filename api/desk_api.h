// SPDX-License-Identifier: EUPL-1.2
// The officials' desk over HTTP (docs/openapi.yaml, docs/desk.md).
//
// A session is a cookie that scripts cannot read (__Host-, HttpOnly, Secure, SameSite=Strict).
// Whatever changes something also asks for the header Urna-Desk, which no page of another site can
// send without asking first, and for an Origin that is the desk's own.
#pragma once

#include <string>

#include "base/result.h"
#include "desk/cases.h"
#include "desk/drafts.h"
#include "desk/office.h"
#include "desk/rehearsing.h"
#include "desk/works.h"
#include "server/router.h"

namespace urna::api {

struct DeskRoom {
  const desk::Office& office;
  const desk::Setting& setting;
  desk::Works& works;
  desk::Rehearsals& rehearsals;
  desk::Cases& cases;
  std::string register_json;  // of personal data
  std::string notice_pl, notice_en;
};

// Rate classes: "sign-in" and "reads", and those of authors_api.h. The room outlives the router.
Status add_desk_routes(server::Router& router, const DeskRoom& room);

}  // namespace urna::api
