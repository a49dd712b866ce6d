// SPDX-License-Identifier: EUPL-1.2
// What the services share: configuration from the command line, secrets from files, a server with
// health, metrics and signals.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "protection/secrets.h"
#include "server/config.h"
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

// A limit for each network: so many a minute, all of them at once if need be.
[[nodiscard]] server::RateClass per_minute(std::string name, std::uint32_t count);

// Makes the server, writes a line "ready" with the address to the log and, if asked, the address
// into `ready_file`, and runs it until SIGTERM or SIGINT. Errors: those of Server::create(); io.
[[nodiscard]] Status run_service(const server::ServerConfig& config, server::Router router,
                                 server::Metrics& metrics, const server::Log& log,
                                 const ServiceOptions& options);

}  // namespace urna::cmd
