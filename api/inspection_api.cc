// SPDX-License-Identifier: EUPL-1.2
#include "api/inspection_api.h"

#include <boost/json.hpp>
#include <utility>

#include "adapters/http_client.h"
#include "base/bytes.h"
#include "base/sha256.h"
#include "protection/access_log.h"
#include "server/http.h"

namespace urna::api {
namespace {

using server::Problem;
using server::ProblemKind;

constexpr ProblemKind outside_mandate{"outside-mandate", 403, "Poza upoważnieniem",
                                      "Outside the mandate"};

server::Reply reply_to(const inspection::Refused& refused) {
  switch (refused.why) {
    case inspection::Refusal::malformed:
      return Problem{&server::problems::malformed_request};
    case inspection::Refusal::mandate: {
      Problem problem{
          &outside_mandate,
          {"Nie wydano żadnych danych. Próbę zapisano w dziennikach obu administratorów.",
           "No data were given. The attempt is in both controllers' logs."}};
      problem.members = {{"fault", std::string(protection::to_string(refused.fault.value_or(
                                       protection::MandateFault::missing)))}};
      return problem;
    }
    case inspection::Refusal::signature: {
      Problem problem{&outside_mandate,
                      {"Żądania nie podpisał ten kontrolujący, jest dawne albo powtórzone.",
                       "The request is not signed by that inspector, is old or came before."}};
      problem.members = {{"fault", "request-signature"}};
      return problem;
    }
    case inspection::Refusal::no_second:
      return Problem{&server::problems::unavailable,
                     {"Dziennik drugiego administratora nie odpowiada, więc nie wydano danych.",
                      "The other controller's log does not answer, so no data were given."},
                     server::unavailable_retry_s};
    case inspection::Refusal::unavailable:
      break;
  }
  return Problem{&server::problems::unavailable, {}, server::unavailable_retry_s};
}

server::Reply reply_to(const inspection::Rows& given) {
  boost::json::array rows;
  for (const auto& row : given.rows) rows.emplace_back(boost::json::value_from(row));
  const boost::json::object body = {{"fields", boost::json::value_from(given.fields)},
                                    {"rows", std::move(rows)}};
  return server::json_response(boost::json::serialize(body));
}

// Comparing hashes tells nothing of a token's beginning.
bool has_token(const server::Request& request, const Sha256Digest& token) {
  return sha256(request.bearer_token().value_or("")) == token;
}

class SecondLogClient final : public inspection::SecondLog {
 public:
  SecondLogClient(std::string url, const std::string& token)
      : url_(std::move(url) + "/api/v1/inspection/entries"),
        authorization_("Bearer " + token),
        http_({.total_ms = 5'000}, {.plain_http = true}) {}

  Status append(std::string_view entry) override {
    adapters::HttpRequest request;
    request.url = url_;
    request.body = entry;
    request.headers = {{"Authorization", authorization_}, {"Content-Type", "application/cbor"}};
    const Result<adapters::HttpAnswer> answer = http_.send(request);
    if (!answer) return answer.error();
    if (answer->status == 204) return ok_status();
    return Error{ErrorCode::io,
                 "the other controller's log did not take a row",
                 {},
                 "see that service's log"};
  }

 private:
  std::string url_;
  std::string authorization_;
  adapters::HttpClient http_;
};

}  // namespace

Status add_inspection_routes(server::Router& router, inspection::Inspection& inspection,
                             inspection::InspectionStore& store, const std::string& token) {
  const Sha256Digest hash = sha256(token);
  const Problem unauthenticated{
      &server::problems::unauthenticated, {}, {}, {}, {{"WWW-Authenticate", "Bearer"}}};
  server::RouteOptions options;
  options.rate_class = "inspections";
  options.content_types = {"application/cbor"};
  options.body_bytes_max = inspection::read_request_bytes_max;
  Status added = router.add(
      server::Method::post, "/api/v1/inspection/read",
      [&inspection](const server::Request& request) -> server::Reply {
        const auto given = inspection.read(request.body);
        if (const auto* refused = std::get_if<inspection::Refused>(&given))
          return reply_to(*refused);
        return reply_to(std::get<inspection::Rows>(given));
      },
      options);
  if (!added) return added;
  options.body_bytes_max = protection::access_entry_bytes_max;
  added = router.add(
      server::Method::post, "/api/v1/inspection/entries",
      [&inspection, hash, unauthenticated](const server::Request& request) -> server::Reply {
        if (!has_token(request, hash)) return unauthenticated;
        if (const Status taken = inspection.take_entry(request.body); !taken) {
          return server::problem_of(taken.error());
        }
        server::Response done;
        done.status = 204;
        return done;
      },
      options);
  if (!added) return added;
  server::RouteOptions reading;
  reading.rate_class = "inspections";
  return router.add(
      server::Method::get, "/api/v1/inspection/log",
      [&store, hash, unauthenticated](const server::Request& request) -> server::Reply {
        if (!has_token(request, hash)) return unauthenticated;
        const Result<protection::AccessLogCopy> copy = store.copy_log();
        if (!copy) return server::problem_of(copy.error());
        return server::cbor_response(encode(*copy));
      },
      reading);
}

std::unique_ptr<inspection::SecondLog> second_log_client(std::string url, std::string token) {
  return std::make_unique<SecondLogClient>(std::move(url), token);
}

}  // namespace urna::api
