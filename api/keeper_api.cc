// SPDX-License-Identifier: EUPL-1.2
#include "api/keeper_api.h"

#include <string>
#include <utility>

#include "pseudonym/messages.h"
#include "server/http.h"

namespace urna::api {
namespace {

using server::Problem;
using server::ProblemKind;

constexpr ProblemKind over_quota{"over-quota", 429, "Wyczerpano limit zapytań",
                                 "The quota is used up"};
constexpr ProblemKind share_destroyed{"share-destroyed", 410, "Udział klucza zniszczono",
                                      "The share of the key was destroyed"};
constexpr std::uint64_t retry_most_s = 86'400;

Problem problem_of(const keeper::Refused& refused) {
  switch (refused.why) {
    case keeper::Refusal::unknown_caller:
      return {&server::problems::unauthenticated, {}, {}, {}, {{"WWW-Authenticate", "Bearer"}}};
    case keeper::Refusal::malformed:
      return {&server::problems::malformed_request};
    case keeper::Refusal::other_group:
      return {&server::problems::conflict,
              {"Zapytanie dotyczy innej grupy depozytariuszy.",
               "The request is for another group of keepers."}};
    case keeper::Refusal::not_allowed:
      return {&server::problems::forbidden};
    case keeper::Refusal::over_quota: {
      Problem problem{&over_quota};
      if (refused.retry_after_seconds) {
        problem.retry_after_s = static_cast<std::uint32_t>(
            std::clamp<std::uint64_t>(*refused.retry_after_seconds, 1, retry_most_s));
      }
      return problem;
    }
    case keeper::Refusal::destroyed:
      return {&share_destroyed};
    case keeper::Refusal::mandate:
      return {&server::problems::forbidden,
              {"Zapytanie nie mieści się w upoważnieniu obu administratorów.",
               "The request is not within a mandate of both controllers."}};
    case keeper::Refusal::unavailable:
      break;
  }
  return {&server::problems::unavailable, {}, server::unavailable_retry_s};
}

}  // namespace

Status add_keeper_routes(server::Router& router, keeper::Keeper& keeper) {
  server::RouteOptions options;
  options.body_bytes_max = pseudonym::message_bytes_max;
  options.content_types = {"application/cbor"};
  options.rate_class = "evaluations";
  return router.add(
      server::Method::post, "/api/v1/evaluate",
      [&keeper](const server::Request& request) -> server::Reply {
        auto answer = keeper.evaluate(request.bearer_token().value_or(""), request.body);
        if (const auto* refused = std::get_if<keeper::Refused>(&answer)) {
          return problem_of(*refused);
        }
        return server::cbor_response(std::get<std::string>(std::move(answer)));
      },
      options);
}

void add_keeper_metrics(server::Metrics& metrics, const keeper::Keeper& keeper) {
  for (std::size_t k = 0; k < pseudonym::purposes; ++k) {
    metrics.gauge("urna_keeper_evaluated", "Elements evaluated since the start, by purpose",
                  [&keeper, k] { return static_cast<double>(keeper.metrics().evaluated[k]); },
                  {{"purpose", std::string(to_string(static_cast<pseudonym::Purpose>(k)))}});
  }
  for (std::size_t k = 0; k < keeper::refusals; ++k) {
    metrics.gauge("urna_keeper_refused", "Requests refused since the start, by reason",
                  [&keeper, k] { return static_cast<double>(keeper.metrics().refused[k]); },
                  {{"reason", std::string(keeper::to_string(static_cast<keeper::Refusal>(k)))}});
  }
  metrics.gauge("urna_keeper_alarm", "1 while an alarm waits for a person to see to it",
                [&keeper] { return keeper.metrics().alarm ? 1.0 : 0.0; });
  metrics.gauge("urna_keeper_destroyed", "1 once the share is gone",
                [&keeper] { return keeper.metrics().destroyed ? 1.0 : 0.0; });
}

}  // namespace urna::api
