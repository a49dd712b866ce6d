// SPDX-License-Identifier: EUPL-1.2
#include "cmd/inspection.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/data_protection.h"
#include "api/inspection_api.h"
#include "base/bytes.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/service.h"
#include "cmd/stores.h"
#include "inspection/inspecting.h"
#include "inspection/tables.h"

namespace urna::cmd {
namespace {

struct DataRow {
  std::string set;
  std::string file;
  std::vector<std::string> fields;
  std::string date_field = "date";
};

struct InspectionConfig {
  server::ServerConfig http;
  std::string store;
  std::string edition;
  std::string log_key;
  std::string passphrase_file;
  std::string inspecting;  // 64 hexadecimal digits
  std::string inspected;
  std::string token_file;
  std::string second_url;
  std::string second_token_file;
  std::uint32_t requests_per_minute = 600;
  protection::Controller controller;
  RetentionConfig retention;
  std::vector<DataRow> data;
};

void add_keys(server::ConfigKeys& keys, InspectionConfig& config) {
  using server::Required;
  server::add_server_keys(keys, config.http);
  keys.add("store", config.store, store_help, Required::yes);
  keys.add("edition", config.edition, "name of the edition, as in its manifest", Required::yes);
  keys.add("log_key", config.log_key, "the log's key, made by `urna edition keygen --role board`",
           Required::yes);
  keys.add("passphrase_file", config.passphrase_file, "file with the key's passphrase, if sealed");
  keys.add("inspecting", config.inspecting, "public key of the inspecting controller",
           Required::yes);
  keys.add("inspected", config.inspected, "public key of the inspected controller", Required::yes);
  keys.add("token_file", config.token_file,
           "file with the token with which the other controller appends to this log",
           Required::yes);
  keys.add("second.url", config.second_url, "address of the other controller's inspection service",
           Required::yes);
  keys.add("second.token_file", config.second_token_file, "file with the token of that service",
           Required::yes);
  keys.add("limits.requests_per_minute", config.requests_per_minute, "requests from one network", 1,
           1'000'000);
  api::add_controller_keys(keys, config.controller);
  add_retention_keys(keys, config.retention);
  keys.add_tables<DataRow>(
      "data", "data sets of this controller that a mandate may open", config.data,
      [](DataRow& row, server::ConfigKeys& bound) {
        bound.add("set", row.set, "its name: a-z, 0-9, _ and -", Required::yes);
        bound.add("file", row.file, "file of comma-separated values with a header", Required::yes);
        bound.add("fields", row.fields, "columns that may be asked for at all", Required::yes);
        bound.add("date_field", row.date_field, "column with the day that a row is of");
      });
}

Result<inspection::InspectionConfig> settings_of(const InspectionConfig& config) {
  const Result<std::string> inspecting = from_hex(config.inspecting);
  const Result<std::string> inspected = from_hex(config.inspected);
  if (!inspecting || inspecting->size() != 32 || !inspected || inspected->size() != 32) {
    return Error{ErrorCode::usage,
                 "a controller's key is not 64 hexadecimal digits",
                 {},
                 "give what `urna edition keygen --role official` printed"};
  }
  inspection::InspectionConfig settings;
  settings.trust = {array_of<32>(*inspecting), array_of<32>(*inspected), config.edition};
  for (const DataRow& row : config.data) {
    if (!protection::is_scope_name(row.set) ||
        !std::ranges::all_of(row.fields, protection::is_scope_name)) {
      return Error{
          ErrorCode::usage, "a data set or field has a name of another form", {.field = "data"}};
    }
    settings.data.push_back({row.set, row.file, row.fields, row.date_field});
  }
  settings.clock = unix_time;
  return settings;
}

int serve_inspection(const ServiceOptions& options) {
  InspectionConfig config;
  server::ConfigKeys keys("inspection");
  add_keys(keys, config);
  const Result<bool> loaded = load_config(keys, options);
  if (!loaded) return fail(loaded.error(), false);
  if (!*loaded) return 0;
  const Result<protection::EditionDates> dates = edition_dates(config.retention);
  if (!dates) return fail(dates.error(), false);
  Result<inspection::InspectionConfig> settings = settings_of(config);
  if (!settings) return fail(settings.error(), false);
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  const Result<board::LogSecretKey> log_key = load_log_key(config.log_key, office);
  if (!log_key) return fail(log_key.error(), false);
  const Result<std::string> token = read_token(config.token_file);
  if (!token) return fail(token.error(), false);
  const Result<std::string> second_token = read_token(config.second_token_file);
  if (!second_token) return fail(second_token.error(), false);
  const auto store = open_inspection_store(config.store);
  if (!store) return fail(store.error(), false);
  const auto second = api::second_log_client(config.second_url, *second_token);
  inspection::Inspection inspection(*std::move(settings), **store, *second, *log_key);

  server::Metrics metrics;
  server::Router router;
  Status added = api::add_inspection_routes(router, inspection, **store, *token);
  if (added) {
    added = api::add_data_protection_routes(router, protection::DataSet::inspection,
                                            config.controller, "inspections");
  }
  if (added) added = server::add_health_routes(router, metrics, [] { return true; });
  if (!added) return fail(added.error(), false);
  config.http.handle_signals = true;
  config.http.rates = {per_minute("inspections", config.requests_per_minute)};
  const server::Log log = server::Log::to_stderr(server::LogLevel::info);
  const auto deleting = delete_every_minute(
      [&, dates = *dates] {
        return protection::delete_due(
            inspection::tables, dates, unix_time(), [&](const protection::Deletion& deletion) {
              Result<std::uint64_t> gone = std::uint64_t{0};
              const Status done =
                  (*store)->transact([&](inspection::InspectionTransaction& transaction) -> Status {
                    gone = transaction.apply(deletion);
                    return gone ? ok_status() : Status(gone.error());
                  });
              return done ? gone : Result<std::uint64_t>(done.error());
            });
      },
      log);
  const Status ran = run_service(config.http, std::move(router), metrics, log, options);
  return ran ? 0 : fail(ran.error(), false);
}

}  // namespace

void add_inspection_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "inspection", "Data that another controller may look at under a mandate: serve");
  command->require_subcommand(1);
  command->footer(
      "Each of two controllers runs one; the inspected one's has data sets. Nothing is handed out\n"
      "but within a mandate that both signed, and only once both logs have it.\n\n"
      "Examples:\n"
      "  urna inspection serve --print-config\n"
      "  urna inspection serve --config inspection.toml     until SIGTERM or Ctrl-C\n\n"
      "docs/listcheck.md tells of mandates, docs/operations.md how to set it up.");
  auto options = std::make_shared<ServiceOptions>();
  CLI::App* serving = command->add_subcommand("serve", "Answer inspectors, and keep the log");
  add_service_options(*serving, *options);
  serving->callback([options, &exit_status] { exit_status = serve_inspection(*options); });
}

}  // namespace urna::cmd
