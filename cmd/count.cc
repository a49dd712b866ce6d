// SPDX-License-Identifier: EUPL-1.2
#include "cmd/count.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>

#include "base/atomic_file.h"
#include "cmd/program.h"
#include "count/pabulib/reader.h"
#include "count/pabulib/writer.h"
#include "report/count_report.h"
#include "report/counting.h"

namespace urna::cmd {
namespace {

constexpr int differs_from_announcement = 1;

struct Request {
  std::string file;
  report::CountWords words;
  bool json = false;
  bool side_by_side = false;
  bool quiet = false;
  std::string report_path;
  std::string pb_path;
  std::string language;
};

report::Language language_of(const Request& request) {
  if (!request.language.empty()) {
    return request.language == "pl" ? report::Language::polish : report::Language::english;
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("pl") ? report::Language::polish
                                                     : report::Language::english;
  }
  return report::Language::english;
}

void show_add1(std::uint64_t steps) {
  if (steps == 0) {
    std::fprintf(stderr, "\r%30s\r", "");
  } else {
    std::fprintf(stderr, "\rAdd1: %llu increases", static_cast<unsigned long long>(steps));
  }
}

Result<int> count_file(const Request& request) {
  if (!request.pb_path.empty() && request.file == "-") {
    return Error{ErrorCode::usage,
                 "--pb copies the input and cannot do so from standard input",
                 {},
                 "give the instance as a file"};
  }
  report::Add1Progress progress;
  if (!request.quiet && ::isatty(STDERR_FILENO) == 1) progress = show_add1;
  Result<count::Instance> instance = count::pabulib::read_instance_file(request.file);
  if (!instance) return std::move(instance).error();
  Result<report::Counting> counting = report::count_by_words(*instance, request.words, progress);
  if (!counting) return std::move(counting).error();
  if (request.words.compare_selected && !counting->rule.announced->announced_present) {
    return Error{ErrorCode::unsupported,
                 "the file announces no outcome to compare with",
                 {request.file, 0, 0, "selected"},
                 "leave out --compare-selected"};
  }

  report::CountReport told;
  told.instance = &*instance;
  told.tally = std::move(counting->tally);
  told.ties = counting->ties;
  told.main = std::move(counting->rule);
  told.program = program_name_and_version();
  if (request.side_by_side) {
    Result<std::vector<report::CountedRule>> others =
        report::count_side_by_side(*instance, request.words, told.main, progress);
    if (!others) return std::move(others).error();
    told.others = *std::move(others);
  }

  if (!request.report_path.empty()) {
    const Status written = write_file_atomically(request.report_path, report::to_html(told));
    if (!written) return written.error();
  }
  if (!request.pb_path.empty()) {
    const Status written = count::pabulib::write_selected(
        request.file, request.pb_path, told.main.outcome.selected(instance->projects.size()));
    if (!written) return written.error();
  }
  if (request.json) {
    std::fputs(report::to_json(told).c_str(), stdout);
  } else if (!request.quiet) {
    const bool colour = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    std::fputs(report::to_text(told, language_of(request), colour).c_str(), stdout);
  }
  if (std::fflush(stdout) != 0) {
    return Error{ErrorCode::io, "cannot write to standard output", {}, "check where it goes"};
  }
  const bool differs = request.words.compare_selected && !told.main.announced->agrees();
  return differs ? differs_from_announcement : 0;
}

}  // namespace

void add_count_command(CLI::App& app, int& exit_status) {
  auto request = std::make_shared<Request>();
  CLI::App* command =
      app.add_subcommand("count", "Count one pool: winners, ties, reasons, margins");
  report::CountWords& words = request->words;
  command->add_option("file", request->file, "Pabulib instance (.pb), or - for standard input")
      ->required();
  command
      ->add_option("--rule", words.rule,
                   "greedy, equal-shares, phragmen, max-welfare, or declared (the file's own)")
      ->capture_default_str();
  command
      ->add_option("--ties", words.ties,
                   "how ties are broken: id, file, cost, cost-desc, votes or draw:SEED")
      ->capture_default_str();

  command
      ->add_option("--rank", words.rank,
                   "greedy: votes, points, votes-per-cost or points-per-cost "
                   "(default: points if the ballots have them, else votes)")
      ->group("Greedy");
  command
      ->add_flag("--stop-at-first-misfit", words.stop_at_first_misfit,
                 "fund nothing after the first project that does not fit")
      ->group("Greedy");
  command
      ->add_option("--threshold", words.threshold,
                   "least votes or points, e.g. 50, or a share of the ballots, e.g. 10%")
      ->group("Greedy");
  command
      ->add_option("--conflict", words.conflicts,
                   "ids of projects of which only the best is funded, e.g. 773,153; repeatable")
      ->group("Greedy");

  command
      ->add_option("--satisfaction", words.satisfaction,
                   "cost, cardinality or score (default: score if the ballots have points, else "
                   "cost)")
      ->group("Equal Shares and maximum welfare");
  command
      ->add_option("--completion", words.completion,
                   "none, add1, utilitarian, add1+utilitarian or comparison")
      ->capture_default_str()
      ->group("Equal Shares and maximum welfare");
  command->add_option("--add1-stop", words.add1_stop, "overshoot or exhaustive")
      ->capture_default_str()
      ->group("Equal Shares and maximum welfare");
  command->add_option("--add1-start", words.add1_start, "exact or integer")
      ->capture_default_str()
      ->group("Equal Shares and maximum welfare");
  command->add_option("--add1-step", words.add1_step, "more for each voter, in currency units")
      ->capture_default_str()
      ->group("Equal Shares and maximum welfare");
  command
      ->add_option("--preference", words.preference,
                   "comparison step: cardinality, cost or exclusion")
      ->capture_default_str()
      ->group("Equal Shares and maximum welfare");
  command
      ->add_flag("--support-filter", words.support_filter,
                 "leave out projects with votes/voters < cost/(3*budget)")
      ->group("Equal Shares and maximum welfare");
  command
      ->add_option(
          "--ordinal-points", words.ordinal_points,
          "what the places of a ranking are worth: descending (3, 2, 1) or borda (2, 1, 0)")
      ->capture_default_str()
      ->group("Equal Shares and maximum welfare");

  command
      ->add_flag("--compare-selected", words.compare_selected,
                 "hold the outcome against the announced one and explain each difference")
      ->group("Output");
  command
      ->add_flag("--side-by-side", request->side_by_side,
                 "count by every other rule too and show them beside each other")
      ->group("Output");
  command->add_flag("!--no-margins", words.margins, "skip the margins")->group("Output");
  command->add_flag("--json", request->json, "print one JSON object")->group("Output");
  command->add_option("--report", request->report_path, "write a self-contained HTML page")
      ->group("Output");
  command
      ->add_option("--pb", request->pb_path,
                   "write the instance back with the outcome in its column selected")
      ->group("Output");
  command->add_option("--lang", request->language, "pl or en (default: from the environment)")
      ->check(CLI::IsMember({"pl", "en"}))
      ->group("Output");
  command->add_flag("--quiet", request->quiet, "print nothing but errors (and JSON if asked)")
      ->group("Output");
  command->footer(
      "Examples:\n"
      "  urna count city.pb\n"
      "  urna count city.pb --rule declared --compare-selected\n"
      "  urna count city.pb --rule equal-shares --completion add1 --json\n"
      "  urna count city.pb --side-by-side --report city.html\n"
      "  urna count city.pb --ties 'draw:11 22 33 44 55' --pb counted.pb\n"
      "Exit status:\n"
      "  0 counted; 1 counted, but it differs from the announced outcome (--compare-selected);\n"
      "  2 wrong use; 3 malformed file; 4 file not readable or writable; 5 not supported;\n"
      "  6 a stated limit was reached; 7 the inputs contradict each other.");
  command->callback([request, &exit_status] {
    const Result<int> status = count_file(*request);
    if (status) {
      exit_status = *status;
    } else {
      exit_status = fail(status.error(), request->json);
    }
  });
}

}  // namespace urna::cmd
