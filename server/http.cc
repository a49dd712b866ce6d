// SPDX-License-Identifier: EUPL-1.2
#include "server/http.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace urna::server {
namespace {

constexpr std::array<std::string_view, 7> all_methods{"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

std::optional<std::string_view> value_in(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields)
    if (key == name) return value;
  return std::nullopt;
}

Response response_of(std::string content_type, std::string body, unsigned status) {
  Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

}  // namespace

std::string_view method_name(Method method) {
  return all_methods[static_cast<std::size_t>(method)];
}

std::string method_names(const std::vector<Method>& methods) {
  std::string text;
  for (const Method method : methods) {
    if (!text.empty()) text += ", ";
    text += method_name(method);
  }
  return text;
}

std::optional<Method> method_of(std::string_view name) {
  const auto* const found = std::find(all_methods.begin(), all_methods.end(), name);
  if (found == all_methods.end()) return std::nullopt;
  return static_cast<Method>(found - all_methods.begin());
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Header& header : headers)
    if (header.name == name) return header.value;
  return std::nullopt;
}

const std::string& Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  stop_on_broken_precondition("Request::parameter: a parameter of the route");
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  return value_in(query, name);
}

std::optional<std::string_view> Request::bearer_token() const {
  const auto value = header("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (!value || value->size() <= scheme.size()) return std::nullopt;
  const bool is_bearer = std::equal(
      scheme.begin(), scheme.end(), value->begin(),
      [](char lower, char c) { return lower == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  if (!is_bearer) return std::nullopt;
  return value->substr(scheme.size());
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const Header& header : headers) {
    if (header.name != "cookie") continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      if (found) return std::nullopt;
      found = pair.substr(equals + 1);
    }
  }
  return found;
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Response json_response(std::string body, unsigned status) {
  return response_of("application/json", std::move(body), status);
}

Response cbor_response(std::string body, unsigned status) {
  return response_of("application/cbor", std::move(body), status);
}

Response text_response(std::string body, unsigned status) {
  return response_of("text/plain; charset=utf-8", std::move(body), status);
}

Response problem_response(const Problem& problem, Language language, std::string_view request_id) {
  Response response =
      response_of("application/problem+json", problem_json(problem, language, request_id),
                  problem.kind->status);
  response.headers.push_back({"Content-Language", std::string(language_tag(language))});
  if (problem.retry_after_s)
    response.headers.push_back({"Retry-After", std::to_string(*problem.retry_after_s)});
  for (const auto& [name, value] : problem.headers)
    response.headers.push_back({std::string(name), value});
  return response;
}

struct Responder::State {
  std::function<void(Response)> deliver;
  Language language;
  std::string request_id;
};

Responder::Responder(std::function<void(Response)> deliver, Language language,
                     std::string request_id)
    : state_(std::make_unique<State>(State{std::move(deliver), language, std::move(request_id)})) {}

Responder::Responder(Responder&&) noexcept = default;

Responder::~Responder() {
  if (state_) std::move(*this).respond(Problem{&problems::internal});
}

void Responder::respond(Reply reply) && {
  if (!state_) stop_on_broken_precondition("Responder::respond: answered once");
  const std::unique_ptr<State> state = std::move(state_);
  if (auto* response = std::get_if<Response>(&reply)) {
    state->deliver(std::move(*response));
  } else {
    state->deliver(problem_response(std::get<Problem>(reply), state->language, state->request_id));
  }
}

}  // namespace urna::server
