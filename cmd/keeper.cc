// SPDX-License-Identifier: EUPL-1.2
#include "cmd/keeper.h"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/data_protection.h"
#include "api/keeper_api.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "cmd/keeper_ceremony.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/service.h"
#include "cmd/stores.h"
#include "keeper/keeper.h"
#include "pseudonym/ceremony.h"

namespace urna::cmd {
namespace {

struct AllowedLimit {
  std::string caller;
  std::string token_hash;  // 64 hexadecimal digits
  std::string purpose;
  std::int64_t elements = 0;
  std::int64_t period_seconds = 0;
};

struct TrustedMandates {
  std::string inspecting;  // 64 hexadecimal digits
  std::string inspected;
};

struct KeeperConfig {
  server::ServerConfig http;
  std::string store;
  std::string edition;
  std::string group;
  std::string share;
  std::string certificate;
  std::int64_t alarm_refusals = 30;
  std::uint32_t evaluations_per_minute = 6'000;
  protection::Controller controller;
  RetentionConfig retention;
  std::vector<AllowedLimit> allow;
  std::vector<TrustedMandates> mandates;
};

void add_keys(server::ConfigKeys& keys, KeeperConfig& config) {
  using server::Required;
  server::add_server_keys(keys, config.http);
  keys.add("store", config.store, store_help, Required::yes);
  keys.add("edition", config.edition, "name of the edition, as in its manifest", Required::yes);
  keys.add("group", config.group, "file with the public keys of all keepers", Required::yes);
  keys.add("share", config.share, "file with this keeper's share", Required::yes);
  keys.add("certificate", config.certificate,
           "where the certificate of the share's destruction goes", Required::yes);
  keys.add("alarm_refusals", config.alarm_refusals, "refusals in a minute beyond which is an alarm",
           1);
  keys.add("limits.evaluations_per_minute", config.evaluations_per_minute,
           "requests from one network", 1, 1'000'000);
  api::add_controller_keys(keys, config.controller);
  add_retention_keys(keys, config.retention);
  keys.add_tables<AllowedLimit>(
      "allow", "who may ask for what and how much; several limits of one caller all hold",
      config.allow, [](AllowedLimit& row, server::ConfigKeys& bound) {
        bound.add("caller", row.caller, "name of the service: a-z, 0-9 and -", Required::yes);
        bound.add("token_hash", row.token_hash,
                  "hash of its token, as `urna keeper token` prints it", Required::yes);
        bound.add("purpose", row.purpose, "roll-import, certification, list-check or case",
                  Required::yes);
        bound.add("elements", row.elements, "how many", 1, 1'000'000'000'000, Required::yes);
        bound.add("period_seconds", row.period_seconds, "in how long; 0: in all", 0);
      });
  keys.add_tables<TrustedMandates>(
      "mandates", "two controllers whose mandates for list checks are accepted", config.mandates,
      [](TrustedMandates& row, server::ConfigKeys& bound) {
        bound.add("inspecting", row.inspecting, "public key of the inspecting controller",
                  Required::yes);
        bound.add("inspected", row.inspected, "public key of the inspected controller",
                  Required::yes);
      });
}

Result<std::vector<protection::MandateTrust>> trust_of(const std::vector<TrustedMandates>& rows) {
  std::vector<protection::MandateTrust> trust;
  for (const TrustedMandates& row : rows) {
    const Result<std::string> inspecting = from_hex(row.inspecting);
    const Result<std::string> inspected = from_hex(row.inspected);
    if (!inspecting || inspecting->size() != 32 || !inspected || inspected->size() != 32) {
      return Error{ErrorCode::usage,
                   "a controller's key is not 64 hexadecimal digits",
                   {{}, 0, 0, "mandates"},
                   "give what `urna edition keygen --role official` printed"};
    }
    trust.push_back({array_of<32>(*inspecting), array_of<32>(*inspected), {}});
  }
  return trust;
}

Result<std::vector<keeper::Caller>> callers_of(const std::vector<AllowedLimit>& rows) {
  std::vector<keeper::Caller> callers;
  for (const AllowedLimit& row : rows) {
    const Result<std::string> hash = from_hex(row.token_hash);
    if (!hash || hash->size() != sizeof(Sha256Digest)) {
      return Error{ErrorCode::usage,
                   "the token's hash is not 64 hexadecimal digits",
                   {{}, 0, 0, "allow.token_hash"},
                   "make a token with `urna keeper token`"};
    }
    const Result<pseudonym::Purpose> purpose = pseudonym::parse_purpose(row.purpose);
    if (!purpose) return purpose.error();
    auto caller = std::ranges::find(callers, row.caller, &keeper::Caller::name);
    if (caller == callers.end()) {
      callers.push_back({row.caller, array_of<32>(*hash), {}});
      caller = callers.end() - 1;
    } else if (caller->token_hash != array_of<32>(*hash)) {
      return Error{ErrorCode::usage,
                   "one caller has two tokens",
                   {{}, 0, 0, "allow.token_hash"},
                   "give every limit of " + row.caller + " the same"};
    }
    auto allowance = std::ranges::find(caller->allowed, *purpose, &keeper::Allowance::purpose);
    if (allowance == caller->allowed.end()) {
      caller->allowed.push_back({*purpose, {}});
      allowance = caller->allowed.end() - 1;
    }
    allowance->limits.push_back(
        {static_cast<std::uint64_t>(row.elements), static_cast<std::uint64_t>(row.period_seconds)});
  }
  return callers;
}

struct OpenedKeeper {
  std::unique_ptr<keeper::KeeperStore> store;
  std::unique_ptr<keeper::Keeper> keeper;
};

Result<OpenedKeeper> open_keeper(const KeeperConfig& config) {
  Result<std::vector<keeper::Caller>> callers = callers_of(config.allow);
  if (!callers) return std::move(callers).error();
  const Result<std::string> group_file = read_file(config.group, pseudonym::keeper_group_bytes_max);
  if (!group_file) return group_file.error();
  Result<pseudonym::KeeperGroup> group = pseudonym::KeeperGroup::decode(*group_file);
  if (!group) {
    Error error = std::move(group).error();
    error.place.file = config.group;
    return error;
  }
  Result<std::unique_ptr<keeper::KeeperStore>> store = open_keeper_store(config.store);
  if (!store) return std::move(store).error();
  keeper::KeeperConfig settings;
  settings.edition = config.edition;
  settings.share_path = config.share;
  settings.certificate_path = config.certificate;
  settings.callers = std::move(*callers);
  Result<std::vector<protection::MandateTrust>> trust = trust_of(config.mandates);
  if (!trust) return std::move(trust).error();
  settings.mandates = std::move(*trust);
  settings.alarm_refusals = static_cast<std::uint64_t>(config.alarm_refusals);
  settings.clock = unix_time;
  Result<std::unique_ptr<keeper::Keeper>> opened =
      keeper::Keeper::open(std::move(settings), std::move(*group), **store);
  if (!opened) return std::move(opened).error();
  return OpenedKeeper{std::move(*store), std::move(*opened)};
}

int serve_keeper(const ServiceOptions& options) {
  KeeperConfig config;
  server::ConfigKeys keys("keeper");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  const Result<protection::EditionDates> dates = edition_dates(config.retention);
  if (!dates) return fail(dates.error(), false);
  Result<OpenedKeeper> opened = open_keeper(config);
  if (!opened) return fail(opened.error(), false);
  keeper::Keeper& keeper = *opened->keeper;

  server::Metrics metrics;
  server::Router router;
  Status added = api::add_keeper_routes(router, keeper);
  if (added) {
    added = api::add_data_protection_routes(router, protection::DataSet::keeper, config.controller,
                                            "evaluations");
  }
  if (added) {
    added = server::add_health_routes(router, metrics,
                                      [&keeper] { return !keeper.metrics().destroyed; });
  }
  if (!added) return fail(added.error(), false);
  api::add_keeper_metrics(metrics, keeper);
  config.http.handle_signals = true;
  config.http.rates = {per_minute("evaluations", config.evaluations_per_minute)};
  const server::Log log = server::Log::to_stderr(server::LogLevel::info);
  const auto deleting =
      delete_every_minute([&, dates = *dates] { return keeper.delete_what_is_due(dates); }, log);
  const Status ran = run_service(config.http, std::move(router), metrics, log, options);
  return ran ? 0 : fail(ran.error(), false);
}

struct DestroyOptions : ServiceOptions {
  std::vector<std::string> by;
};

int destroy(const DestroyOptions& options) {
  KeeperConfig config;
  server::ConfigKeys keys("keeper");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  Result<OpenedKeeper> opened = open_keeper(config);
  if (!opened) return fail(opened.error(), false);
  const Result<std::string> certificate = opened->keeper->destroy(options.by);
  if (!certificate) return fail(certificate.error(), false);
  fmt::print("the share is destroyed; its certificate is {}\n", config.certificate);
  return 0;
}

struct TogetherOptions {
  std::string out;
  std::uint32_t threshold = 2;
  std::uint32_t keepers = 2;
};

int make_together(const TogetherOptions& options) {
  const Result<pseudonym::KeepersTogether> made =
      pseudonym::make_keepers_together(options.threshold, options.keepers);
  if (!made) return fail(made.error(), false);
  if (Status folder = make_private_folder(options.out); !folder) {
    return fail(folder.error(), false);
  }
  Status written = write_file_atomically(options.out + "/keepers.cbor", made->group.encode());
  for (const pseudonym::KeyShare& share : made->shares) {
    if (!written) break;
    const SecretBytes bytes = share.encode(made->group);
    written = create_private_file(fmt::format("{}/share-{}.key", options.out, share.keeper().value),
                                  bytes.view());
  }
  if (!written) return fail(written.error(), false);
  fmt::print("{}: keepers.cbor and {} shares\n", options.out, made->shares.size());
  return 0;
}

int make_token(const std::string& path) {
  const SecretBytes token = keeper::make_token();
  if (Status written = create_private_file(path, std::string(token.view()) + "\n"); !written) {
    return fail(written.error(), false);
  }
  fmt::print("{}\n", to_hex(view_of(keeper::hash_token(token.view()))));
  return 0;
}

}  // namespace

void add_keeper_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "keeper", "A share of the key that turns identifiers into pseudonyms: serve, make, destroy");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  urna keeper ceremony --help                                  how keepers make their key\n"
      "  urna keeper together --out keys/ --threshold 2 --keepers 2   for demonstrations\n"
      "  urna keeper token --out registrar.token                      prints the token's hash\n"
      "  urna keeper serve --print-config                             every key\n"
      "  urna keeper serve --config keeper.toml                       until SIGTERM or Ctrl-C\n"
      "  urna keeper destroy --config keeper.toml --by \"A. Nowak\"     after the protests\n\n"
      "How keepers make their key so that nobody ever has it: docs/pseudonyms.md.");

  auto service = std::make_shared<ServiceOptions>();
  CLI::App* serving = command->add_subcommand("serve", "Answer those who may ask");
  add_service_options(*serving, *service);
  serving->callback([service, &exit_status] { exit_status = serve_keeper(*service); });

  auto end = std::make_shared<DestroyOptions>();
  CLI::App* destroying = command->add_subcommand(
      "destroy", "Destroy the share for ever and certify it; stop the service first");
  add_service_options(*destroying, *end);
  destroying->add_option("--by", end->by, "Who destroys it; several")->required();
  destroying->callback([end, &exit_status] { exit_status = destroy(*end); });

  auto together = std::make_shared<TogetherOptions>();
  CLI::App* making = command->add_subcommand(
      "together", "Make all shares on this computer, which then sees them all: not for elections");
  making->add_option("--out", together->out, "New folder")->required();
  making->add_option("--threshold", together->threshold, "How many must answer");
  making->add_option("--keepers", together->keepers, "How many there are");
  making->callback([together, &exit_status] { exit_status = make_together(*together); });

  add_keeper_ceremony(*command, exit_status);

  auto path = std::make_shared<std::string>();
  CLI::App* token = command->add_subcommand(
      "token",
      "Make a token for a caller: the file is the caller's, the printed hash the keeper's");
  token->add_option("--out", *path, "New file")->required();
  token->callback([path, &exit_status] { exit_status = make_token(*path); });
}

}  // namespace urna::cmd
