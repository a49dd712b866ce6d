// SPDX-License-Identifier: EUPL-1.2
// What the services share: configuration from the command line, secrets from files, a server with
// health, metrics and signals.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "protection/retention.h"
#include "protection/secrets.h"
#include "server/config.h"
#include "server/log.h"
#include "server/server.h"

namespace urna::cmd {

struct ServiceOptions {
  std::string config;
  bool print_config = false;
  std::string ready_file;
};
void add_service_options(CLI::App& command, ServiceOptions& options);

// Reads the configuration that `keys` describe; or prints their description, which ends the program
// with status 0: then the result is false.
[[nodiscard]] Result<bool> load_config(server::ConfigKeys& keys, const ServiceOptions& options);

// The first line of a file that holds a token of 16 to 256 visible characters, readable by its
// owner only. Errors: not_found, io, malformed, conflict (others may read it).
[[nodiscard]] Result<std::string> read_token(const std::string& path);

// A key of 64 hexadecimal digits in such a file, which opens what is sealed in a database. Errors:
// those of read_token().
[[nodiscard]] Result<protection::SecretKey> read_master_key(const std::string& path);

// When an edition's data must go; the database of a service knows neither day.
struct RetentionConfig {
  std::string voting_closed;
  std::string protests_over;
  bool legal_hold = false;
};
void add_retention_keys(server::ConfigKeys& keys, RetentionConfig& config);
// `closes` is the announced end of the voting in Unix seconds, if the service knows it. Error:
// usage: not a date; protests that are over before the voting, or a voting that closed before its
// announced end, by which data would go too early.
[[nodiscard]] Result<protection::EditionDates> edition_dates(
    const RetentionConfig& config, std::optional<std::uint64_t> closes = std::nullopt);

// Does something every so often in a thread of its own until it is destroyed.
class Repeated {
 public:
  Repeated(std::chrono::milliseconds every, std::function<void()> work);
  Repeated(const Repeated&) = delete;
  Repeated& operator=(const Repeated&) = delete;
  ~Repeated();

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::thread thread_;
};

// Deletes what is due once a minute, and logs how many rows that were.
[[nodiscard]] std::unique_ptr<Repeated> delete_every_minute(
    std::function<Result<std::uint64_t>()> delete_what_is_due, server::Log log);

// A limit for each network: so many a minute, all of them at once if need be.
[[nodiscard]] server::RateClass per_minute(std::string name, std::uint32_t count);

// Makes the server, writes a line "ready" with the address to the log and, if asked, the address
// into `ready_file`, and runs it until SIGTERM or SIGINT. Errors: those of Server::create(); io.
[[nodiscard]] Status run_service(const server::ServerConfig& config, server::Router router,
                                 server::Metrics& metrics, const server::Log& log,
                                 const ServiceOptions& options);

}  // namespace urna::cmd
