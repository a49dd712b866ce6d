// SPDX-License-Identifier: EUPL-1.2
#include "api/registrar_api.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <utility>

#include "api/hearings_answer.h"
#include "api/json_body.h"
#include "api/notices.h"
#include "api/service_description.h"
#include "api/uses_answer.h"
#include "base/bytes.h"
#include "election/notice_ticket.h"
#include "protection/secrets.h"
#include "registrar/certifying.h"
#include "registrar/complaints.h"
#include "registrar/hearings.h"
#include "registrar/messages.h"
#include "registrar/paper_marks.h"
#include "registrar/sessions.h"
#include "registrar/uses.h"
#include "server/content.h"
#include "server/http.h"

namespace urna::api {
namespace {

namespace json = boost::json;
using registrar::IdentifierKind;
using registrar::PersonFields;
using registrar::SessionToken;
using server::Problem;
using server::ProblemKind;
using server::Reply;
using server::Request;

constexpr ProblemKind wrong_code{"wrong-code", 403, "Kod jest błędny lub nieważny",
                                 "The code is wrong or no longer valid"};
constexpr ProblemKind session_over{"session-over", 401, "Sesja wygasła", "The session is over"};
constexpr ProblemKind too_many_attempts{"too-many-attempts", 429, "Zbyt wiele prób",
                                        "Too many attempts"};
constexpr ProblemKind not_eligible{"not-eligible", 403, "Nie można wydać poświadczenia",
                                   "No certificate can be issued"};
constexpr ProblemKind provider_unavailable{"identity-provider-unavailable", 503,
                                           "Usługa potwierdzania tożsamości nie odpowiada",
                                           "The identity provider does not answer"};
constexpr ProblemKind sign_in_failed{"sign-in-failed", 403, "Nie potwierdzono tożsamości",
                                     "The identity was not confirmed"};
constexpr ProblemKind not_well_enough{"not-well-enough-known", 403,
                                      "Ta sesja nie potwierdza tożsamości wystarczająco",
                                      "This session does not show well enough who you are"};
constexpr ProblemKind too_late{"too-late", 409, "Za późno", "Too late"};
constexpr ProblemKind field_refused{"field-refused", 422, "Pole wypełniono błędnie",
                                    "A field is not filled in correctly"};

Problem unavailable() { return {&server::problems::unavailable, {}, server::unavailable_retry_s}; }

// What is the same whatever was asked.
Problem general_problem(const Error& error) {
  if (error.code == ErrorCode::io) return unavailable();
  if (error.code == ErrorCode::not_found) return {&session_over};
  return server::problem_of(error);
}

protection::Language language_of(const Request& request) {
  return request.language == server::Language::pl ? protection::Language::pl
                                                  : protection::Language::en;
}

SessionToken session_of(const Request& request) {
  return {std::string(request.bearer_token().value_or(""))};
}

Reply session_created(const registrar::Office& office, const SessionToken& token) {
  const Result<registrar::SessionView> view = view_session(office, token);
  if (!view) return general_problem(view.error());
  return server::json_response(
      json::serialize(json::object{
          {"session", token.text}, {"level", view->level}, {"expires", view->expires}}),
      201);
}

// The person that the body describes.
struct Described {
  IdentifierKind kind = IdentifierKind::pesel;
  PersonFields fields;
};

Result<Described> read_person(std::string_view body) {
  const Result<TextMembers> members = read_text_members(
      body, {"kind", "first_name", "last_name", "birth_date", "pesel", "card", "passport_country",
             "passport_number", "city", "street", "house", "flat", "postcode"});
  if (!members) return members.error();
  const auto text = [&](std::string_view name) { return std::string(text_of(*members, name)); };
  const Result<IdentifierKind> kind = registrar::parse_identifier_kind(text("kind"));
  if (!kind) {
    Error error{ErrorCode::malformed, "the kind of identifier is not known"};
    error.place.field = "kind";
    return error;
  }
  Described described{*kind, {}};
  PersonFields& fields = described.fields;
  fields.first_name = text("first_name");
  fields.last_name = text("last_name");
  fields.birth_date = text("birth_date");
  fields.pesel = text("pesel");
  fields.card = text("card");
  fields.passport_country = text("passport_country");
  fields.passport_number = text("passport_number");
  fields.city = text("city");
  fields.street = text("street");
  fields.house = text("house");
  fields.flat = text("flat");
  fields.postcode = text("postcode");
  return described;
}

// A refusal of fields that says which one and why, in both languages, and nothing of the register.
Problem field_problem(const registrar::Office& office, const Described& person,
                      const Error& error) {
  const auto fault = registrar::find_fault(person.kind, person.fields, date_of(office.clock()),
                                           office.policy.ages);
  if (!fault) return server::problem_of(error);
  Problem problem{&field_refused, {std::string(fault->words.pl), std::string(fault->words.en)}};
  problem.members.emplace_back("field", std::string(fault->field));
  return problem;
}

class RegistrarHandlers {
 public:
  explicit RegistrarHandlers(const RegistrarDesk& desk) : desk_(desk) {}

