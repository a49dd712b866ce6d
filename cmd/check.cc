// SPDX-License-Identifier: EUPL-1.2
#include "cmd/check.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include "count/pabulib/check/check.h"

namespace urna::cmd {
namespace {

using count::pabulib::ByteSource;
using count::pabulib::open_bytes;
using count::pabulib::check::all_codes;
using count::pabulib::check::check_file;
using count::pabulib::check::CheckOptions;
using count::pabulib::check::CheckReport;
using count::pabulib::check::CodeInfo;
using count::pabulib::check::Finding;
using count::pabulib::check::info;
using count::pabulib::check::Level;

constexpr std::uint64_t progress_step_bytes = 16U << 20U;

constexpr const char* check_footer =
    "Examples:\n"
    "  urna check pool.pb                  all findings, one per line, with remedies\n"
    "  urna check --quiet *.pb             only the verdicts\n"
    "  urna check --json pool.pb | jq .    for programs\n"
    "  zcat pool.pb.gz | urna check -      standard input\n"
    "\n"
    "Exit status:\n"
    "  0  no errors (with --strict: no errors and no warnings)\n"
    "  1  errors found (with --strict: errors or warnings)\n"
    "  2  wrong usage\n"
    "  4  a file could not be read\n"
    "\n"
    "All findings are explained in docs/check.md.";

struct CheckWords {
  std::vector<std::string> files;
  bool json = false;
  bool all = false;
  bool strict = false;
  bool quiet = false;
};

struct Totals {
  std::uint64_t files = 0, invalid = 0, unreadable = 0;
  std::uint64_t errors = 0, warnings = 0, notes = 0;

