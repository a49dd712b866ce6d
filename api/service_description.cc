// SPDX-License-Identifier: EUPL-1.2
#include "api/service_description.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/bytes.h"
#include "registrar/operators.h"
#include "registrar/sessions.h"

namespace urna::api {
namespace {

namespace json = boost::json;

std::string_view contact_source_name(registrar::ContactSource source) {
  switch (source) {
    case registrar::ContactSource::registered:
      return "registered";
    case registrar::ContactSource::typed:
      return "typed";
    case registrar::ContactSource::either:
      break;
  }
  return "either";
}

json::array identifiers_of(const registrar::RegistrarPolicy& policy) {
  json::array kinds;
  for (const registrar::IdentifierKind kind : policy.identifiers) {
    json::array fields;
    for (const registrar::AskedField& field : registrar::fields_asked(kind)) {
      fields.push_back(json::object{{"name", field.name}, {"required", field.required}});
    }
    kinds.push_back(
        json::object{{"kind", registrar::to_string(kind)}, {"fields", std::move(fields)}});
  }
  return kinds;
}

}  // namespace

std::string service_json(const registrar::Office& office, const ServiceOffer& offer) {
  const registrar::RegistrarPolicy& policy = office.policy;
  json::array channels;
  if (offer.sms) channels.emplace_back("sms");
  if (offer.email) channels.emplace_back("email");
  json::object body{
      {"edition", to_hex(office.edition.view())},
      {"identifiers", identifiers_of(policy)},
      {"channels", std::move(channels)},
      {"contact", contact_source_name(policy.contacts)},
      {"letters", offer.letters},
      {"points", !policy.operators.empty()},
      {"identity_provider", nullptr},
      // Knowledge never suffices, whatever the manifest says.
      {"lowest_level", std::max<std::uint8_t>(policy.lowest_level, 2)},
      {"code", json::object{{"digits", registrar::code_digits},
                            {"seconds", policy.code_seconds},
                            {"per_session", policy.codes_per_session}}},
      {"letter_code", json::object{{"characters", registrar::letter_code_length}}},
      {"session_seconds", policy.session_seconds},
      {"guardians", nullptr},
      {"controller", json::object{{"name", offer.controller.name},
                                  {"address", offer.controller.address},
                                  {"officer", offer.controller.officer}}},
  };
  if (!offer.provider.empty()) {
    body["identity_provider"] = json::object{{"name", offer.provider}};
  }
  const registrar::GuardianRule& guardian = policy.eligibility.guardian;
  if (guardian.below_age > 0) {
    body["guardians"] =
        json::object{{"below_age", guardian.below_age}, {"wards_most", guardian.wards_max}};
  }
  return json::serialize(body);
}

std::string points_json(const registrar::Office& office) {
  json::array points;
  for (const registrar::OfficialPoint& one : registrar::official_points(office)) {
    points.push_back(json::object{{"name", one.point},
                                  {"place", one.place},
                                  {"opens", one.valid_from},
                                  {"closes", one.valid_until}});
  }
  return json::serialize(json::object{{"points", std::move(points)}});
}

}  // namespace urna::api
