// SPDX-License-Identifier: EUPL-1.2
#include "api/desk_cases_api.h"

#include <boost/json.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "api/desk_json.h"
#include "api/desk_requests.h"
#include "api/json_body.h"
#include "base/bytes.h"
#include "cases/case_file.h"
#include "desk/officials.h"
#include "server/content.h"
#include "tally/edition_config.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using desk::Official;
using server::Reply;
using server::Request;
using server::Response;

class DeskCasesHandlers {
 public:
  explicit DeskCasesHandlers(const DeskRoom& room) : room_(room), office_(room.office) {}

  Reply list_cases(const Request& request, const Official& /*official*/) const {
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    const Result<std::vector<desk::CaseView>> cases = room_.cases.list(*row);
    if (!cases) return desk_problem_of(cases.error());
    json::array list;
    for (const desk::CaseView& one : *cases) list.push_back(to_json(one, false));
    return server::json_response(
        json::serialize(json::object{{"now", office_.clock()}, {"cases", std::move(list)}}));
  }

  Reply take_case(const Request& request, const Official& official) const {
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    const Result<std::uint64_t> version = room_.cases.take(official, *row, request.body);
    if (!version) return desk_problem_of(version.error());
    return server::json_response(json::serialize(json::object{{"version", *version}}), 201);
  }

  Reply tell_case(const Request& request, const Official& /*official*/) const {
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    const Result<desk::CaseView> view = room_.cases.view(*row, request.parameter("number"));
    if (!view) return desk_problem_of(view.error());
    json::object body = to_json(*view, true);
    body["now"] = office_.clock();
    return server::json_response(json::serialize(body));
  }

  Reply tell_effect(const Request& request, const Official& /*official*/) const {
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    const Result<std::vector<desk::PoolEffect>> pools = room_.cases.effect(*row);
    if (!pools) return desk_problem_of(pools.error());
    return server::json_response(json::serialize(json::object{{"pools", to_json(*pools)}}));
  }

  // For evidence: the file as the registrar signed it, beside all that was done with it here.
  Reply download_case(const Request& request, const Official& official) const {
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    const std::string& number = request.parameter("number");
    const Result<desk::CaseView> view = room_.cases.view(*row, number);
    if (!view) return desk_problem_of(view.error());
    const Result<std::string> document = room_.cases.document(official, *row, number);
    if (!document) return desk_problem_of(document.error());
    json::object body{{"format", "urna/1 case at the desk"},
                      {"edition", to_hex(view_of(view->file->edition))},
                      {"made", office_.clock()},
                      {"case_file", *document},
                      {"case", to_json(*view, true)}};
    if (const Result<std::vector<desk::PoolEffect>> pools = room_.cases.effect(*row))
      body["effect"] = to_json(*pools);
    json::array signatures;
    for (const desk::CaseProposal& one : view->proposals) {
      for (const desk::SignatureRow& signature : one.proposal.signatures) {
        signatures.push_back({{"proposal", signature.proposal},
                              {"official", signature.official},
                              {"time", signature.time},
                              {"signature", to_hex(signature.signature)},
                              {"assertion", to_hex(signature.assertion)}});
      }
    }
    body["signatures"] = std::move(signatures);
    Response response = server::json_response(json::serialize(body));
    response.headers.push_back(
        {"Content-Disposition", "attachment; filename=\"case-" + view->file->number + ".json\""});
    return response;
  }

  Reply dismiss_case(const Request& request, const Official& official) const {
    return in_case(
        request, official, desk::Right::decide, {"reason", "grounds"},
        [&](const desk::EditionRow& row, const std::string& number, const TextMembers& members) {
          return room_.cases.dismiss(official, row, number, text_of(members, "reason"),
                                     text_of(members, "grounds"));
        });
  }

  Reply advise_in_case(const Request& request, const Official& official) const {
    return in_case(
        request, official, desk::Right::advise, {"advice", "text"},
        [&](const desk::EditionRow& row, const std::string& number, const TextMembers& members) {
          return room_.cases.advise(
              official, row, number,
              {std::string(text_of(members, "advice")), std::string(text_of(members, "text"))});
        });
  }

  Reply appeal_in_case(const Request& request, const Official& official) const {
    return in_case(
        request, official, desk::Right::decide, {"ballots", "filed", "text", "late"},
        [&](const desk::EditionRow& row, const std::string& number,
            const TextMembers& members) -> Status {
          Result<std::vector<std::uint64_t>> ballots = numbers_in(text_of(members, "ballots"));
          if (!ballots) return std::move(ballots).error();
          const Result<std::uint64_t> filed = tally::parse_time(text_of(members, "filed"));
          if (!filed)
            return Error{ErrorCode::malformed,
                         "the day of the appeal is no time",
                         {.field = "filed"},
                         "such as 2026-09-22T00:00:00Z"};
          return room_.cases.appeal(
              official, row, number,
              {*std::move(ballots), *filed, std::string(text_of(members, "text")),
               std::string(text_of(members, "late"))});
        });
  }

