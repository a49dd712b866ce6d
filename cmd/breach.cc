// SPDX-License-Identifier: EUPL-1.2
#include "cmd/breach.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/file.h"
#include "base/private_file.h"
#include "breach/desk.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "screening/files.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;

constexpr std::size_t log_bytes_max = std::size_t{64} << 20U;

struct BreachOptions : OfficeOptions {
  std::string log, key, public_key, by;
  std::string name, item, text, controller, reason, out, clocks, items;
  std::vector<std::string> controllers;
  bool complete = false;
};

// What the law asks for, built in or the city's own.
struct Law {
  breach::Items items;
  std::optional<cases::Clocks> own;
  [[nodiscard]] const cases::Clocks& clocks() const {
    return own ? *own : cases::Clocks::standard();
  }
};

Result<Law> read_law(const BreachOptions& options) {
  std::string text(breach::Items::standard_text());
  if (!options.items.empty()) {
    Result<std::string> given = read_file(options.items, cases::clocks_bytes_max);
    if (!given) return std::move(given).error();
    text = *std::move(given);
  }
  Result<breach::Items> items = breach::Items::parse(text);
  if (!items) return std::move(items).error();
  Law law{*std::move(items), std::nullopt};
  if (!options.clocks.empty()) {
    const Result<std::string> given = read_file(options.clocks, cases::clocks_bytes_max);
    if (!given) return given.error();
    Result<cases::Clocks> clocks = cases::Clocks::parse(*given);
    if (!clocks) return std::move(clocks).error();
    law.own = *std::move(clocks);
  }
  return law;
}

Result<breach::Log> read_log(const BreachOptions& options, const board::LogKey& key) {
  const Result<std::string> bytes = read_file(options.log, log_bytes_max);
  if (!bytes) return bytes.error();
  Result<breach::Log> log = breach::Log::read(*bytes, key);
  if (log) return log;
  Error error = std::move(log).error();
  error.place.file = options.log;
  return error;
}

int say_incident(const BreachOptions& options, const breach::Log& log, const Law& law) {
  const Result<breach::Incident> incident = breach::incident_of(log, law.items, law.clocks());
  if (!incident) return fail(incident.error(), options.json);
  std::string text =
      fmt::format("{}: known since {}; notifications are late from {}\n", incident->name,
                  to_iso_moment(incident->aware), to_iso_moment(incident->due));
  json::array filings;
  for (const breach::Incident::Filing& one : incident->filings) {
    text += fmt::format("{}: {} filed {}{}\n", one.controller, to_string(one.stage),
                        to_iso_moment(one.time), one.late ? ", late: " + one.reason : "");
    filings.push_back({{"controller", one.controller},
                       {"stage", to_string(one.stage)},
                       {"time", to_iso_moment(one.time)},
                       {"late", one.late},
                       {"reason", one.reason}});
  }
  for (const std::string& one : incident->not_filed()) text += one + ": nothing filed yet\n";
  const std::vector<std::string> missing = incident->missing(law.items, false);
  for (const std::string& one : missing) text += "missing: " + one + "\n";
  return say(options, text,
             {{"name", incident->name},
              {"aware", to_iso_moment(incident->aware)},
              {"due", to_iso_moment(incident->due)},
              {"rows", log.entries().size()},
              {"filings", std::move(filings)},
              {"not_filed", to_json(incident->not_filed())},
              {"missing", to_json(missing)},
              {"letters", to_json(incident->letters)}});
}

// Reads the log, lets something be appended to it, and keeps it.
template <typename Work>
int change(const BreachOptions& options, bool fresh, const Work& work) {
  const Result<Law> law = read_law(options);
  if (!law) return fail(law.error(), options.json);
  const Result<board::LogSecretKey> key = load_log_key(options.key, options);
  if (!key) return fail(key.error(), options.json);
  breach::Log log;
  if (!fresh) {
    Result<breach::Log> read = read_log(options, key->verifier_key());
    if (!read) return fail(read.error(), options.json);
    log = *std::move(read);
  }
  if (Status done = work(log, *law, *key); !done) return fail(done.error(), options.json);
  const Status kept = fresh ? create_private_file(options.log, log.bytes())
                            : write_file_atomically(options.log, log.bytes());
  if (!kept) return fail(kept.error(), options.json);
  return say_incident(options, log, *law);
}

int open_incident(const BreachOptions& options) {
  return change(options, true, [&](breach::Log& log, const Law&, const board::LogSecretKey& key) {
    if (Status good = screening::refuse_personal_data("name", options.name); !good) return good;
    return breach::open(log, options.name, options.controllers, options.by, unix_time(), key);
  });
}

