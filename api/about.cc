// SPDX-License-Identifier: EUPL-1.2
#include "api/about.h"

#include <array>
#include <boost/json.hpp>
#include <string_view>

#include "base/date.h"
#include "server/content.h"

namespace urna::api {
namespace {

constexpr std::size_t about_text_bytes_max = 2'000;

struct Member {
  std::string_view name;
  std::string About::*text;
  std::string_view help;
  bool date = false;
};
constexpr std::array<Member, 9> about_members{{
    {"name", &About::name, "the office that runs the site, as people know it"},
    {"address", &About::address, "of its building"},
    {"contact", &About::contact, "who answers about accessibility"},
    {"email", &About::email, "of who answers about accessibility"},
    {"telephone", &About::telephone, "of who answers about accessibility"},
    {"published", &About::published, "day on which the site was published, YYYY-MM-DD", true},
    {"updated", &About::updated, "day of its last important change, YYYY-MM-DD", true},
    {"assessed", &About::assessed, "day of the accessibility statement, YYYY-MM-DD", true},
    {"building", &About::building, "accessibility of the building, in a few sentences"},
}};
constexpr std::array<std::string_view, 4> status_words{"unassessed", "full", "partial", "none"};

Error wrong_about(const Member& member, const char* message, const char* remedy) {
  return {ErrorCode::usage, message, {{}, 0, 0, "about." + std::string(member.name)}, remedy};
}

}  // namespace

void add_about_keys(server::ConfigKeys& keys, About& about) {
  for (const Member& member : about_members) {
    keys.add("about." + std::string(member.name), about.*member.text, member.help);
  }
  keys.add_choice("about.accessibility", about.status, {status_words.begin(), status_words.end()},
                  "how far the city found the site to comply with the act of 4 April 2019");
}

Status add_about_route(server::Router& router, const About& about) {
  boost::json::object body;
  for (const Member& member : about_members) {
    const std::string& text = about.*member.text;
    if (text.size() > about_text_bytes_max) {
      return wrong_about(member, "the text is too long", "write at most 2000 bytes");
    }
    if (member.date && !text.empty() && !parse_date(text)) {
      return wrong_about(member, "this is no date", "write YYYY-MM-DD");
    }
    body[member.name] = text;
  }
  body["status"] = status_words[static_cast<std::size_t>(about.status)];
  server::RouteOptions reads;
  reads.rate_class = "reads";
  reads.for_any_site = true;
  return router.add_quick(
      server::Method::get, "/api/v1/about",
      [text = boost::json::serialize(body)](const server::Request&) -> server::Reply {
        server::Response response = server::json_response(text);
        response.cache_control = server::cache::for_a_minute;
        return response;
      },
      reads);
}

}  // namespace urna::api
