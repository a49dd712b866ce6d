// SPDX-License-Identifier: EUPL-1.2
// What the ballot box does over HTTP, clients and server on the same machine: ballots accepted,
// that is verified and durable, each answered with a receipt.
//
// Baseline in the same run: the same server accepting the same bytes without any cryptographic
// check. Every answer is looked at, and the ballots on the board are counted in the end.
// Usage: server_bench [SECONDS]
//        server_bench memory [BALLOTS]   resident memory as the ballots come in, SQLite
//        server_bench signals [SECONDS [PAIRS]]   with the registrar's search for signals beside,
//        and without
#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "api/ballot_box_api.h"
#include "load/load.h"
#include "server/server.h"
#include "signals_beside.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/record_store.h"
#include "storage/sqlite/record_store.h"
#include "test/service/postgres_server.h"
#include "test/service/voting_town.h"

namespace {

using namespace urna;
using trial::VotingTown;

[[noreturn]] void fail(const std::string& what) {
  fmt::print(stderr, "server_bench: {}\n", what);
  std::exit(1);
}

// The bytes of HTTP requests, one for each ballot.
std::vector<std::string> make_requests(VotingTown& town, std::uint32_t first, std::uint32_t count) {
  std::vector<std::string> requests;
  requests.reserve(count);
  for (std::uint32_t i = first; i < first + count; ++i) {
    const auto voter = town.voter(i);
    const std::string ballot = town.first_ballot(voter);
    requests.push_back(fmt::format(
        "POST /api/v1/ballots HTTP/1.1\r\nHost: box\r\nContent-Type: application/cbor\r\n"
        "Urna-Notice: {}\r\nContent-Length: {}\r\n\r\n{}",
        to_base64(town.ticket(voter)), ballot.size(), ballot));
  }
  return requests;
}

using OpenStore = std::function<std::unique_ptr<ballotbox::RecordStore>()>;

// The ballot box in a process of its own.
class Server {
 public:
  Server(const VotingTown& town, const OpenStore& open_store, bool unchecked,
         std::size_t waiting_max) {
    int ports[2];
    if (::pipe(ports) != 0) fail("no pipe");
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ports[0]);
      serve(town, open_store, unchecked, waiting_max, ports[1]);
      std::_Exit(0);
    }
    ::close(ports[1]);
    if (::read(ports[0], &port_, sizeof port_) != sizeof port_) fail("the server did not start");
    ::close(ports[0]);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::kill(id_, SIGTERM);
    ::waitpid(id_, nullptr, 0);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] double resident_mb() const {
    std::ifstream status(fmt::format("/proc/{}/status", id_));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::atof(line.c_str() + 6) / 1024;
    }
    return 0;
  }

 private:
  static void serve(const VotingTown& town, const OpenStore& open_store, bool unchecked,
                    std::size_t waiting_max, int port_pipe) {
    ballotbox::Settings settings = town.settings();
    settings.unchecked = unchecked;
    settings.waiting_max = waiting_max;
    settings.follow_every_ms = 250;
    auto box = ballotbox::BallotBox::open(open_store(), town.key, settings);
    if (!box) fail(box.error().to_string());
    server::Metrics metrics;
    server::Router router;
    if (!api::add_ballot_box_routes(router, **box)) fail("routes");
    server::ServerConfig config;
    config.handle_signals = true;
    config.requests_in_flight_max = static_cast<std::uint32_t>(waiting_max);
    config.access_log = server::AccessLog::none;
    const server::Rate boundless{1'000'000, std::chrono::seconds(1), 1'000'000};
    config.rates = {{"ballots", boundless}, {"reads", boundless}};
    auto made = server::Server::create(config, std::move(router), metrics, server::Log::none());
    if (!made) fail(made.error().to_string());
    const std::uint16_t port = (*made)->port();
    if (::write(port_pipe, &port, sizeof port) != sizeof port) fail("the pipe broke");
    ::close(port_pipe);
    (*made)->run();
    (*box)->stop();
  }

  pid_t id_ = -1;
  std::uint16_t port_ = 0;
};

struct Measured {
  load::Figures figures;
  double resident_mb = 0;
};

Measured measure(const VotingTown& town, const OpenStore& open_store,
                 const std::vector<std::string>& requests, bool unchecked, unsigned connections,
                 double seconds, double rate, std::size_t waiting_max) {
  const Server server(town, open_store, unchecked, waiting_max);
  load::Plan plan;
  plan.port = server.port();
  plan.connections = connections;
  plan.seconds = seconds;
  plan.rate = rate;
  std::atomic<std::size_t> next = 0;
  plan.request = [&](unsigned, std::uint64_t) -> std::string_view {
    return requests[next.fetch_add(1) % requests.size()];
  };
  bool wrong = false;
  plan.answered = [&](int status, std::string_view body) {
    if (status / 100 == 2 && body.find("\"receipt\"") == std::string_view::npos) wrong = true;
  };
  const auto figures = load::run(plan);
  if (!figures) fail(figures.error().to_string());
  if (wrong) fail("an answer without a receipt");
  if (next > requests.size()) fmt::print("  (ballots ran out: repetitions are counted as well)\n");
  return {*figures, server.resident_mb()};
}

