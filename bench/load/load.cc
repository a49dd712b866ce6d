// SPDX-License-Identifier: EUPL-1.2
#include "load/load.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace urna::load {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

struct Connection {
  int socket = -1;
  bool busy = false;
  std::string_view to_send;
  std::string received;
  Clock::time_point due;
};

class Generator {
 public:
  explicit Generator(const Plan& plan) : plan_(plan), connections_(plan.connections) {}
  ~Generator() {
    for (Connection& connection : connections_)
      if (connection.socket >= 0) ::close(connection.socket);
    if (epoll_ >= 0) ::close(epoll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  Result<Figures> run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < plan_.connections; ++i) {
      if (!open(i)) return Error{ErrorCode::io, "cannot connect to the server", {}, {}};
      free_.push_back(i);
    }
    start_ = now_ = Clock::now();
    const double end = plan_.warm_up_s + plan_.seconds;
    while (since(start_, now_) < end && (plan_.requests == 0 || answered_ < plan_.requests)) {
      send_what_is_due();
      await_events();
    }
    figures_.seconds = std::min(plan_.seconds, since(start_, now_) - plan_.warm_up_s);
    figures_.not_sent = plan_.rate > 0 ? due_count() - std::min(due_count(), number_) : 0;
    std::sort(figures_.ms.begin(), figures_.ms.end());
    return std::move(figures_);
  }

 private:
  bool open(unsigned i) {
    Connection& connection = connections_[i];
    connection = Connection{};
    connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(plan_.port);
    if (inet_pton(AF_INET, plan_.address.c_str(), &address.sin_addr) != 1) return false;
    if (::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
        0)
      return false;
    const int on = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = i;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event) == 0;
  }

  [[nodiscard]] std::uint64_t due_count() const {
    return static_cast<std::uint64_t>(std::floor(since(start_, now_) * plan_.rate));
  }

  void send_what_is_due() {
    while (!free_.empty() && (plan_.rate == 0 || number_ < due_count()) &&
           (plan_.requests == 0 || number_ < plan_.requests)) {
      const unsigned i = free_.front();
      free_.pop_front();
      Connection& connection = connections_[i];
      connection.busy = true;
      connection.due = now_;
      if (plan_.rate > 0)
        connection.due =
            start_ + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(static_cast<double>(number_) / plan_.rate));
      connection.to_send = plan_.request(i, number_++);
      send_more(i);
    }
  }

  void send_more(unsigned i) {
    Connection& connection = connections_[i];
    while (!connection.to_send.empty()) {
      const ssize_t sent = ::send(connection.socket, connection.to_send.data(),
                                  connection.to_send.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        connection.to_send.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno != EAGAIN) return;  // the end of the connection is seen when it is read
      watch(i, EPOLLIN | EPOLLOUT);
      return;
    }
  }

  void watch(unsigned i, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.u32 = i;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connections_[i].socket, &event);
  }

  void await_events() {
    std::array<epoll_event, 512> events;
    const int wait_ms = plan_.rate > 0 && !free_.empty() ? 1 : 100;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
    now_ = Clock::now();
    for (int e = 0; e < count; ++e) {
      const epoll_event& event = events[static_cast<std::size_t>(e)];
      const unsigned i = event.data.u32;
      if ((event.events & EPOLLOUT) != 0) {
        watch(i, EPOLLIN);
        send_more(i);
      }
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(i);
    }
  }

  void receive(unsigned i) {
    Connection& connection = connections_[i];
    const ssize_t count = ::recv(connection.socket, bytes_.data(), bytes_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      if (connection.busy) ++figures_.broken;
      reopen(i);
      return;
    }
    connection.received.append(bytes_.data(), static_cast<std::size_t>(count));
    take_answer(i);
  }

  void reopen(unsigned i) {
    const bool was_busy = connections_[i].busy;
    ::close(connections_[i].socket);
    connections_[i].socket = -1;
    if (!open(i)) {
      ++figures_.broken;
      return;  // one connection less
    }
    if (was_busy) free_.push_back(i);
  }

  // The value of a header, by its name in lower case; empty if there is none.
  static std::string_view header(std::string_view head, std::string_view name) {
    for (std::size_t line = head.find("\r\n"); line + 2 < head.size();
         line = head.find("\r\n", line + 2)) {
      const std::string_view rest = head.substr(line + 2);
      if (rest.size() > name.size() + 2 && rest[name.size()] == ':' &&
          std::equal(name.begin(), name.end(), rest.begin(),
                     [](char a, char b) { return a == (b | 0x20) || a == b; })) {
        const std::string_view value = rest.substr(name.size() + 2);
        return value.substr(0, value.find("\r\n"));
      }
    }
    return {};
  }

  void take_answer(unsigned i) {
    Connection& connection = connections_[i];
    const std::size_t split = connection.received.find("\r\n\r\n");
    if (split == std::string::npos) return;
    const std::string_view head = std::string_view(connection.received).substr(0, split + 2);
    const std::string_view length = header(head, "content-length");
    std::size_t body = 0;
    std::from_chars(length.data(), length.data() + length.size(), body);
    if (connection.received.size() < split + 4 + body) return;
    int status = 0;
    std::from_chars(head.data() + 9, head.data() + 12, status);
    ++answered_;
    if (plan_.answered)
      plan_.answered(status, std::string_view(connection.received).substr(split + 4, body));
    if (since(start_, now_) >= plan_.warm_up_s) {
      ++figures_.answers[status];
      if (status / 100 == 2)
        figures_.ms.push_back(static_cast<float>(since(connection.due, now_) * 1000));
    }
    const bool ends = header(head, "connection") == "close";
    connection.received.clear();
    connection.busy = false;
    free_.push_back(i);
    if (ends) {
      ::close(connection.socket);
      connection.socket = -1;
      if (!open(i)) ++figures_.broken;
    }
  }

  const Plan& plan_;
  std::vector<Connection> connections_;
  std::deque<unsigned> free_;
  int epoll_ = -1;
  std::uint64_t number_ = 0;
  std::uint64_t answered_ = 0;
  Clock::time_point start_;
  Clock::time_point now_;
  Figures figures_;
  std::array<char, 65536> bytes_{};
};

}  // namespace

std::uint64_t Figures::good() const {
  std::uint64_t count = 0;
  for (const auto& [status, answered] : answers)
    if (status / 100 == 2) count += answered;
  return count;
}

double Figures::good_per_s() const {
  return seconds > 0 ? static_cast<double>(good()) / seconds : 0;
}

double Figures::percentile_ms(double percent) const {
  if (ms.empty()) return 0;
  const double place = percent / 100 * static_cast<double>(ms.size() - 1);
  return ms[static_cast<std::size_t>(place)];
}

Result<Figures> run(const Plan& plan) { return Generator(plan).run(); }

}  // namespace urna::load
