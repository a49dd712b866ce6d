// SPDX-License-Identifier: EUPL-1.2
#include "api/desk_api.h"

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "api/authors_api.h"
#include "api/desk_cases_api.h"
#include "api/desk_json.h"
#include "api/desk_requests.h"
#include "api/json_body.h"
#include "base/bytes.h"
#include "desk/officials.h"
#include "desk/proposals.h"
#include "desk/tar.h"
#include "election/manifest.h"
#include "server/content.h"
#include "server/http.h"
#include "tally/card.h"
#include "tally/edition_config.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using desk::Official;
using server::Problem;
using server::ProblemKind;
using server::Reply;
using server::Request;
using server::Response;

constexpr ProblemKind sign_in_refused{"sign-in-refused", 403, "Nie udało się zalogować",
                                      "Signing in was refused"};
constexpr ProblemKind invitation_void{"invitation-void", 404, "Zaproszenie jest nieważne",
                                      "The invitation is not valid"};
constexpr ProblemKind foreign_request{"foreign-request", 403, "Żądanie nie pochodzi z tej strony",
                                      "The request does not come from this site"};
constexpr std::string_view session_cookie = "__Host-urna-desk";
constexpr std::size_t log_rows_most = 500;

// As read_text_members(), for what passkeys give: base64url and digits, each up to 8 KiB. All of
// the members must be there.
Result<TextMembers> read_passkey_members(std::string_view body,
                                         std::initializer_list<std::string_view> known) {
  constexpr std::size_t text_bytes_max = 8'192;
  const auto wrong = [](std::string_view field) {
    return Error{ErrorCode::malformed,
                 "the answer of a passkey is not of its form",
                 {.field = std::string(field)},
                 "use the pages of the desk"};
  };
  json::error_code failure;
  json::parse_options options;
  options.max_depth = 2;
  const json::value value = json::parse(body, failure, {}, options);
  if (failure || !value.is_object() || value.get_object().size() != known.size()) return wrong({});
  TextMembers members;
  for (const std::string_view name : known) {
    const json::value* member = value.get_object().if_contains(name);
    if (member == nullptr || !member->is_string()) return wrong(name);
    const std::string_view text = member->get_string();
    const auto good = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    };
    if (text.size() > text_bytes_max || !std::ranges::all_of(text, good)) return wrong(name);
    members.emplace(name, text);
  }
  return members;
}

// Bytes of a member in base64url. Error: malformed.
Result<std::string> bytes_of(const TextMembers& members, std::string_view name) {
  Result<std::string> bytes = from_base64url(text_of(members, name));
  if (bytes) return bytes;
  return Error{ErrorCode::malformed,
               "expected base64url",
               {.field = std::string(name)},
               "use the pages of the desk"};
}

Result<desk::AssertionAnswer> assertion_of(const TextMembers& members) {
  desk::AssertionAnswer answer;
  for (const auto& [name, target] :
       {std::pair("credential", &answer.credential), std::pair("client_data", &answer.client_data),
        std::pair("authenticator_data", &answer.authenticator_data),
        std::pair("assertion", &answer.signature)}) {
    Result<std::string> bytes = bytes_of(members, name);
    if (!bytes) return std::move(bytes).error();
    *target = *std::move(bytes);
  }
  return answer;
}

class DeskHandlers {
 public:
  explicit DeskHandlers(const DeskRoom& room) : room_(room), office_(room.office) {}

  // ---- Who asks

  // The session's official, or what to answer instead. What changes something must come from the
  // desk's own pages.
  using Asked = std::variant<Official, Problem>;
  Asked asked(const Request& request) const {
    if (std::optional<Problem> foreign = foreign_to(request)) return *std::move(foreign);
    const auto cookie = request.cookie(session_cookie);
    if (!cookie) return Problem{&server::problems::unauthenticated};
    Result<Official> official = official_of_session(office_, *cookie);
    if (official) return *std::move(official);
    if (official.error().code == ErrorCode::not_found)
      return Problem{&server::problems::unauthenticated};
    return desk_problem_of(official.error());
  }

