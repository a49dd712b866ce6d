// SPDX-License-Identifier: EUPL-1.2
#include "cmd/generate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/money.h"
#include "base/result.h"
#include "cmd/program.h"
#include "cmd/progress.h"
#include "presentation/geojson.h"
#include "synth/edition.h"
#include "synth/map.h"
#include "synth/pool.h"

namespace urna::cmd {
namespace {

struct GenerateOptions {
  synth::EditionParameters edition;
  std::string out;
  std::string budget;
  std::string vote_type;
  std::optional<double> turnout_percent;
  bool force = false;
  bool json = false;
  bool quiet = false;
};

// Holds back SIGINT and SIGTERM and lets the work ask for them, so that files under construction
// are removed in the ordinary way. The signals are let through again at the end of its life.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // Number of a signal that came, or 0; keeps answering it once seen.
  [[nodiscard]] int seen() {
    constexpr timespec at_once{};
    if (seen_ == 0) seen_ = std::max(sigtimedwait(&signals_, nullptr, &at_once), 0);
    return seen_;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
  int seen_ = 0;
};

constexpr const char* districts_file = "districts.geojson";

struct WrittenFile {
  std::string path;
  synth::PoolSummary summary;
};

Status complete(GenerateOptions& options) {
  if (!options.budget.empty()) {
    Result<Money> budget = parse_money(options.budget);
    if (!budget) {
      Error error = std::move(budget).error();
      error.code = ErrorCode::usage;
      error.place.field = "--budget";
      return error;
    }
    options.edition.budget = *budget;
  }
  if (!options.vote_type.empty()) {
    Result<count::VoteType> type = synth::parse_vote_type(options.vote_type);
    if (!type) return std::move(type).error();
    options.edition.vote_type = *type;
  }
  if (options.turnout_percent) {
    if (!(*options.turnout_percent >= 0 && *options.turnout_percent <= 100))
      return Error{ErrorCode::usage, "the turnout is out of range", {}, "choose 0 to 100 per cent"};
    options.edition.turnout_permille =
        static_cast<std::uint32_t>(std::lround(*options.turnout_percent * 10));
  }
  options.edition.single_pool = options.out == "-" || options.out.ends_with(".pb");
  return ok_status();
}

// An empty folder of that name, made if need be; with `force` it may hold files.
Status prepare_folder(const std::string& folder, bool force) {
  std::error_code cause;
  std::filesystem::create_directories(folder, cause);
  if (cause)
    return Error{ErrorCode::io,
                 "cannot make the folder: " + cause.message(),
                 {folder},
                 "check the path and its permissions"};
  const bool empty = std::filesystem::is_empty(folder, cause);
  if (cause)
    return Error{ErrorCode::io,
                 "cannot read the folder: " + cause.message(),
                 {folder},
                 "check its permissions"};
  if (!empty && !force)
    return Error{ErrorCode::conflict,
                 "the folder is not empty",
                 {folder},
                 "choose another, or overwrite files of the same names with --force"};
  return ok_status();
}

Result<synth::PoolSummary> write_one(const synth::PoolParameters& pool, const std::string& path,
                                     const synth::Progress& progress) {
  if (path != "-") return synth::write_pool_file(pool, path, progress);
  const auto to_standard_output = [](std::string_view bytes) -> Status {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
        std::fflush(stdout) == 0)
      return ok_status();
    return Error{ErrorCode::io, "cannot write to standard output", {}, ""};
  };
  return synth::write_pool(pool, to_standard_output, progress);
}

Result<std::vector<WrittenFile>> write_all(const GenerateOptions& options, StopSignals& signals) {
  Result<std::vector<synth::PlannedPool>> pools = synth::plan_edition(options.edition);
  if (!pools) return std::move(pools).error();
  if (!options.edition.single_pool) {
    if (Status ready = prepare_folder(options.out, options.force); !ready)
      return std::move(ready).error();
  }
  std::vector<WrittenFile> files;
  ProgressLine line(options.quiet);
  for (const synth::PlannedPool& pool : *pools) {
    const std::string path = options.edition.single_pool
                                 ? options.out
                                 : (std::filesystem::path(options.out) / pool.file_name).string();
    const auto progress = [&](std::uint64_t done, std::uint64_t total) {
      line.show(pool.file_name, static_cast<double>(done) / static_cast<double>(total));
      return signals.seen() == 0;
    };
    Result<synth::PoolSummary> written = write_one(pool.parameters, path, progress);
    if (!written) return std::move(written).error();
    files.push_back({path, *written});
    if (signals.seen() != 0)
      return Error{ErrorCode::conflict, "stopped before the edition was complete", {}, ""};
  }
  const std::vector<synth::District>& districts = pools->front().parameters.electorate.districts;
  if (!options.edition.single_pool && !districts.empty()) {
    std::string text;
    presentation::append_districts(text, synth::invent_districts(options.edition.seed, districts));
    const std::string path = (std::filesystem::path(options.out) / districts_file).string();
    if (Status written = write_file_atomically(path, text + "\n"); !written)
      return std::move(written).error();
  }
  return files;
}

std::string listing_json(const GenerateOptions& options, const std::vector<WrittenFile>& files) {
  boost::json::array list;
  for (const WrittenFile& file : files)
    list.push_back({{"file", file.path},
                    {"projects", file.summary.projects},
                    {"ballots", file.summary.ballots},
                    {"budget", to_plain_string(file.summary.budget)}});
  const boost::json::object all{
      {"seed", options.edition.seed}, {"kind", options.edition.kind}, {"files", std::move(list)}};
  return boost::json::serialize(all) + "\n";
}

std::string to_text(const std::vector<WrittenFile>& files) {
  std::string text;
  for (const WrittenFile& file : files)
    text +=
        fmt::format("{}: {} projects, {} ballots, budget {}\n", file.path, file.summary.projects,
                    file.summary.ballots, to_plain_string(file.summary.budget));
  return text;
}

int run(GenerateOptions options) {
  StopSignals signals;
  Status completed = complete(options);
  Result<std::vector<WrittenFile>> files =
      completed ? write_all(options, signals) : std::move(completed).error();
  if (!files) {
    const int status = fail(files.error(), options.json);
    constexpr int signal_base = 128;  // the shell's convention
    return signals.seen() != 0 ? signal_base + signals.seen() : status;
  }
  // With "-" standard output carries the pool itself.
  std::FILE* const report = options.out == "-" ? stderr : stdout;
  if (options.json) {
    fmt::print(report, "{}", listing_json(options, *files));
  } else if (!options.quiet) {
    fmt::print(report, "{}", to_text(*files));
  }
  if (std::fflush(report) == 0) return 0;
  return fail(Error{ErrorCode::io, "cannot write to standard output", {}, ""}, false);
}

std::string generate_footer() {
  std::string text = "Kinds:\n";
  for (const synth::Kind& kind : synth::kinds())
    text += fmt::format("  {:<12} {}\n", kind.name, kind.summary);
  return text + R"(
Examples:
  urna generate --seed 7 --out edition
      the city-wide pool and 20 district pools, one .pb file each, and districts.geojson,
      in the folder "edition"
  urna generate --kind krakow --seed 7 --voters 50000 --turnout 20 --out pool.pb
      one pool with 10,000 ordinal ballots
  urna generate --kind wieliczka --out - | urna count -
      straight into the count
  urna generate --vote-type scoring --points 5 --max-length 4 --districts 0 --out scores.pb

The same seed and options give the same bytes on every machine. Everything is invented.
Exit status: 0 done, 2 usage, 4 a file or folder could not be written, 7 the folder is not empty.
)";
}

