// SPDX-License-Identifier: EUPL-1.2
// An HTTP/1.1 server around a router: few threads, many connections, a limit on everything.
//
// How it defends itself. No thread waits for a client, so slow clients cost only their sockets. The
// head of a request has to arrive within a time, its body within another, the answer has to be
// taken within a third, whatever trickles in between. Connections beyond the limit displace those
// that have waited longest for a request; requests beyond the limit are refused with 503 before
// their bodies are read, and the refusal is held back for a moment, so that clients that ask again
// at once cannot take the processor from the requests being answered. Heads that two programs could
// read differently are refused; see head.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/rate_limit.h"
#include "server/router.h"

namespace urna::server {

// A limit that routes name, for each network that requests come from.
struct RateClass {
  std::string name;
  Rate rate;
};

// `failures`: 401, which is how another service's credential is refused, and from 500 on.
enum class AccessLog { all, failures, none };

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;             // 0: any free one; see Server::port()
  std::uint32_t network_threads = 1;  // each carries its share of the connections
  std::uint32_t worker_threads = 4;   // for handlers that block

  std::uint32_t connections_max = 10'000;
  std::uint32_t requests_in_flight_max = 2'000;  // with a handler, not yet answered
  std::uint32_t requests_per_connection_max = 100'000;
  Size head_bytes_max{16384};
  Size bodies_bytes_max{std::uint64_t{256} << 20};  // of all requests together

  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds handler_timeout{30'000};
  std::chrono::milliseconds write_timeout{30'000};  // for every 256 KiB of the answer
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::chrono::milliseconds stop_timeout{20'000};
  std::chrono::milliseconds refusal_pause{100};
  // Answers 503 a second, and at most one for four other answers; the pause grows up to 5 s.
  std::uint32_t refusals_per_s_max = 2'000;
  std::chrono::milliseconds overload_retry_after{5'000};

  std::chrono::milliseconds strict_transport_security{0};  // 0: no such header
  std::vector<std::string> trusted_proxies = {};  // networks whose X-Forwarded-For is believed
  std::vector<std::string> allowed_origins = {};  // of pages that may use routes for listed sites
  std::uint32_t network_bits_v4 = 24;             // how wide the networks are that limits see
  std::uint32_t network_bits_v6 = 48;
  std::uint32_t rate_limit_keys = 65'536;  // networks remembered in each class
  std::string tls_certificate = {};        // PEM files; both or neither
  std::string tls_key = {};
  AccessLog access_log = AccessLog::all;
  Language language = Language::pl;  // for who prefers none

  // Set by the program:
  std::vector<RateClass> rates = {};
  bool handle_signals = false;  // SIGTERM and SIGINT stop the server while it runs
  bool any_origin_may = false;  // "*" among the origins: only where nobody has a session
};

// Binds every member above that an operator may set, as "http.…".
void add_server_keys(ConfigKeys& keys, ServerConfig& config);

class Server {
 public:
  // Binds and listens; nothing is accepted before run(). `metrics` must outlive the server. Errors:
  // usage for a configuration that contradicts itself or the router, or that needs more open files
  // than the system allows, or for origins that are none; io for an address that cannot be listened
  // on or a TLS file that cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Server>> create(const ServerConfig& config,
                                                              Router router, Metrics& metrics,
                                                              Log log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port that is listened on.
  [[nodiscard]] std::uint16_t port() const;

  // Serves until stopped; call once. Returns after requests in flight have been answered, or when
  // stop_timeout is over, and after every handler on a worker thread has returned.
  void run();

  // From any thread: accepts no more, lets requests in flight end, closes what is idle. A second
  // call does not wait for them.
  void stop();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// GET /healthz (204 while the process answers), /readyz (204 if `ready()` says so, else 503) and
// /metrics. Answered also when the server is full. `metrics` must outlive the router.
Status add_health_routes(Router& router, const Metrics& metrics, std::function<bool()> ready);

}  // namespace urna::server