  std::optional<Problem> foreign_to(const Request& request) const {
    if (request.method == server::Method::get || request.method == server::Method::head)
      return std::nullopt;
    const bool ours =
        request.header("origin") == office_.party.origin && request.header("urna-desk") == "1";
    if (ours) return std::nullopt;
    return Problem{&foreign_request};
  }

  // ---- Signing in

  Reply tell_desk(const Request& request) const {
    json::object body{{"relying_party", office_.party.id},
                      {"name", office_.party.name},
                      {"registrar", room_.setting.registrar_key},
                      {"official", nullptr}};
    json::array boxes;
    const Asked who = asked(request);
    if (const auto* official = std::get_if<Official>(&who)) {
      body["official"] = to_json(*official);
      for (const desk::Box& box : room_.setting.boxes)
        boxes.push_back({{"name", box.name}, {"url", box.url}});
    }
    body["boxes"] = std::move(boxes);
    return server::json_response(json::serialize(body));
  }

  Reply begin_registration(const Request& request) const {
    if (std::optional<Problem> foreign = foreign_to(request)) return *std::move(foreign);
    const Result<TextMembers> members = read_text_members(request.body, {"invitation"});
    if (!members) return server::problem_of(members.error());
    const Result<desk::RegistrationQuestion> question =
        desk::begin_registration(office_, text_of(*members, "invitation"));
    if (!question) return registration_problem(question.error());
    return server::json_response(
        json::serialize(json::object{{"challenge", to_base64url(question->challenge)},
                                     {"reference", question->reference},
                                     {"name", question->name},
                                     {"role", desk::to_string(question->role)}}),
        201);
  }

