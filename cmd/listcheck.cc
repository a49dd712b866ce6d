// SPDX-License-Identifier: EUPL-1.2
#include "cmd/listcheck.h"

#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/keeper_client.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/private_file.h"
#include "cmd/listcheck_office.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/registrar_config.h"
#include "listcheck/result.h"
#include "listcheck/unit_list.h"
#include "pseudonym/blinding.h"
#include "pseudonym/list_check.h"
#include "registrar/list_check.h"

namespace urna::cmd {
namespace {

struct ListCheckOptions : OfficeOptions {
  std::string list;
  std::string identifier = "pesel";
  std::string mandate;
  std::string config;
  std::string record;
  std::string secret;
  std::string request;
  std::string table;
  std::string classes;
  std::string question;
  std::string answer;
  std::string site;
  std::string out;
  std::uint64_t period_hours = 24;
};

template <typename Decode>
auto decode_file(const std::string& path, Decode decode) -> decltype(decode(std::string_view())) {
  const Result<std::string> bytes = read_list_check_file(path);
  if (!bytes) return bytes.error();
  auto decoded = decode(*bytes);
  if (decoded) return decoded;
  Error error = std::move(decoded).error();
  error.place.file = path;
  return error;
}

// ---- The unit

int blind(const ListCheckOptions& options) {
  const Result<protection::Mandate> mandate = read_mandate(options.mandate);
  if (!mandate) return fail(mandate.error(), options.json);
  if (!mandate->list_check) {
    return fail({ErrorCode::conflict, "the mandate speaks of no list check", {options.mandate}},
                options.json);
  }
  const Result<registrar::IdentifierKind> kind =
      registrar::parse_identifier_kind(options.identifier);
  if (!kind) return fail(kind.error(), options.json);
  std::ifstream file(options.list, std::ios::binary);
  if (!file) {
    return fail({ErrorCode::not_found, "the list cannot be read", {options.list}}, options.json);
  }
  const Result<listcheck::UnitList> list =
      listcheck::read_unit_list(file, *kind, date_of(unix_time()), [&](const Error& error) {
        Error placed = error;
        placed.place.file = options.list;
        fmt::print(stderr, "{}\n", placed.to_string());
      });
  if (!list) return fail(list.error(), options.json);
  std::vector<SecretBytes> inputs;
  std::vector<std::string_view> views;
  for (const SecretBytes& identifier : list->identifiers) {
    Result<SecretBytes> input = pseudonym::pseudonym_input(mandate->edition, identifier.view());
    if (!input) return fail(input.error(), options.json);
    inputs.push_back(*std::move(input));
  }
  for (const SecretBytes& input : inputs) views.push_back(input.view());
  const Result<pseudonym::BlindedList> blinded =
      pseudonym::blind_list(views, protection::mandate_hash(*mandate));
  if (!blinded) return fail(blinded.error(), options.json);
  const std::size_t people = pseudonym::set_size(blinded->request.blinded);
  if (people < mandate->list_check->list_least || people > mandate->list_check->list_most) {
    return fail({ErrorCode::conflict,
                 fmt::format("the list has {} people, the mandate is for {} to {}", people,
                             mandate->list_check->list_least, mandate->list_check->list_most)},
                options.json);
  }
  const SecretBytes secret = encode(blinded->secret);
  if (Status made = create_private_file(options.secret, secret.view()); !made) {
    return fail(made.error(), options.json);
  }
  if (Status put = write_file_atomically(options.out, encode(blinded->request)); !put) {
    return fail(put.error(), options.json);
  }
  return say(options,
             fmt::format("{}: {} people, blinded, for the register office; {} rows refused\n{}: "
                         "stays here until the answer\n",
                         options.out, people, list->bad, options.secret),
             {{"people", people}, {"bad", list->bad}}, list->bad == 0 ? 0 : 1);
}

int answer(const ListCheckOptions& options) {
  const auto secret = decode_file(options.secret, pseudonym::decode_list_secret);
  if (!secret) return fail(secret.error(), options.json);
  const Result<std::string> classes = read_list_check_file(options.classes);
  if (!classes) return fail(classes.error(), options.json);
  const Result<RecordOfVotes> record = read_votes(options.record);
  if (!record) return fail(record.error(), options.json);
  const Result<pseudonym::ListAnswer> made =
      pseudonym::answer_classes(*secret, *classes, listcheck::people_least, record->entitled);
  if (!made) return fail(made.error(), options.json);
  if (Status put = write_file_atomically(options.out, encode(*made)); !put) {
    return fail(put.error(), options.json);
  }
  // A second answer, to other classes, would tell more than one may.
  if (Status gone = erase_private_file(options.secret); !gone) {
    return fail(gone.error(), options.json);
  }
  return say(options,
             fmt::format("{}: {} classes, for the checker; {} is gone\n", options.out,
                         made->classes.size(), options.secret),
             {{"classes", made->classes.size()}});
}

int leaflet(const ListCheckOptions& options) {
  const Result<protection::Mandate> mandate = read_mandate(options.mandate);
  if (!mandate) return fail(mandate.error(), options.json);
  if (Status put = write_file_atomically(options.out,
                                         listcheck::leaflet(mandate->inspected.name, options.site));
      !put) {
    return fail(put.error(), options.json);
  }
  return say(options, fmt::format("{}: for everybody on the list\n", options.out),
             {{"file", options.out}});
}

// ---- The checker

Result<ListCheckOffice> open_checker(const ListCheckOptions& options) {
  const Result<ListCheckConfig> config = load_list_check_config(options.config);
  if (!config) return config.error();
  return ListCheckOffice::open(*config);
}

int ask(const ListCheckOptions& options) {
  const Result<ListCheckOffice> office = open_checker(options);
  if (!office) return fail(office.error(), options.json);
  const auto table = decode_file(options.table, pseudonym::decode_list_table);
  if (!table) return fail(table.error(), options.json);
  const Result<protection::Mandate> mandate = office->admit(
      options.mandate, "checker", "ask", pseudonym::set_size(table->list), table->mandate);
  if (!mandate) return fail(mandate.error(), options.json);
  const Result<RecordOfVotes> record = read_votes(options.record);
  if (!record) return fail(record.error(), options.json);
  if (pseudonym::set_size(table->pseudonyms) != record->entitled) {
    return fail({ErrorCode::conflict,
                 fmt::format("the table has {} people, the public roll {}",
                             pseudonym::set_size(table->pseudonyms), record->entitled),
                 {options.table},
                 "ask the register office for a table of the whole roll"},
                options.json);
  }
  const Result<listcheck::Asked> asked =
      listcheck::make_question(*table, record->votes, options.period_hours, record->opened_hour);
  if (!asked) return fail(asked.error(), options.json);
  if (Status put = write_file_atomically(options.question, encode(asked->question)); !put) {
    return fail(put.error(), options.json);
  }
  if (Status put = write_file_atomically(options.out, encode(asked->classes)); !put) {
    return fail(put.error(), options.json);
  }
  return say(options,
             fmt::format("{}: {} people in {} classes, for the unit\n", options.out,
                         record->entitled, asked->classes.classes.size()),
             {{"roll", record->entitled},
              {"voted", record->votes.size()},
              {"classes", asked->classes.classes.size()}});
}

int result(const ListCheckOptions& options) {
  const Result<ListCheckOffice> office = open_checker(options);
  if (!office) return fail(office.error(), options.json);
  const auto table = decode_file(options.table, pseudonym::decode_list_table);
  if (!table) return fail(table.error(), options.json);
  const Result<std::string> classes = read_list_check_file(options.classes);
  if (!classes) return fail(classes.error(), options.json);
  const auto question = decode_file(options.question, listcheck::decode_question);
  if (!question) return fail(question.error(), options.json);
  const auto given = decode_file(options.answer, pseudonym::decode_list_answer);
  if (!given) return fail(given.error(), options.json);
  const std::size_t list = pseudonym::set_size(table->list);
  const Result<protection::Mandate> mandate =
      office->admit(options.mandate, "checker", "count", list, table->mandate);
  if (!mandate) return fail(mandate.error(), options.json);
  const auto matches = pseudonym::count_matches(*table, *classes, *given);
  if (!matches) return fail(matches.error(), options.json);
  const Result<listcheck::ListResult> made = listcheck::make_result(*question, *matches, list);
  if (!made) return fail(made.error(), options.json);
  const std::string json =
      listcheck::to_json(*made, mandate->inspected.name,
                         to_hex(view_of(protection::mandate_hash(*mandate))), unix_time());
  if (Status put = write_file_atomically(options.out, json); !put) {
    return fail(put.error(), options.json);
  }
  // Nothing is counted twice.
  if (Status gone = erase_private_file(options.table); !gone) {
    return fail(gone.error(), options.json);
  }
  return say(options,
             fmt::format("{}\n{}\n{}: the result; {} is gone\n", listcheck::sentence(*made, true),
                         listcheck::sentence(*made, false), options.out, options.table),
             boost::json::parse(json).as_object());
}

// ---- The register office

struct TableOptions : ServiceOptions {
  std::string check;
  std::string request;
  std::string mandate;
  std::string official;
  std::string out;
  bool json = false;
};

int make_table(const TableOptions& options) {
  OfficeOptions output;
  output.json = options.json;
  Result<OpenedOffice> opening = open_office(options);
  if (!opening) return fail(opening.error(), options.json);
  if (!opening->registrar) return 0;
  const RegistrarConfig& config = opening->config;
  const Result<ListCheckConfig> check = load_list_check_config(options.check);
  if (!check) return fail(check.error(), options.json);
  const Result<ListCheckOffice> office = ListCheckOffice::open(*check);
  if (!office) return fail(office.error(), options.json);
  const auto request = decode_file(options.request, pseudonym::decode_list_request);
  if (!request) return fail(request.error(), options.json);
  const Result<protection::Mandate> mandate =
      office->admit(options.mandate, "register-office", "evaluate",
                    pseudonym::set_size(request->blinded), request->mandate);
  if (!mandate) return fail(mandate.error(), options.json);

  const Result<std::string> group_file =
      read_file(config.keeper_group, pseudonym::keeper_group_bytes_max);
  if (!group_file) return fail(group_file.error(), options.json);
  Result<pseudonym::KeeperGroup> group = pseudonym::KeeperGroup::decode(*group_file);
  if (!group) return fail(group.error(), options.json);
  std::vector<api::KeeperAddress> keepers;
  for (const RegistrarConfig::Keeper& keeper : config.keepers) {
    Result<std::string> token = read_token(keeper.token_file);
    if (!token) return fail(token.error(), options.json);
    keepers.push_back({keeper.url, *std::move(token)});
  }
  const auto evaluator =
      api::list_check_client(*std::move(group), std::move(keepers), encode(*mandate));
  const Result<pseudonym::ListTable> table = registrar::make_list_table(
      opening->registrar->office(), options.official, opening->registrar->manifest().edition,
      *mandate, *request, *evaluator);
  if (!table) return fail(table.error(), options.json);
  if (Status made = create_private_file(options.out, encode(*table)); !made) {
    return fail(made.error(), options.json);
  }
  return say(output,
             fmt::format("{}: {} people of the roll and {} of the list, for the checker alone\n",
                         options.out, pseudonym::set_size(table->pseudonyms),
                         pseudonym::set_size(table->list)),
             {{"roll", pseudonym::set_size(table->pseudonyms)},
              {"list", pseudonym::set_size(table->list)}});
}

}  // namespace

void add_listcheck_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "listcheck",
      "How many of a unit's people were voted for, without showing the list or anybody on it");
  command->require_subcommand(1);
  command->footer(
      "In order, under a mandate of both controllers (`urna mandate`):\n"
      "  unit            urna listcheck blind staff.csv --mandate m.cbor --secret unit.secret "
      "--out request.cbor\n"
      "  register office urna registrar list-check --request request.cbor --mandate m.cbor --check "
      "listcheck.toml\n"
      "                    --config registrar.toml --official a.nowak --out table.cbor\n"
      "  checker         urna listcheck ask --table table.cbor --mandate m.cbor --config "
      "listcheck.toml\n"
      "                    --record URL --question question.cbor --out classes.cbor\n"
      "  unit            urna listcheck answer --classes classes.cbor --secret unit.secret "
      "--record URL --out answer.cbor\n"
      "  checker         urna listcheck result --table table.cbor --classes classes.cbor "
      "--question question.cbor\n"
      "                    --answer answer.cbor --mandate m.cbor --config listcheck.toml --out "
      "result.json\n"
      "  unit            urna listcheck leaflet --mandate m.cbor --site URL --out leaflet.txt\n\n"
      "Exit status: 0 done, 1 rows of the list were refused, 2 usage, 3 malformed, 4 files or\n"
      "services, 7 outside the mandate or in conflict. docs/listcheck.md tells who sees what.");
  const auto add = [&](const char* name, const char* what, int (*run)(const ListCheckOptions&)) {
    auto options = std::make_shared<ListCheckOptions>();
    CLI::App* added = command->add_subcommand(name, what);
    added->callback([options, run, &exit_status] { exit_status = run(*options); });
    add_office_options(*added, *options);
    added->add_option("--out", options->out, "File to write")->required();
    return std::pair(added, options);
  };
  const auto need = [](CLI::App* added, const char* name, std::string& value, const char* what) {
    added->add_option(name, value, what)->required();
  };
  {
    auto [added, options] = add("blind", "Unit: blind the list", blind);
    added->add_option("list", options->list, "CSV file with the columns of docs/registrar.md")
        ->required();
    added->add_option("--identifier", options->identifier, "As in the resolution")
        ->check(CLI::IsMember({"pesel", "name_birth_address", "resident_card", "passport"}))
        ->capture_default_str();
    need(added, "--mandate", options->mandate, "The mandate");
    need(added, "--secret", options->secret, "New file for the secret, which stays here");
  }
  {
    auto [added, options] = add("ask", "Checker: put the roll into classes", ask);
    need(added, "--table", options->table, "What the register office made");
    added->add_option("--mandate", options->mandate, "The mandate");
    need(added, "--config", options->config, "Both logs and controllers");
    need(added, "--record", options->record, "Folder or address of the public record");
    need(added, "--question", options->question, "File for what the classes are");
    added->add_option("--period-hours", options->period_hours, "Length of a stretch of time")
        ->check(CLI::Range(1, 24 * 366))
        ->capture_default_str();
  }
  {
    auto [added, options] = add("answer", "Unit: blind the classes, and forget the secret", answer);
    need(added, "--classes", options->classes, "What the checker made");
    need(added, "--secret", options->secret, "The secret; it is gone afterwards");
    need(added, "--record", options->record, "Folder or address of the public record");
  }
  {
    auto [added, options] = add("result", "Checker: count, and tell what may be told", result);
    need(added, "--table", options->table, "What the register office made; it is gone afterwards");
    need(added, "--classes", options->classes, "What the unit was asked");
    need(added, "--question", options->question, "What the classes are");
    need(added, "--answer", options->answer, "What the unit answered");
    added->add_option("--mandate", options->mandate, "The mandate");
    need(added, "--config", options->config, "Both logs and controllers");
  }
  {
    auto [added, options] = add("leaflet", "Unit: what everybody on the list is given", leaflet);
    need(added, "--mandate", options->mandate, "The mandate");
    need(added, "--site", options->site, "Address of the voters' pages");
  }
}

void add_registrar_list_check_command(CLI::App& registrar, int& exit_status) {
  auto options = std::make_shared<TableOptions>();
  CLI::App* command = registrar.add_subcommand(
      "list-check", "The register office's step of a blinded list check: a table for the checker");
  add_service_options(*command, *options);
  command->add_option("--check", options->check, "Configuration of both logs and controllers")
      ->required();
  command->add_option("--request", options->request, "The unit's blinded list")->required();
  command->add_option("--mandate", options->mandate, "The mandate");
  command->add_option("--official", options->official, "Account of who does this, for the log")
      ->required();
  command->add_option("--out", options->out, "New file, for the checker alone")->required();
  command->add_flag("--json", options->json, "Machine-readable output");
  command->footer("See `urna listcheck --help`.");
  command->callback([options, &exit_status] { exit_status = make_table(*options); });
}

}  // namespace urna::cmd
