// SPDX-License-Identifier: EUPL-1.2
// A real PostgreSQL server for one test program, in a temporary folder, reached by a socket there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

namespace urna::trial {

// Stopped, and its folder removed, at the end of its life. A server refuses to run as root, so root
// starts it as the user postgres that Debian's package makes.
class PostgresServer {
 public:
  // Nothing if the programs of PostgreSQL 15 are not installed: the test is then skipped.
  static std::unique_ptr<PostgresServer> start() {
    if (!std::filesystem::exists(programs() + "/pg_ctl")) return nullptr;
    std::unique_ptr<PostgresServer> server(new PostgresServer);
    if (server->folder_.empty()) return nullptr;
    const std::string& folder = server->folder_;
    if (!server->run("initdb -D " + folder + "/data -A trust -U urna -E UTF8 --no-locale -N") ||
        !server->restart()) {
      return nullptr;
    }
    return server;
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() {
    if (folder_.empty()) return;
    stop("immediate");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // For Connection::open().
  [[nodiscard]] std::string parameters(const std::string& database = "postgres") const {
    return "host=" + folder_ + " user=urna dbname=" + database;
  }
  [[nodiscard]] const std::string& folder() const { return folder_; }

  // "immediate" is a crash: nothing is flushed that was not durable.
  bool stop(const std::string& mode) {
    return run("pg_ctl -D " + folder_ + "/data -m " + mode + " -w stop");
  }
  bool restart() {
    return run("pg_ctl -D " + folder_ + "/data -w -t 60 -l " + folder_ + "/log -o \"-k " + folder_ +
               " -c listen_addresses='' -c max_connections=120\" start");
  }

 private:
  PostgresServer() {
    std::string name = (std::filesystem::temp_directory_path() / "urna-pg.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return;
    if (::geteuid() == 0 && std::system(("chown postgres: " + name).c_str()) != 0) return;
    folder_ = name;
  }
  static std::string programs() { return "/usr/lib/postgresql/15/bin"; }
  bool run(const std::string& command) const {
    const std::string as = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
    const std::string line = "cd " + folder_ + " && " + as + programs() + "/" + command + " >" +
                             "/dev/null 2>&1 </dev/null";
    return std::system(line.c_str()) == 0;
  }
  std::string folder_;
};

}  // namespace urna::trial