  Reply identify(const Request& request) const {
    const Result<Described> person = read_person(request.body);
    if (!person) return server::problem_of(person.error());
    // Before anything is looked up, so that the limit is the same for those who are not there.
    const std::string target = person->fields.last_name + "\n" + person->fields.first_name + "\n" +
                               person->fields.birth_date + "\n" + person->fields.pesel;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    if (const auto wait = desk_.per_person.take(target, now)) {
      Problem problem{&too_many_attempts};
      problem.retry_after_s = server::retry_after_s(*wait);
      return problem;
    }
    const Result<SessionToken> token =
        registrar::identify(desk_.office, person->kind, person->fields, circumstances(request));
    if (token) return session_created(desk_.office, *token);
    if (token.error().code == ErrorCode::malformed) {
      return field_problem(desk_.office, *person, token.error());
    }
    return general_problem(token.error());
  }

  Reply vouch(const Request& request) const {
    const Result<Described> person = read_person(request.body);
    if (!person) return server::problem_of(person.error());
    const Result<SessionToken> token = registrar::vouch(
        desk_.office, request.bearer_token().value_or(""), person->kind, person->fields);
    if (token) return session_created(desk_.office, *token);
    switch (token.error().code) {
      case ErrorCode::usage:
        return Problem{
            &server::problems::unauthenticated,
            {"Ten punkt nie ma ważnego upoważnienia.", "This point has no credential in force."},
            {},
            {},
            {{"WWW-Authenticate", "Bearer"}}};
      case ErrorCode::not_found:
        return Problem{&server::problems::not_found,
                       {"Nie ma takiej osoby w rejestrze mieszkańców.",
                        "There is no such person on the register."}};
      case ErrorCode::malformed:
        return field_problem(desk_.office, *person, token.error());
      default:
        return general_problem(token.error());
    }
  }

  Reply request_code(const Request& request) const {
    const Result<TextMembers> members = read_text_members(request.body, {"channel", "contact"});
    if (!members) return server::problem_of(members.error());
    const std::string_view channel = text_of(*members, "channel");
    if (channel != "sms" && channel != "email") {
      return Problem{&server::problems::malformed_request,
                     {"Kanałem może być sms albo email.", "The channel is sms or email."}};
    }
    const Status queued = registrar::request_code(
        desk_.office, session_of(request),
        channel == "sms" ? registrar::Channel::sms : registrar::Channel::email,
        text_of(*members, "contact"), language_of(request));
    if (queued) return accepted();
    if (queued.error().code == ErrorCode::limit) return Problem{&too_many_attempts};
    return general_problem(queued.error());
  }

  Reply check_code(const Request& request, bool letter) const {
    const Result<TextMembers> members = read_text_members(request.body, {"code"});
    if (!members) return server::problem_of(members.error());
    const std::string_view code = text_of(*members, "code");
    const Result<std::uint8_t> level =
        letter ? registrar::check_letter(desk_.office, session_of(request), code)
               : registrar::check_code(desk_.office, session_of(request), code);
    if (level) return server::json_response(json::serialize(json::object{{"level", *level}}));
    if (level.error().code == ErrorCode::conflict) return Problem{&wrong_code};
    if (level.error().code == ErrorCode::limit) return Problem{&too_many_attempts};
    return general_problem(level.error());
  }

