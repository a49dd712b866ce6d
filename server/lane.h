// SPDX-License-Identifier: EUPL-1.2
// The threads of a server: what they share, the connections that each network thread carries, and
// how answers come back to them.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <sodium.h>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/admission.h"
#include "server/server.h"

namespace urna::server {

using SteadyClock = std::chrono::steady_clock;

// Errors are returned beside what is awaited, not thrown.
inline constexpr auto awaiting = boost::asio::as_tuple(boost::asio::use_awaitable);

// ---- What all threads share ---------------------------------------------------------------------

inline constexpr std::array<const char*, 5> refused_names{"malformed", "rate", "full", "slow",
                                                          "displaced"};

struct RouteNumbers {
  std::array<Counter*, 6> by_class{};  // by the first digit of the status
  Histogram* seconds = nullptr;
};

using SharedNumber = std::shared_ptr<std::atomic<std::uint32_t>>;

struct Lane;

struct Core {
  Core(const ServerConfig& given_config, Router given_router, Log given_log)
      : config(given_config), router(std::move(given_router)), log(std::move(given_log)) {}

  ServerConfig config;
  Router router;
  Log log;
  std::optional<Admission> admission;
  std::unordered_map<const Route*, RouteNumbers> numbers;  // also of nullptr: no route
  std::array<Counter*, refused_names.size()> refused{};
  std::string fixed_headers;  // of every response
  std::optional<boost::asio::ssl::context> tls;

  // Metrics may be read, and answers may come, when the server is gone.
  SharedNumber in_flight = std::make_shared<std::atomic<std::uint32_t>>(0);
  SharedNumber connections = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::atomic<std::uint64_t> bodies_bytes{0};
  std::atomic<bool> stopping{false};
  std::atomic<bool> forced{false};

  std::vector<std::unique_ptr<Lane>> lanes;
  std::optional<boost::asio::thread_pool> workers;

  void count_refusal(Refused reason) { refused[static_cast<std::size_t>(reason)]->add(); }
  [[nodiscard]] bool is_full() const {
    return in_flight->load(std::memory_order_relaxed) >= config.requests_in_flight_max;
  }
};

// ---- Answers ------------------------------------------------------------------------------------

class Session;

// Where the answer to one request is put. Used only on the thread of its session.
struct Exchange {
  std::optional<Response> response;
  Session* waiting = nullptr;
};

// Answers on their way to a network thread. Outlives that thread, since an answer may come late.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  Mailbox(boost::asio::io_context& io, SharedNumber in_flight)
      : io_(&io), in_flight_(std::move(in_flight)) {}

  // From any thread.
  void deliver(std::shared_ptr<Exchange> exchange, Response response);
  // After this, what is delivered is dropped.
  void close();

 private:
  void hand_out();

  std::mutex mutex_;
  boost::asio::io_context* io_;
  std::vector<std::pair<std::shared_ptr<Exchange>, Response>> letters_;
  SharedNumber in_flight_;
};

// ---- Connections --------------------------------------------------------------------------------

using SessionList = std::list<Session*>;

// One connection: its place in the lists of its lane and its deadline. Everything about it happens
// on one thread.
class Session {
 public:
  Session(Core& core, Lane& lane);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Ends what the session is waiting for; it then finds the deadline passed.
  void expire() {
    expired_ = true;
    cut();
    signal_.cancel();
  }
  void wake() { signal_.cancel(); }
  // Ends the connection at once.
  void drop() {
    dropped_ = true;
    close();
    signal_.cancel();
  }
  // The same to make room; it is then no longer among those that wait.
  void displace();
  [[nodiscard]] SteadyClock::time_point deadline() const { return deadline_; }
  [[nodiscard]] bool begun() const { return begun_; }

 protected:
  virtual void cut() = 0;
  virtual void close() = 0;

  void set_deadline(std::chrono::milliseconds time) {
    deadline_ = SteadyClock::now() + time;
    expired_ = false;
  }
  void move_to(SessionList& list) {
    list.splice(list.end(), *list_, place_);
    list_ = &list;
  }

  Core& core_;
  Lane& lane_;
  boost::asio::steady_timer signal_;
  SteadyClock::time_point deadline_;
  bool expired_ = false;
  bool dropped_ = false;
  bool begun_ = false;  // a head has begun to arrive

 private:
  SessionList* list_;
  SessionList::iterator place_;
};

// One network thread with its connections.
struct Lane {
  Lane(Core& shared, unsigned place);

  // 16 hexadecimal digits that tell nothing, not even their order.
  std::string next_id();
  // When the next request may be told that the server is full: one for every four answers given, so
  // that refusing takes little of what the server can do, however much that is at present.
  SteadyClock::time_point next_refusal();
  void count_answer() { ++answers_; }
  // Several times a second: finds out how many answers are given.
  void measure_answers(SteadyClock::time_point now);
  // The value of Date for now.
  const std::string& date();

  Core& core;
  // Before the context, which still destroys sessions when it goes: they leave these lists then.
  SessionList waiting;  // for the client, the longest first: these may be displaced
  SessionList busy;     // the client waits for them
  boost::asio::io_context io;
  boost::asio::steady_timer sweep;
  std::optional<boost::asio::signal_set> signals;  // of the first lane, if the server has them
  SteadyClock::time_point stop_deadline = SteadyClock::time_point::max();
  std::shared_ptr<Mailbox> mailbox;
  unsigned number;

 private:
  SteadyClock::time_point refusal_at_;
  SteadyClock::time_point measured_at_;
  std::uint64_t answers_ = 0;  // since then
  double refusals_per_s_ = 0;  // allowed at present
  std::array<unsigned char, crypto_shorthash_KEYBYTES> id_key_{};
  std::uint64_t id_count_ = 0;
  std::time_t date_time_ = 0;
  std::string date_;
};

// Serves a new connection, on the lane's thread, until it ends.
void start_connection(Core& core, Lane& lane, boost::asio::ip::tcp::socket socket);

}  // namespace urna::server
