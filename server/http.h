// SPDX-License-Identifier: EUPL-1.2
// Requests, responses and how a handler answers: what the rest of the house sees of HTTP.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/language.h"
#include "server/peer.h"
#include "server/problem.h"
#include "server/target.h"

namespace urna::server {

enum class Method { get, head, post, put, patch, del, options };

// "GET", …, "DELETE", "OPTIONS".
[[nodiscard]] std::string_view method_name(Method method);
[[nodiscard]] std::string method_names(const std::vector<Method>& methods);  // "GET, HEAD"
[[nodiscard]] std::optional<Method> method_of(std::string_view name);

struct Header {
  std::string name;  // of a request: lower-case
  std::string value;
};

// One request, read whole and within its route's limits. The body and the headers may hold secrets
// and personal data: they are for the handler, never for a log.
struct Request {
  Method method = Method::get;
  std::string_view route = {};  // the template of its route, e.g. "/api/v1/ballots/{id}"
  Fields parameters = {};       // of the template, decoded
  Fields query = {};
  std::vector<Header> headers = {};
  std::string body = {};
  Network peer = {};  // the network that it came from, as wide as the server is told
  Language language = Language::pl;
  std::string id = {};  // 16 hexadecimal digits, random: the same in logs and problems

  // The value of the first header of this lower-case name.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  // The value of a parameter of the route's template. Precondition: the template has it.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  // The token of "Authorization: Bearer TOKEN"; none if the header is missing or another kind.
  [[nodiscard]] std::optional<std::string_view> bearer_token() const;
  // The value of a cookie; none also if it was sent twice.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

// Bytes that are too many to hold: read in pieces while they are sent.
struct BodySource {
  std::uint64_t bytes = 0;
  // `count` bytes from `offset` on, at most 256 KiB a call; called on a worker thread, one call at
  // a time. An error ends the connection, so that the client sees an incomplete body.
  std::function<Result<std::string>(std::uint64_t offset, std::size_t count)> read;
};

// The policy for what is no page: nothing may be loaded, run or framed.
inline constexpr std::string_view api_content_security_policy =
    "default-src 'none'; frame-ancestors 'none'";

// An answer. The server adds Date, Content-Length, Connection and the headers of security.
struct Response {
  unsigned status = 200;
  std::string content_type = {};  // empty: no body
  std::string body = {};
  // Others than those that the server adds. One with a line end within is left out.
  std::vector<Header> headers = {};
  std::string cache_control = "no-store";
  std::string content_security_policy{api_content_security_policy};
  std::optional<BodySource> source = std::nullopt;  // instead of `body`
};

[[nodiscard]] Response json_response(std::string body, unsigned status = 200);
[[nodiscard]] Response cbor_response(std::string body, unsigned status = 200);
[[nodiscard]] Response text_response(std::string body, unsigned status = 200);
// Status 204.
[[nodiscard]] Response no_content();
// The response for a problem, in a language, with the request's id.
[[nodiscard]] Response problem_response(const Problem& problem, Language language,
                                        std::string_view request_id);

// What a handler gives back.
using Reply = std::variant<Response, Problem>;

// The right, and the duty, to answer one request: once, from any thread, now or later. One that is
// dropped unused answers with an internal error. Small; moves, does not copy.
class Responder {
 public:
  // `deliver` is called exactly once, from the thread that answers; it must not block or throw.
  Responder(std::function<void(Response)> deliver, Language language, std::string request_id);
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) = delete;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  // Precondition (else the program stops): not yet answered.
  void respond(Reply reply) &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urna::server
