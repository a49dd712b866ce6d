// SPDX-License-Identifier: EUPL-1.2
#include "cmd/registrar.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/registrar_api.h"
#include "api/service_description.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/private_file.h"
#include "cmd/cases.h"
#include "cmd/complaints.h"
#include "cmd/letters.h"
#include "cmd/listcheck.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "cmd/registrar_config.h"
#include "cmd/registrar_data.h"
#include "cmd/registrar_signals.h"
#include "cmd/registrar_statistics.h"
#include "protection/register.h"
#include "registrar/case_opening.h"
#include "registrar/certifying.h"
#include "registrar/holding.h"
#include "registrar/importing.h"
#include "registrar/operators.h"
#include "registrar/rolling.h"

namespace urna::cmd {
namespace {

// ---- serve

constexpr std::size_t messages_at_once = 64;

int serve_registrar(const ServiceOptions& options) {
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), false);
  if (!opening->registrar) return 0;
  OpenedRegistrar& registrar = *opening->registrar;
  RegistrarConfig& config = opening->config;
  const Result<protection::EditionDates> dates =
      edition_dates(config.retention, registrar.manifest().closes);
  if (!dates) return fail(dates.error(), false);
  const registrar::Office& office = registrar.office();
  const server::Log log = server::Log::to_stderr(server::LogLevel::info);

  const Result<std::string> box_token = read_token(config.box_token_file);
  if (!box_token) return fail(box_token.error(), false);
  Result<std::unique_ptr<server::RateLimiter>> per_person = server::RateLimiter::create(
      {config.attempts_per_person_hour, std::chrono::hours(1), config.attempts_per_person_hour},
      65'536);
  if (!per_person) return fail(per_person.error(), false);

  api::ServiceOffer offer;
  offer.sms = !config.sms_url.empty();
  offer.email = !config.mail_host.empty();
  offer.letters = !config.letters.site_url.empty();
  offer.provider = config.oidc_name.empty() ? config.oidc_issuer : config.oidc_name;
  if (config.oidc_issuer.empty()) offer.provider.clear();
  offer.controller = config.controller;
  api::RegistrarDesk desk{
      office,
      registrar.identity_provider(),
      config.oidc_identifier,
      *box_token,
      **per_person,
      api::service_json(office, offer),
      protection::register_json(protection::DataSet::registrar, config.controller),
      protection::notice_markdown(protection::DataSet::registrar, config.controller,
                                  protection::Language::pl),
      protection::notice_markdown(protection::DataSet::registrar, config.controller,
                                  protection::Language::en),
      {}};
  desk.manifest = &registrar.manifest();
  for (const std::string& text : config.named_networks) {
    const Result<server::Network> network = server::Network::parse(text);
    if (!network) {
      Error error = network.error();
      error.code = ErrorCode::usage;
      error.place.field = "signals.named_networks";
      return fail(error, false);
    }
    desk.named_networks.push_back(*network);
  }
  server::Metrics metrics;
  server::Router router;
  std::atomic<bool> store_works = true;
  Status added = api::add_registrar_routes(router, desk);
  if (added) {
    added = server::add_health_routes(router, metrics, [&] { return store_works.load(); });
  }
  if (!added) return fail(added.error(), false);
  server::Counter& sent = metrics.counter("urna_messages_sent", "Messages that a gateway took");
  server::Counter& failed =
      metrics.counter("urna_messages_failed", "Tries of messages that failed");
  server::Counter& given_up =
      metrics.counter("urna_messages_given_up", "Messages that expired unsent");
  server::Gauge& certificates =
      metrics.gauge("urna_certificates_issued", "Certificates issued in this edition");

  std::vector<std::string> pool_titles;
  for (const election::Pool& pool : registrar.manifest().pools) pool_titles.push_back(pool.title);
  const Repeated delivery(std::chrono::milliseconds(100), [&] {
    // Again at once while there are as many as were asked for.
    for (bool more = true; more;) {
      const auto report = registrar::deliver_messages(
          office, pool_titles,
          [&](const registrar::OutgoingMessage& message) { return registrar.send(message); },
          messages_at_once);
      store_works = report.ok();
      if (!report) return;
      more = report->sent >= messages_at_once;
      sent.add(report->sent);
      failed.add(report->failed);
      given_up.add(report->given_up + report->unreachable);
      if (report->failed > 0) {
        log.write(server::LogLevel::warn, "messages not taken", {{"messages", report->failed}});
      }
    }
  });
  const Repeated upkeep(std::chrono::seconds(60), [&] {
    if (const auto published = registrar::publish_voter_accesses(office); !published) {
      log.write(server::LogLevel::error, "access log not written");
    }
    if (const auto count = registrar::count_certificates(office)) {
      certificates.set(static_cast<std::int64_t>(count->issued));
    }
  });
  server::Counter& opened_cases =
      metrics.counter("urna_cases_opened", "Cases opened for clusters of signals");
  server::Counter& added_votes =
      metrics.counter("urna_case_votes_added", "Votes that came into cases");
  std::unique_ptr<Repeated> case_opening;
  if (config.cases_open_for_clusters) {
    integrity::Levels levels;
    levels.level = std::pow(10.0, -static_cast<double>(config.cases_level_exponent));
    case_opening =
        std::make_unique<Repeated>(std::chrono::seconds(config.cases_every_seconds), [&, levels] {
          const auto opened = registrar::open_cases_of_clusters(office, levels);
          if (!opened) {
            log.write(server::LogLevel::error, "cases not opened");
            return;
          }
          for (const registrar::OpenedCase& one : *opened) {
            opened_cases.add(one.fresh ? 1 : 0);
            added_votes.add(one.added);
            log.write(server::LogLevel::warn,
                      one.fresh ? server::Word("a case was opened for a cluster")
                                : server::Word("a case has grown"),
                      {{"votes", one.voters}, {"added", one.added}});
          }
        });
  }
  const auto deleting = delete_every_minute(
      [&, dates = *dates]() -> Result<std::uint64_t> {
        // A hold may have been put on while this runs.
        const auto now = registrar::with_hold(office, registrar.manifest().officials, dates);
        if (!now) return now.error();
        return registrar::delete_what_is_due(office, *now);
      },
      log);

  config.http.handle_signals = true;
  config.http.rates = {per_minute("identify", config.identify_per_minute),
                       per_minute("factors", config.factors_per_minute),
                       per_minute("reads", config.reads_per_minute)};
  const Status ran = run_service(config.http, std::move(router), metrics, log, options);
  return ran ? 0 : fail(ran.error(), false);
}

// ---- tasks of an official

struct RegistrarTaskOptions : ServiceOptions {
  std::string file;
  std::string official;
  std::string out;
  std::string entry;
  bool json = false;
  bool quiet = false;
};

OfficeOptions output_of(const RegistrarTaskOptions& options) {
  OfficeOptions output;
  output.json = options.json;
  output.quiet = options.quiet;
  return output;
}

int import(const RegistrarTaskOptions& options) {
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), options.json);
  if (!opening->registrar) return 0;
  std::ifstream file(options.file, std::ios::binary);
  if (!file) {
    return fail({ErrorCode::not_found, "the file cannot be read", {options.file}}, options.json);
  }
  const registrar::Office& office = opening->registrar->office();
  ProgressLine progress(options.quiet || options.json);
  registrar::ImportWays ways;
  ways.kind = office.policy.identifiers.front();
  ways.official = options.official;
  ways.report_bad = [&](const Error& error) {
    Error placed = error;
    placed.place.file = options.file;
    fmt::print(stderr, "{}\n", placed.to_string());
  };
  ways.progress = [&](std::uint64_t rows) { progress.show(fmt::format("{} rows", rows), 0); };
  const Result<registrar::ImportReport> report = registrar::import_register(office, file, ways);
  if (!report) return fail(report.error(), options.json);
  return say(output_of(options),
             fmt::format("{} rows: {} added, {} changed, {} unchanged, {} refused; {} people "
                         "withdrawn, {} missing in the file\n",
                         report->rows, report->added, report->changed, report->unchanged,
                         report->bad, report->withdrawn, report->absent),
             {{"rows", report->rows},
              {"added", report->added},
              {"changed", report->changed},
              {"unchanged", report->unchanged},
              {"bad", report->bad},
              {"withdrawn", report->withdrawn},
              {"absent", report->absent}},
             report->bad == 0 ? 0 : 1);
}

