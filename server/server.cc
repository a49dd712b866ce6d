// SPDX-License-Identifier: EUPL-1.2
#include "server/server.h"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <fmt/format.h>
#include <optional>
#include <sys/resource.h>
#include <thread>
#include <utility>

#include "server/lane.h"

namespace urna::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds sweep_interval{250};
constexpr milliseconds sweep_interval_stopping{20};
constexpr milliseconds accept_pause{50};  // after the system refused a connection
constexpr unsigned spare_files = 128;     // open files that are no connections

// ---- Threads ------------------------------------------------------------------------------------

void schedule_tick(Lane& lane);

// Ends what is overdue; while stopping also what is idle, until nothing is left.
void tick(Lane& lane) {
  const SteadyClock::time_point now = SteadyClock::now();
  lane.measure_answers(now);
  const bool stopping = lane.core.stopping;
  const bool forced = stopping && (lane.core.forced || now >= lane.stop_deadline);
  for (SessionList* list : {&lane.waiting, &lane.busy}) {
    for (Session* session : *list) {
      if (forced || (stopping && list == &lane.waiting && !session->begun())) {
        session->drop();
      } else if (now >= session->deadline()) {
        session->expire();
      }
    }
  }
  if (!stopping || !lane.waiting.empty() || !lane.busy.empty()) {
    schedule_tick(lane);
  } else if (lane.signals) {
    error_code ignored;
    lane.signals->cancel(ignored);
  }
}

void schedule_tick(Lane& lane) {
  lane.sweep.expires_after(lane.core.stopping ? sweep_interval_stopping : sweep_interval);
  lane.sweep.async_wait([&lane](error_code error) {
    if (!error) tick(lane);
  });
}

// On the lane's thread.
void take_connection(Core& core, Lane& lane, tcp::socket socket) {
  if (core.connections->fetch_add(1, std::memory_order_relaxed) >= core.config.connections_max) {
    core.count_refusal(Refused::displaced);
    if (lane.waiting.empty()) {
      core.connections->fetch_sub(1, std::memory_order_relaxed);
      return;  // closes the new one
    }
    lane.waiting.front()->displace();
  }
  start_connection(core, lane, std::move(socket));
}

asio::awaitable<void> accept_connections(Core& core, tcp::acceptor& acceptor) {
  asio::steady_timer pause(acceptor.get_executor());
  for (std::size_t next = 0; !core.stopping; ++next) {
    Lane& lane = *core.lanes[next % core.lanes.size()];
    tcp::socket socket(lane.io);
    const auto result = co_await acceptor.async_accept(socket, awaiting);
    if (core.stopping) co_return;
    if (std::get<0>(result)) {
      // Most likely there are no files left: others may close some.
      pause.expires_after(accept_pause);
      co_await pause.async_wait(awaiting);
      continue;
    }
    asio::dispatch(lane.io, [&core, &lane, socket = std::move(socket)]() mutable {
      take_connection(core, lane, std::move(socket));
    });
  }
}

void run_lane(Lane& lane) {
  while (true) {
    try {
      lane.io.run();
      return;
    } catch (const std::exception&) {
      lane.core.log.write(LogLevel::error, "network_thread_threw", {{"lane", lane.number}});
    }
  }
}

// ---- Setting up
// -------------------------------------------------------------------------------------

Status allow_open_files(const ServerConfig& config) {
  const rlim_t needed = rlim_t{config.connections_max} + spare_files;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return ok_status();
  if (limit.rlim_max < needed)
    return wrong_setting(
        "http.connections_max", "more connections than files may be open",
        fmt::format("set it to at most {}, or raise the limit of open files",
                    limit.rlim_max > spare_files ? limit.rlim_max - spare_files : 0));
  limit.rlim_cur = needed;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    return Error{ErrorCode::io, "cannot raise the number of open files", {}, "raise it yourself"};
  return ok_status();
}