  void add(const CheckReport& report) {
    ++files;
    if (report.count(Level::error) > 0) ++invalid;
    errors += report.count(Level::error);
    warnings += report.count(Level::warning);
    notes += report.count(Level::note);
  }
};

// Tells on stderr how far a large file has been read, if somebody is watching.
ByteSource with_progress(ByteSource source, const std::string& file) {
  if (isatty(STDERR_FILENO) == 0) return source;
  return [source = std::move(source), file, bytes = std::uint64_t{0},
          told = std::uint64_t{0}](std::span<char> buffer) mutable {
    Result<std::size_t> count = source(buffer);
    if (!count) return count;
    bytes += *count;
    const bool ended = *count == 0;
    if (bytes / progress_step_bytes != told) {
      told = bytes / progress_step_bytes;
      fmt::print(stderr, "\r{}: {} MiB read", file, bytes >> 20U);
    }
    if (ended && told > 0) fmt::print(stderr, "\r\x1b[K");
    return count;
  };
}

std::string plural(std::uint64_t count, const char* one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string tally(std::uint64_t errors, std::uint64_t warnings, std::uint64_t notes) {
  return plural(errors, "error") + ", " + plural(warnings, "warning") + ", " +
         plural(notes, "note");
}

std::string_view verdict(const CheckReport& report) {
  if (report.count(Level::error) > 0) return "invalid";
  return report.count(Level::warning) > 0 ? "valid with warnings" : "valid";
}

void print_text(const CheckReport& report, bool quiet) {
  std::array<std::uint64_t, count::pabulib::check::codes_count> shown{};
  for (const Finding& finding : report.findings) {
    ++shown[static_cast<std::size_t>(finding.code)];
    if (quiet) continue;
    std::string place = report.file;
    if (finding.line != 0) place += fmt::format(":{}", finding.line);
    if (finding.line != 0 && finding.column != 0) place += fmt::format(":{}", finding.column);
    const CodeInfo& code = info(finding.code);
    fmt::print("{}: {}: {}{}{} [{}]\n", place, to_string(code.level), finding.field,
               finding.field.empty() ? "" : ": ", finding.message, code.name);
    fmt::print("  remedy: {}\n", finding.remedy);
  }
  for (const CodeInfo& code : all_codes()) {
    const std::uint64_t hidden =
        report.count(code.code) - shown[static_cast<std::size_t>(code.code)];
    if (hidden > 0 && !quiet) {
      fmt::print("{}: {}: {} more like this; --all shows them [{}]\n", report.file,
                 to_string(code.level), hidden, code.name);
    }
  }
  fmt::print(
      "{}: {}: {}; {}, {}{}\n", report.file, verdict(report),
      tally(report.count(Level::error), report.count(Level::warning), report.count(Level::note)),
      plural(report.projects, "project"), plural(report.votes, "vote"),
      report.complete ? "" : "; not read to the end");
}

boost::json::object object_of(const CheckReport& report) {
  boost::json::array findings;
  for (const Finding& finding : report.findings) {
    const CodeInfo& code = info(finding.code);
    findings.push_back({{"code", code.name},
                        {"level", to_string(code.level)},
                        {"file", report.file},
                        {"line", finding.line},
                        {"column", finding.column},
                        {"field", finding.field},
                        {"message", finding.message},
                        {"remedy", finding.remedy}});
  }
  boost::json::object counts;
  for (const CodeInfo& code : all_codes()) {
    if (report.count(code.code) > 0) counts[code.name] = report.count(code.code);
  }
  return {{"file", report.file},
          {"votes", report.votes},
          {"projects", report.projects},
          {"complete", report.complete},
          {"verdict", verdict(report)},
          {"counts", std::move(counts)},
          {"findings", std::move(findings)}};
}

boost::json::object object_of(const Totals& totals) {
  return {{"files", totals.files},           {"invalid", totals.invalid},
          {"unreadable", totals.unreadable}, {"errors", totals.errors},
          {"warnings", totals.warnings},     {"notes", totals.notes}};
}

// Exit status of the whole run.
int run(const CheckWords& options) {
  Totals totals;
  int failure = 0;
  // Written file by file, so that a run over many files keeps only one report in memory.
  if (options.json) fmt::print("{{\"files\":[");
  bool first = true;
  for (const std::string& file : options.files) {
    CheckOptions check;
    if (options.all) check.places_max.reset();
    if (options.quiet) check.places_max = 0;
    Result<ByteSource> source = open_bytes(file);
    std::string name = file == "-" ? "(standard input)" : file;
    Result<CheckReport> report =
        source ? check_file(with_progress(std::move(source).value(), name), name, check)
               : Result<CheckReport>(std::move(source).error());
    if (!report) {
      fmt::print(stderr, "urna check: {}\n", report.error().to_string());
      ++totals.unreadable;
      failure = exit_code(report.error().code);
      continue;
    }
    totals.add(*report);
    if (options.json) {
      fmt::print("{}{}", first ? "\n" : ",\n", boost::json::serialize(object_of(*report)));
    } else {
      print_text(*report, options.quiet);
    }
    first = false;
  }
  if (options.json) {
    fmt::print("\n],\"summary\":{}}}\n", boost::json::serialize(object_of(totals)));
  } else if (options.files.size() > 1) {
    fmt::print("{}, {} invalid{}: {}\n", plural(totals.files, "file"), totals.invalid,
               totals.unreadable > 0 ? fmt::format(", {} unreadable", totals.unreadable) : "",
               tally(totals.errors, totals.warnings, totals.notes));
  }
  if (std::fflush(stdout) != 0) {
    fmt::print(stderr, "urna check: the output could not be written\n");
    return 4;
  }
  if (failure != 0) return failure;
  return totals.errors > 0 || (options.strict && totals.warnings > 0) ? 1 : 0;
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<CheckWords>();
  CLI::App* command =
      app.add_subcommand("check", "Find everything that is wrong or doubtful in .pb files");
  command->add_option("FILE", options->files, ".pb files; - is standard input")->required();
  command->add_flag("--json", options->json, "Write one JSON object instead of text");
  command->add_flag("--all", options->all, "Show every place, not just the first 20 of each kind");
  command->add_flag("--strict", options->strict, "Warnings fail too");
  command->add_flag("--quiet", options->quiet, "Only the verdict of each file")->excludes("--all");
  command->footer(check_footer);
  command->callback([options, &exit_status] { exit_status = run(*options); });
}

}  // namespace urna::cmd