int make_roll(const RegistrarTaskOptions& options) {
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), options.json);
  if (!opening->registrar) return 0;
  ProgressLine progress(options.quiet || options.json);
  const Result<registrar::RollReport> report = registrar::build_roll(
      opening->registrar->office(), options.official,
      [&](std::uint64_t people) { progress.show(fmt::format("{} people", people), 0); });
  if (!report) return fail(report.error(), options.json);
  if (Status written = write_file_atomically(options.out, report->file); !written) {
    return fail(written.error(), options.json);
  }
  if (!options.entry.empty()) {
    const Result<election::RollEntry> entry =
        registrar::roll_entry(opening->registrar->office(), report->file);
    if (!entry) return fail(entry.error(), options.json);
    if (Status written = write_file_atomically(options.entry, encode(*entry)); !written) {
      return fail(written.error(), options.json);
    }
  }
  return say(output_of(options),
             fmt::format("{}: {} people; left out: {} too young, {} without a pool; {} rows of "
                         "people who are there twice\n",
                         options.out, report->people, report->too_young, report->without_pool,
                         report->duplicates),
             {{"people", report->people},
              {"too_young", report->too_young},
              {"without_pool", report->without_pool},
              {"duplicates", report->duplicates}});
}

int state_issuance(const RegistrarTaskOptions& options) {
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), options.json);
  if (!opening->registrar) return 0;
  const Result<election::Issuance> issuance =
      registrar::state_issuance(opening->registrar->office());
  if (!issuance) return fail(issuance.error(), options.json);
  if (Status written = write_file_atomically(options.out, encode(*issuance)); !written) {
    return fail(written.error(), options.json);
  }
  return say(
      output_of(options),
      fmt::format("{}: certificates numbered below {}\n", options.out, issuance->certificates),
      {{"certificates", issuance->certificates}});
}

