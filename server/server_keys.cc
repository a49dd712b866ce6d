// SPDX-License-Identifier: EUPL-1.2
// What an operator may set of a server, and the routes that watch it.
#include <utility>

#include "server/server.h"

namespace urna::server {

void add_server_keys(ConfigKeys& keys, ServerConfig& config) {
  using std::chrono::milliseconds;
  constexpr milliseconds moment{1};
  constexpr milliseconds hour = std::chrono::hours(1);
  keys.add("http.address", config.address, "IP address to listen on; \"::\" for all");
  keys.add("http.port", config.port, "TCP port; 0 for any free one");
  keys.add("http.network_threads", config.network_threads, "threads that carry connections", 1U,
           256U);
  keys.add("http.worker_threads", config.worker_threads, "threads for handlers that wait", 1U,
           1024U);
  keys.add("http.connections_max", config.connections_max, "connections at once", 1U, 1'000'000U);
  keys.add("http.requests_in_flight_max", config.requests_in_flight_max,
           "requests being answered at once; more get 503", 1U, 1'000'000U);
  keys.add("http.requests_per_connection_max", config.requests_per_connection_max,
           "requests after which a connection is closed", 1U);
  keys.add("http.head_bytes_max", config.head_bytes_max, "size of a request's head", Size{1024},
           Size{1 << 20});
  keys.add("http.bodies_bytes_max", config.bodies_bytes_max,
           "size of all bodies in memory together; more get 503", Size{1 << 20});
  keys.add("http.head_timeout", config.head_timeout, "time for a request's head", moment, hour);
  keys.add("http.body_timeout", config.body_timeout, "time for a request's body", moment, hour);
  keys.add("http.handler_timeout", config.handler_timeout, "time until 504", moment, hour);
  keys.add("http.write_timeout", config.write_timeout, "time for the client to take 256 KiB",
           moment, hour);
  keys.add("http.keep_alive_timeout", config.keep_alive_timeout,
           "time that a connection may wait for its next request", moment, hour);
  keys.add("http.stop_timeout", config.stop_timeout, "time for requests in flight when stopping",
           milliseconds{0}, hour);
  keys.add("http.refusal_pause", config.refusal_pause,
           "time before a 503 is sent, which slows down who asks again at once", milliseconds{0},
           milliseconds{10'000});
  keys.add("http.refusals_per_s_max", config.refusals_per_s_max,
           "answers 503 a second, and at most one for four others; the pause before them grows up "
           "to 5 s",
           1U);
  keys.add("http.overload_retry_after", config.overload_retry_after, "Retry-After of a 503",
           milliseconds{1000}, hour);
  keys.add("http.strict_transport_security", config.strict_transport_security,
           "max-age of HSTS; 0 s for none");
  keys.add("http.trusted_proxies", config.trusted_proxies,
           "networks of proxies whose X-Forwarded-For is believed");
  keys.add("http.allowed_origins", config.allowed_origins,
           "origins of the pages that may use this service from a browser, like "
           "\"https://bo.example.org\"; no cookies are used");
  keys.add("http.network_bits_v4", config.network_bits_v4, "prefix of the IPv4 networks in limits",
           0U, 32U);
  keys.add("http.network_bits_v6", config.network_bits_v6, "prefix of the IPv6 networks in limits",
           0U, 128U);
  keys.add("http.rate_limit_keys", config.rate_limit_keys, "networks remembered by each limit", 64U,
           1U << 26);
  keys.add("http.tls_certificate", config.tls_certificate,
           "PEM file of the certificate chain; empty for no TLS");
  keys.add("http.tls_key", config.tls_key, "PEM file of the certificate's key");
  keys.add_choice("http.access_log", config.access_log, {"all", "failures", "none"},
                  "which requests are logged; failures: 401 and from 500 on");
}

Status add_health_routes(Router& router, const Metrics& metrics, std::function<bool()> ready) {
  RouteOptions options;
  options.answers_when_full = true;
  Response nothing;
  nothing.status = 204;
  const auto alive = [nothing](const Request&) -> Reply { return nothing; };
  const auto readiness = [nothing, ready = std::move(ready)](const Request&) -> Reply {
    if (ready()) return nothing;
    return Problem{&problems::unavailable};
  };
  const auto numbers = [&metrics](const Request&) -> Reply {
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics.text();
    return response;
  };
  if (auto added = router.add_quick(Method::get, "/healthz", alive, options); !added) return added;
  if (auto added = router.add(Method::get, "/readyz", readiness, options); !added) return added;
  return router.add(Method::get, "/metrics", numbers, options);
}

}  // namespace urna::server