  Reply begin_sign_in(const Request& request) const {
    if (desk_.identity_provider == nullptr) return Problem{&server::problems::not_found};
    const Result<TextMembers> members = read_text_members(request.body, {"browser"});
    if (!members) return server::problem_of(members.error());
    const std::string_view browser = text_of(*members, "browser");
    if (browser.size() < browser_bytes_least) return Problem{&server::problems::malformed_request};
    const Result<std::string> address = desk_.identity_provider->begin(browser);
    if (address) {
      return server::json_response(json::serialize(json::object{{"address", *address}}));
    }
    if (address.error().code == ErrorCode::limit) {
      return Problem{&server::problems::overloaded, {}, server::unavailable_retry_s};
    }
    return Problem{&provider_unavailable,
                   {"Wybierz inny sposób potwierdzenia tożsamości albo spróbuj później.",
                    "Choose another way of showing who you are, or try again later."},
                   server::unavailable_retry_s};
  }

  Reply finish_sign_in(const Request& request) const {
    if (desk_.identity_provider == nullptr) return Problem{&server::problems::not_found};
    const Result<TextMembers> members =
        read_text_members(request.body, {"browser", "state", "code", "error", "iss"});
    if (!members) return server::problem_of(members.error());
    const registrar::ProviderAnswer answer{text_of(*members, "state"), text_of(*members, "code"),
                                           text_of(*members, "error"), text_of(*members, "iss")};
    const Result<registrar::Identity> identity =
        desk_.identity_provider->finish(text_of(*members, "browser"), answer);
    if (!identity) {
      if (identity.error().code == ErrorCode::io) {
        return Problem{&provider_unavailable, {}, server::unavailable_retry_s};
      }
      return Problem{&sign_in_failed};
    }
    PersonFields fields;
    fields.first_name = identity->given_names;
    fields.last_name = identity->family_name;
    fields.birth_date = identity->birth_date;
    switch (desk_.provider_identifier) {
      case IdentifierKind::pesel:
        fields.pesel = identity->identifier;
        break;
      case IdentifierKind::resident_card:
        fields.card = identity->identifier;
        break;
      case IdentifierKind::name_birth_address:
      case IdentifierKind::passport:
        return Problem{&server::problems::internal};
    }
    const Result<SessionToken> token =
        registrar::accept_electronic_identity(desk_.office, desk_.provider_identifier, fields);
    if (token) return session_created(desk_.office, *token);
    if (token.error().code == ErrorCode::io) return unavailable();
    return Problem{&sign_in_failed,
                   {"Tej osoby nie ma w rejestrze mieszkańców.",
                    "This person is not on the residents' register."}};
  }

  Reply certify(const Request& request) const {
    const Result<TextMembers> members = read_text_members(request.body, {"voter_key"});
    if (!members) return server::problem_of(members.error());
    const Result<std::string> key = from_hex(text_of(*members, "voter_key"));
    if (!key || key->size() != sizeof(group::ElementBytes)) {
      return Problem{&server::problems::malformed_request,
                     {"Klucz to 64 cyfry szesnastkowe.", "A key is 64 hexadecimal digits."}};
    }
    const Result<registrar::Certified> certified = registrar::certify(
        desk_.office, session_of(request), array_of<32>(*key), circumstances(request));
    if (certified) {
      return server::json_response(
          json::serialize(json::object{{"certificate", to_base64(encode(certified->certificate))},
                                       {"notice_ticket", to_base64(encode(certified->ticket))}}),
          201);
    }
    switch (certified.error().code) {
      case ErrorCode::usage:
        return Problem{&not_eligible,
                       {"Najpierw potwierdź tożsamość kodem, listem, e-dowodem albo w punkcie.",
                        "First show who you are by a code, a letter, an electronic identity or at "
                        "a point."}};
      case ErrorCode::limit:
        return Problem{&too_many_attempts};
      case ErrorCode::conflict:
        return Problem{&not_eligible,
                       {"Zgłoś się do urzędu: rejestr nie pozwala teraz wydać poświadczenia.",
                        "Ask the office: the register does not allow a certificate now."}};
      case ErrorCode::io:
        return Problem{&server::problems::unavailable,
                       {"Nie można teraz wydać poświadczenia. Kto już je ma, może głosować.",
                        "No certificate can be issued now. Whoever has one can vote."},
                       server::unavailable_retry_s};
      default:
        return general_problem(certified.error());
    }
  }