  Reply finish_registration(const Request& request) const {
    if (std::optional<Problem> foreign = foreign_to(request)) return *std::move(foreign);
    const Result<TextMembers> members = read_passkey_members(
        request.body, {"invitation", "client_data", "authenticator_data", "algorithm"});
    if (!members) return server::problem_of(members.error());
    desk::RegistrationAnswer answer;
    Result<std::string> client = bytes_of(*members, "client_data");
    Result<std::string> data = bytes_of(*members, "authenticator_data");
    if (!client || !data) return server::problem_of(client ? data.error() : client.error());
    answer.client_data = *std::move(client);
    answer.authenticator_data = *std::move(data);
    const std::string_view algorithm = text_of(*members, "algorithm");
    const auto digits = algorithm.starts_with('-') ? number_in(algorithm.substr(1)) : std::nullopt;
    if (digits && *digits < 1'000) answer.algorithm = -static_cast<std::int64_t>(*digits);
    const Result<desk::Entered> entered =
        desk::finish_registration(office_, text_of(*members, "invitation"), answer);
    if (!entered) return registration_problem(entered.error());
    return entered_response(*entered);
  }

  Reply begin_sign_in(const Request& request) const {
    if (std::optional<Problem> foreign = foreign_to(request)) return *std::move(foreign);
    const Result<std::string> challenge = desk::begin_sign_in(office_);
    if (!challenge) return sign_in_problem(challenge.error());
    return server::json_response(
        json::serialize(json::object{{"challenge", to_base64url(*challenge)}}), 201);
  }

  Reply finish_sign_in(const Request& request) const {
    if (std::optional<Problem> foreign = foreign_to(request)) return *std::move(foreign);
    const Result<TextMembers> members = read_passkey_members(
        request.body, {"credential", "client_data", "authenticator_data", "assertion"});
    if (!members) return server::problem_of(members.error());
    const Result<desk::AssertionAnswer> answer = assertion_of(*members);
    if (!answer) return server::problem_of(answer.error());
    const Result<desk::Entered> entered = desk::finish_sign_in(office_, *answer);
    if (!entered) return sign_in_problem(entered.error());
    return entered_response(*entered);
  }

  Reply sign_out(const Request& request) const {
    if (std::optional<Problem> foreign = foreign_to(request)) return *std::move(foreign);
    if (const auto cookie = request.cookie(session_cookie)) {
      if (Status out = desk::sign_out(office_, *cookie); !out) return desk_problem_of(out.error());
    }
    Response response = server::no_content();
    response.headers.push_back({"Set-Cookie", cookie_of("", "; Max-Age=0")});
    response.headers.push_back({"Clear-Site-Data", "\"cache\", \"storage\""});
    return response;
  }

  Reply give_key(const Request& request, const Official& official) const {
    const Result<TextMembers> members =
        read_text_members(request.body, {"signing_key", "signature"});
    if (!members) return server::problem_of(members.error());
    const Result<std::string> key = from_hex(text_of(*members, "signing_key"));
    const Result<std::string> signature = from_hex(text_of(*members, "signature"));
    if (!key || !signature) {
      return desk_problem_of(
          {ErrorCode::malformed, "expected hexadecimal digits", {.field = "signing_key"}, ""});
    }
    if (Status given = desk::give_signing_key(office_, official, *key, *signature); !given)
      return desk_problem_of(given.error());
    return server::no_content();
  }

  // ---- Reading

  Reply list_officials(const Request& /*request*/, const Official& /*official*/) const {
    const Result<std::vector<Official>> officials = desk::list_officials(office_);
    if (!officials) return desk_problem_of(officials.error());
    json::array list;
    for (const Official& one : *officials) list.push_back(to_json(one));
    return server::json_response(json::serialize(json::object{{"officials", std::move(list)}}));
  }

  Reply list_editions(const Request& /*request*/, const Official& /*official*/) const {
    const Result<std::vector<desk::Listed>> editions = desk::list_editions(office_);
    if (!editions) return desk_problem_of(editions.error());
    json::array list;
    for (const desk::Listed& one : *editions) {
      const auto snapshot = room_.works.snapshot(one.row.id);
      json::object object{{"id", one.row.id},
                          {"title", one.title},
                          {"frozen", time_or_null(one.row.frozen)},
                          {"announced", time_or_null(one.row.announced)},
                          {"step", "draft"}};
      if (one.row.frozen != 0) object["step"] = "starting";
      if (snapshot) object["step"] = desk::to_string(snapshot->step(one.row.announced != 0));
      list.push_back(std::move(object));
    }
    return server::json_response(json::serialize(json::object{{"editions", std::move(list)}}));
  }

  Reply tell_log(const Request& request, const Official& /*official*/) const {
    const Result<std::vector<desk::LoggedAction>> actions =
        desk::read_log(office_, request.query_value("edition").value_or(""), log_rows_most);
    if (!actions) return desk_problem_of(actions.error());
    json::array list;
    for (const desk::LoggedAction& one : *actions) {
      json::object object{
          {"position", one.position}, {"time", one.entry.time},     {"role", one.entry.role},
          {"actor", one.entry.actor}, {"action", one.entry.action}, {"edition", nullptr},
          {"about", nullptr}};
      if (!one.entry.edition.empty()) object["edition"] = one.entry.edition;
      if (one.entry.about) object["about"] = to_hex(view_of(*one.entry.about));
      list.push_back(std::move(object));
    }
    return server::json_response(json::serialize(json::object{{"actions", std::move(list)}}));
  }

  Reply tell_edition(const Request& request, const Official& /*official*/) const {
    return edition_reply(request.parameter("edition"));
  }

  // ---- Drafts

  Reply create(const Request& request, const Official& official) const {
    const Result<TextMembers> members = read_text_members(request.body, {"from"});
    if (!members) return server::problem_of(members.error());
    const Result<std::string> id = desk::create_draft(office_, official, text_of(*members, "from"));
    if (!id) return desk_problem_of(id.error());
    return server::json_response(json::serialize(json::object{{"id", *id}, {"version", 1}}), 201);
  }

  Reply save(const Request& request, const Official& official) const {
    const auto version = number_in(request.header("urna-version").value_or(""));
    if (!version) return version_missing();
    const Result<std::uint64_t> now =
        desk::save_draft(office_, official, request.parameter("edition"), *version, request.body);
    if (!now) return desk_problem_of(now.error());
    return server::json_response(json::serialize(
        json::object{{"version", *now}, {"problems", problems_of(request.parameter("edition"))}}));
  }

  Reply put_file(const Request& request, const Official& official) const {
    if (Status put = desk::put_draft_file(office_, official, request.parameter("edition"),
                                          request.parameter("name"), request.body);
        !put) {
      return desk_problem_of(put.error());
    }
    return server::no_content();
  }
  Reply remove_file(const Request& request, const Official& official) const {
    if (Status removed = desk::remove_draft_file(office_, official, request.parameter("edition"),
                                                 request.parameter("name"));
        !removed) {
      return desk_problem_of(removed.error());
    }
    return server::no_content();
  }

  // The manifest as voters' pages would get it, with keys that nobody has where some are missing.
  Reply preview(const Request& request, const Official& /*official*/) const {
    std::string bytes;
    std::optional<Error> wrong;
    const Status done = office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      const auto row = transaction.edition(request.parameter("edition"));
      if (!row) return row.error();
      if (!*row) return desk::no_such("edition");
      const Result<election::Manifest> manifest =
          desk::manifest_as_voters_see(transaction, room_.setting, **row);
      if (!manifest && manifest.error().code == ErrorCode::io) return manifest.error();
      if (manifest) {
        bytes = election::encode(*manifest);
      } else {
        wrong = manifest.error();
      }
      return ok_status();
    });
    if (!done) return desk_problem_of(done.error());
    if (wrong) return desk_problem_of(*wrong);
    return server::cbor_response(std::move(bytes));
  }

  Reply rehearse(const Request& request, const Official& official) const {
    const Result<TextMembers> members = read_text_members(request.body, {"ballots"});
    if (!members) return server::problem_of(members.error());
    const auto ballots = number_in(text_of(*members, "ballots"));
    const std::string& edition = request.parameter("edition");
    if (Status begun = room_.rehearsals.begin(official, edition, ballots.value_or(0)); !begun)
      return desk_problem_of(begun.error());
    Response response;
    response.status = 202;
    return response;
  }

  Reply freeze(const Request& request, const Official& official) const {
    const auto version = number_in(request.header("urna-version").value_or(""));
    if (!version) return version_missing();
    const std::string& edition = request.parameter("edition");
    const Result<std::string> hash =
        desk::freeze(office_, room_.setting, official, edition, *version);
    if (!hash) return desk_problem_of(hash.error());
    room_.works.wake(edition);
    return server::json_response(json::serialize(json::object{{"edition", *hash}}), 201);
  }

  // ---- The life of an edition

  Reply hand_in(const Request& request, const Official& official) const {
    if (Status taken = room_.works.hand_in(official, request.parameter("edition"),
                                           request.parameter("name"), request.body);
        !taken) {
      return desk_problem_of(taken.error());
    }
    Response response;
    response.status = 202;
    return response;
  }

  Reply end_annulments(const Request& request, const Official& official) const {
    if (Status allowed = desk::require(official, desk::Right::decide); !allowed)
      return desk_problem_of(allowed.error());
    const Result<desk::EditionRow> row = row_of(office_, request.parameter("edition"));
    if (!row) return desk_problem_of(row.error());
    if (Status none = room_.cases.require_no_appeal(*row); !none)
      return desk_problem_of(none.error());
    if (Status done = room_.works.end_annulments(official, request.parameter("edition")); !done)
      return desk_problem_of(done.error());
    return server::no_content();
  }

  Reply download_manifest(const Request& request, const Official& official) const {
    std::string bytes;
    const Status done = office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      auto file = transaction.file(request.parameter("edition"), desk::manifest_file);
      if (!file) return std::move(file).error();
      if (!*file) return desk::no_such("manifest: the rules are not frozen");
      bytes = **std::move(file);
      return note(transaction, official, request);
    });
    if (!done) return desk_problem_of(done.error());
    Response response = server::cbor_response(std::move(bytes));
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"manifest.cbor\""});
    return response;
  }

  Reply download_record(const Request& request, const Official& official) const {
    const std::string& edition = request.parameter("edition");
    if (!room_.works.snapshot(edition))
      return desk_problem_of(desk::no_such("record: the rules are not frozen"));
    const Status noted = office_.store.transact(
        [&](desk::DeskTransaction& transaction) { return note(transaction, official, request); });
    if (!noted) return desk_problem_of(noted.error());
    Result<desk::TarArchive> archive =
        desk::TarArchive::of_folder(room_.works.record_folder(edition), "record", office_.clock());
    if (!archive) return desk_problem_of(archive.error());
    Response response;
    response.content_type = "application/x-tar";
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"record.tar\""});
    response.source = server::BodySource{
        archive->size(), [archive = *archive](std::uint64_t offset, std::size_t count) {
          return archive.read(offset, count);
        }};
    return response;
  }

  Result<desk::Wish> wish_of(const TextMembers& members, const desk::EditionRow& edition) const {
    desk::Wish wish;
    const auto take = [&](std::string_view name) { return std::string(text_of(members, name)); };
    wish.action = take("action");
    if (wish.action == desk::action_extend) {
      const Result<std::uint64_t> closes = tally::parse_time(text_of(members, "closes"));
      if (!closes)
        return Error{ErrorCode::malformed,
                     "the new end is no time",
                     {.field = "closes"},
                     "such as 2026-09-22T20:00:00Z"};
      wish.closes = *closes;
      wish.reason_pl = take("reason_pl");
      wish.reason_en = take("reason_en");
    }
    if (desk::is_about_ballots(wish.action)) {
      const Result<std::vector<std::uint64_t>> indices = numbers_in(text_of(members, "ballots"));
      if (!indices) return indices.error();
      Result<std::vector<desk::BallotOnBoard>> ballots =
          room_.works.find_ballots(edition, *indices, desk::ballots_at_once_max(wish.action));
      if (!ballots) return std::move(ballots).error();
      wish.ballots = *std::move(ballots);
      wish.reason = take("reason");
      wish.grounds = take("grounds");
      wish.case_reference = take("case");
    }
    if (wish.action == desk::action_uphold) {
      const std::string_view ends = text_of(members, "ends");
      if (ends != "freeze" && ends != "annulment")
        return Error{ErrorCode::malformed,
                     "it does not say what it ends",
                     {.field = "ends"},
                     "freeze or annulment"};
      wish.ends = ends == "freeze" ? election::Lifted::freeze : election::Lifted::annulment;
    }
    return wish;
  }

  Reply propose(const Request& request, const Official& official) const {
    if (Status allowed = desk::require(official, desk::Right::decide); !allowed)
      return desk_problem_of(allowed.error());
    const Result<TextMembers> members =
        read_text_members(request.body,
                          {"action", "closes", "reason_pl", "reason_en", "ballots", "ends",
                           "reason", "grounds", "case"},
                          {{"reason_pl", election::extension_reason_bytes_max, false},
                           {"reason_en", election::extension_reason_bytes_max, false},
                           {"ballots", ballots_text_bytes_max, false},
                           {"grounds", desk::grounds_bytes_max, true}});
    if (!members) return server::problem_of(members.error());
    const std::string& edition = request.parameter("edition");
    Result<desk::EditionRow> row = row_of(office_, edition);
    if (!row) return desk_problem_of(row.error());
    const auto snapshot = room_.works.snapshot(edition);
    if (!snapshot) {
      return desk_problem_of(
          {ErrorCode::conflict, "the rules are not frozen yet", {}, "freeze them"});
    }
    const Result<desk::Wish> wish = wish_of(*members, *row);
    if (!wish) return desk_problem_of(wish.error());
    // An appeal is in a case.
    if (wish->action == desk::action_keep) {
      return desk_problem_of({ErrorCode::conflict,
                              "there is no appeal",
                              {.field = "action"},
                              "propose it on the case's page"});
    }
    if (desk::is_about_ballots(wish->action)) {
      std::vector<std::uint64_t> ballots;
      for (const desk::BallotOnBoard& ballot : wish->ballots) ballots.push_back(ballot.index.value);
      if (Status free = room_.cases.require_no_case(*row, wish->case_reference, ballots); !free)
        return desk_problem_of(free.error());
    }
    const Result<std::string> id =
        desk::propose(office_, official, *row, *snapshot, room_.works.term(edition), *wish);
    if (!id) return desk_problem_of(id.error());
    return server::json_response(json::serialize(json::object{{"proposal", *id}}), 201);
  }

  Reply sign(const Request& request, const Official& official) const {
    if (Status allowed = desk::require(official, desk::Right::decide); !allowed)
      return desk_problem_of(allowed.error());
    const Result<TextMembers> members = read_passkey_members(
        request.body,
        {"signature", "credential", "client_data", "authenticator_data", "assertion"});
    if (!members) return server::problem_of(members.error());
    const Result<desk::AssertionAnswer> answer = assertion_of(*members);
    if (!answer) return desk_problem_of(answer.error());
    const Result<std::string> signature = from_hex(text_of(*members, "signature"));
    if (!signature) {
      return desk_problem_of(
          {ErrorCode::malformed, "expected hexadecimal digits", {.field = "signature"}, ""});
    }
    const std::string& edition = request.parameter("edition");
    const std::string& proposal = request.parameter("proposal");
    const auto snapshot = room_.works.snapshot(edition);
    if (!snapshot) return desk_problem_of(desk::no_such("proposal"));
    if (Status own = require_of_edition(edition, proposal); !own)
      return desk_problem_of(own.error());
    const Result<desk::EditionRow> row = row_of(office_, edition);
    if (!row) return desk_problem_of(row.error());
    if (Status signable = room_.cases.require_signable(official, *row, proposal); !signable)
      return desk_problem_of(signable.error());
    const Result<bool> both =
        desk::sign_proposal(office_, official, *snapshot, proposal, *signature, *answer);
    if (!both) return desk_problem_of(both.error());
    if (*both) room_.works.wake(edition);
    return server::json_response(json::serialize(json::object{{"confirmed", *both}}), 201);
  }

  Reply withdraw(const Request& request, const Official& official) const {
    if (Status allowed = desk::require(official, desk::Right::decide); !allowed)
      return desk_problem_of(allowed.error());
    const std::string& proposal = request.parameter("proposal");
    if (Status own = require_of_edition(request.parameter("edition"), proposal); !own)
      return desk_problem_of(own.error());
    if (Status done = desk::withdraw(office_, official, proposal); !done)
      return desk_problem_of(done.error());
    return server::no_content();
  }

  // ---- Personal data

  Reply tell_register() const { return server::json_response(room_.register_json); }
  Reply tell_notice(const Request& request) const {
    Response response = server::text_response(
        request.language == server::Language::pl ? room_.notice_pl : room_.notice_en);
    response.content_type = "text/markdown; charset=utf-8";
    return response;
  }

 private:
  static Problem version_missing() {
    return desk_problem_of({ErrorCode::malformed,
                            "the header Urna-Version must say which version was changed",
                            {.field = "version"},
                            "reload the page"});
  }

  static std::string cookie_of(std::string_view value, std::string_view more) {
    return std::string(session_cookie) + "=" + std::string(value) +
           "; Path=/; Secure; HttpOnly; SameSite=Strict" + std::string(more);
  }

  static Reply entered_response(const desk::Entered& entered) {
    Response response = server::json_response(
        json::serialize(json::object{{"official", to_json(entered.official)}}), 201);
    response.headers.push_back({"Set-Cookie", cookie_of(entered.session, "")});
    return response;
  }

  // Before somebody is signed in nothing of an error is told but what helps them.
  static Problem sign_in_problem(const Error& error) {
    if (error.code == ErrorCode::io) return desk_problem_of(error);
    if (error.code == ErrorCode::limit) return {&server::problems::too_many_requests, {}, 60};
    Problem problem{&sign_in_refused};
    problem.members.emplace_back("message", error.message);
    return problem;
  }
  static Problem registration_problem(const Error& error) {
    if (error.code == ErrorCode::not_found) return {&invitation_void};
    return sign_in_problem(error);
  }

  Status note(desk::DeskTransaction& transaction, const Official& official,
              const Request& request) const {
    return desk::note_action(transaction, office_, desk::actor_of(official),
                             desk::Action::downloaded, request.parameter("edition"), request.route);
  }

  Status require_of_edition(std::string_view edition, std::string_view proposal) const {
    return office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      const Result<std::optional<desk::ProposalRow>> row = transaction.proposal(proposal);
      if (!row) return row.error();
      return *row && (*row)->edition == edition ? ok_status() : Status(desk::no_such("proposal"));
    });
  }

  json::array problems_of(std::string_view edition) const {
    json::array problems;
    const Status done = office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      const auto row = transaction.edition(edition);
      if (!row) return row.error();
      if (!*row) return ok_status();
      const Result<tally::EditionCheck> check =
          desk::check_draft(transaction, room_.setting, **row, desk::StandIns::no);
      if (!check) return check.error();
      for (const Error& error : check->errors) problems.push_back(to_json(error));
      return ok_status();
    });
    if (!done) problems.push_back(to_json(done.error()));
    return problems;
  }

  Reply edition_reply(const std::string& id) const {
    const Result<desk::EditionRow> row = row_of(office_, id);
    if (!row) return desk_problem_of(row.error());
    std::vector<desk::DraftFile> files;
    const Status read = office_.store.transact([&](desk::DeskTransaction& transaction) -> Status {
      Result<std::vector<desk::DraftFile>> described = desk::describe_files(transaction, id);
      if (!described) return std::move(described).error();
      files = *std::move(described);
      return ok_status();
    });
    if (!read) return desk_problem_of(read.error());
    const Result<std::vector<desk::ProposalView>> proposals = desk::list_proposals(office_, id);
    if (!proposals) return desk_problem_of(proposals.error());
    json::error_code failure;
    json::object body{{"id", id},
                      {"version", row->version},
                      {"title", desk::title_of(row->draft)},
                      {"frozen", time_or_null(row->frozen)},
                      {"announced", time_or_null(row->announced)},
                      {"box", row->box},
                      {"draft", json::parse(row->draft, failure)},
                      {"record", nullptr},
                      {"rehearsal", nullptr}};
    json::array file_list;
    for (const desk::DraftFile& file : files) {
      file_list.push_back({{"name", file.name},
                           {"bytes", file.size},
                           {"trustee", file.trustee},
                           {"fingerprint", file.fingerprint}});
    }
    body["files"] = std::move(file_list);
    body["problems"] = row->frozen == 0 ? problems_of(id) : json::array();
    json::array proposal_list;
    for (const desk::ProposalView& one : *proposals) proposal_list.push_back(to_json(one));
    body["proposals"] = std::move(proposal_list);
    body["handed_in"] = row->frozen == 0 ? json::array() : to_json(room_.works.handed_in(id));
    body["work"] = to_json(room_.works.work(id));
    if (const auto snapshot = room_.works.snapshot(id))
      body["record"] = to_json(*snapshot, row->announced != 0);
    if (const auto rehearsal = room_.rehearsals.view(id)) body["rehearsal"] = to_json(*rehearsal);
    return server::json_response(json::serialize(body));
  }

  const DeskRoom room_;
  const desk::Office& office_;
};

}  // namespace

