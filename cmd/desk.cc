// SPDX-License-Identifier: EUPL-1.2
#include "cmd/desk.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/box_client.h"
#include "api/data_protection.h"
#include "api/desk_api.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "cases/clocks.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/service.h"
#include "cmd/stores.h"
#include "desk/cases.h"
#include "desk/officials.h"
#include "desk/rehearsing.h"
#include "desk/works.h"
#include "fetch/fetch.h"
#include "protection/register.h"
#include "rehearsal/rehearsal.h"
#include "server/config.h"
#include "server/origins.h"
#include "server/site.h"

namespace urna::cmd {
namespace {

struct BoxRow {
  std::string name;
  std::string url;
  std::string token_file;
  std::string key;
  std::vector<std::string> witnesses;
  std::uint32_t cosignatures = 0;
  std::string site_sha256;
};

struct DeskConfig {
  server::ServerConfig http;
  std::string store;
  std::string master_key;
  std::string log_key;
  std::string passphrase_file;
  std::string folder;
  std::string origin;
  std::string party_id;
  std::string party_name = "urna";
  std::string registrar_key;
  std::string site_folder;
  std::string clocks;
  std::uint32_t threads = 0;
  std::chrono::milliseconds idle{std::chrono::minutes(30)};
  std::chrono::milliseconds longest{std::chrono::hours(8)};
  std::chrono::milliseconds invitation{std::chrono::days(3)};
  std::chrono::milliseconds proposal{std::chrono::days(3)};
  std::uint32_t sign_ins_per_minute = 30;
  std::uint32_t reads_per_minute = 1'200;
  std::uint32_t authors_per_minute = 120;
  std::uint32_t remarks_per_minute = 6;
  protection::Controller controller;
  RetentionConfig retention;
  std::vector<BoxRow> boxes;
};

void add_keys(server::ConfigKeys& keys, DeskConfig& config) {
  using server::Required;
  using std::chrono::minutes;
  server::add_server_keys(keys, config.http);
  keys.add("store", config.store, store_help, Required::yes);
  keys.add("master_key", config.master_key,
           "file with 64 hexadecimal digits, which open what is sealed in the store",
           Required::yes);
  keys.add("log_key", config.log_key,
           "key that signs the log of actions, made by `urna edition keygen --role board`",
           Required::yes);
  keys.add("passphrase_file", config.passphrase_file, "file with the keys' passphrase, if sealed");
  keys.add("folder", config.folder, "folder for the records of editions", Required::yes);
  keys.add("origin", config.origin, "where officials' browsers find the desk", Required::yes);
  keys.add("relying_party.id", config.party_id,
           "domain that passkeys are for: the origin's, or one above it", Required::yes);
  keys.add("relying_party.name", config.party_name, "what browsers call the desk");
  keys.add("registrar_key", config.registrar_key,
           "the registrar's public key, 64 hexadecimal digits", Required::yes);
  keys.add("site.folder", config.site_folder,
           "folder of the built pages (web/desk/dist), read at the start; empty: no pages");
  keys.add("clocks", config.clocks,
           "file of deadlines in cases, as docs/cases.md describes; empty: those built in");
  keys.add("threads", config.threads, "that verify mixes and shares; 0: all", 0, 256);
  keys.add("session.idle", config.idle, "a session ends after so long without a request",
           minutes(1), minutes(480));
  keys.add("session.longest", config.longest, "and after so long in any case", minutes(1),
           minutes(1'440));
  keys.add("invitation.valid", config.invitation, "how long an invitation can be used", minutes(1),
           std::chrono::days(30));
  keys.add("proposal.valid", config.proposal, "how long the second official has to sign",
           minutes(1), std::chrono::days(30));
  keys.add("limits.sign_ins_per_minute", config.sign_ins_per_minute, "from one network", 1,
           1'000'000);
  keys.add("limits.reads_per_minute", config.reads_per_minute, "from one network", 1, 1'000'000);
  keys.add("limits.authors_per_minute", config.authors_per_minute,
           "requests of authors who look at the ballot, from one network", 1, 1'000'000);
  keys.add("limits.remarks_per_minute", config.remarks_per_minute,
           "remarks of authors, from one network", 1, 1'000'000);
  api::add_controller_keys(keys, config.controller);
  add_retention_keys(keys, config.retention);
  keys.add_tables<BoxRow>(
      "boxes", "ballot boxes that editions can be given to, one edition each", config.boxes,
      [](BoxRow& row, server::ConfigKeys& bound) {
        bound.add("name", row.name, "what officials call it", Required::yes);
        bound.add("url", row.url, "where it listens", Required::yes);
        bound.add("token_file", row.token_file, "file with the token that it takes records with",
                  Required::yes);
        bound.add("key", row.key, "the board's key, which this ballot box has too", Required::yes);
        bound.add("witnesses", row.witnesses, "keys of witnesses, NAME+ID+KEY");
        bound.add("cosignatures", row.cosignatures, "how many of them must cosign", 0, 32);
        bound.add(
            "site_sha256", row.site_sha256,
            "what `urna site hash` prints for the site that it shows: put into every manifest");
      });
}

std::uint64_t seconds_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

// Passkeys work for https only, and for http on the machine itself.
Status check_party(const DeskConfig& config) {
  const std::string secure = "https://";
  const std::string local = "http://localhost";
  if (!server::is_origin(config.origin) ||
      (!config.origin.starts_with(secure) && config.origin != local &&
       !config.origin.starts_with(local + ":"))) {
    return server::wrong_setting(
        "origin", "the origin is none that passkeys work for",
        "write https://desk.example.org, or http://localhost:PORT for a trial");
  }
  std::string host = config.origin.substr(config.origin.find("//") + 2);
  host = host.substr(0, host.find(':'));
  if (host != config.party_id && !host.ends_with("." + config.party_id)) {
    return server::wrong_setting("relying_party.id",
                                 "passkeys for this domain do not work at the origin",
                                 "write the origin's domain");
  }
  return ok_status();
}

Result<desk::Setting> read_setting(const DeskConfig& config, const OfficeOptions& office) {
  desk::Setting setting;
  const Result<std::string> registrar = from_hex(config.registrar_key);
  if (!registrar || registrar->size() != sizeof(group::ElementBytes)) {
    return server::wrong_setting("registrar_key", "expected 64 hexadecimal digits",
                                 "give what `urna edition keygen --role registrar` printed");
  }
  setting.registrar_key = config.registrar_key;
  std::set<std::string> names;
  for (const BoxRow& row : config.boxes) {
    if (!names.insert(row.name).second)
      return server::wrong_setting("boxes.name", "two ballot boxes have one name",
                                   "name them differently");
    Result<board::LogSecretKey> key = load_log_key(row.key, office);
    if (!key) return std::move(key).error();
    if (!names.insert(key->verifier_key().to_string()).second)
      return server::wrong_setting("boxes.key", "two ballot boxes have one key",
                                   "make a key for each");
    const Result<std::string> token = read_token(row.token_file);
    if (!token) return token.error();
    for (const std::string& witness : row.witnesses) {
      if (const auto parsed = board::WitnessKey::parse(witness); !parsed)
        return server::wrong_setting("boxes.witnesses", parsed.error().message,
                                     "write NAME+ID+KEY");
    }
    const Result<std::string> site = from_hex(row.site_sha256);
    if (!row.site_sha256.empty() && (!site || site->size() != sizeof(Sha256Digest))) {
      return server::wrong_setting("boxes.site_sha256", "expected 64 hexadecimal digits",
                                   "give what `urna site hash` prints for the folder of the site");
    }
    setting.boxes.push_back({row.name, row.url, *std::move(key), row.witnesses, row.cosignatures,
                             api::box_client(row.url, *token), row.site_sha256});
  }
  return setting;
}

Result<cases::Clocks> read_clocks(const std::string& file) {
  if (file.empty()) return cases::Clocks::standard();
  const Result<std::string> text = read_file(file, cases::clocks_bytes_max);
  if (!text) return text.error();
  return cases::Clocks::parse(*text);
}

struct OpenedDesk {
  std::unique_ptr<desk::DeskStore> store;
  std::optional<desk::Office> office;
  desk::Setting setting;
};

Result<std::unique_ptr<OpenedDesk>> open_desk(const DeskConfig& config) {
  if (Status party = check_party(config); !party) return std::move(party).error();
  auto opened = std::make_unique<OpenedDesk>();
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  const Result<protection::SecretKey> master = read_master_key(config.master_key);
  if (!master) return master.error();
  Result<board::LogSecretKey> log_key = load_log_key(config.log_key, office);
  if (!log_key) return std::move(log_key).error();
  Result<desk::Setting> setting = read_setting(config, office);
  if (!setting) return std::move(setting).error();
  Result<std::unique_ptr<desk::DeskStore>> store = open_desk_store(config.store);
  if (!store) return std::move(store).error();
  opened->store = *std::move(store);
  opened->setting = *std::move(setting);
  desk::Policy policy;
  policy.session_idle_s = seconds_of(config.idle);
  policy.session_longest_s = seconds_of(config.longest);
  policy.invitation_s = seconds_of(config.invitation);
  policy.proposal_s = seconds_of(config.proposal);
  opened->office.emplace(desk::Office{*opened->store,
                                      desk::DeskKeys::from(*master),
                                      {config.party_id, config.origin, config.party_name},
                                      *std::move(log_key),
                                      policy,
                                      unix_time});
  return opened;
}

// A whole edition in a folder that is removed again.
Result<std::vector<desk::RehearsedPool>> rehearse(const std::vector<count::Instance>& instances,
                                                  const std::string& title, unsigned threads) {
  const Result<fetch::TemporaryFolder> folder = fetch::TemporaryFolder::make();
  if (!folder) return folder.error();
  rehearsal::Plan plan;
  plan.instances = instances;
  plan.title = title.empty() ? plan.title : title;
  plan.privacy_minimum = 1;
  plan.with_incidents = false;
  plan.threads = threads;
  const Result<rehearsal::Outcome> outcome = rehearsal::rehearse(plan, folder->path() + "/record");
  if (!outcome) return outcome.error();
  std::vector<desk::RehearsedPool> pools;
  for (const rehearsal::PoolOutcome& pool : outcome->pools) {
    desk::RehearsedPool one;
    one.votes = pool.votes;
    one.counted = pool.counted;
    one.valid = pool.valid;
    one.invalid = pool.invalid;
    one.same_votes = pool.same_votes;
    one.same_winners = pool.same_winners;
    pools.push_back(std::move(one));
  }
  return pools;
}

int serve_desk(const ServiceOptions& options) {
  DeskConfig config;
  server::ConfigKeys keys("desk");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  const Result<protection::EditionDates> dates = edition_dates(config.retention);
  if (!dates) return fail(dates.error(), false);
  const Result<std::unique_ptr<OpenedDesk>> opened = open_desk(config);
  if (!opened) return fail(opened.error(), false);
  const desk::Office& office = *(*opened)->office;
  const desk::Setting& setting = (*opened)->setting;
  const unsigned threads =
      config.threads != 0 ? config.threads : std::max(1U, std::thread::hardware_concurrency());
  const Result<std::unique_ptr<desk::Works>> works =
      desk::Works::start(office, setting, config.folder, threads);
  if (!works) return fail(works.error(), false);
  desk::Rehearsals rehearsals(
      office, setting,
      [threads](const std::vector<count::Instance>& instances, const std::string& title) {
        return rehearse(instances, title, threads);
      });

  const Result<cases::Clocks> clocks = read_clocks(config.clocks);
  if (!clocks) return fail(clocks.error(), false);
  desk::Cases cases(office, setting, **works, *clocks);
  const api::DeskRoom room{office,
                           setting,
                           **works,
                           rehearsals,
                           cases,
                           protection::register_json(protection::DataSet::desk, config.controller),
                           protection::notice_markdown(protection::DataSet::desk, config.controller,
                                                       protection::Language::pl),
                           protection::notice_markdown(protection::DataSet::desk, config.controller,
                                                       protection::Language::en)};
  server::Metrics metrics;
  server::Router router;
  Status added = api::add_desk_routes(router, room);
  if (added) added = server::add_health_routes(router, metrics, [] { return true; });
  if (added && !config.site_folder.empty()) {
    Result<std::vector<server::SiteFile>> files = server::read_site(config.site_folder);
    if (!files) return fail(files.error(), false);
    server::SiteOptions site;
    site.content_security_policy = server::page_security_policy({});
    added = server::add_site_routes(router, *std::move(files), site);
  }
  if (!added) return fail(added.error(), false);
  config.http.handle_signals = true;
  config.http.rates = {per_minute("sign-in", config.sign_ins_per_minute),
                       per_minute("reads", config.reads_per_minute),
                       per_minute("authors", config.authors_per_minute),
                       per_minute("remarks", config.remarks_per_minute)};
  const server::Log log = server::Log::to_stderr(server::LogLevel::info);
  const auto deleting = delete_every_minute(
      [&, dates = *dates] { return desk::delete_what_is_due(office, dates); }, log);
  const Status ran = run_service(config.http, std::move(router), metrics, log, options);
  return ran ? 0 : fail(ran.error(), false);
}

struct DeskTaskOptions : ServiceOptions {
  std::string name;
  std::string role = "official";
  std::string official;
  bool json = false;
};

OfficeOptions output_of(const DeskTaskOptions& options) {
  OfficeOptions output;
  output.json = options.json;
  return output;
}

Result<std::pair<std::unique_ptr<OpenedDesk>, std::string>> open_task(
    const DeskTaskOptions& options) {
  DeskConfig config;
  server::ConfigKeys keys("desk");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return loaded.error();
  if (!*loaded) return std::pair(std::unique_ptr<OpenedDesk>(), std::string());
  Result<std::unique_ptr<OpenedDesk>> opened = open_desk(config);
  if (!opened) return std::move(opened).error();
  return std::pair(*std::move(opened), config.origin);
}

int invite(const DeskTaskOptions& options) {
  const std::optional<desk::Role> role = desk::parse_role(options.role);
  if (!role)
    return fail(
        server::wrong_setting("role", "there is no such role", "official, administrator or dpo"),
        options.json);
  const auto opened = open_task(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->first) return 0;
  const Result<desk::Invitation> invitation =
      desk::invite(*opened->first->office, options.name, *role);
  if (!invitation) return fail(invitation.error(), options.json);
  const std::string link = opened->second + "/#/invitation/" + invitation->token;
  return say(output_of(options),
             fmt::format("{}\n\nGive this link to {} in person; it works once. Reference {}\n",
                         link, options.name, invitation->reference),
             {{"link", link}, {"reference", invitation->reference}});
}

int list(const DeskTaskOptions& options) {
  const auto opened = open_task(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->first) return 0;
  const Result<std::vector<desk::Official>> officials =
      desk::list_officials(*opened->first->office);
  if (!officials) return fail(officials.error(), options.json);
  std::string text;
  boost::json::array array;
  for (const desk::Official& one : *officials) {
    const char* const state = one.revoked ? "closed" : one.registered ? "registered" : "invited";
    text += fmt::format("{}  {:13}  {:10}  {}\n", one.reference, desk::to_string(one.role), state,
                        one.name);
    array.push_back({{"reference", one.reference},
                     {"role", desk::to_string(one.role)},
                     {"state", state},
                     {"name", one.name}});
  }
  return say(output_of(options), text, {{"officials", std::move(array)}});
}

int revoke(const DeskTaskOptions& options) {
  const auto opened = open_task(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->first) return 0;
  if (Status done = desk::revoke(*opened->first->office, options.official); !done)
    return fail(done.error(), options.json);
  return say(output_of(options), "the account is closed\n", {{"revoked", options.official}});
}

}  // namespace

void add_desk_command(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("desk", "The officials' desk: editions from the draft to the result");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  urna desk serve --print-config\n"
      "  urna desk serve --config desk.toml                  until SIGTERM or Ctrl-C\n"
      "  urna desk invite --config desk.toml --name \"Anna Nowak\" --role official\n"
      "      prints a link, for her alone, that works once\n"
      "  urna desk officials --config desk.toml\n"
      "  urna desk revoke --config desk.toml --official REFERENCE\n\n"
      "Exit status: 0 done, 2 usage, 3 malformed, 4 files or databases, 7 conflict.\n"
      "What officials do there, and what is guarded how: docs/desk.md.");

  auto service = std::make_shared<ServiceOptions>();
  CLI::App* serving = command->add_subcommand("serve", "Serve officials' browsers");
  add_service_options(*serving, *service);
  serving->callback([service, &exit_status] { exit_status = serve_desk(*service); });

  const auto task = [&](const char* name, const char* what, int (*work)(const DeskTaskOptions&)) {
    auto options = std::make_shared<DeskTaskOptions>();
    CLI::App* added = command->add_subcommand(name, what);
    add_service_options(*added, *options);
    added->add_flag("--json", options->json, "Machine-readable output");
    added->callback([options, work, &exit_status] { exit_status = work(*options); });
    return std::pair(added, options);
  };
  {
    const auto [added, options] = task("invite", "Invite somebody to register a passkey", invite);
    added->add_option("--name", options->name, "First and last name")->required();
    added->add_option("--role", options->role, "official, administrator or dpo");
  }
  task("officials", "List everybody who was invited", list);
  {
    const auto [added, options] = task("revoke", "Close an account", revoke);
    added->add_option("--official", options->official, "Reference, as `officials` prints it")
        ->required();
  }
}

}  // namespace urna::cmd
