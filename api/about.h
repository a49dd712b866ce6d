// SPDX-License-Identifier: EUPL-1.2
// What only the city can say about its site: who runs it, how to reach whom, how accessible it
// found it. The pages' accessibility statement is made of it.
#pragma once

#include <string>

#include "base/result.h"
#include "server/config.h"
#include "server/router.h"

namespace urna::api {

// In the order of the configuration's words.
enum class AccessibilityStatus { unassessed, full, partial, none };

struct About {
  std::string name;       // of the city's office, as in "Urząd Miasta …"
  std::string address;    // of its building
  std::string contact;    // who answers about accessibility
  std::string email;      // of them
  std::string telephone;  // of them
  std::string published;  // dates YYYY-MM-DD: of the site,
  std::string updated;    // of its last important change,
  std::string assessed;   // of the accessibility statement
  std::string building;   // its accessibility, in a few sentences
  AccessibilityStatus status = AccessibilityStatus::unassessed;
};

// Binds every member as "about.…".
void add_about_keys(server::ConfigKeys& keys, About& about);

// GET /api/v1/about, in the rate class "reads". Errors: usage, naming the key, for a text longer
// than 2,000 bytes or a date that is none.
[[nodiscard]] Status add_about_route(server::Router& router, const About& about);

}  // namespace urna::api