Status add_desk_routes(server::Router& router, const DeskRoom& room) {
  auto handlers = std::make_shared<const DeskHandlers>(room);
  constexpr std::size_t small_bytes_max = 32'768;
  server::RouteOptions small;
  small.body_bytes_max = small_bytes_max;
  small.content_types = {"application/json"};
  small.rate_class = "reads";
  server::RouteOptions entrance = small;
  entrance.rate_class = "sign-in";
  server::RouteOptions reads;
  reads.rate_class = "reads";
  server::RouteOptions draft = small;
  draft.body_bytes_max = desk::draft_bytes_max;
  server::RouteOptions file = small;
  file.body_bytes_max = desk::draft_file_bytes_max;
  file.content_types = {"application/octet-stream"};
  server::RouteOptions handed = file;
  handed.body_bytes_max = desk::handed_in_bytes_max;

  Status added = ok_status();
  using server::Method;
  const auto add = [&](Method method, std::string_view path, const server::RouteOptions& options,
                       auto answer) {
    if (!added) return;
    added = router.add(
        method, path,
        [handlers, answer](const Request& request) -> Reply {
          return ((*handlers).*answer)(request);
        },
        options);
  };
  // The same for who is signed in.
  const auto inside = [handlers](InsideAnswer answer) {
    return [handlers, answer = std::move(answer)](const Request& request) -> Reply {
      const DeskHandlers::Asked asked = handlers->asked(request);
      if (const auto* problem = std::get_if<Problem>(&asked)) return *problem;
      return answer(request, std::get<Official>(asked));
    };
  };
  const auto add_inside = [&](Method method, std::string_view path,
                              const server::RouteOptions& options, auto answer) {
    if (!added) return;
    added = router.add(method, path,
                       inside([handlers, answer](const Request& request, const Official& official) {
                         return ((*handlers).*answer)(request, official);
                       }),
                       options);
  };
  add(Method::get, "/api/v1/desk", reads, &DeskHandlers::tell_desk);
  add(Method::post, "/api/v1/desk/registrations", entrance, &DeskHandlers::begin_registration);
  add(Method::post, "/api/v1/desk/registrations/answers", entrance,
      &DeskHandlers::finish_registration);
  add(Method::post, "/api/v1/desk/sign-ins", entrance, &DeskHandlers::begin_sign_in);
  add(Method::post, "/api/v1/desk/sign-ins/answers", entrance, &DeskHandlers::finish_sign_in);
  add(Method::del, "/api/v1/desk/session", reads, &DeskHandlers::sign_out);
  add_inside(Method::post, "/api/v1/desk/session/key", entrance, &DeskHandlers::give_key);

  add_inside(Method::get, "/api/v1/desk/officials", reads, &DeskHandlers::list_officials);
  add_inside(Method::get, "/api/v1/desk/log", reads, &DeskHandlers::tell_log);
  add_inside(Method::get, "/api/v1/desk/editions", reads, &DeskHandlers::list_editions);
  add_inside(Method::post, "/api/v1/desk/editions", small, &DeskHandlers::create);
  const std::string edition = "/api/v1/desk/editions/{edition}";
  add_inside(Method::get, edition, reads, &DeskHandlers::tell_edition);
  add_inside(Method::put, edition + "/draft", draft, &DeskHandlers::save);
  add_inside(Method::put, edition + "/files/{name}", file, &DeskHandlers::put_file);
  add_inside(Method::del, edition + "/files/{name}", reads, &DeskHandlers::remove_file);
  add_inside(Method::get, edition + "/preview.cbor", reads, &DeskHandlers::preview);
  add_inside(Method::post, edition + "/rehearsals", small, &DeskHandlers::rehearse);
  add_inside(Method::post, edition + "/freezing", reads, &DeskHandlers::freeze);
  add_inside(Method::put, edition + "/inbox/{name}", handed, &DeskHandlers::hand_in);
  add_inside(Method::post, edition + "/end-of-annulments", reads, &DeskHandlers::end_annulments);
  add_inside(Method::get, edition + "/manifest.cbor", reads, &DeskHandlers::download_manifest);
  add_inside(Method::get, edition + "/record.tar", reads, &DeskHandlers::download_record);
  add_inside(Method::post, edition + "/proposals", small, &DeskHandlers::propose);
  add_inside(Method::post, edition + "/proposals/{proposal}/signatures", small,
             &DeskHandlers::sign);
  add_inside(Method::del, edition + "/proposals/{proposal}", reads, &DeskHandlers::withdraw);

  const AddInside add_signed_in =
      [&](Method method, const std::string& path, const server::RouteOptions& options,
          const InsideAnswer& answer) { return router.add(method, path, inside(answer), options); };
  if (added) added = add_desk_case_routes(room, add_signed_in);
  if (added) added = add_authors_routes(router, room, add_signed_in);
  if (added) {
    added = router.add(
        Method::get, "/api/v1/data-protection/register",
        [handlers](const Request&) { return handlers->tell_register(); }, reads);
  }
  if (added) {
    added = router.add(
        Method::get, "/api/v1/data-protection/notice",
        [handlers](const Request& request) { return handlers->tell_notice(request); }, reads);
  }
  return added;
}

}  // namespace urna::api