  // Cards are taken by pools' ids; none named: all that there are for the person.
  Reply mark_for_paper(const Request& request) const {
    if (desk_.manifest == nullptr || !desk_.manifest->paper) {
      return Problem{
          &not_eligible,
          {"W tej edycji nie głosuje się na papierze.", "Nobody votes on paper in this edition."}};
    }
    const Result<TextMembers> members = read_text_members(request.body, {}, {{"pools", 66'560}});
    if (!members) return server::problem_of(members.error());
    std::vector<election::PoolNumber> pools;
    std::string_view rest = text_of(*members, "pools");
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const auto& all = desk_.manifest->pools;
      const auto found = std::ranges::find(all, rest.substr(0, end), &election::Pool::id);
      if (found == all.end())
        return Problem{&server::problems::malformed_request,
                       {"Nie ma takiej puli.", "There is no such pool."}};
      pools.push_back({static_cast<std::uint16_t>(found - all.begin())});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto marks = registrar::mark_for_paper(desk_.office, *desk_.manifest, session_of(request),
                                                 pools, circumstances(request));
    if (marks) {
      json::array entries;
      for (const election::PaperMark& mark : *marks) {
        entries.push_back(json::object{{"pool", desk_.manifest->pools[mark.pool.value].id},
                                       {"entry", to_base64(encode(mark))}});
      }
      return server::json_response(json::serialize(json::object{{"marks", std::move(entries)}}),
                                   201);
    }
    switch (marks.error().code) {
      case ErrorCode::usage:
        return Problem{&not_eligible,
                       {"Karty wydaje się tylko w punktach, po okazaniu dokumentu.",
                        "Cards are handed out at points only, to who shows a document."}};
      case ErrorCode::conflict:
        return Problem{
            &not_eligible,
            {"Tej osobie nie można tu wydać karty.", "This person cannot be given a card here."}};
      default:
        return general_problem(marks.error());
    }
  }

  Reply act_for_ward(const Request& request) const {
    const Result<Described> person = read_person(request.body);
    if (!person) return server::problem_of(person.error());
    const Result<SessionToken> token =
        registrar::act_for_ward(desk_.office, session_of(request), person->kind, person->fields);
    if (token) return session_created(desk_.office, *token);
    if (token.error().code == ErrorCode::malformed) {
      return field_problem(desk_.office, *person, token.error());
    }
    if (token.error().code == ErrorCode::conflict || token.error().code == ErrorCode::usage) {
      return Problem{&not_eligible};
    }
    return general_problem(token.error());
  }

  Reply tell_uses(const Request& request) const {
    const Result<registrar::Uses> uses = registrar::tell_uses(desk_.office, session_of(request));
    if (!uses) return problem_about_oneself(uses.error());
    server::Response response = server::json_response(uses_json(desk_.office, *uses));
    response.cache_control = "no-store, no-transform";
    return response;
  }

  Reply complain(const Request& request) const {
    const Result<TextMembers> members = read_text_members(
        request.body, {"reason", "text"}, {{"text", registrar::complaint_text_bytes_max}});
    if (!members) return server::problem_of(members.error());
    const Result<registrar::ComplaintReason> reason =
        registrar::parse_complaint_reason(text_of(*members, "reason"));
    if (!reason) return server::problem_of(reason.error());
    const Result<std::string> number =
        registrar::open_complaint(desk_.office, session_of(request), *reason,
                                  text_of(*members, "text"), language_of(request));
    if (!number) return problem_about_oneself(number.error());
    return server::json_response(json::serialize(json::object{{"number", *number}}), 201);
  }

  Reply tell_hearings(const Request& request) const {
    const Result<std::vector<registrar::Hearing>> hearings =
        registrar::tell_hearings(desk_.office, session_of(request));
    if (!hearings) return problem_of_hearing(hearings.error());
    server::Response response =
        server::json_response(hearings_json(*hearings, desk_.office.clock()));
    response.cache_control = "no-store, no-transform";
    return response;
  }

  Reply answer_hearing(const Request& request) const {
    const Result<TextMembers> members = read_text_members(
        request.body, {"answer", "text"}, {{"text", registrar::answer_text_bytes_max}});
    if (!members) return server::problem_of(members.error());
    const std::string_view answer = text_of(*members, "answer");
    const Status taken =
        registrar::answer_hearing(desk_.office, session_of(request), request.parameter("number"),
                                  answer == "mine"       ? cases::Answer::mine
                                  : answer == "not-mine" ? cases::Answer::not_mine
                                                         : cases::Answer::none,
                                  text_of(*members, "text"));
    if (!taken) return problem_of_hearing(taken.error());
    return server::no_content();
  }

  Reply end(const Request& request) const {
    const Status ended = registrar::end_session(desk_.office, session_of(request));
    if (!ended && ended.error().code != ErrorCode::not_found) {
      return general_problem(ended.error());
    }
    return server::no_content();
  }

  Reply take_notices(const Request& request) const {
    if (!protection::equal_in_constant_time(request.bearer_token().value_or(""), desk_.box_token)) {
      return Problem{
          &server::problems::unauthenticated, {}, {}, {}, {{"WWW-Authenticate", "Bearer"}}};
    }
    const Result<ballotbox::NoticeBatch> batch = decode_notice_batch(request.body);
    if (!batch) return server::problem_of(batch.error());
    std::vector<registrar::RecordedVote> votes;
    for (const ballotbox::RecordedVote& vote : batch->votes) {
      votes.push_back({vote.sealed, {vote.pool}});
    }
    const auto report = registrar::take_recorded_votes(desk_.office, batch->name, votes);
    if (!report) return general_problem(report.error());
    return server::no_content();
  }

  Reply tell_service() const {
    server::Response response = server::json_response(desk_.service_json);
    response.cache_control = server::cache::for_a_minute;
    return response;
  }
  // As of now: points close.
  Reply tell_points() const {
    server::Response response = server::json_response(points_json(desk_.office));
    response.cache_control = server::cache::for_a_minute;
    return response;
  }
  Reply tell_register() const { return server::json_response(desk_.register_json); }
  Reply tell_notice(const Request& request) const {
    server::Response response = server::text_response(
        request.language == server::Language::pl ? desk_.notice_pl : desk_.notice_en);
    response.content_type = "text/markdown; charset=utf-8";
    return response;
  }

 private:
  [[nodiscard]] registrar::Circumstances circumstances(const Request& request) const {
    const bool named = std::ranges::any_of(
        desk_.named_networks,
        [&](const server::Network& network) { return network.contains(request.peer.base); });
    return {request.peer.key(), named};
  }
  static constexpr std::size_t browser_bytes_least = 32;

  // Of what people may ask and say about themselves, so many times a day.
  [[nodiscard]] Problem problem_about_oneself(const Error& error) const {
    if (error.code == ErrorCode::usage) {
      return {&server::problems::unauthenticated,
              {"Najpierw potwierdź tożsamość kodem, listem, e-dowodem albo w punkcie.",
               "First show who you are by a code, a letter, an electronic identity or at a point."},
              {},
              {},
              {{"WWW-Authenticate", "Bearer"}}};
    }
    if (error.code == ErrorCode::limit) {
      return {&too_many_attempts,
              {"Dziś już nie można. Spróbuj jutro.", "Not again today. Try tomorrow."},
              static_cast<std::uint32_t>(registrar::seconds_left_today(desk_.office))};
    }
    return general_problem(error);
  }

  [[nodiscard]] Problem problem_of_hearing(const Error& error) const {
    switch (error.code) {
      case ErrorCode::usage:
        return {
            &not_well_enough,
            {"Na pytanie o głos odpowiada się po potwierdzeniu tożsamości kodem na telefon albo "
             "adres z rejestru, listem, e-dowodem albo w punkcie.",
             "To answer a question about a vote, show who you are by a code to the telephone or "
             "address of the register, a letter, an electronic identity, or at a point."}};
      case ErrorCode::not_found:
        if (error.place.field != "number") break;
        return {
            &server::problems::not_found,
            {"Nie ma takiego pytania do tej osoby.", "There is no such question to this person."}};
      case ErrorCode::conflict:
        return {&too_late,
                {"Czas na odpowiedź minął. Powiedz o sprawie w urzędzie, podając jej numer.",
                 "The time for an answer is over. Tell the office, with the number of the case."}};
      case ErrorCode::limit:
        return {&too_many_attempts};
      default:
        break;
    }
    return general_problem(error);
  }

  static server::Response accepted() {
    server::Response response;
    response.status = 202;
    return response;
  }

  RegistrarDesk desk_;
};

}  // namespace

Status add_registrar_routes(server::Router& router, const RegistrarDesk& desk) {
  auto handlers = std::make_shared<const RegistrarHandlers>(desk);
  server::RouteOptions identify;
  identify.body_bytes_max = 4'096;
  identify.content_types = {"application/json"};
  identify.rate_class = "identify";
  identify.for_listed_sites = true;
  server::RouteOptions factors = identify;
  factors.rate_class = "factors";
  server::RouteOptions end = factors;
  end.body_bytes_max = 0;
  end.content_types = {};
  server::RouteOptions notices;
  notices.body_bytes_max = notice_batch_bytes_max;
  notices.content_types = {"application/cbor"};
  server::RouteOptions reads;
  reads.rate_class = "reads";
  reads.for_any_site = true;

  Status added = ok_status();
  const auto add = [&](server::Method method, std::string_view path,
                       const server::RouteOptions& options, auto answer) {
    if (!added) return;
    added = router.add(
        method, path,
        [handlers, answer](const Request& request) -> Reply { return answer(*handlers, request); },
        options);
  };
  using server::Method;
  const std::string current = "/api/v1/sessions/current";
  add(Method::post, "/api/v1/sessions", identify,
      [](const RegistrarHandlers& h, const Request& r) { return h.identify(r); });
  add(Method::del, current, end,
      [](const RegistrarHandlers& h, const Request& r) { return h.end(r); });
  add(Method::post, current + "/codes", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.request_code(r); });
  add(Method::post, current + "/code", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.check_code(r, false); });
  add(Method::post, current + "/letter-code", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.check_code(r, true); });
  add(Method::post, current + "/wards", identify,
      [](const RegistrarHandlers& h, const Request& r) { return h.act_for_ward(r); });
  add(Method::post, current + "/certificates", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.certify(r); });
  add(Method::post, current + "/paper-marks", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.mark_for_paper(r); });
  add(Method::get, current + "/uses", end,
      [](const RegistrarHandlers& h, const Request& r) { return h.tell_uses(r); });
  add(Method::post, current + "/complaints", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.complain(r); });
  add(Method::get, current + "/hearings", end,
      [](const RegistrarHandlers& h, const Request& r) { return h.tell_hearings(r); });
  add(Method::post, current + "/hearings/{number}/answer", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.answer_hearing(r); });
  add(Method::post, "/api/v1/sign-ins", identify,
      [](const RegistrarHandlers& h, const Request& r) { return h.begin_sign_in(r); });
  add(Method::post, "/api/v1/sign-ins/answers", identify,
      [](const RegistrarHandlers& h, const Request& r) { return h.finish_sign_in(r); });
  add(Method::post, "/api/v1/points/sessions", factors,
      [](const RegistrarHandlers& h, const Request& r) { return h.vouch(r); });
  add(Method::post, "/api/v1/notices", notices,
      [](const RegistrarHandlers& h, const Request& r) { return h.take_notices(r); });
  add(Method::get, "/api/v1/service", reads,
      [](const RegistrarHandlers& h, const Request&) { return h.tell_service(); });
  add(Method::get, "/api/v1/points", reads,
      [](const RegistrarHandlers& h, const Request&) { return h.tell_points(); });
  add(Method::get, "/api/v1/data-protection/register", reads,
      [](const RegistrarHandlers& h, const Request&) { return h.tell_register(); });
  add(Method::get, "/api/v1/data-protection/notice", reads,
      [](const RegistrarHandlers& h, const Request& r) { return h.tell_notice(r); });
  return added;
}

}  // namespace urna::api
