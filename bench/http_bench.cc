// SPDX-License-Identifier: EUPL-1.2
// What HTTP alone costs: answers a second of handlers that do nothing, with the clients on the same
// machine; memory for each connection; and what is left when four times as many clients ask as the
// server may answer at once. Usage: http_bench [seconds]
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <fmt/core.h>
#include <fstream>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "load/load.h"
#include "server/server.h"

namespace {

using namespace urna;
using namespace urna::server;
using std::chrono::milliseconds;

double cpu_s(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Answers in groups, as a store does that makes many requests durable at once: every 5 ms, after so
// much processor time for each.
class Groups {
 public:
  explicit Groups(double cost_s) : cost_s_(cost_s), thread_([this] { work(); }) {}
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
      group.swap(waiting_);
      lock.unlock();
      for (Responder& responder : group) {
        const double end = cost_s_ > 0 ? cpu_s(CLOCK_THREAD_CPUTIME_ID) + cost_s_ : 0;
        while (cost_s_ > 0 && cpu_s(CLOCK_THREAD_CPUTIME_ID) < end) {
        }
        std::move(responder).respond(cbor_response(std::string(300, 'r')));
      }
      lock.lock();
    }
  }

  double cost_s_;
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

// Processor time of the server so far: of the whole process but the clients' thread, this one.
double server_cpu_s() { return cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s(CLOCK_THREAD_CPUTIME_ID); }

void print(const char* name, const load::Figures& figures, double server_s_each) {
  std::uint64_t refused = 0;
  for (const auto& [status, count] : figures.answers)
    if (status == 503) refused += count;
  fmt::print(
      "{:<46} {:>7.0f} /s  p50 {:>6.2f} ms  p99 {:>6.2f} ms  503: {:>5.0f} /s  broken: {}  "
      "server: {:.1f} us each\n",
      name, figures.good_per_s(), figures.percentile_ms(50), figures.percentile_ms(99),
      static_cast<double>(refused) / figures.seconds, figures.broken, server_s_each * 1e6);
  require(figures.good() > 0, "no answers");
}

// Of this process.
std::uint64_t resident_bytes() {
  std::uint64_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * 4096;
}

// Connections that have had one answer and wait; their clients need no memory of this process.
std::vector<int> idle_connections(std::uint16_t port, const std::string& request,
                                  std::size_t count) {
  std::vector<int> sockets;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::size_t i = 0; i < count; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    require(connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
            "cannot connect");
    require(send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0, "cannot send");
    char answer[2048];
    require(recv(socket, answer, sizeof answer, 0) > 0, "no answer");
    sockets.push_back(socket);
  }
  return sockets;
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

  Groups fast(0);
  Groups slow(100e-6);
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
    plan.warm_up_s = 0.5;
    std::uint64_t good = 0;
    plan.answered = [&](int status, std::string_view) { good += status / 100 == 2 ? 1U : 0U; };
    const double before = server_cpu_s();
    auto figures = load::run(plan);
    require(figures.ok(), "cannot connect");
    const double each = (server_cpu_s() - before) / static_cast<double>(good);
    print(name, *figures, each);
    return each;
  };
  // Before anything else: later the process has memory that nothing needs any more.
  {
    constexpr std::size_t count = 4000;
    const std::uint64_t before = resident_bytes();
    const std::vector<int> idle = idle_connections((*server)->port(), get, count);
    fmt::print("memory of each of {} idle connections: {} bytes, and what the kernel has\n", count,
               (resident_bytes() - before) / count);
    for (const int socket : idle) close(socket);
  }
  const std::string worker = "GET /worker HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n";
  measure("GET at once, 100 connections", get, 100);
  measure("GET at once, 1,000 connections", get, 1000);
  measure("GET by a worker thread, 100 connections", worker, 100);
  measure("POST 2 kB, groups of 5 ms, 100 connections", post("/fast"), 100);
  measure("POST 2 kB, groups of 5 ms, 500 connections", post("/fast"), 500);
  // By turns, and the best of each in processor time, since other programs use the machine too.
  double usual = 1, over = 1;
  for (int round = 0; round < 3; ++round) {
    usual =
        std::min(usual, measure("POST 2 kB, 100 us of work, 500 connections", post("/slow"), 500));
    over =
        std::min(over, measure("the same, 2,000 connections: 4 times over", post("/slow"), 2000));
  }
  fmt::print("left at 4 times over: {:.0f} %\n", 100 * usual / over);
  (*server)->stop();
  thread.join();
  require(usual > 0.8 * over, "the server collapses when it has too much to do");
}
