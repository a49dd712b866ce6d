// SPDX-License-Identifier: EUPL-1.2
#include "cmd/signals_ballots.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "count/pabulib/reader.h"
#include "integrity/repeated_ballots.h"
#include "simulation/measure.h"
#include "simulation/repeats.h"
#include "synth/edition.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct BallotSignalsOptions : OfficeOptions {
  std::vector<std::string> paths;
  std::string language = "en";
  integrity::Levels levels;
  std::uint64_t first = 2001;
  std::uint64_t seeds = 200;
  std::string kind = "katowice";
  std::uint64_t voters = 30'000;
  bool leaflets = true;
  std::vector<std::uint64_t> copies = {10, 20, 30, 50};
};

// The files of votes that these paths mean: of a folder, which may be a record, those with the end
// .pb that lie in it or in its result/.
Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (const fs::path& folder : {fs::path(path), fs::path(path) / "result"}) {
      if (!fs::is_directory(folder, error)) continue;
      for (fs::directory_iterator one(folder, error), end; !error && one != end;
           one.increment(error)) {
        if (one->path().extension() == ".pb") found.push_back(one->path().string());
      }
    }
    if (error || found.empty()) {
      return Error{ErrorCode::not_found,
                   "no files of votes here",
                   {path},
                   "a record has them once its result is announced: result/0.pb …"};
    }
    std::ranges::sort(found);
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

// The projects of a content by their ids, in the order of the ballot.
std::vector<std::string> ids_of(const count::Instance& instance, std::size_t group) {
  const count::BallotGroup content = instance.profile.group(group);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < content.projects.size(); ++i) {
    std::string id = instance.projects[content.projects[i]].id;
    if (!content.points.empty()) id += fmt::format(" ({})", content.points[i]);
    ids.push_back(std::move(id));
  }
  return ids;
}

int find(const BallotSignalsOptions& options) {
  const Result<std::vector<std::string>> files = files_of(options.paths);
  if (!files) return fail(files.error(), options.json);
  json::array all;
  std::string text;
  std::uint64_t signals = 0;
  for (const std::string& file : *files) {
    const Result<count::Instance> instance = count::pabulib::read_instance_file(file);
    if (!instance) return fail(instance.error(), options.json);
    const integrity::BallotRepeats repeats =
        integrity::find_repeated_ballots(instance->profile, options.levels);
    text += fmt::format("{}: {} ballots, {} rare contents on {} of them\n", file, repeats.ballots,
                        repeats.compared, repeats.rare_ballots);
    json::array listed;
    for (const integrity::RepeatedBallot& one : repeats.found) {
      const std::vector<std::string> ids = ids_of(*instance, one.group);
      const integrity::Explanation words = explain(one);
      text += fmt::format("   {}\n      {}\n", fmt::join(ids, ", "),
                          options.language == "pl" ? words.pl : words.en);
      listed.push_back({{"projects", to_json(ids)},
                        {"observed", one.observed},
                        {"expected", one.expected},
                        {"usual", one.usual},
                        {"probability", one.probability},
                        {"compared", one.compared},
                        {"pl", words.pl},
                        {"en", words.en}});
    }
    signals += repeats.found.size();
    all.push_back({{"file", file},
                   {"ballots", repeats.ballots},
                   {"contents", repeats.contents},
                   {"rare_ballots", repeats.rare_ballots},
                   {"compared", repeats.compared},
                   {"signals", std::move(listed)}});
  }
  text += fmt::format("{} signals. A signal is a reason to look, no proof.\n", signals);
  return say(options, text, {{"pools", std::move(all)}}, signals == 0 ? 0 : 1);
}

Result<count::Instance> invented(const BallotSignalsOptions& options, std::uint64_t seed) {
  synth::EditionParameters edition;
  edition.seed = seed;
  edition.kind = options.kind;
  edition.voters = options.voters;
  edition.single_pool = true;
  Result<std::vector<synth::PlannedPool>> pools = synth::plan_edition(edition);
  if (!pools) return std::move(pools).error();
  if (!options.leaflets) pools->front().parameters.habits.campaign_percent = 0;
  return synth::generate_pool(pools->front().parameters);
}

