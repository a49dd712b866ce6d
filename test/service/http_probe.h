// SPDX-License-Identifier: EUPL-1.2
// A server on a thread of its own, and a client that sends any bytes whatever over a plain socket.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "server/log.h"
#include "server/metrics.h"
#include "server/router.h"
#include "server/server.h"

namespace urna::server::probe {

using std::chrono::milliseconds;

// A response as bytes, taken apart just far enough.
struct Answer {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;

  // The value of a header, empty if there is none. The name as the server writes it.
  [[nodiscard]] std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
  }
};

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { close(); }
  Client(Client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  Client& operator=(Client&&) = delete;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int socket() const { return socket_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  // Sends as much as the server takes.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next response; status 0 if the connection ends or the time is over first.
  Answer receive(bool has_body = true, milliseconds time = milliseconds(15'000)) {
    const auto end = std::chrono::steady_clock::now() + time;
    Answer answer;
    std::size_t split = std::string::npos;
    while ((split = received_.find("\r\n\r\n")) == std::string::npos)
      if (!read_some(end)) return answer;
    answer.head = received_.substr(0, split + 2);
    received_.erase(0, split + 4);
    const std::string length = answer.header("Content-Length");
    const std::size_t bytes = has_body && !length.empty() ? std::stoull(length) : 0;
    while (received_.size() < bytes)
      if (!read_some(end)) return answer;
    answer.body = received_.substr(0, bytes);
    received_.erase(0, bytes);
    answer.status = std::stoi(answer.head.substr(9, 3));
    return answer;
  }

  Answer ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }

  // Whether the server closes the connection within this time, with nothing more to read.
  bool is_closed_within(milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (read_some(end)) {
    }
    return at_end_ && received_.empty();
  }

 private:
  bool read_some(std::chrono::steady_clock::time_point end) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    pollfd wait{socket_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) return false;
    char bytes[65536];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    at_end_ = count <= 0;
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool at_end_ = false;
  std::string received_;
};

// A server that runs until it goes out of scope.
class Running {
 public:
  Running(const ServerConfig& config, Router router, Log log = Log::none()) {
    auto created = Server::create(config, std::move(router), metrics, std::move(log));
    EXPECT_TRUE(created.ok()) << (created.ok() ? "" : created.error().to_string());
    if (!created) return;
    server = std::move(created).value();
    thread_ = std::thread([this] {
      server->run();
      ended = true;
    });
  }
  ~Running() { stop(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] Client connect() const { return Client(server->port()); }
  void stop() {
    if (!thread_.joinable()) return;
    server->stop();
    thread_.join();
  }

  Metrics metrics;
  std::unique_ptr<Server> server;
  std::atomic<bool> ended{false};

 private:
  std::thread thread_;
};

inline std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + more + "\r\n";
}

inline std::string post(const std::string& path, const std::string& body,
                        const std::string& more = "") {
  return "POST " + path +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more + "\r\n" + body;
}

}  // namespace urna::server::probe
