// SPDX-License-Identifier: EUPL-1.2
#include "api/authors_api.h"

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/desk_json.h"
#include "api/desk_requests.h"
#include "api/json_body.h"
#include "desk/authors.h"
#include "election/manifest.h"
#include "server/content.h"
#include "server/problem.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using desk::Official;
using desk::RehearsalTime;
using server::Problem;
using server::ProblemKind;
using server::Reply;
using server::Request;
using server::Response;

constexpr ProblemKind link_void{"author-link-void", 404, "Ten odnośnik jest nieważny",
                                "This link is not valid"};
constexpr ProblemKind rehearsal_over{"rehearsal-over", 410, "Próba się skończyła",
                                     "The rehearsal is over"};
constexpr ProblemKind not_ready{"rehearsal-not-ready", 409, "Karty nie można teraz pokazać",
                                "The ballot cannot be shown now"};

constexpr ProblemKind remark_with_data{"remark-with-personal-data", 422, "W tekście są czyjeś dane",
                                       "There are personal data in it"};
constexpr ProblemKind too_many_remarks{"too-many-remarks", 409, "Zbyt wiele uwag czeka na biuro",
                                       "Too many remarks wait for the office"};
constexpr ProblemKind no_such_project{"no-such-project", 409, "Tego projektu już nie ma na karcie",
                                      "This project is no longer on the ballot"};

// Why a remark was not taken, for who wrote it.
Problem remark_problem_of(const Error& error) {
  if (error.code == ErrorCode::conflict) return {&remark_with_data};
  if (error.code == ErrorCode::limit) return {&too_many_remarks};
  if (error.place.field == "project") return {&no_such_project};
  if (error.code == ErrorCode::unsupported) return {&not_ready};
  return desk_problem_of(error);
}

class AuthorsHandlers {
 public:
  explicit AuthorsHandlers(const DeskRoom& room) : room_(room), office_(room.office) {}

  // ---- Officials

  Reply tell_authors(const Request& request, const Official& /*official*/) const {
    const std::string& edition = request.parameter("edition");
    const Result<desk::EditionRow> row = row_of(office_, edition);
    if (!row) return desk_problem_of(row.error());
    const Result<desk::Authors> authors = desk::authors_of(office_, edition);
    if (!authors) return desk_problem_of(authors.error());
    json::array links;
    for (const desk::AuthorLink& one : authors->links) {
      links.push_back({{"id", one.id},
                       {"created", one.created},
                       {"expires", one.expires},
                       {"revoked", one.revoked}});
    }
    json::array remarks;
    for (const desk::Remark& one : authors->remarks) {
      remarks.push_back({{"id", one.id},
                         {"link", one.link},
                         {"pool", one.pool},
                         {"project", one.project},
                         {"version", one.version},
                         {"time", one.time},
                         {"text", one.text},
                         {"handled", time_or_null(one.handled)},
                         {"answer", one.answer}});
    }
    return server::json_response(
        json::serialize(json::object{{"now", office_.clock()},
                                     {"over", time_of(*row) == RehearsalTime::over},
                                     {"links", std::move(links)},
                                     {"remarks", std::move(remarks)}}));
  }

  Reply make_link(const Request& request, const Official& official) const {
    const Result<TextMembers> members = read_text_members(request.body, {"days"});
    if (!members) return server::problem_of(members.error());
    const std::string& edition = request.parameter("edition");
    const auto snapshot = room_.works.snapshot(edition);
    const Result<desk::NewAuthorLink> made =
        desk::make_author_link(office_, official, edition,
                               number_in(text_of(*members, "days")).value_or(0), snapshot.get());
    if (!made) return desk_problem_of(made.error());
    return server::json_response(
        json::serialize(json::object{{"id", made->id},
                                     {"link", office_.party.origin + "/rehearsal/#" + made->token},
                                     {"expires", made->expires}}),
        201);
  }

  Reply revoke_link(const Request& request, const Official& official) const {
    if (Status done = desk::revoke_author_link(office_, official, request.parameter("edition"),
                                               request.parameter("link"));
        !done) {
      return desk_problem_of(done.error());
    }
    return server::no_content();
  }

  Reply handle(const Request& request, const Official& official) const {
    const Result<TextMembers> members =
        read_text_members(request.body, {"answer"}, {{"answer", desk::remark_bytes_max, true}});
    if (!members) return desk_problem_of(members.error());
    if (Status done = desk::handle_remark(office_, official, request.parameter("edition"),
                                          request.parameter("remark"), text_of(*members, "answer"));
        !done) {
      return desk_problem_of(done.error());
    }
    return server::no_content();
  }

  // What voters' pages would tell beyond the manifest.
  Reply preview_presentation(const Request& request, const Official& /*official*/) const {
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    return presentation_reply(*row);
  }

  // ---- Who follows a link

  Reply tell_rehearsal(const Request& request) const {
    const Asked asked = guest_of(request);
    if (const auto* problem = std::get_if<Problem>(&asked)) return *problem;
    const auto& guest = std::get<desk::Guest>(asked);
    const Result<std::vector<desk::Remark>> answered = desk::answered_remarks(office_, guest);
    if (!answered) return desk_problem_of(answered.error());
    json::array remarks;
    for (const desk::Remark& one : *answered) {
      remarks.push_back({{"pool", one.pool},
                         {"project", one.project},
                         {"time", one.time},
                         {"text", one.text},
                         {"answer", one.answer}});
    }
    return server::json_response(
        json::serialize(json::object{{"edition", guest.edition.id},
                                     {"version", guest.edition.version},
                                     {"title", desk::title_of(guest.edition.draft)},
                                     {"frozen", guest.edition.frozen != 0},
                                     {"expires", guest.link.expires},
                                     {"remarks", std::move(remarks)}}));
  }