Status prepare_tls(Core& core) {
  const ServerConfig& config = core.config;
  if (config.tls_certificate.empty() && config.tls_key.empty()) return ok_status();
  if (config.tls_certificate.empty() || config.tls_key.empty())
    return wrong_setting("http.tls_certificate", "TLS needs a certificate and its key",
                         "set http.tls_certificate and http.tls_key, or neither");
  try {
    asio::ssl::context& context = core.tls.emplace(asio::ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.use_certificate_chain_file(config.tls_certificate);
    context.use_private_key_file(config.tls_key, asio::ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::io,
                 "cannot use the TLS certificate and key: " + error.code().message(),
                 {config.tls_certificate, 0, 0, ""},
                 "give PEM files that the service may read and that belong together"};
  }
  return ok_status();
}

RouteNumbers numbers_for(Metrics& metrics, std::string_view method, const std::string& route) {
  constexpr std::array<const char*, 6> classes{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
  RouteNumbers numbers;
  for (std::size_t i = 2; i < classes.size(); ++i)
    numbers.by_class[i] = &metrics.counter(
        "http_requests_total", "Answers sent, by the route's template",
        {{"method", std::string(method)}, {"route", route}, {"status", classes[i]}});
  // No answer has a status below 200.
  numbers.by_class[0] = numbers.by_class[1] = numbers.by_class[2];
  numbers.seconds = &metrics.histogram(
      "http_request_seconds", "Time from the end of a request's head to the answer sent",
      duration_bounds(), {{"method", std::string(method)}, {"route", route}});
  return numbers;
}

void prepare_numbers(Core& core, Metrics& metrics) {
  core.numbers.emplace(nullptr, numbers_for(metrics, "any", "none"));
  for (const auto& route : core.router.routes()) {
    core.numbers.emplace(route.get(),
                         numbers_for(metrics, method_name(route->method), route->path));
  }
  for (std::size_t i = 0; i < refused_names.size(); ++i)
    core.refused[i] =
        &metrics.counter("http_refused_total", "Requests and connections refused by the server",
                         {{"reason", refused_names[i]}});
  const auto gauge_of = [](SharedNumber number) {
    return [number] { return static_cast<double>(number->load()); };
  };
  metrics.gauge("http_connections", "Open connections", gauge_of(core.connections));
  metrics.gauge("http_requests_in_flight", "Requests with a handler", gauge_of(core.in_flight));
}

void write_fixed_headers(Core& core) {
  core.fixed_headers =
      "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
      "X-Frame-Options: DENY\r\nCross-Origin-Opener-Policy: same-origin\r\n";
  const auto age =
      std::chrono::duration_cast<std::chrono::seconds>(core.config.strict_transport_security);
  if (age.count() > 0)
    core.fixed_headers += fmt::format("Strict-Transport-Security: max-age={}\r\n", age.count());
}

}  // namespace

struct Server::State {
  State(const ServerConfig& config, Router router, Log log)
      : core(config, std::move(router), std::move(log)) {}

  Core core;
  std::optional<tcp::acceptor> acceptor;
  std::uint16_t port = 0;

  Status listen() {
    error_code error;
    const auto address = asio::ip::make_address(core.config.address, error);
    if (error)
      return wrong_setting("http.address", "this is no IP address",
                           "write 127.0.0.1, or :: for all");
    const tcp::endpoint endpoint(address, core.config.port);
    acceptor.emplace(core.lanes.front()->io);
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6())
      acceptor->set_option(asio::ip::v6_only(!address.is_unspecified()), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port = acceptor->local_endpoint(error).port();
    if (!error) return ok_status();
    return Error{ErrorCode::io,
                 fmt::format("cannot listen on {} port {}: {}", core.config.address,
                             core.config.port, error.message()),
                 {},
                 "choose another address or port, or stop what listens there"};
  }

  void begin_stop(Lane& lane) {
    if (lane.stop_deadline == SteadyClock::time_point::max())
      lane.stop_deadline = SteadyClock::now() + core.config.stop_timeout;
    tick(lane);
  }

  void stop() {
    if (core.stopping.exchange(true)) core.forced = true;
    asio::post(core.lanes.front()->io, [this] {
      error_code ignored;
      acceptor->close(ignored);
    });
    for (const auto& lane : core.lanes)
      asio::post(lane->io, [this, &lane = *lane] { begin_stop(lane); });
  }

  void await_signals() {
    core.lanes.front()->signals->async_wait([this](error_code error, int) {
      if (error) return;
      core.log.write(LogLevel::info, "stopping");
      stop();
      await_signals();
    });
  }

  void run() {
    Lane& first = *core.lanes.front();
    if (core.config.handle_signals) {
      first.signals.emplace(first.io, SIGTERM, SIGINT);
      await_signals();
    }
    asio::co_spawn(first.io, accept_connections(core, *acceptor), asio::detached);
    for (const auto& lane : core.lanes) schedule_tick(*lane);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < core.lanes.size(); ++i)
      threads.emplace_back([&lane = *core.lanes[i]] { run_lane(lane); });
    run_lane(first);
    for (std::thread& thread : threads) thread.join();
    // What is still queued belongs to clients that have been told that it came to nothing.
    core.workers->stop();
    core.workers->join();
    for (const auto& lane : core.lanes) lane->mailbox->close();
  }
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  for (const auto& lane : state_->core.lanes) lane->mailbox->close();
}

Result<std::unique_ptr<Server>> Server::create(const ServerConfig& config, Router router,
                                               Metrics& metrics, Log log) {
  auto state = std::make_unique<State>(config, std::move(router), std::move(log));
  Core& core = state->core;
  if (config.network_threads == 0 || config.worker_threads == 0)
    return wrong_setting("http.network_threads", "a server needs threads", "set at least 1");
  if (auto status = allow_open_files(config); !status) return status.error();
  if (auto status = prepare_tls(core); !status) return status.error();
  auto admission = Admission::create(config, core.router);
  if (!admission) return admission.error();
  core.admission.emplace(std::move(admission).value());
  prepare_numbers(core, metrics);
  write_fixed_headers(core);
  for (unsigned i = 0; i < config.network_threads; ++i)
    core.lanes.push_back(std::make_unique<Lane>(core, i));
  core.workers.emplace(config.worker_threads);
  if (auto status = state->listen(); !status) return status.error();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::uint16_t Server::port() const { return state_->port; }
void Server::run() { state_->run(); }
void Server::stop() { state_->stop(); }

}  // namespace urna::server
