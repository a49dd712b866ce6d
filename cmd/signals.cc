// SPDX-License-Identifier: EUPL-1.2
#include "cmd/signals.h"

#include <boost/json.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "cmd/signals_ballots.h"
#include "integrity/signal.h"
#include "simulation/measure.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;

constexpr std::size_t events_file_bytes_max = std::size_t{4} << 30U;

struct EventSignalsOptions : OfficeOptions {
  std::string file;
  std::string language = "en";
  integrity::Levels levels;
  std::uint64_t first = 1001;
  std::uint64_t seeds = 200;
  std::string scenario;
  std::uint64_t seed = 1;
  simulation::Town town;
};

std::string moment(std::uint64_t minute) { return to_iso_moment(minute * 60); }

Result<std::vector<integrity::Event>> read_events(const std::string& path) {
  Result<std::string> bytes = read_file(path, events_file_bytes_max);
  if (!bytes) return std::move(bytes).error();
  std::vector<integrity::Event> events;
  std::string_view rest = *bytes;
  for (std::uint64_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (text.empty()) continue;
    Result<integrity::Event> event = integrity::parse_event(text);
    if (!event) {
      Error error = std::move(event).error();
      error.place.file = path;
      error.place.line = line;
      return error;
    }
    if (events.size() == integrity::events_max) {
      return Error{ErrorCode::limit, "more events than 20 million", {path, line}};
    }
    events.push_back(*event);
  }
  return events;
}

int find(const EventSignalsOptions& options) {
  const Result<std::vector<integrity::Event>> events = read_events(options.file);
  if (!events) return fail(events.error(), options.json);
  return say_signals(options, *events, options.levels, options.language);
}

Result<std::size_t> scenario_named(const std::string& name) {
  std::string known;
  for (std::size_t i = 0; i < simulation::scenarios().size(); ++i) {
    if (simulation::scenarios()[i].name == name) return i;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", simulation::scenarios()[i].name);
  }
  return Error{ErrorCode::usage, "no scenario \"" + name + "\"", {}, "there are: " + known};
}

int make(const EventSignalsOptions& options) {
  const Result<std::size_t> scenario = scenario_named(options.scenario);
  if (!scenario) return fail(scenario.error(), options.json);
  const simulation::Traffic traffic =
      simulation::make_traffic(*scenario, options.seed, options.town);
  for (const integrity::Event& event : traffic.events) {
    fmt::print("{}\n", integrity::to_json_line(event));
  }
  return std::fflush(stdout) == 0 ? 0 : fail({ErrorCode::io, "output failed"}, false);
}

json::object object_of(const simulation::Rate& rate) {
  return {{"count", rate.count}, {"of", rate.of}, {"lower", rate.lower()}, {"upper", rate.upper()}};
}

std::string in_words(const simulation::Rate& rate) {
  if (rate.of == 0) return "";
  return fmt::format("{:.1f} % ({:.1f}–{:.1f})", 100 * rate.share(), 100 * rate.lower(),
                     100 * rate.upper());
}

int measure(const EventSignalsOptions& options) {
  ProgressLine line(options.quiet || options.json);
  json::array rows;
  std::string text = fmt::format(
      "Runs with the seeds {} to {}; towns of {} voters, {} days; level {}. Wilson's intervals, 95 "
      "%.\n\n"
      "| scenario | story | found | false alarms | by |\n|---|---|--:|--:|---|\n",
      options.first, options.first + options.seeds - 1, options.town.voters, options.town.days,
      options.levels.level);
  const auto scenarios = simulation::scenarios();
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    line.show(fmt::format("{}", scenarios[i].name),
              static_cast<double>(i) / static_cast<double>(scenarios.size()));
    const simulation::Measured measured =
        simulation::measure(i, options.first, options.seeds, options.town, options.levels);
    std::string kinds;
    json::object by;
    for (const auto& [kind, runs] : measured.kinds) {
      kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", to_string(kind), runs);
      by[to_string(kind)] = runs;
    }
    text += fmt::format("| {}: {} | {} | {} | {} | {} |\n", scenarios[i].name, scenarios[i].about,
                        scenarios[i].story, in_words(measured.found),
                        in_words(measured.false_alarm), kinds);
    rows.push_back({{"scenario", scenarios[i].name},
                    {"story", scenarios[i].story},
                    {"fraudulent", scenarios[i].fraudulent},
                    {"found", object_of(measured.found)},
                    {"false_alarms", object_of(measured.false_alarm)},
                    {"kinds", std::move(by)}});
  }
  return say(
      options, text,
      {{"first_seed", options.first}, {"seeds", options.seeds}, {"scenarios", std::move(rows)}});
}

