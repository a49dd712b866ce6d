// SPDX-License-Identifier: EUPL-1.2
#include "cmd/registrar_statistics.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/date.h"
#include "base/private_file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/registrar_config.h"
#include "registrar/counters.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;

struct StatisticsOptions : ServiceOptions {
  std::string out;
  bool json = false;
};

int show_statistics(const StatisticsOptions& options) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->registrar) return 0;
  const registrar::Office& office = opened->registrar->office();
  const Result<registrar::Counters> counters = registrar::tell_counters(office);
  if (!counters) return fail(counters.error(), options.json);
  std::string text;
  json::array days;
  for (const auto& [day, names] : *counters) {
    const std::string date = to_iso_string(date_of(day * 86400));
    json::object counts;
    for (const auto& [name, count] : names) {
      text += fmt::format("{}  {}  {}\n", date, name, count);
      counts[name] = count;
    }
    days.push_back({{"day", date}, {"counts", std::move(counts)}});
  }
  const json::object body{{"statistics", "registrar"},
                          {"edition", to_hex(office.edition.view())},
                          {"until", to_iso_moment(office.clock())},
                          {"days", std::move(days)}};
  if (!options.out.empty()) {
    // Small numbers of a day can be about somebody: for the office alone, until made safe.
    if (const Status put = create_private_file(options.out, json::serialize(body) + "\n"); !put) {
      return fail(put.error(), options.json);
    }
  }
  OfficeOptions output;
  output.json = options.json;
  return say(output, text, body);
}

}  // namespace

void add_registrar_statistics_command(CLI::App& registrar, int& exit_status) {
  auto options = std::make_shared<StatisticsOptions>();
  CLI::App* command = registrar.add_subcommand(
      "statistics", "Numbers by day: identifications, codes, certificates, refusals, messages");
  add_service_options(*command, *options);
  command->add_option("--out", options->out,
                      "New file, for its owner alone, for `urna answers transparency`");
  command->add_flag("--json", options->json, "Machine-readable output");
  command->footer(
      "Example:\n"
      "  urna registrar statistics --config registrar.toml --out registrar-statistics.json\n\n"
      "Of nobody in particular, but a number of one or two may be about somebody: not to be\n"
      "published as it is; `urna answers transparency` hides what is small.");
  command->callback([options, &exit_status] { exit_status = show_statistics(*options); });
}

}  // namespace urna::cmd
