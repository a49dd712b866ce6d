// SPDX-License-Identifier: EUPL-1.2
#include "server/problem.h"

#include <fmt/format.h>
#include <iterator>

namespace urna::server {
namespace {

const ProblemKind& kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::malformed:
      return problems::malformed_request;
    case ErrorCode::not_found:
      return problems::not_found;
    case ErrorCode::io:
      return problems::unavailable;
    case ErrorCode::unsupported:
    case ErrorCode::limit:
      return problems::unprocessable;
    case ErrorCode::conflict:
      return problems::conflict;
  }
  return problems::internal;
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

Problem problem_of(const Error& error) {
  Problem problem{&kind_of(error.code)};
  if (!error.place.field.empty()) problem.members.emplace_back("field", error.place.field);
  if (error.place.line > 0) problem.members.emplace_back("line", std::to_string(error.place.line));
  if (error.place.column > 0)
    problem.members.emplace_back("column", std::to_string(error.place.column));
  return problem;
}

std::string problem_json(const Problem& problem, Language language, std::string_view request_id) {
  const ProblemKind& kind = *problem.kind;
  std::string json = fmt::format(R"({{"type":"/problems/{}","title":)", kind.slug);
  append_json_string(json, language == Language::pl ? kind.title_pl : kind.title_en);
  fmt::format_to(std::back_inserter(json), R"(,"status":{})", kind.status);
  if (const std::string& detail = problem.detail.in(language); !detail.empty()) {
    json += R"(,"detail":)";
    append_json_string(json, detail);
  }
  if (!request_id.empty()) {
    json += R"(,"request":)";
    append_json_string(json, request_id);
  }
  for (const auto& [name, value] : problem.members) {
    json += ',';
    append_json_string(json, name);
    json += ':';
    append_json_string(json, value);
  }
  json += '}';
  return json;
}

}  // namespace urna::server
