// SPDX-License-Identifier: EUPL-1.2
// One of the programs of test/services/ as a process of its own, for one test program.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <poll.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "adapters/http_client.h"

namespace urna::testing {

// A member of an object that is text.
inline std::string text_of(const boost::json::value& object, std::string_view name) {
  const boost::json::string& text = object.at(name).as_string();
  return {text.data(), text.size()};
}

// Ended with the test, however that ends.
class NodeService {
 public:
  // Starts test/services/NAME.mjs and waits until it says that it is ready. Null, with the reason
  // in `why`, if Node.js or its packages are not installed: the test is then skipped.
  static std::unique_ptr<NodeService> start(const std::string& name,
                                            const std::vector<std::string>& options,
                                            std::string& why) {
    const std::filesystem::path folder =
        std::filesystem::path(URNA_SOURCE_DIR) / "test" / "services";
    if (std::system("command -v node >/dev/null 2>&1") != 0) {
      why = "Node.js is not installed";
      return nullptr;
    }
    if (!std::filesystem::exists(folder / "node_modules")) {
      why = "its packages are not installed: npm --prefix test/services ci";
      return nullptr;
    }
    std::unique_ptr<NodeService> service(new NodeService);
    if (!service->launch(folder / (name + ".mjs"), options)) {
      ADD_FAILURE() << name << " did not say that it is ready";
      return nullptr;
    }
    return service;
  }
  NodeService(const NodeService&) = delete;
  NodeService& operator=(const NodeService&) = delete;
  ~NodeService() { stop(); }

  void stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
    ::close(output_);
  }

  [[nodiscard]] std::uint16_t port() const { return number("port"); }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

  // GET of a path of the control port, or POST if there is a body.
  boost::json::value control(std::string_view path) { return ask(path, std::nullopt); }
  boost::json::value control(std::string_view path, const boost::json::object& body) {
    return ask(path, boost::json::serialize(body));
  }

 private:
  NodeService() = default;

  bool launch(const std::filesystem::path& script, const std::vector<std::string>& options) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    std::vector<std::string> words{"node", script.string()};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execvp("node", arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
    return process_ > 0 && read_ready_line();
  }

  bool read_ready_line() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    std::string line;
    while (std::chrono::steady_clock::now() < end) {
      pollfd waiting{output_, POLLIN, 0};
      if (::poll(&waiting, 1, 200) <= 0) continue;
      char c = 0;
      if (::read(output_, &c, 1) != 1) return false;
      if (c == '\n') {
        boost::json::error_code error;
        ready_ = boost::json::parse(line, error);
        return !error && ready_.is_object();
      }
      line += c;
    }
    return false;
  }

  [[nodiscard]] std::uint16_t number(std::string_view name) const {
    return ready_.as_object().at(name).to_number<std::uint16_t>();
  }

  boost::json::value ask(std::string_view path, std::optional<std::string> body) {
    static const adapters::HttpClient client(
        {.connect_ms = 60'000, .total_ms = 60'000, .answer_bytes_max = 1U << 24U},
        {.plain_http = true});
    const std::string url =
        "http://127.0.0.1:" + std::to_string(number("control")) + std::string(path);
    adapters::HttpRequest request{.url = url};
    if (body.has_value()) request.body = *body;
    const auto answer = client.send(request);
    if (!answer || answer->status != 200) {
      ADD_FAILURE() << path << ": " << (answer ? answer->body : answer.error().to_string());
      return boost::json::object();
    }
    return boost::json::parse(answer->body);
  }

  pid_t process_ = -1;
  int output_ = -1;
  boost::json::value ready_;
};

}  // namespace urna::testing
