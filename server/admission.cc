// SPDX-License-Identifier: EUPL-1.2
#include "server/admission.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/config.h"

namespace urna::server {
namespace {

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return copy;
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The rules of RFC 9112 section 6 that decide where a request ends, more strictly than the parser
// takes them: it reads lists of equal lengths, and takes an unknown coding for no body.
std::optional<Problem> check_framing(const Request& request, const Head& head) {
  std::size_t lengths = 0;
  std::size_t codings = 0;
  std::size_t hosts = 0;
  bool plain = true;
  for (const Header& header : request.headers) {
    if (header.name == "content-length") {
      ++lengths;
      plain = plain && all_digits(header.value) && header.value.size() <= 18;
    } else if (header.name == "transfer-encoding") {
      ++codings;
      plain = plain && lower(header.value) == "chunked";
    } else if (header.name == "host") {
      ++hosts;
    }
  }
  if (!plain || lengths + codings > 1 || (codings > 0 && head.version < 11))
    return malformed_request("Nie wiadomo, gdzie kończy się żądanie",
                             "It is unclear where the request ends");
  if (hosts > 1 || (hosts == 0 && head.version >= 11))
    return malformed_request("Potrzebny jest dokładnie jeden nagłówek Host",
                             "Exactly one Host header is needed");
  return std::nullopt;
}

bool accepts_type(const RouteOptions& options, const Request& request) {
  if (options.content_types.empty()) return true;
  const auto value = request.header("content-type");
  if (!value) return false;
  std::string type = lower(value->substr(0, value->find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  return std::find(options.content_types.begin(), options.content_types.end(), type) !=
         options.content_types.end();
}

std::optional<Problem> check_body(Heard& heard, const Head& head) {
  const Request& request = heard.request;
  if (const auto expectation = request.header("expect")) {
    if (lower(*expectation) != "100-continue") return Problem{&problems::expectation_failed};
    heard.expects_continue = head.has_body;
  }
  if (!head.has_body) return std::nullopt;
  const std::size_t most = heard.route == nullptr ? 0 : heard.route->options.body_bytes_max;
  if (most == 0 || head.content_length.value_or(0) > most) return Problem{&problems::too_large};
  if (!accepts_type(heard.route->options, request)) return Problem{&problems::wrong_content_type};
  return std::nullopt;
}

// The value of a header that a browser sends once; empty if it is absent or there twice.
std::string_view only_value(const Request& request, std::string_view name) {
  std::string_view value;
  std::size_t count = 0;
  for (const Header& header : request.headers) {
    if (header.name != name) continue;
    value = header.value;
    ++count;
  }
  return count == 1 ? value : std::string_view();
}

}  // namespace

Admission::Admission(const ServerConfig& config, const Router& router)
    : router_(&router),
      language_(config.language),
      network_bits_v4_(config.network_bits_v4),
      network_bits_v6_(config.network_bits_v6),
      overload_retry_after_(config.overload_retry_after) {}

Result<Admission> Admission::create(const ServerConfig& config, const Router& router) {
  Admission admission(config, router);
  if (auto status = admission.prepare(config); !status) return status.error();
  return admission;
}

Status Admission::prepare(const ServerConfig& config) {
  if (network_bits_v4_ > 32 || network_bits_v6_ > 128)
    return wrong_setting("http.network_bits_v4", "a network's prefix is too long",
                         "set at most 32 for IPv4, 128 for IPv6");
  for (const std::string& text : config.trusted_proxies) {
    const auto network = Network::parse(text);
    if (!network)
      return wrong_setting("http.trusted_proxies", network.error().message, network.error().remedy);
    trusted_proxies_.push_back(*network);
  }
  auto origins = Origins::create(config.allowed_origins, config.any_origin_may);
  if (!origins) return origins.error();
  origins_.emplace(std::move(origins).value());
  for (const RateClass& rate : config.rates) {
    auto limiter = RateLimiter::create(rate.rate, config.rate_limit_keys);
    if (!limiter) return limiter.error();
    if (!limiters_.emplace(rate.name, std::move(limiter).value()).second)
      return wrong_setting(rate.name, "two rates of one name", "give each a name of its own");
  }
  for (const auto& route : router_->routes()) {
    if (route->options.rate_class.empty()) continue;
    const auto limiter = limiters_.find(route->options.rate_class);
    if (limiter == limiters_.end())
      return wrong_setting(route->options.rate_class, route->path + " names a rate there is not",
                           "add it to the server's rates");
    limiter_of_.emplace(route.get(), limiter->second.get());
  }
  return ok_status();
}

Problem Admission::overloaded() const {
  return {&problems::overloaded, {}, retry_after_s(overload_retry_after_)};
}

std::optional<Problem> Admission::find_origin(Heard& heard, const Address& peer) const {
  Address origin = peer;
  if (!trusted_proxies_.empty()) {
    std::vector<std::string_view> forwarded;
    for (const Header& header : heard.request.headers)
      if (header.name == "x-forwarded-for") forwarded.push_back(header.value);
    const auto found = origin_of(peer, forwarded, trusted_proxies_);
    if (!found)
      return malformed_request("Błędny nagłówek X-Forwarded-For", "X-Forwarded-For is malformed");
    origin = *found;
  }
  heard.request.peer = Network::around(origin, network_bits_v4_, network_bits_v6_);
  return std::nullopt;
}

std::optional<Problem> Admission::find_route(Heard& heard, const Head& head) const {
  Request& request = heard.request;
  const auto method = method_of(head.method);
  if (!method) return Problem{&problems::not_implemented};
  request.method = *method;
  auto target = parse_target(head.target);
  if (!target) return malformed_request("Błędny adres", "The target is malformed");
  Router::Match match = router_->find(*method, target->segments);
  if (match.allowed.empty()) return Problem{&problems::not_found};
  heard.route = match.route;
  heard.allowed = std::move(match.allowed);
  if (heard.route == nullptr && *method != Method::options) {
    Problem problem{&problems::method_not_allowed};
    problem.headers.emplace_back("Allow", method_names(heard.allowed));
    return problem;
  }
  if (heard.route != nullptr) request.route = heard.route->path;
  request.parameters = std::move(match.parameters);
  request.query = std::move(target->query);
  return std::nullopt;
}

std::optional<Problem> Admission::check_rate(Heard& heard) const {
  const auto limiter = limiter_of_.find(heard.route);
  if (limiter == limiter_of_.end()) return std::nullopt;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  const auto wait = limiter->second->take(heard.request.peer.key(), now);
  if (!wait) return std::nullopt;
  heard.reason = Refused::rate;
  return Problem{&problems::too_many_requests, {}, retry_after_s(*wait)};
}

SiteAccess Admission::access_of(const Heard& heard, const Head& head) const {
  SiteAccess access;
  const Request& request = heard.request;
  const Route* route = heard.route;
  if (route == nullptr && request.method == Method::options) {
    // A preflight asks about the method that the page wants to use, on the same path.
    const auto wanted = method_of(only_value(request, "access-control-request-method"));
    const auto target = parse_target(head.target);
    if (!wanted || !target) return access;
    route = router_->find(*wanted, target->segments).route;
    access.may_method = method_name(*wanted);
  }
  if (route == nullptr) return {};
  if (route->options.for_any_site) {
    access.origin = "*";
  } else if (route->options.for_listed_sites) {
    access.varies = origins_->vary();
    access.origin = origins_->answer_to(only_value(request, "origin"));
  }
  return access;
}

void Admission::judge(Heard& heard, Head head, const Address& peer, bool is_full) const {
  Request& request = heard.request;
  request.headers = std::move(head.headers);
  request.language = language_;
  if (const auto languages = request.header("accept-language"))
    request.language = preferred_language(*languages, language_);
  heard.keep_alive = head.keep_alive;
  if (head.version != 10 && head.version != 11) {
    heard.keep_alive = false;
    heard.refusal = Problem{&problems::version_not_supported};
    return;
  }
  heard.refusal = check_framing(request, head);
  if (!heard.refusal) heard.refusal = find_origin(heard, peer);
  if (!heard.refusal) heard.refusal = find_route(heard, head);
  // Refusals from here on are for the page to read, too.
  if (!heard.refusal) heard.access = access_of(heard, head);
  if (!heard.refusal) heard.refusal = check_body(heard, head);
  const bool always = heard.route == nullptr || heard.route->options.answers_when_full;
  if (!heard.refusal && is_full && !always) {
    heard.refusal = overloaded();
    heard.reason = Refused::full;
  }
  // Last, so that nobody's tokens are spent on what is refused anyway.
  if (!heard.refusal) heard.refusal = check_rate(heard);
  // Who sends what is malformed may have meant what follows otherwise, too.
  if (heard.refusal && heard.refusal->kind->status == problems::malformed_request.status)
    heard.keep_alive = false;
}

}  // namespace urna::server