int add(const BreachOptions& options) {
  return change(
      options, false,
      [&](breach::Log& log, const Law& law, const board::LogSecretKey& key) -> Status {
        // A notification tells of people by their numbers; the officer's telephone is
        // meant to be told.
        std::vector<screening::Finding> found = screening::screen_text("text", options.text, {});
        if (options.item == "contact") {
          std::erase_if(found, [](const screening::Finding& one) {
            return one.kind == screening::Kind::phone || one.kind == screening::Kind::email;
          });
        }
        if (Status good = screening::refuse("text", found); !good) return good;
        return breach::add_item(log, law.items, options.item, options.text, options.by, unix_time(),
                                key);
      });
}

int file(const BreachOptions& options) {
  return change(
      options, false, [&](breach::Log& log, const Law& law, const board::LogSecretKey& key) {
        const auto stage = options.complete ? breach::Stage::complete : breach::Stage::initial;
        return breach::file(log, law.items, law.clocks(), options.controller, stage, options.reason,
                            options.by, unix_time(), key);
      });
}

int letter(const BreachOptions& options) {
  return change(options, false,
                [&](breach::Log& log, const Law& law, const board::LogSecretKey& key) -> Status {
                  const Result<breach::Letter> made =
                      breach::write_letter(log, law.items, law.clocks(), options.controller,
                                           options.by, unix_time(), key);
                  if (!made) return made.error();
                  return write_file_atomically(options.out, made->pl + "\n" + made->en);
                });
}

int verify(const BreachOptions& options) {
  const Result<Law> law = read_law(options);
  if (!law) return fail(law.error(), options.json);
  const Result<board::LogKey> key = board::LogKey::parse(options.public_key);
  if (!key) return fail(key.error(), options.json);
  const Result<breach::Log> log = read_log(options, *key);
  if (!log) return fail(log.error(), options.json);
  return say_incident(options, *log, *law);
}

}  // namespace

void add_breach_command(CLI::App& app, int& exit_status) {
  CLI::App* breach = app.add_subcommand(
      "breach", "A breach of personal data: since when it is known, what was told to whom");
  breach->require_subcommand(1);
  const auto add_one = [&](const char* name, const char* what, const char* footer,
                           int (*run)(const BreachOptions&)) {
    auto options = std::make_shared<BreachOptions>();
    CLI::App* command = breach->add_subcommand(name, what);
    command->add_option("LOG", options->log, "File of the incident")->required();
    command->add_option("--clocks", options->clocks, "Own deadlines instead of the built-in ones");
    command->add_option("--items", options->items, "Own list of what a notification contains");
    command->add_flag("--json", options->json, "Machine-readable output");
    command->footer(footer);
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    return std::pair(command, options);
  };
  const auto signing = [](CLI::App& command, BreachOptions& options) {
    command.add_option("--key", options.key, "The log's key file (role board)")->required();
    command.add_option("--by", options.by, "Account of who does this")->required();
    add_passphrase_option(command, options);
  };
  {
    const auto [command, options] = add_one(
        "open", "Begin: from this moment the breach is known",
        "Example:\n  urna breach open b.log --name \"Scans of support lists\" --controller "
        "\"City\" \\\n"
        "    --controller \"Welfare centre\" --key breach.key --by a.nowak\n\n"
        "The moment is that of this command; it cannot be stated otherwise, before or after.\n",
        open_incident);
    signing(*command, *options);
    command->add_option("--name", options->name, "What the incident is called; names nobody")
        ->required();
    command->add_option("--controller", options->controllers, "Each files for itself; several")
        ->required();
  }
  {
    const auto [command, options] =
        add_one("add", "Say what is known: an item of art. 33(3)",
                "Example:\n  urna breach add b.log --item measures --text \"Taken off the site\" "
                "--key breach.key --by a.nowak\n",
                add);
    signing(*command, *options);
    command->add_option("--item", options->item, "nature, consequences …")->required();
    command->add_option("--text", options->text, "What is to be said")->required();
  }
  {
    const auto [command, options] = add_one(
        "file", "Write down that a controller has notified the supervisory authority",
        "Example:\n  urna breach file b.log --controller City --key breach.key --by a.nowak\n\n"
        "Exit status: 0 written, 7 an item is missing, or a late one has no reason.\n",
        file);
    signing(*command, *options);
    command->add_option("--controller", options->controller, "Which")->required();
    command->add_flag("--complete", options->complete, "Nothing will follow");
    command->add_option("--reason", options->reason, "Why it is late");
  }
  {
    const auto [command, options] =
        add_one("letter", "The letter to the persons concerned (art. 34)",
                "Exit status: 0 written, 7 without consequences and measures there is no letter.\n",
                letter);
    signing(*command, *options);
    command->add_option("--controller", options->controller, "Who writes")->required();
    command->add_option("--out", options->out, "File for the text in both languages")->required();
  }
  {
    const auto [command, options] =
        add_one("verify", "Check the log, and say what is missing and when it is due",
                "Example:\n  urna breach verify b.log --key NAME+ID+KEY\n\n"
                "The log has the form that `urna log verify` and `urna log cosign` read as well.\n",
                verify);
    command->add_option("--key", options->public_key, "The log's public key")->required();
  }
}

}  // namespace urna::cmd