  Reply tell_manifest(const Request& request) const {
    const Asked asked = guest_of(request);
    if (const auto* problem = std::get_if<Problem>(&asked)) return *problem;
    std::optional<Error> wrong;
    std::string bytes;
    const Status done = office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      const Result<election::Manifest> manifest = desk::manifest_as_voters_see(
          transaction, room_.setting, std::get<desk::Guest>(asked).edition);
      if (!manifest && manifest.error().code == ErrorCode::io) return manifest.error();
      if (manifest) {
        bytes = election::encode(*manifest);
      } else {
        wrong = manifest.error();
      }
      return ok_status();
    });
    if (!done) return desk_problem_of(done.error());
    // What is wrong with a draft is told to officials.
    if (wrong) return Problem{&not_ready};
    return server::cbor_response(std::move(bytes));
  }

  Reply tell_presentation(const Request& request) const {
    const Asked asked = guest_of(request);
    if (const auto* problem = std::get_if<Problem>(&asked)) return *problem;
    return presentation_reply(std::get<desk::Guest>(asked).edition);
  }

  Reply take_remark(const Request& request) const {
    const Asked asked = guest_of(request);
    if (const auto* problem = std::get_if<Problem>(&asked)) return *problem;
    const Result<TextMembers> members = read_text_members(request.body, {"pool", "project", "text"},
                                                          {{"text", desk::remark_bytes_max, true}});
    if (!members) return desk_problem_of(members.error());
    const desk::NewRemark remark{std::string(text_of(*members, "pool")),
                                 std::string(text_of(*members, "project")),
                                 std::string(text_of(*members, "text"))};
    if (Status left =
            desk::leave_remark(office_, room_.setting, std::get<desk::Guest>(asked), remark);
        !left) {
      return remark_problem_of(left.error());
    }
    return server::no_content();
  }

 private:
  using Asked = std::variant<desk::Guest, Problem>;

  [[nodiscard]] RehearsalTime time_of(const desk::EditionRow& row) const {
    return desk::rehearsal_time(row, room_.works.snapshot(row.id).get());
  }

  // Whoever follows a good link, or what to answer instead.
  [[nodiscard]] Asked guest_of(const Request& request) const {
    Result<desk::Guest> guest = desk::guest_of(office_, request.bearer_token().value_or(""));
    if (!guest) {
      if (guest.error().code == ErrorCode::not_found) return Problem{&link_void};
      return desk_problem_of(guest.error());
    }
    switch (time_of(guest->edition)) {
      case RehearsalTime::over:
        return Problem{&rehearsal_over};
      case RehearsalTime::not_yet:
        return Problem{&not_ready};
      case RehearsalTime::now:
        break;
    }
    return *std::move(guest);
  }

  [[nodiscard]] Reply presentation_reply(const desk::EditionRow& row) const {
    std::string bytes;
    const Status done = office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      Result<std::string> read = desk::presentation_as_voters_see(transaction, row);
      if (!read) return std::move(read).error();
      bytes = *std::move(read);
      return ok_status();
    });
    if (!done) return desk_problem_of(done.error());
    // None is nothing wrong: the pages do without.
    if (bytes.empty()) return server::no_content();
    return server::json_response(std::move(bytes));
  }

  const DeskRoom room_;
  const desk::Office& office_;
};

}  // namespace

Status add_authors_routes(server::Router& router, const DeskRoom& room, const AddInside& add) {
  auto handlers = std::make_shared<const AuthorsHandlers>(room);
  using server::Method;
  server::RouteOptions reads;
  reads.rate_class = "reads";
  server::RouteOptions small = reads;
  small.body_bytes_max = 8'192;
  small.content_types = {"application/json"};
  Status added = ok_status();
  const auto inside = [&](Method method, const std::string& path,
                          const server::RouteOptions& options, auto answer) {
    if (!added) return;
    added = add(method, path, options,
                [handlers, answer](const Request& request, const Official& official) {
                  return ((*handlers).*answer)(request, official);
                });
  };
  const std::string edition = "/api/v1/desk/editions/{edition}";
  inside(Method::get, edition + "/presentation.json", reads,
         &AuthorsHandlers::preview_presentation);
  inside(Method::get, edition + "/authors", reads, &AuthorsHandlers::tell_authors);
  inside(Method::post, edition + "/authors/links", small, &AuthorsHandlers::make_link);
  inside(Method::del, edition + "/authors/links/{link}", reads, &AuthorsHandlers::revoke_link);
  inside(Method::post, edition + "/authors/remarks/{remark}/handling", small,
         &AuthorsHandlers::handle);

  server::RouteOptions looks;
  looks.rate_class = "authors";
  server::RouteOptions remarks = small;
  remarks.rate_class = "remarks";
  const auto outside = [&](Method method, std::string_view path,
                           const server::RouteOptions& options, auto answer) {
    if (!added) return;
    added = router.add(
        method, path,
        [handlers, answer](const Request& request) -> Reply {
          return ((*handlers).*answer)(request);
        },
        options);
  };
  outside(Method::get, "/api/v1/rehearsal", looks, &AuthorsHandlers::tell_rehearsal);
  outside(Method::get, "/api/v1/rehearsal/manifest.cbor", looks, &AuthorsHandlers::tell_manifest);
  outside(Method::get, "/api/v1/rehearsal/presentation.json", looks,
          &AuthorsHandlers::tell_presentation);
  outside(Method::post, "/api/v1/rehearsal/remarks", remarks, &AuthorsHandlers::take_remark);
  return added;
}

}  // namespace urna::api