// CLI11 takes "-1" for 2^64 - 1 where an unsigned number is wanted.
std::string only_digits(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? "" : "\"" + text + "\" is no whole number";
}

}  // namespace

void add_generate_command(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<GenerateOptions>();
  const CLI::Validator whole_number(only_digits, "");
  synth::EditionParameters& edition = options->edition;
  CLI::App* command = app.add_subcommand(
      "generate", "Invent an edition: projects and ballots, reproducible by seed");
  command
      ->add_option("--out", options->out, "Folder for a whole edition, FILE.pb or - for one pool")
      ->required();
  command->add_option("--seed", edition.seed, "Number that decides everything")
      ->capture_default_str()
      ->check(whole_number);
  command->add_option("--kind", edition.kind, "City whose manner to follow, see below")
      ->capture_default_str();
  command->add_option("--unit", edition.unit, "Name of the city (default: invented)");
  command->add_option("--year", edition.year, "Year of the edition")
      ->capture_default_str()
      ->check(whole_number);
  command->add_option("--districts", edition.districts, "Number of districts; 0 for none")
      ->check(whole_number);
  command
      ->add_option("--projects", edition.projects,
                   "Projects of the city-wide pool; a district has about a quarter of them")
      ->check(whole_number);
  command->add_option("--voters", edition.voters, "Persons entitled to vote, in the whole city")
      ->check(whole_number);
  command->add_option("--turnout", options->turnout_percent, "Per cent of them who take part");
  command->add_option("--vote-type", options->vote_type,
                      "approval, choose-1, ordinal, cumulative or scoring");
  command
      ->add_option("--points", edition.points,
                   "Points to divide (cumulative) or the most for one project (scoring)")
      ->check(whole_number);
  command->add_option("--min-length", edition.length_min, "Projects a ballot must name")
      ->check(whole_number);
  command->add_option("--max-length", edition.length_max, "Projects a ballot may name")
      ->check(whole_number);
  command->add_option("--budget", options->budget, "Money of all pools together, e.g. 8000000");
  command->add_option("--rule", edition.rule, "Counting rule to state in the files, e.g. greedy");
  command->add_option("--threshold", edition.threshold,
                      "Votes (or points) a project must reach, stated in the files");
  command->add_flag("--force", options->force, "Write into a folder that is not empty");
  command->add_flag("--json", options->json, "Report the files written as JSON");
  command->add_flag("--quiet", options->quiet, "No progress and no report but errors");
  command->footer(generate_footer());
  command->callback([options, &exit_status] { exit_status = run(*options); });
}

}  // namespace urna::cmd
