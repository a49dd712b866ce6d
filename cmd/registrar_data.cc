// SPDX-License-Identifier: EUPL-1.2
#include "cmd/registrar_data.h"

#include <array>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/date.h"
#include "base/private_file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/registrar_config.h"
#include "registrar/holding.h"

namespace urna::cmd {
namespace {

struct DataOptions : ServiceOptions {
  OfficeOptions output;
  std::string official, table, out, reason, purpose, recipient;
  std::vector<std::string> fields, keys, accounts;
  bool set = false, release = false;
};

int change(const DataOptions& options) {
  if (options.set == options.release) {
    return fail({ErrorCode::usage, "say either --set or --release"}, options.output.json);
  }
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.output.json);
  if (!opened->registrar) return 0;
  std::vector<proof::SigningKey> keys;
  for (const std::string& path : options.keys) {
    Result<proof::SigningKey> key =
        load_signing_key(path, tally::KeyRole::official, options.output);
    if (!key) return fail(key.error(), options.output.json);
    keys.push_back(*std::move(key));
  }
  if (keys.size() != 2 || options.accounts.size() != 2) {
    return fail({ErrorCode::usage, "two officials must sign: --key and --official twice each"},
                options.output.json);
  }
  const Status done = registrar::change_hold(
      opened->registrar->office(), opened->registrar->manifest().officials, options.set,
      options.reason, {&keys[0], &keys[1]}, {options.accounts[0], options.accounts[1]});
  if (!done) return fail(done.error(), options.output.json);
  return say(options.output,
             options.set ? "legal hold: nothing is deleted but what expires by itself\n"
                         : "the legal hold is released\n",
             {{"held", options.set}});
}

int destroy(const DataOptions& options) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.output.json);
  if (!opened->registrar) return 0;
  const election::Manifest& manifest = opened->registrar->manifest();
  const Result<protection::EditionDates> dates =
      edition_dates(opened->config.retention, manifest.closes);
  if (!dates) return fail(dates.error(), options.output.json);
  const Result<std::uint64_t> rows = registrar::destroy(
      opened->registrar->office(), manifest.officials, *dates, options.table, options.official);
  if (!rows) return fail(rows.error(), options.output.json);
  return say(options.output, fmt::format("{}: {} rows destroyed\n", options.table, *rows),
             {{"table", options.table}, {"rows", *rows}});
}

// A cell of comma-separated values.
std::string cell_of(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

int export_people(const DataOptions& options) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.output.json);
  if (!opened->registrar) return 0;
  registrar::Wanted wanted{{}, options.purpose, options.recipient};
  std::string lines;
  for (const std::string& name : options.fields) {
    const auto field = registrar::person_field(name);
    if (!field) {
      return fail({ErrorCode::usage, "there is no such field", {.field = name}},
                  options.output.json);
    }
    wanted.fields.push_back(*field);
    lines += (lines.empty() ? "" : ",") + name;
  }
  lines += "\n";
  const Result<std::uint64_t> people =
      registrar::export_people(opened->registrar->office(), wanted, options.official,
                               [&](const std::vector<std::string>& values) -> Status {
                                 for (std::size_t i = 0; i < values.size(); ++i)
                                   lines += (i > 0 ? "," : "") + cell_of(values[i]);
                                 lines += "\n";
                                 return ok_status();
                               });
  if (!people) return fail(people.error(), options.output.json);
  const Status put = create_private_file(options.out, lines);
  SecretBytes::wipe(lines);
  if (!put) return fail(put.error(), options.output.json);
  return say(options.output, fmt::format("{}: {} people\n", options.out, *people),
             {{"file", options.out}, {"people", *people}});
}

using SharedDataOptions = std::shared_ptr<DataOptions>;

CLI::App* add(CLI::App& registrar, const char* name, const char* what,
              const SharedDataOptions& options, int (*run)(const DataOptions&), int& exit_status) {
  CLI::App* command = registrar.add_subcommand(name, what);
  add_service_options(*command, *options);
  command->add_flag("--json", options->output.json, "Machine-readable output");
  command->callback([options, run, &exit_status] { exit_status = run(*options); });
  return command;
}

}  // namespace

void add_registrar_data_commands(CLI::App& registrar, int& exit_status) {
  const auto holding = std::make_shared<DataOptions>();
  CLI::App* hold =
      add(registrar, "hold", "Put a legal hold on all data, or release it: two officials", holding,
          change, exit_status);
  hold->add_flag("--set", holding->set, "Nothing is deleted from now on");
  hold->add_flag("--release", holding->release, "Deletion goes on");
  hold->add_option("--reason", holding->reason, "Number of the case or letter")->required();
  hold->add_option("--key", holding->keys, "Key file of an official of the edition; two")
      ->required();
  hold->add_option("--official", holding->accounts, "Their accounts, for the access log; two")
      ->required();
  add_passphrase_option(*hold, holding->output);
  hold->footer(
      "Example:\n  urna registrar hold --set --reason po-12.2026 --key anna.key --key jan.key \\\n"
      "    --official a.nowak --official j.lis --config registrar.toml\n");

  const auto destroying = std::make_shared<DataOptions>();
  CLI::App* gone = add(registrar, "destroy",
                       "Destroy a table whose time is over; refused before, and under a legal hold",
                       destroying, destroy, exit_status);
  gone->add_option("TABLE", destroying->table, "As the register of processing names it")
      ->required();
  gone->add_option("--official", destroying->official, "Account of who does this")->required();
  gone->footer("Exit status: 0 done, 4 there is no such table, 7 refused.\n");

  const auto exporting = std::make_shared<DataOptions>();
  CLI::App* out = add(registrar, "export",
                      "Hand data of everybody to a recipient, for a purpose that they are kept for",
                      exporting, export_people, exit_status);
  out->add_option("--field", exporting->fields, "phone, email, name, address …; several")
      ->required();
  out->add_option("--purpose", exporting->purpose, "As the register of processing names it")
      ->required();
  out->add_option("--recipient", exporting->recipient, "The same")->required();
  out->add_option("--official", exporting->official, "Account of who does this")->required();
  out->add_option("--out", exporting->out, "New file, for its owner alone")->required();
  out->footer(
      "Example:\n  urna registrar export --field phone --purpose notification \\\n"
      "    --recipient sms-gateway --official a.nowak --out phones.csv --config registrar.toml\n\n"
      "Exit status: 0 done, 7 refused: these data are not kept for that.\n");
}

}  // namespace urna::cmd
