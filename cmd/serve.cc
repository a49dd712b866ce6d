// SPDX-License-Identifier: EUPL-1.2
#include "cmd/serve.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/provider_description.h"
#include "api/about.h"
#include "api/ballot_box_api.h"
#include "api/data_protection.h"
#include "api/notices.h"
#include "api/record_api.h"
#include "api/results_api.h"
#include "api/witness_client.h"
#include "ballotbox/board_view.h"
#include "ballotbox/notice_courier.h"
#include "ballotbox/transfer.h"
#include "ballotbox/witness_courier.h"
#include "base/atomic_file.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/sha256.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/serve_config.h"
#include "cmd/service.h"
#include "cmd/site.h"
#include "cmd/stores.h"
#include "election/record.h"
#include "presentation/site_code.h"
#include "server/origins.h"
#include "server/site.h"
#include "tally/edition_config.h"
#include "tally/keeper.h"

namespace urna::cmd {
namespace {

// The pages, added last of all routes.
Status add_site(server::Router& router, const ServeConfig& config,
                const api::Neighbours& neighbours) {
  if (config.site_folder.empty()) return ok_status();
  Result<std::vector<server::SiteFile>> files = server::read_site(config.site_folder);
  if (!files) return std::move(files).error();
  std::vector<std::string> connect = config.site_connect;
  if (!neighbours.registrar.empty()) connect.push_back(neighbours.registrar);
  for (const std::string& origin : connect) {
    if (server::is_origin(origin)) continue;
    return Error{ErrorCode::usage,
                 "what pages may call must be an origin",
                 {{}, 0, 0, "site.connect"},
                 "write https://registrar.example.org, also as registrar.public_url"};
  }
  server::SiteOptions options;
  options.content_security_policy = server::page_security_policy(connect);
  return server::add_site_routes(router, std::move(*files), options);
}

// A city may have to mend a page while people vote: the box shows what it was given. But whoever
// runs it shall know that everybody will see that these are not the files that were signed.
Status warn_of_other_site(const ServeConfig& config, const ballotbox::BallotBox& box,
                          const server::Log& log) {
  if (config.site_folder.empty()) return ok_status();
  const Result<std::optional<std::string>> stored = box.file(election::manifest_path);
  if (!stored) return stored.error();
  const Result<election::Manifest> manifest = election::decode_manifest((*stored).value_or(""));
  if (!manifest) return manifest.error();
  const Result<std::optional<std::string>> named = named_site(*manifest);
  if (!named) return named.error();
  if (!*named) return ok_status();
  const Result<std::string> list =
      read_file(config.site_folder + "/" + std::string(presentation::site_list_name),
                presentation::site_list_bytes_max);
  if (!list || sha256_hex(*list) != **named)
    log.write(server::LogLevel::warn, "site_is_not_the_one_of_the_manifest");
  return ok_status();
}

// The witnesses of the manifest at their addresses.
Result<std::vector<ballotbox::AskedWitness>> asked_witnesses(const ServeConfig& config,
                                                             const ballotbox::BallotBox& box) {
  std::vector<ballotbox::AskedWitness> asked;
  if (config.witnesses.empty()) return asked;
  const Result<std::optional<std::string>> bytes = box.file(election::manifest_path);
  if (!bytes) return bytes.error();
  const Result<election::Manifest> manifest = election::decode_manifest((*bytes).value_or(""));
  if (!manifest) return manifest.error();
  for (const WitnessAddress& row : config.witnesses) {
    const auto witness =
        std::ranges::find(manifest->board.witnesses, row.name, &election::Witness::name);
    if (witness == manifest->board.witnesses.end()) {
      return Error{ErrorCode::usage,
                   "the manifest names no witness " + row.name,
                   {{}, 0, 0, "witnesses.name"},
                   "take the names from the manifest"};
    }
    asked.push_back({{witness->name, witness->key}, api::witness_sender(row.url)});
  }
  return asked;
}

Result<api::Neighbours> neighbours_of(const ServeConfig& config) {
  const bool own = !config.registrar_public_url.empty();
  const std::string& address = own ? config.registrar_public_url : config.registrar_url;
  // Pages append paths to it.
  if (!address.empty() && (!adapters::is_service_address(address, true) ||
                           address.find('?') != std::string::npos || address.ends_with('/'))) {
    return Error{ErrorCode::usage,
                 "the registrar's address is not one that paths can be appended to",
                 {{}, 0, 0, own ? "registrar.public_url" : "registrar.url"},
                 "write https://registrar.example.org, without a slash at the end"};
  }
  return api::Neighbours{address};
}

// How the desk hands records over; nothing if it is not to.
Result<std::optional<api::RecordInbox>> record_inbox(const ServeConfig& config) {
  if (config.desk_token_file.empty()) return std::optional<api::RecordInbox>();
  if (config.desk_folder.empty()) {
    return Error{ErrorCode::usage,
                 "there is no folder for the files that the desk hands over",
                 {{}, 0, 0, "desk.folder"},
                 "name one that this service alone uses"};
  }
  Result<std::string> token = read_token(config.desk_token_file);
  if (!token) return std::move(token).error();
  if (Status made = make_private_folder(config.desk_folder); !made) return std::move(made).error();
  api::RecordInbox inbox;
  inbox.token = *std::move(token);
  inbox.folder = config.desk_folder;
  inbox.import = [store = config.store](const std::string& folder) {
    // A connection of its own: the one of the ballot box is for the box alone.
    Result<std::unique_ptr<ballotbox::RecordStore>> own = open_record_store(store);
    if (!own) return Result<ballotbox::TransferReport>(std::move(own).error());
    return ballotbox::import_record(folder, **own);
  };
  return std::optional(std::move(inbox));
}

// Answers the desk until it has handed over a record, on the port that is served afterwards. False:
// the program was asked to end.
Result<bool> wait_for_record(server::ServerConfig& http, api::RecordInbox inbox,
                             const ServiceOptions& options) {
  std::unique_ptr<server::Server> waiting;
  std::atomic<bool> arrived = false;
  inbox.import = [&, import = std::move(inbox.import)](const std::string& folder) {
    Result<ballotbox::TransferReport> report = import(folder);
    if (report) {
      arrived = true;
      waiting->stop();  // lets this request be answered first
    }
    return report;
  };
  server::Metrics metrics;
  server::Router router;
  Status added = api::add_waiting_routes(router);
  if (added) added = api::add_record_routes(router, std::move(inbox));
  if (added) added = server::add_health_routes(router, metrics, [] { return false; });
  if (!added) return std::move(added).error();
  http.handle_signals = true;
  const server::Log log = server::Log::to_stderr(server::LogLevel::info);
  Result<std::unique_ptr<server::Server>> made =
      server::Server::create(http, std::move(router), metrics, log);
  if (!made) return std::move(made).error();
  waiting = *std::move(made);
  http.port = waiting->port();
  log.write(server::LogLevel::info, "waiting for a record",
            {{"address", server::OperatorText{http.address}}, {"port", http.port}});
  if (!options.ready_file.empty()) {
    const Status told =
        write_file_atomically(options.ready_file, fmt::format("{}:{}\n", http.address, http.port));
    if (!told) return told.error();
  }
  waiting->run();
  return arrived.load();
}

int serve_box(const ServiceOptions& options) {
  ServeConfig config;
  server::ConfigKeys keys("serve");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  const Result<api::Neighbours> neighbours = neighbours_of(config);
  if (!neighbours) return fail(neighbours.error(), false);
  if (const auto dates = edition_dates(config.retention); !dates) {
    return fail(dates.error(), false);
  }
  const Result<std::optional<api::RecordInbox>> inbox = record_inbox(config);
  if (!inbox) return fail(inbox.error(), false);
  Result<OpenedBox> opened = open_box(config);
  if (!opened) return fail(opened.error(), false);
  if (*inbox) {
    const Result<ballotbox::RecordStore::Head> head = opened->store->head();
    if (!head) return fail(head.error(), false);
    if (head->size == 0) {
      const Result<bool> arrived = wait_for_record(config.http, **inbox, options);
      if (!arrived) return fail(arrived.error(), false);
      if (!*arrived) return 0;
    }
  }

  ballotbox::Settings settings;
  settings.waiting_max = config.waiting_max;
  settings.batch_max = config.batch_max;
  settings.checking_threads = config.checking_threads;
  settings.tickets_required = config.tickets;
  if (config.opens != 0) settings.opens = static_cast<std::uint64_t>(config.opens);
  if (config.closes != 0) settings.closes = static_cast<std::uint64_t>(config.closes);
  settings.clock = unix_time;
  auto box = ballotbox::BallotBox::open(std::move(opened->store), *opened->key, settings);
  if (!box) return fail(box.error(), false);

  std::optional<ballotbox::NoticeCourier> courier;
  if (!config.registrar_url.empty()) {
    const Result<std::string> token = read_token(config.registrar_token_file);
    if (!token) return fail(token.error(), false);
    ballotbox::CourierSettings courier_settings;
    courier_settings.batch_least = config.notices_least;
    courier_settings.wait_most = config.notices_wait_most;
    courier.emplace(**box, courier_settings, api::notice_delivery(config.registrar_url, *token));
  }

  Result<std::vector<ballotbox::AskedWitness>> witnesses = asked_witnesses(config, **box);
  if (!witnesses) return fail(witnesses.error(), false);
  std::optional<ballotbox::WitnessCourier> witnessing;
  if (!witnesses->empty()) {
    witnessing.emplace(**box, std::move(*witnesses), config.witnesses_every);
  }

  std::optional<api::PresentationFile> presentation;
  if (!config.presentation.empty()) {
    Result<api::PresentationFile> loaded_file = api::load_presentation(config.presentation, **box);
    if (!loaded_file) return fail(loaded_file.error(), false);
    presentation = std::move(*loaded_file);
  }
  const server::Log log = server::Log::to_stderr(server::LogLevel::info);
  const api::ResultsDesk results(**box, std::move(presentation), program_name_and_version(), log);

  const Result<protection::EditionDates> dates =
      edition_dates(config.retention, (*box)->overview().closes);
  if (!dates) return fail(dates.error(), false);
  const auto deleting =
      delete_every_minute([&, dates = *dates] { return (*box)->delete_what_is_due(dates); }, log);

  server::Metrics metrics;
  server::Router router;
  Status added = api::add_ballot_box_routes(router, **box, *neighbours);
  if (added) added = api::add_results_routes(router, results, config.protocol);
  if (added && *inbox) added = api::add_record_routes(router, **inbox);
  if (added) {
    added =
        server::add_health_routes(router, metrics, [&box] { return (*box)->counters().writable; });
  }
  if (added) added = api::add_about_route(router, config.about);
  if (added) {
    added = api::add_data_protection_routes(router, protection::DataSet::ballot_box,
                                            config.controller, "reads");
  }
  if (added) added = add_site(router, config, *neighbours);
  if (added) added = warn_of_other_site(config, **box, log);
  if (!added) return fail(added.error(), false);
  api::add_ballot_box_metrics(metrics, **box);
  if (witnessing) api::add_witness_courier_metrics(metrics, *witnessing);
  config.http.handle_signals = true;
  config.http.any_origin_may = true;
  config.http.rates = {per_minute("ballots", config.ballots_per_minute),
                       per_minute("reads", config.reads_per_minute)};
  const Status ran = run_service(config.http, std::move(router), metrics, log, options);
  // What was taken is recorded before the program ends.
  (*box)->stop();
  return ran ? 0 : fail(ran.error(), false);
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<ServiceOptions>();
  CLI::App* command =
      app.add_subcommand("serve", "The ballot box: take ballots and show the public record");
  add_service_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  urna serve --print-config            every key of the configuration\n"
      "  urna serve --config serve.toml       until SIGTERM or Ctrl-C\n"
      "  URNA_SERVE_HTTP_PORT=8080 urna serve --config serve.toml\n\n"
      "Exit status: 0 stopped when asked to, 2 usage, 3 malformed, 4 files, 7 conflict.\n"
      "The API is described in docs/openapi.yaml, operation in docs/operations.md.");
  command->callback([options, &exit_status] { exit_status = serve_box(*options); });
}

}  // namespace urna::cmd
