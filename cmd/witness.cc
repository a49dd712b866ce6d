// SPDX-License-Identifier: EUPL-1.2
#include "cmd/witness.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/witness_api.h"
#include "board/witness.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/service.h"

namespace urna::cmd {
namespace {

struct WatchedLog {
  std::string key;
};

struct WitnessConfig {
  server::ServerConfig http;
  std::string key;
  std::string passphrase_file;
  std::string memory;
  std::uint32_t checkpoints_per_minute = 600;
  std::vector<WatchedLog> logs;
};

void add_keys(server::ConfigKeys& keys, WitnessConfig& config) {
  using server::Required;
  server::add_server_keys(keys, config.http);
  keys.add("key", config.key, "this witness's key, made by `urna edition keygen --role witness`",
           Required::yes);
  keys.add("passphrase_file", config.passphrase_file, "file with the key's passphrase, if sealed");
  keys.add("memory", config.memory,
           "folder of what was cosigned; make it once, and never put an older copy in its place",
           Required::yes);
  keys.add("limits.checkpoints_per_minute", config.checkpoints_per_minute,
           "requests from one network", 1, 1'000'000);
  keys.add_tables<WatchedLog>("logs", "the logs that are watched", config.logs,
                              [](WatchedLog& row, server::ConfigKeys& bound) {
                                bound.add("key", row.key, "public key of its board, NAME+ID+KEY",
                                          Required::yes);
                              });
}

Result<std::unique_ptr<board::Witness>> open_witness(const WitnessConfig& config) {
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  const Result<tally::KeyFile> file =
      tally::load_key(config.key, tally::KeyRole::witness, passphrase_of(office));
  if (!file) return file.error();
  const Result<board::WitnessSecretKey> key = tally::witness_key(*file);
  if (!key) return key.error();
  std::vector<board::LogKey> logs;
  for (const WatchedLog& row : config.logs) {
    Result<board::LogKey> log = board::LogKey::parse(row.key);
    if (!log) {
      Error error = std::move(log).error();
      error.code = ErrorCode::usage;
      error.place.field = "logs.key";
      return error;
    }
    logs.push_back(std::move(*log));
  }
  return board::Witness::open(config.memory, *key, std::move(logs));
}

int serve_witness(const ServiceOptions& options) {
  WitnessConfig config;
  server::ConfigKeys keys("witness");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  Result<std::unique_ptr<board::Witness>> witness = open_witness(config);
  if (!witness) return fail(witness.error(), false);

  server::Metrics metrics;
  server::Router router;
  Status added = api::add_witness_routes(router, metrics, **witness);
  if (added) added = server::add_health_routes(router, metrics, [] { return true; });
  if (!added) return fail(added.error(), false);
  for (const board::Witness::Watched& log : (*witness)->watched()) {
    metrics.gauge("urna_witness_entries", "Entries of the checkpoint cosigned last, by log",
                  [&witness, origin = log.origin] {
                    for (const board::Witness::Watched& one : (*witness)->watched()) {
                      if (one.origin == origin) return static_cast<double>(one.size);
                    }
                    return 0.0;
                  },
                  {{"origin", log.origin}});
  }
  config.http.handle_signals = true;
  config.http.rates = {per_minute("checkpoints", config.checkpoints_per_minute)};
  const Status ran = run_service(config.http, std::move(router), metrics,
                                 server::Log::to_stderr(server::LogLevel::info), options);
  return ran ? 0 : fail(ran.error(), false);
}

}  // namespace

void add_witness_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("witness", "Cosign boards that only grow: serve");
  command->require_subcommand(1);
  command->footer(
      "A witness remembers the checkpoint of each board that it cosigned last and cosigns only\n"
      "what continues it (C2SP tlog-witness), so that a board cannot show two histories.\n\n"
      "Examples:\n"
      "  urna edition keygen --role witness --name w1.example.org --out w1.key\n"
      "  urna witness serve --print-config\n"
      "  urna witness serve --config witness.toml\n\n"
      "Exit status: 0 stopped when asked to, 2 usage, 3 malformed, 4 files, 7 conflict.");
  auto options = std::make_shared<ServiceOptions>();
  CLI::App* serving = command->add_subcommand("serve", "Cosign for boards that ask");
  add_service_options(*serving, *options);
  serving->callback([options, &exit_status] { exit_status = serve_witness(*options); });
}

}  // namespace urna::cmd
