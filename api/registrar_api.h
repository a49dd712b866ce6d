// SPDX-License-Identifier: EUPL-1.2
// The registrar over HTTP: what docs/openapi.yaml says under "registrar".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "election/manifest.h"
#include "registrar/office.h"
#include "registrar/ports/identity_provider.h"
#include "server/peer.h"
#include "server/rate_limit.h"
#include "server/router.h"

namespace urna::api {

// What the handlers work with; all of it outlives the router.
struct RegistrarDesk {
  const registrar::Office& office;
  registrar::IdentityProvider* identity_provider = nullptr;  // none if null
  registrar::IdentifierKind provider_identifier = registrar::IdentifierKind::pesel;
  std::string box_token;             // that the ballot box bears
  server::RateLimiter& per_person;   // attempts on one name and birth date, whoever makes them
  std::string service_json;          // service_description.h
  std::string register_json;         // art. 30
  std::string notice_pl, notice_en;  // art. 13 and 14, Markdown
  std::vector<server::Network> named_networks;   // that the city says many share: schools, carriers
  const election::Manifest* manifest = nullptr;  // none: no cards of paper are handed out
};

// Adds the routes. Rate classes: "identify", "factors", "reads".
[[nodiscard]] Status add_registrar_routes(server::Router& router, const RegistrarDesk& desk);

}  // namespace urna::api