void add_output_options(CLI::App& command, EventSignalsOptions& options) {
  command.add_flag("--json", options.json, "Machine-readable output");
  command.add_flag("-q,--quiet", options.quiet, "No progress");
}

void add_level_option(CLI::App& command, EventSignalsOptions& options) {
  command
      .add_option("--level", options.levels.level,
                  "A signal is what chance gives in a day with a lower probability")
      ->check(CLI::Range(1e-12, 0.5))
      ->capture_default_str();
}

}  // namespace

int say_signals(const OfficeOptions& options, const std::vector<integrity::Event>& events,
                const integrity::Levels& levels, std::string_view language) {
  const std::vector<integrity::Signal> signals = find_signals(events, levels);
  const std::vector<integrity::Cluster> clusters = cluster(signals);
  json::array all;
  std::string text;
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    json::array listed;
    text += fmt::format("{}. {} events\n", c + 1, clusters[c].events.size());
    for (const std::size_t s : clusters[c].signals) {
      const integrity::Signal& signal = signals[s];
      text += fmt::format("   {} to {}  {}\n      {}\n", moment(signal.first_minute),
                          moment(signal.last_minute), to_string(signal.kind),
                          language == "pl" ? explain(signal).pl : explain(signal).en);
      listed.push_back({{"kind", to_string(signal.kind)},
                        {"subject", to_hex(view_of(signal.subject.octets))},
                        {"first", moment(signal.first_minute)},
                        {"last", moment(signal.last_minute)},
                        {"observed", signal.observed},
                        {"of", signal.of},
                        {"expected", signal.expected},
                        {"probability", signal.probability},
                        {"compared", signal.compared},
                        {"events", signal.events.size()},
                        {"pl", explain(signal).pl},
                        {"en", explain(signal).en}});
    }
    all.push_back({{"events", clusters[c].events.size()}, {"signals", std::move(listed)}});
  }
  text +=
      fmt::format("{} events, {} signals, {} clusters. A signal is a reason to look, no proof.\n",
                  events.size(), signals.size(), clusters.size());
  return say(options, text, {{"events", events.size()}, {"clusters", std::move(all)}},
             signals.empty() ? 0 : 1);
}

void add_signals_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "signals", "What is together more often than chance explains: reasons for people to look");
  command->require_subcommand(1);
  command->footer("docs/signals.md explains the tests, their assumptions and their false alarms.");

  auto finding = std::make_shared<EventSignalsOptions>();
  CLI::App* find_command =
      command->add_subcommand("find", "Signals and clusters of a file of events");
  find_command->add_option("FILE", finding->file, "Events, one JSON object per line")->required();
  find_command->add_option("--language", finding->language, "Of the sentences")
      ->check(CLI::IsMember({"pl", "en"}))
      ->capture_default_str();
  add_level_option(*find_command, *finding);
  add_output_options(*find_command, *finding);
  find_command->footer(
      "Example:\n  urna signals find events.jsonl --language pl\n\n"
      "Exit status: 0 no signal, 1 signals.");
  find_command->callback([finding, &exit_status] { exit_status = find(*finding); });

  auto making = std::make_shared<EventSignalsOptions>();
  CLI::App* make_command =
      command->add_subcommand("invent", "Events of an invented town with something added");
  make_command->add_option("SCENARIO", making->scenario, "Its name, as in `urna signals measure`")
      ->required();
  make_command->add_option("--seed", making->seed, "The same seed, the same events")
      ->capture_default_str();
  make_command->add_option("--voters", making->town.voters, "Of the town")
      ->check(CLI::Range(100, 1'000'000))
      ->capture_default_str();
  make_command->footer("Example:\n  urna signals invent clerk-with-sims --seed 7 >events.jsonl");
  make_command->callback([making, &exit_status] { exit_status = make(*making); });

  auto measuring = std::make_shared<EventSignalsOptions>();
  CLI::App* measure_command = command->add_subcommand(
      "measure", "How often signals find what was added, and what was not, over many seeds");
  measure_command->add_option("--first", measuring->first, "First seed")->capture_default_str();
  measure_command->add_option("--seeds", measuring->seeds, "How many of each scenario")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  measure_command->add_option("--voters", measuring->town.voters, "Of the towns")
      ->check(CLI::Range(100, 1'000'000))
      ->capture_default_str();
  add_level_option(*measure_command, *measuring);
  add_output_options(*measure_command, *measuring);
  measure_command->footer("Example:\n  urna signals measure --seeds 200 --first 1001");
  measure_command->callback([measuring, &exit_status] { exit_status = measure(*measuring); });

  add_ballot_signals(*command, exit_status);
}

}  // namespace urna::cmd
