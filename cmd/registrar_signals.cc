// SPDX-License-Identifier: EUPL-1.2
#include "cmd/registrar_signals.h"

#include <memory>
#include <string>
#include <vector>

#include "base/private_file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/registrar_config.h"
#include "cmd/signals.h"
#include "registrar/events.h"

namespace urna::cmd {
namespace {

struct SignalsOptions : ServiceOptions {
  std::string official;
  std::string language = "pl";
  std::string out;
  bool json = false;
};

int show_signals(const SignalsOptions& options) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->registrar) return 0;
  std::vector<integrity::Event> events;
  const Result<std::uint64_t> count = registrar::list_events(
      opened->registrar->office(), options.official, [&](const integrity::Event& event) -> Status {
        events.push_back(event);
        return ok_status();
      });
  if (!count) return fail(count.error(), options.json);
  if (!options.out.empty()) {
    std::string lines;
    for (const integrity::Event& event : events) lines += integrity::to_json_line(event) + "\n";
    // Whoever has these moments can compare them with the board.
    if (const Status put = create_private_file(options.out, lines); !put) {
      return fail(put.error(), options.json);
    }
  }
  OfficeOptions output;
  output.json = options.json;
  return say_signals(output, events, {}, options.language);
}

}  // namespace

void add_registrar_signals_command(CLI::App& registrar, int& exit_status) {
  auto options = std::make_shared<SignalsOptions>();
  CLI::App* command = registrar.add_subcommand(
      "signals", "What is together more often than chance explains, of today and yesterday");
  add_service_options(*command, *options);
  command
      ->add_option("--official", options->official, "Account of who reads this, for the access log")
      ->required();
  command->add_option("--language", options->language, "Of the sentences")
      ->check(CLI::IsMember({"pl", "en"}))
      ->capture_default_str();
  command->add_option("--events", options->out,
                      "New file, for its owner alone, for the events themselves: for `urna signals "
                      "find` and evidence");
  command->add_flag("--json", options->json, "Machine-readable output");
  command->footer(
      "Example:\n"
      "  urna registrar signals --config registrar.toml --official a.nowak\n\n"
      "Reading is logged. Events are deleted at the end of the day after their own: run this "
      "daily.\n"
      "Exit status: 0 no signal, 1 signals.");
  command->callback([options, &exit_status] { exit_status = show_signals(*options); });
}

}  // namespace urna::cmd
