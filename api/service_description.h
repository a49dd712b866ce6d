// SPDX-License-Identifier: EUPL-1.2
// What a page must know of a registrar to ask people the right things: no more than its
// configuration says, and nothing of a person.
#pragma once

#include <string>

#include "protection/register.h"
#include "registrar/office.h"

namespace urna::api {

// What there is besides the policy.
struct ServiceOffer {
  bool sms = false, email = false;  // whether there is a gateway
  bool letters = false;             // whether the office sends letters with codes
  std::string provider;  // what people know the identity provider as; empty: there is none
  protection::Controller controller;
};

// The object "Service" of docs/openapi.yaml.
[[nodiscard]] std::string service_json(const registrar::Office& office, const ServiceOffer& offer);

// The object "OfficialPoints": where officials vouch for people, for residents who want to know
// whether a point is one of the city's.
[[nodiscard]] std::string points_json(const registrar::Office& office);

}  // namespace urna::api
