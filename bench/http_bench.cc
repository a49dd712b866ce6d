// SPDX-License-Identifier: EUPL-1.2
// What HTTP alone costs: answers a second of handlers that do nothing, with the clients on the same
// machine; and what is left of it when four times as many clients ask as the server may answer at
// once. Usage: http_bench [seconds]
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <fmt/core.h>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "load/load.h"
#include "server/server.h"

namespace {

using namespace urna;
using namespace urna::server;
using std::chrono::milliseconds;

// Answers in groups, as a store does that makes many requests durable at once: every 5 ms, at most
// `most` of them.
class Groups {
 public:
  explicit Groups(std::size_t most) : most_(most), thread_([this] { work(); }) {}
  ~Groups() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  void take(Responder responder) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(responder));
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, milliseconds(5), [this] { return ends_; })) {
      std::vector<Responder> group;
      const std::size_t count = std::min(most_, waiting_.size());
      for (std::size_t i = 0; i < count; ++i) group.push_back(std::move(waiting_[i]));
      std::vector<Responder> rest;
      for (std::size_t i = count; i < waiting_.size(); ++i) rest.push_back(std::move(waiting_[i]));
      waiting_ = std::move(rest);
      lock.unlock();
      for (Responder& responder : group)
        std::move(responder).respond(cbor_response(std::string(300, 'r')));
      lock.lock();
    }
  }

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ends_ = false;
  std::vector<Responder> waiting_;
  std::thread thread_;
};

void require(bool condition, const char* what) {
  if (condition) return;
  fmt::print(stderr, "http_bench: {}\n", what);
  std::exit(1);
}

double cpu_s(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Processor time of the server so far: of the whole process but the clients' thread, this one.
double server_cpu_s() { return cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s(CLOCK_THREAD_CPUTIME_ID); }

void print(const char* name, const load::Figures& figures, double server_s) {
  std::uint64_t refused = 0;
  for (const auto& [status, count] : figures.answers)
    if (status == 503) refused += count;
  fmt::print(
      "{:<46} {:>7.0f} /s  p50 {:>6.2f} ms  p99 {:>6.2f} ms  503: {:>5.0f} /s  broken: {}  "
      "server: {:.1f} us each\n",
      name, figures.good_per_s(), figures.percentile_ms(50), figures.percentile_ms(99),
      static_cast<double>(refused) / figures.seconds, figures.broken,
      server_s * 1e6 / static_cast<double>(figures.good()));
  require(figures.good() > 0, "no answers");
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
  require(seconds > 0, "usage: http_bench [seconds]");
  const std::string get = "GET /quick HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n";
  const std::string body(2000, 'b');
  const auto post = [&](const std::string& path) {
    return "POST " + path +
           " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/cbor\r\nAccept: */*\r\n"
           "Accept-Language: pl,en;q=0.8\r\nUser-Agent: bench\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  };

  Groups fast(100'000);
  Groups slow(50);  // at most 10,000 a second
  Router router;
  RouteOptions with_body;
  with_body.body_bytes_max = 8192;
  const auto nothing = [](const Request&) -> Reply { return text_response("ok"); };
  const auto group_of = [](Groups& groups) {
    return [&groups](const Request&, Responder responder) { groups.take(std::move(responder)); };
  };
  require(router.add_quick(Method::get, "/quick", nothing).ok(), "route");
  require(router.add(Method::get, "/worker", nothing).ok(), "route");
  require(router.add_async(Method::post, "/fast", group_of(fast), with_body).ok(), "route");
  require(router.add_async(Method::post, "/slow", group_of(slow), with_body).ok(), "route");

  Metrics metrics;
  ServerConfig config;
  config.access_log = AccessLog::none;
  config.requests_in_flight_max = 500;
  auto server = Server::create(config, std::move(router), metrics, Log::none());
  require(server.ok(), "no server");
  std::thread thread([&] { (*server)->run(); });

  const auto measure = [&](const char* name, const std::string& request, unsigned connections) {
    load::Plan plan;
    plan.port = (*server)->port();
    plan.connections = connections;
    plan.seconds = seconds;
    plan.request = [&](unsigned, std::uint64_t) { return std::string_view(request); };
    load::Plan warm = plan;
    warm.seconds = 0.2;
    plan.warm_up_s = 0;
    require(load::run(warm).ok(), "cannot connect");
    const double before = server_cpu_s();
    auto figures = load::run(plan);
    require(figures.ok(), "cannot connect");
    print(name, *figures, server_cpu_s() - before);
    return figures->good_per_s();
  };
  const std::string worker = "GET /worker HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n";
  measure("GET at once, 100 connections", get, 100);
  measure("GET at once, 1,000 connections", get, 1000);
  measure("GET by a worker thread, 100 connections", worker, 100);
  measure("POST 2 kB, groups of 5 ms, 100 connections", post("/fast"), 100);
  measure("POST 2 kB, groups of 5 ms, 500 connections", post("/fast"), 500);
  const double peak = measure("POST 2 kB, 10,000 /s at most, 500 connections", post("/slow"), 500);
  const double over = measure("the same, 2,000 connections: 4 times over", post("/slow"), 2000);
  fmt::print("left at 4 times over: {:.0f} %\n", 100 * over / peak);
  (*server)->stop();
  thread.join();
  require(over > 0.8 * peak, "the server collapses when it has too much to do");
}
