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

struct WitnessAddress {
  std::string name;
  std::string url;
};

struct ServeConfig {
  server::ServerConfig http;
  std::string store;
  std::string key;
  std::string passphrase_file;
  std::uint32_t checking_threads = 1;
  std::uint32_t waiting_max = 8'192;
  std::uint32_t batch_max = 512;
  bool tickets = true;
  std::int64_t opens = 0;
  std::int64_t closes = 0;
  std::string registrar_url;
  std::string registrar_token_file;
  std::string registrar_public_url;
  std::uint32_t notices_least = 32;
  std::chrono::milliseconds notices_wait_most{600'000};
  std::chrono::milliseconds witnesses_every{1'000};
  std::vector<WitnessAddress> witnesses;
  std::uint32_t ballots_per_minute = 600;
  std::uint32_t reads_per_minute = 6'000;
  std::string desk_token_file;
  std::string desk_folder;
  std::string site_folder;
  std::vector<std::string> site_connect;
  protection::Controller controller;
  RetentionConfig retention;
  api::About about;
  std::string presentation;
  std::string protocol;
};

void add_keys(server::ConfigKeys& keys, ServeConfig& config) {
  using server::Required;
  server::add_server_keys(keys, config.http);
  keys.add("store", config.store, store_help, Required::yes);
  keys.add("key", config.key, "the board's key, made by `urna edition key`", Required::yes);
  keys.add("passphrase_file", config.passphrase_file, "file with the key's passphrase, if sealed");
  keys.add("box.checking_threads", config.checking_threads, "threads that verify ballots", 1, 64);
  keys.add("box.waiting_max", config.waiting_max,
           "ballots that may wait; more are answered 503 with Retry-After", 1, 1'000'000);
  keys.add("box.batch_max", config.batch_max, "ballots verified by one sum", 1, 65'536);
  keys.add("box.tickets", config.tickets, "take only ballots that come with a notice ticket");
  keys.add("box.opens", config.opens,
           "Unix seconds from which ballots are taken; 0: the manifest's", 0);
  keys.add("box.closes", config.closes,
           "Unix seconds until which ballots are taken; 0: the "
           "manifest's",
           0);
  keys.add("registrar.url", config.registrar_url,
           "address of the registrar, to which notices go; empty: they wait");
  keys.add("registrar.token_file", config.registrar_token_file, "file with the token for it");
  keys.add("registrar.public_url", config.registrar_public_url,
           "address that voters' pages find the registrar under; empty: registrar.url");
  keys.add("notices.batch_least", config.notices_least,
           "how many must wait for a batch to leave before its time", 1, 1'000);
  keys.add("notices.wait_most", config.notices_wait_most, "how long the first of a batch waits");
  keys.add("box.witnesses_every", config.witnesses_every,
           "how often witnesses are shown a new checkpoint");
  keys.add_tables<WitnessAddress>(
      "witnesses", "where the witnesses of the manifest are asked", config.witnesses,
      [](WitnessAddress& row, server::ConfigKeys& bound) {
        bound.add("name", row.name, "as in the manifest", Required::yes);
        bound.add("url", row.url, "address; /add-checkpoint is added to it", Required::yes);
      });
  keys.add("site.presentation", config.presentation,
           "presentation.json, which the manifest names by its hash; empty: none");
  keys.add("site.protocol", config.protocol,
           "signed protocol of the result, a PDF, which may come later; empty: none");
  keys.add("limits.ballots_per_minute", config.ballots_per_minute, "from one network", 1,
           1'000'000);
  keys.add("limits.reads_per_minute", config.reads_per_minute, "from one network", 1, 1'000'000);
  keys.add(
      "desk.token_file", config.desk_token_file,
      "file with the token that the officials' desk hands records over with; empty: it cannot. "
      "With it a ballot box without a record waits for one");
  keys.add("desk.folder", config.desk_folder, "folder for the files that it hands over");
  keys.add("site.folder", config.site_folder,
           "folder of the built pages (web/site/dist), read at the start; empty: no pages");
  keys.add("site.connect", config.site_connect,
           "origins beside this service and the registrar that pages may call");
  api::add_controller_keys(keys, config.controller);
  add_retention_keys(keys, config.retention);
  api::add_about_keys(keys, config.about);
}

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

// What a sub-command on the store needs.
struct Opened {
  std::unique_ptr<ballotbox::RecordStore> store;
  std::optional<board::LogSecretKey> key;
};
Result<Opened> open(const ServeConfig& config) {
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  Result<board::LogSecretKey> key = load_log_key(config.key, office);
  if (!key) return std::move(key).error();
  Result<std::unique_ptr<ballotbox::RecordStore>> store = open_record_store(config.store);
  if (!store) return std::move(store).error();
  return Opened{std::move(*store), std::move(*key)};
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

int serve(const ServiceOptions& options) {
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
  Result<Opened> opened = open(config);
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

struct BoxOptions : ServiceOptions {
  std::string folder;
  bool json = false;
};

int move_record(const BoxOptions& options, bool import) {
  ServeConfig config;
  server::ConfigKeys keys("serve");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), options.json);
  if (!*loaded) return 0;
  Result<Opened> opened = open(config);
  if (!opened) return fail(opened.error(), options.json);
  const Result<ballotbox::TransferReport> report =
      import ? ballotbox::import_record(options.folder, *opened->store)
             : ballotbox::export_record(*opened->store, options.folder, *opened->key);
  if (!report) return fail(report.error(), options.json);
  OfficeOptions output;
  output.json = options.json;
  return say(output,
             fmt::format("{} {}: {} entries, {} files; {} entries in all\n", options.folder,
                         import ? "taken into the store" : "written", report->entries,
                         report->files, report->size),
             {{"entries", report->entries}, {"files", report->files}, {"size", report->size}});
}

// What two officials sign with their keys, at this store.
struct DecisionOptions : ServiceOptions {
  std::vector<std::string> officials;
  std::string time;
  // Of an extension.
  std::string until;
  std::string reason_pl;
  std::string reason_en;
};

// Records one entry by a ballot box of its own on the same store; a running service follows.
int submit(const ServeConfig& config, Opened opened, const std::string& entry) {
  ballotbox::Settings settings;
  settings.clock = unix_time;
  auto box = ballotbox::BallotBox::open(std::move(opened.store), *opened.key, settings);
  if (!box) return fail(box.error(), false);
  std::promise<ballotbox::Outcome> promise;
  std::future<ballotbox::Outcome> outcome = promise.get_future();
  (*box)->submit(entry, [&](ballotbox::Outcome given) { promise.set_value(std::move(given)); });
  const ballotbox::Outcome given = outcome.get();
  if (const auto* refusal = std::get_if<ballotbox::Refusal>(&given)) {
    return fail(refusal->error, false);
  }
  fmt::print("{}: entry {} recorded\n", config.store,
             std::get<ballotbox::Acknowledgement>(given).index);
  return 0;
}

// Makes the entry out of the edition's hash and the end in force, has two sign it, records it.
template <typename Make>
int decide(const DecisionOptions& options, Make make) {
  ServeConfig config;
  server::ConfigKeys keys("serve");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  Result<Opened> opened = open(config);
  if (!opened) return fail(opened.error(), false);
  const Result<std::optional<std::string>> bytes = opened->store->file(election::manifest_path);
  if (!bytes) return fail(bytes.error(), false);
  const Result<election::Manifest> manifest = election::decode_manifest((*bytes).value_or(""));
  if (!manifest) return fail(manifest.error(), false);
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  std::vector<proof::SigningKey> signers;
  for (const std::string& path : options.officials) {
    Result<proof::SigningKey> key = load_signing_key(path, tally::KeyRole::official, office);
    if (!key) return fail(key.error(), false);
    signers.push_back(std::move(*key));
  }
  const Result<tally::OfficialPair> officials =
      tally::find_officials(*manifest, signers[0], signers[1]);
  if (!officials) return fail(officials.error(), false);
  const auto view = ballotbox::BoardView::load(*opened->store, opened->key->verifier_key());
  if (!view) return fail(view.error(), false);
  auto entry = make(view->state());
  if (!entry) return fail(entry.error(), false);
  sign(*entry, officials->first, officials->first_key, officials->second, officials->second_key);
  return submit(config, std::move(*opened), encode(*entry));
}

Result<std::uint64_t> time_of(const DecisionOptions& options) {
  if (options.time.empty()) return unix_time();
  return tally::parse_time(options.time);
}

int close(const DecisionOptions& options) {
  return decide(options, [&](const election::BoardState& state) -> Result<election::Closing> {
    const Result<std::uint64_t> time = time_of(options);
    if (!time) return time.error();
    return election::Closing{state.edition(), *time, {}};
  });
}

int extend(const DecisionOptions& options) {
  return decide(options, [&](const election::BoardState& state) -> Result<election::Extension> {
    const Result<std::uint64_t> time = time_of(options);
    if (!time) return time.error();
    const Result<std::uint64_t> until = tally::parse_time(options.until);
    if (!until) return until.error();
    return election::Extension{
        state.edition(),   *time, state.term().closes, *until, options.reason_pl,
        options.reason_en, {}};
  });
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
  command->callback([options, &exit_status] { exit_status = serve(*options); });
}

void add_box_command(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("box", "The record of an edition, in and out of the ballot box's store");
  command->require_subcommand(1);
  for (const bool import : {true, false}) {
    auto options = std::make_shared<BoxOptions>();
    CLI::App* move =
        command->add_subcommand(import ? "import" : "export",
                                import ? "Take what a record in a folder has beyond the store"
                                       : "Write the store's record to a new folder, for the tally");
    add_service_options(*move, *options);
    move->add_option("folder", options->folder, "Folder of the record")->required();
    move->add_flag("--json", options->json, "Machine-readable output");
    move->callback(
        [options, import, &exit_status] { exit_status = move_record(*options, import); });
  }
  const auto add_decision = [&](const char* name, const char* about, auto decide) {
    auto options = std::make_shared<DecisionOptions>();
    CLI::App* decision = command->add_subcommand(name, about);
    add_service_options(*decision, *options);
    decision->add_option("--official", options->officials, "The keys of two officials")
        ->required()
        ->expected(2);
    decision->add_option("--time", options->time, "\"2026-09-22T20:00:00Z\"; default: now");
    decision->callback([options, decide, &exit_status] { exit_status = decide(*options); });
    return std::pair(decision, options);
  };
  add_decision("close", "Close the voting: two officials sign", close);
  const auto [extension, options] = add_decision(
      "extend", "Put the end of the voting off, before it has come: two officials sign", extend);
  extension->add_option("--until", options->until, "The new end, such as 2026-09-23T20:00:00Z")
      ->required();
  extension->add_option("--reason-pl", options->reason_pl, "Why, in Polish, for the public")
      ->required();
  extension->add_option("--reason-en", options->reason_en, "Why, in English")->required();
  command->footer(
      "Examples:\n"
      "  urna box close --config serve.toml --official a.key b.key\n"
      "  urna box extend --config serve.toml --official a.key b.key --until 2026-09-23T20:00:00Z "
      "\\\n"
      "      --reason-pl 'Awaria sieci.' --reason-en 'The network failed.'\n"
      "  urna box import --config serve.toml record/   after the ceremony, and during the tally\n"
      "  urna box export --config serve.toml record/   after the closing\n\n"
      "`urna serve` may run meanwhile. Importing twice changes nothing.");
}

}  // namespace urna::cmd