// Connections that send half a request and wait.
class HalfOpen {
 public:
  HalfOpen(std::uint16_t port, int count) {
    for (int i = 0; i < count; ++i) {
      const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("a slow connection was refused");
      }
      const char part[] = "POST /api/v1/ballots HTTP/1.1\r\nHost: b";
      if (::write(socket, part, sizeof part - 1) < 0) fail("write");
      sockets_.push_back(socket);
    }
  }
  HalfOpen(const HalfOpen&) = delete;
  HalfOpen& operator=(const HalfOpen&) = delete;
  ~HalfOpen() {
    for (const int socket : sockets_) ::close(socket);
  }

 private:
  std::vector<int> sockets_;
};

void row(const std::string& what, const load::Figures& figures, double base) {
  std::uint64_t unavailable = 0;
  for (const auto& [status, count] : figures.answers) {
    if (status == 503) unavailable += count;
  }
  fmt::print("| {:<44} | {:>9.0f} | {:>6.2f} | {:>8.1f} | {:>8.1f} | {:>8} |\n", what,
             figures.good_per_s(), base > 0 ? figures.good_per_s() / base : 1.0,
             figures.percentile_ms(50), figures.percentile_ms(99), unavailable);
}

void measure_store(const char* name, VotingTown& town, const std::function<OpenStore()>& fresh,
                   const std::vector<std::string>& requests, double seconds) {
  constexpr std::size_t waiting_max = 8'192;
  const auto start = [&] {
    OpenStore open = fresh();
    town.fill(*open());
    return open;
  };
  const Measured base = measure(town, start(), requests, true, 1'000, seconds, 0, waiting_max);
  const Measured checked = measure(town, start(), requests, false, 1'000, seconds, 0, waiting_max);
  const double peak = checked.figures.good_per_s();
  row(fmt::format("{}: unchecked, 1000 connections", name), base.figures,
      base.figures.good_per_s());
  row(fmt::format("{}: verified and durable, 1000 connections", name), checked.figures,
      base.figures.good_per_s());
  const Measured few = measure(town, start(), requests, false, 32, seconds, 0, waiting_max);
  row(fmt::format("{}: verified and durable, 32 connections", name), few.figures,
      base.figures.good_per_s());
  const Measured flooded = measure(town, start(), requests, false, 4'000, seconds, 4 * peak, 1'000);
  row(fmt::format("{}: four times as many as it can (ratio to peak)", name), flooded.figures, peak);
  {
    const OpenStore open = start();
    const Server server(town, open, false, waiting_max);
    const HalfOpen slow(server.port(), 1'500);
    load::Plan plan;
    plan.port = server.port();
    plan.connections = 32;
    plan.seconds = seconds;
    std::atomic<std::size_t> next = 0;
    plan.request = [&](unsigned, std::uint64_t) -> std::string_view {
      return requests[next.fetch_add(1) % requests.size()];
    };
    const auto figures = load::run(plan);
    if (!figures) fail(figures.error().to_string());
    row(fmt::format("{}: 32, beside 1500 half-open (ratio to 32)", name), *figures,
        few.figures.good_per_s());
  }
  fmt::print(
      "  resident after {:.0f} thousand ballots: {:.0f} MB with 1000 connections, {:.0f} MB "
      "after {:.0f} thousand with 32\n",
      static_cast<double>(checked.figures.good()) / 1e3, checked.resident_mb, few.resident_mb,
      static_cast<double>(few.figures.good()) / 1e3);
}

// Ballots come in parts, so that the clients' memory stays small; the server was forked from this
// process, so that what it held at the start is mostly the town and is told apart.
int measure_memory(std::uint32_t ballots) {
  constexpr std::uint32_t part = 50'000;
  fmt::print("Memory of the ballot box, {} people on the roll.\n\n", ballots);
  VotingTown town(ballots);
  const trial::Folder folder;
  const std::string path = folder.file("box.db");
  const OpenStore open = [path] { return storage::sqlite::open_record_store(path).value(); };
  town.fill(*open());
  const Server server(town, open, false, 8'192);
  const double start_mb = server.resident_mb();
  fmt::print("| {:>9} | {:>11} | {:>11} | {:>14} |\n|{:->10}:|{:->12}:|{:->12}:|{:->15}:|\n",
             "ballots", "connections", "resident MB", "B per ballot", "", "", "", "");
  std::uint64_t accepted = 0;
  for (std::uint32_t first = 0; first < ballots; first += part) {
    const std::uint32_t count = std::min(part, ballots - first);
    const std::vector<std::string> requests = make_requests(town, first, count);
    load::Plan plan;
    plan.port = server.port();
    plan.connections = (first / part) % 2 == 0 ? 32 : 1'000;
    plan.requests = count;
    plan.warm_up_s = 0;
    plan.seconds = 120;
    std::atomic<std::size_t> next = 0;
    plan.request = [&](unsigned, std::uint64_t) -> std::string_view {
      return requests[next.fetch_add(1) % requests.size()];
    };
    const auto figures = load::run(plan);
    if (!figures) fail(figures.error().to_string());
    accepted += figures->good();
    const double mb = server.resident_mb();
    fmt::print("| {:>9} | {:>11} | {:>11.0f} | {:>14.0f} |\n", accepted, plan.connections, mb,
               (mb - start_mb) * 1024 * 1024 / static_cast<double>(accepted));
    std::fflush(stdout);
  }
  return 0;
}

// Ballots accepted by turns without and with signals beside: a day of 20,000 people read and
// searched every five seconds, sixty times as often as the service does unless told otherwise.
int measure_signals(double seconds, std::size_t pairs) {
  constexpr std::size_t events = 20'000;
  constexpr std::chrono::milliseconds every{5'000};
  const auto people = static_cast<std::uint32_t>((seconds + 0.5) * 40'000);
  VotingTown town(people);
  const std::vector<std::string> requests = make_requests(town, 0, people);
  const trial::Folder folder;
  int number = 0;
  const auto start = [&]() -> OpenStore {
    const std::string path = folder.file(fmt::format("box{}.db", ++number));
    const OpenStore open = [path] { return storage::sqlite::open_record_store(path).value(); };
    town.fill(*open());
    return open;
  };
  fmt::print("One look at {} events: {:.2f} s; the service looks every 300 s, here every {} s.\n\n",
             events, bench::SignalsBeside::one_look(folder.file("look.db"), events),
             every.count() / 1000);
  fmt::print("| {:>4} | {:>15} | {:>15} | {:>6} |\n|{:->5}:|{:->16}:|{:->16}:|{:->7}:|\n", "pair",
             "without, per s", "with, per s", "ratio", "", "", "", "");
  std::vector<double> ratios;
  for (std::size_t i = 0; i < pairs; ++i) {
    const auto run = [&] {
      return measure(town, start(), requests, false, 1'000, seconds, 0, 8'192).figures.good_per_s();
    };
    double without = 0;
    double with = 0;
    // The first of a pair may find the machine otherwise than the second.
    for (const bool signals : {i % 2 == 1, i % 2 == 0}) {
      if (!signals) {
        without = run();
        continue;
      }
      const bench::SignalsBeside beside(folder.file(fmt::format("events{}.db", i)), events, every);
      with = run();
    }
    ratios.push_back(with / without);
    fmt::print("| {:>4} | {:>15.0f} | {:>15.0f} | {:>6.2f} |\n", i + 1, without, with,
               ratios.back());
    std::fflush(stdout);
  }
  std::ranges::sort(ratios);
  fmt::print("\nmedian ratio {:.2f}\n", ratios[ratios.size() / 2]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "signals") {
    const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 6;
    const unsigned long pairs = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 5;
    if (!(seconds >= 1 && seconds <= 60) || pairs < 1 || pairs > 100) {
      fail("usage: server_bench signals [SECONDS, 1 to 60 [PAIRS]]");
    }
    return measure_signals(seconds, pairs);
  }
  if (argc > 1 && std::string_view(argv[1]) == "memory") {
    const unsigned long ballots = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
    if (ballots < 1 || ballots > 10'000'000) fail("usage: server_bench memory [BALLOTS]");
    return measure_memory(static_cast<std::uint32_t>(ballots));
  }
  const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 2.5;
  if (!(seconds >= 1 && seconds <= 60)) fail("usage: server_bench [SECONDS, 1 to 60]");
  // More than any run can use up, the half second of warming up included.
  const auto people = static_cast<std::uint32_t>((seconds + 0.5) * 40'000);
  fmt::print("Backend {}; making {} ballots.\n\n",
             group::backend() == group::Backend::ifma ? "ifma" : "portable", people);
  VotingTown town(people);
  const std::vector<std::string> requests = make_requests(town, 0, people);
  fmt::print(
      "| {:<44} | {:>9} | {:>6} | {:>8} | {:>8} | {:>8} |\n"
      "|{:-<46}|{:->10}:|{:->7}:|{:->9}:|{:->9}:|{:->9}:|\n",
      "ballots accepted", "per s", "ratio", "p50 ms", "p99 ms", "503", "", "", "", "", "", "");
  const trial::Folder folder;
  int number = 0;
  measure_store(
      "SQLite", town,
      [&]() -> OpenStore {
        const std::string path = folder.file(fmt::format("box{}.db", ++number));
        return [path] { return storage::sqlite::open_record_store(path).value(); };
      },
      requests, seconds);
  const auto postgres = trial::PostgresServer::start();
  if (!postgres) {
    fmt::print("PostgreSQL 15 is not installed: not measured.\n");
    return 0;
  }
  measure_store(
      "PostgreSQL", town,
      [&]() -> OpenStore {
        const std::string database = fmt::format("box{}", ++number);
        auto connection = storage::postgres::Connection::open(postgres->parameters()).value();
        if (!connection.execute(("CREATE DATABASE " + database).c_str())) fail("no database");
        const std::string parameters = postgres->parameters(database);
        return [parameters] { return storage::postgres::open_record_store(parameters).value(); };
      },
      requests, seconds);
}