int measure(const BallotSignalsOptions& options) {
  ProgressLine line(options.quiet || options.json);
  Result<std::vector<std::string>> files = files_of(options.paths);
  if (!files) return fail(files.error(), options.json);
  const std::uint64_t runs = files->empty() ? options.seeds : files->size();
  simulation::Rate alarms;
  std::vector<simulation::Rate> found(options.copies.size());
  std::uint64_t ballots = 0;
  for (std::uint64_t i = 0; i < runs; ++i) {
    line.show("pools", static_cast<double>(i) / static_cast<double>(runs));
    const Result<count::Instance> instance = files->empty()
                                                 ? invented(options, options.first + i)
                                                 : count::pabulib::read_instance_file((*files)[i]);
    if (!instance) return fail(instance.error(), options.json);
    ballots += instance->profile.ballots();
    ++alarms.of;
    if (!integrity::find_repeated_ballots(instance->profile, options.levels).found.empty()) {
      ++alarms.count;
    }
    for (std::size_t k = 0; k < options.copies.size(); ++k) {
      const std::optional<bool> seen = simulation::finds_added_copies(
          instance->profile, instance->vote_type, instance->projects.size(), options.copies[k],
          options.first + i, options.levels);
      if (!seen) continue;
      ++found[k].of;
      if (*seen) ++found[k].count;
    }
  }
  const auto in_words = [](const simulation::Rate& rate) {
    return fmt::format("{} of {}, {:.1f} % ({:.1f}–{:.1f})", rate.count, rate.of,
                       100 * rate.share(), 100 * rate.lower(), 100 * rate.upper());
  };
  const auto in_json = [](const simulation::Rate& rate) {
    return json::object{
        {"count", rate.count}, {"of", rate.of}, {"lower", rate.lower()}, {"upper", rate.upper()}};
  };
  std::string text = fmt::format("{} pools, {} ballots, level {}; Wilson's intervals, 95 %\n", runs,
                                 ballots, options.levels.level);
  text += fmt::format("with a signal as they are: {}\n", in_words(alarms));
  json::array rows;
  for (std::size_t k = 0; k < options.copies.size(); ++k) {
    text +=
        fmt::format("{} equal ballots added, found: {}\n", options.copies[k], in_words(found[k]));
    rows.push_back({{"copies", options.copies[k]}, {"found", in_json(found[k])}});
  }
  return say(options, text,
             {{"pools", runs},
              {"ballots", ballots},
              {"alarms", in_json(alarms)},
              {"added", std::move(rows)}});
}

void add_common(CLI::App& command, BallotSignalsOptions& options) {
  command
      .add_option("--level", options.levels.level,
                  "A signal is what chance gives in a pool with a lower probability")
      ->check(CLI::Range(1e-12, 0.5))
      ->capture_default_str();
  command.add_flag("--json", options.json, "Machine-readable output");
  command.add_flag("-q,--quiet", options.quiet, "No progress");
}

}  // namespace

void add_ballot_signals(CLI::App& signals, int& exit_status) {
  auto finding = std::make_shared<BallotSignalsOptions>();
  CLI::App* find_command = signals.add_subcommand(
      "ballots", "After decryption: rare ballots that are equal more often than chance explains");
  find_command
      ->add_option("VOTES", finding->paths, "Files of votes (.pb), or the folder of a record")
      ->required();
  find_command->add_option("--language", finding->language, "Of the sentences")
      ->check(CLI::IsMember({"pl", "en"}))
      ->capture_default_str();
  add_common(*find_command, *finding);
  find_command->footer(
      "Example:\n  urna signals ballots record --language pl\n\n"
      "Verify a record first. A family or a published list of recommended projects gives equal\n"
      "ballots, too; nothing is annulled by a signal. Exit status: 0 no signal, 1 signals.");
  find_command->callback([finding, &exit_status] { exit_status = find(*finding); });

  auto measuring = std::make_shared<BallotSignalsOptions>();
  CLI::App* measure_command = signals.add_subcommand(
      "measure-ballots",
      "How often pools have such a signal, and how often added ballots are found");
  measure_command->add_option("VOTES", measuring->paths,
                              "Files of votes or folders of them; without, pools are invented");
  measure_command->add_option("--first", measuring->first, "First seed")->capture_default_str();
  measure_command->add_option("--seeds", measuring->seeds, "How many pools to invent")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  measure_command->add_option("--kind", measuring->kind, "As of `urna generate`")
      ->capture_default_str();
  measure_command->add_option("--voters", measuring->voters, "Of the invented cities")
      ->check(CLI::Range(100, 10'000'000))
      ->capture_default_str();
  measure_command->add_flag("!--no-leaflets", measuring->leaflets,
                            "Nobody copies a published list");
  measure_command->add_option("--copies", measuring->copies, "How many equal ballots to add")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  add_common(*measure_command, *measuring);
  measure_command->footer(
      "Example:\n  urna signals measure-ballots --kind czestochowa --seeds 200");
  measure_command->callback([measuring, &exit_status] { exit_status = measure(*measuring); });
}

}  // namespace urna::cmd