  Reply close_case(const Request& request, const Official& official) const {
    return in_case(
        request, official, desk::Right::decide, {"grounds"},
        [&](const desk::EditionRow& row, const std::string& number, const TextMembers& members) {
          return room_.cases.close(official, row, number, text_of(members, "grounds"));
        });
  }

  Reply propose_in_case(const Request& request, const Official& official) const {
    std::string proposal;
    const Reply done = in_case(request, official, desk::Right::decide,
                               {"action", "ballots", "reason", "grounds", "departure", "urgent"},
                               [&](const desk::EditionRow& row, const std::string& number,
                                   const TextMembers& members) -> Status {
                                 Result<std::vector<std::uint64_t>> ballots =
                                     numbers_in(text_of(members, "ballots"));
                                 if (!ballots) return std::move(ballots).error();
                                 const auto take = [&](std::string_view name) {
                                   return std::string(text_of(members, name));
                                 };
                                 Result<std::string> id = room_.cases.propose(
                                     official, row, number,
                                     {take("action"), *std::move(ballots), take("reason"),
                                      take("grounds"), take("departure"), take("urgent")});
                                 if (!id) return std::move(id).error();
                                 proposal = *std::move(id);
                                 return ok_status();
                               });
    if (proposal.empty()) return done;
    return server::json_response(json::serialize(json::object{{"proposal", proposal}}), 201);
  }

 private:
  // Who may not is told so before anything is read.
  template <typename Act>
  Reply in_case(const Request& request, const Official& official, desk::Right right,
                std::initializer_list<std::string_view> known, Act act) const {
    if (Status allowed = desk::require(official, right); !allowed)
      return desk_problem_of(allowed.error());
    const Result<TextMembers> members =
        read_text_members(request.body, known,
                          {{"ballots", ballots_text_bytes_max, false},
                           {"grounds", desk::grounds_bytes_max, true},
                           {"departure", desk::grounds_bytes_max, true},
                           {"urgent", desk::grounds_bytes_max, true},
                           {"late", desk::grounds_bytes_max, true},
                           {"text", desk::case_text_bytes_max, true}});
    if (!members) return server::problem_of(members.error());
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    if (Status done = act(*row, request.parameter("number"), *members); !done)
      return desk_problem_of(done.error());
    return server::no_content();
  }

  const DeskRoom room_;
  const desk::Office& office_;
};

}  // namespace

Status add_desk_case_routes(const DeskRoom& room, const AddInside& add) {
  auto handlers = std::make_shared<const DeskCasesHandlers>(room);
  server::RouteOptions reads;
  reads.rate_class = "reads";
  server::RouteOptions small = reads;
  small.body_bytes_max = 32'768;
  small.content_types = {"application/json"};
  const std::string edition = "/api/v1/desk/editions/{edition}";
  using server::Method;
  Status added = ok_status();
  const auto add_inside = [&](Method method, const std::string& path,
                              const server::RouteOptions& options, auto answer) {
    if (!added) return;
    added = add(method, path, options,
                [handlers, answer](const Request& request, const Official& official) {
                  return ((*handlers).*answer)(request, official);
                });
  };
  server::RouteOptions case_file = small;
  case_file.body_bytes_max = cases::case_bytes_max;
  add_inside(Method::get, edition + "/effect", reads, &DeskCasesHandlers::tell_effect);
  add_inside(Method::get, edition + "/cases", reads, &DeskCasesHandlers::list_cases);
  add_inside(Method::post, edition + "/cases", case_file, &DeskCasesHandlers::take_case);
  const std::string one = edition + "/cases/{number}";
  add_inside(Method::get, one, reads, &DeskCasesHandlers::tell_case);
  add_inside(Method::get, one + "/package.json", reads, &DeskCasesHandlers::download_case);
  add_inside(Method::post, one + "/dismissal", small, &DeskCasesHandlers::dismiss_case);
  add_inside(Method::post, one + "/opinions", small, &DeskCasesHandlers::advise_in_case);
  add_inside(Method::post, one + "/proposals", small, &DeskCasesHandlers::propose_in_case);
  add_inside(Method::post, one + "/appeals", small, &DeskCasesHandlers::appeal_in_case);
  add_inside(Method::post, one + "/closing", small, &DeskCasesHandlers::close_case);
  return added;
}

}  // namespace urna::api