int make_additions(const RegistrarTaskOptions& options) {
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), options.json);
  if (!opening->registrar) return 0;
  const auto additions = registrar::roll_additions(opening->registrar->office(), options.official);
  if (!additions) return fail(additions.error(), options.json);
  if (Status made = make_folder(options.out); !made) return fail(made.error(), options.json);
  for (std::size_t i = 0; i < additions->size(); ++i) {
    const Status written = write_file_atomically(fmt::format("{}/{:05}.entry", options.out, i),
                                                 encode((*additions)[i]));
    if (!written) return fail(written.error(), options.json);
  }
  return say(output_of(options),
             fmt::format("{}: {} people to be added to the roll\n", options.out, additions->size()),
             {{"people", additions->size()}});
}

int make_operator_token(const RegistrarTaskOptions& options) {
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), options.json);
  if (!opening->registrar) return 0;
  const std::string token = to_hex(protection::random_bytes(32));
  if (Status written = create_private_file(options.out, token + "\n"); !written) {
    return fail(written.error(), options.json);
  }
  const std::string hash =
      to_hex(view_of(registrar::operator_token_hash(opening->registrar->office().keys, token)));
  return say(output_of(options), hash + "\n", {{"token_hash", hash}});
}

CLI::App* add_task(CLI::App& command, const char* name, const char* what,
                   int (*task)(const RegistrarTaskOptions&), int& exit_status,
                   const std::shared_ptr<RegistrarTaskOptions>& options) {
  CLI::App* added = command.add_subcommand(name, what);
  add_service_options(*added, *options);
  added->add_flag("--json", options->json, "Machine-readable output");
  added->add_flag("-q,--quiet", options->quiet, "No progress");
  added->callback([options, task, &exit_status] { exit_status = task(*options); });
  return added;
}

}  // namespace

void add_registrar_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "registrar", "The residents' register office: who may vote, certificates, notices");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  urna registrar serve --print-config\n"
      "  urna registrar serve --config registrar.toml           until SIGTERM or Ctrl-C\n"
      "  urna registrar import register.csv --config registrar.toml --official a.nowak\n"
      "  urna registrar roll --out roll.cbor --config registrar.toml --official a.nowak\n"
      "  urna registrar letters --out letters.pdf --config registrar.toml --official a.nowak\n"
      "  urna registrar complaints --config registrar.toml --official a.nowak\n"
      "  urna registrar issuance --out issuance.entry --config registrar.toml\n\n"
      "Exit status: 0 done, 1 rows were refused, 2 usage, 3 malformed, 4 files or databases.\n"
      "Columns of the register, and who does what when: docs/registrar.md.");

  auto service = std::make_shared<ServiceOptions>();
  CLI::App* serving = command->add_subcommand("serve", "Identify, certify, notify");
  add_service_options(*serving, *service);
  serving->callback([service, &exit_status] { exit_status = serve_registrar(*service); });

  const auto task = [&](const char* name, const char* what,
                        int (*work)(const RegistrarTaskOptions&)) {
    auto options = std::make_shared<RegistrarTaskOptions>();
    return std::pair(add_task(*command, name, what, work, exit_status, options), options);
  };
  const auto ask_official = [](CLI::App* added,
                               const std::shared_ptr<RegistrarTaskOptions>& options) {
    added
        ->add_option("--official", options->official,
                     "Account of who does this, for the access log")
        ->required();
  };
  const auto ask_out = [](CLI::App* added, const std::shared_ptr<RegistrarTaskOptions>& options,
                          const char* what) {
    added->add_option("--out", options->out, what)->required();
  };
  {
    auto [added, options] = task("import", "Take the register's file into the store", import);
    added->add_option("file", options->file, "CSV file")->required();
    ask_official(added, options);
  }
  {
    auto [added, options] = task("roll", "Build the roll, once, before the opening", make_roll);
    ask_official(added, options);
    ask_out(added, options, "File for roll.cbor");
    added->add_option("--entry", options->entry,
                      "File for its signed entry too, for whoever keeps the board");
  }
  {
    auto [added, options] =
        task("additions", "Entries for people added since the roll was built", make_additions);
    ask_official(added, options);
    ask_out(added, options, "Folder for the entries");
  }
  {
    auto [added, options] = task(
        "issuance", "State how many certificates there are, after the closing", state_issuance);
    ask_out(added, options, "File for the entry");
  }
  {
    auto [added, options] =
        task("operator-token", "Make a token for an official at a point; prints its hash",
             make_operator_token);
    ask_out(added, options, "New file");
  }
  add_letters_command(*command, exit_status);
  add_complaints_command(*command, exit_status);
  add_registrar_cases_command(*command, exit_status);
  add_registrar_signals_command(*command, exit_status);
  add_registrar_statistics_command(*command, exit_status);
  add_registrar_data_commands(*command, exit_status);
  add_registrar_list_check_command(*command, exit_status);
}

}  // namespace urna::cmd
