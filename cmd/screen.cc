// SPDX-License-Identifier: EUPL-1.2
#include "cmd/screen.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

#include "base/file.h"
#include "cmd/office.h"
#include "cmd/program.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t list_bytes_max = std::size_t{64} << 20U;

struct ScreenOptions : ScreenWords {
  std::vector<std::string> paths;
  bool json = false;
};

json::object object_of(const screening::FileReport& report) {
  json::array findings;
  for (const screening::Finding& one : report.findings) {
    json::object finding{{"kind", screening::id_of(one.kind)}, {"shape", one.shape}};
    if (one.page != 0) finding["page"] = one.page;
    if (one.line != 0) {
      finding["line"] = one.line;
      finding["column"] = one.column;
    }
    findings.push_back(std::move(finding));
  }
  json::object body{{"file", report.file},
                    {"sha256", report.sha256},
                    {"allowed", report.allowed},
                    {"findings", std::move(findings)}};
  if (report.pages > 0) {
    body["pages"] = report.pages;
    body["pages_as_picture"] = report.pages_as_picture;
  }
  return body;
}

int screen(const ScreenOptions& options) {
  const Result<screening::Rules> rules = screening_rules(options);
  if (!rules) return fail(rules.error(), options.json);
  std::string text;
  json::array files;
  std::size_t found = 0, wrong = 0, count = 0;
  for (const std::string& path : options.paths) {
    const Result<std::vector<std::string>> below = files_below(path);
    if (!below) return fail(below.error(), options.json);
    for (const std::string& file : *below) {
      const Result<screening::FileReport> report = screening::screen_file(file, *rules);
      if (!report) return fail(report.error(), options.json);
      ++count;
      found += report->findings.size();
      wrong += report->findings.empty() ? 0U : 1U;
      for (const screening::Finding& one : report->findings)
        text += screening::to_string(file, one) + "\n";
      files.push_back(object_of(*report));
    }
  }
  text += wrong == 0 ? fmt::format("{} files: nothing found\n", count)
                     : fmt::format("REFUSED: {} places in {} of {} files\n", found, wrong, count);
  OfficeOptions output;
  output.json = options.json;
  return say(output, text, {{"refused", wrong > 0}, {"files", std::move(files)}},
             wrong == 0 ? 0 : 1);
}

}  // namespace

void add_screen_options(CLI::App& command, ScreenWords& words, bool all) {
  command.add_option("--names", words.names,
                     "File of people who must not be named: one a line, or the register's CSV");
  command.add_option("--allow", words.allowed,
                     "File of what may be published: the office's telephone, sha256:… of a file");
  if (all) command.add_flag("--places", words.places, "A street with a number counts as well");
}

Result<screening::Rules> screening_rules(const ScreenWords& words) {
  screening::Rules rules;
  rules.places = words.places;
  const auto placed = [](Error error, const std::string& path) {
    error.place.file = path;
    return error;
  };
  if (!words.names.empty()) {
    const Result<std::string> text = read_file(words.names, list_bytes_max);
    if (!text) return text.error();
    Result<screening::NameList> names = screening::NameList::parse(*text);
    if (!names) return placed(std::move(names).error(), words.names);
    rules.names = *std::move(names);
  }
  if (!words.allowed.empty()) {
    const Result<std::string> text = read_file(words.allowed, list_bytes_max);
    if (!text) return text.error();
    Result<screening::Allowed> allowed = screening::Allowed::parse(*text);
    if (!allowed) return placed(std::move(allowed).error(), words.allowed);
    rules.allowed = *std::move(allowed);
  }
  return rules;
}

Result<std::vector<std::string>> files_below(const std::string& path) {
  std::error_code failure;
  if (!fs::is_directory(path, failure)) return std::vector{path};
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator at(path, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->is_regular_file()) files.push_back(at->path().string());
  }
  if (failure) {
    return Error{ErrorCode::io,
                 "cannot list the folder: " + failure.message(),
                 {path},
                 "check its permissions"};
  }
  std::ranges::sort(files);
  return files;
}

Status screen_made_files(const std::vector<std::pair<std::string, std::string>>& files,
                         const ScreenWords& words) {
  const Result<screening::Rules> rules = screening_rules(words);
  if (!rules) return rules.error();
  for (const auto& [name, bytes] : files) {
    if (name.ends_with(".pdf")) continue;  // made of the same words as the HTML beside it
    if (Status good = screening::refuse_personal_data(name, bytes, *rules); !good) return good;
  }
  return ok_status();
}

void add_screen_command(CLI::App& publish, int& exit_status) {
  auto options = std::make_shared<ScreenOptions>();
  CLI::App* command = publish.add_subcommand(
      "screen",
      "The publication filter: refuses files with personal data, and what nobody can read");
  command->add_option("FILE", options->paths, "Files and folders")->required();
  add_screen_options(*command, *options, true);
  command->add_flag("--json", options->json, "Machine-readable output");
  command->footer(
      "Examples:\n"
      "  urna publish screen uploads/                      before anything of it goes out\n"
      "  urna publish screen scan.pdf --names register.csv --allow office.txt\n\n"
      "Text, HTML, CSV, .pb, JSON; PDF and pictures with pdftotext (poppler-utils) and tesseract\n"
      "(tesseract-ocr, tesseract-ocr-pol). What is found is told by its place and shape, never\n"
      "repeated. What it finds and misses: docs/screening.md.\n\n"
      "Exit status: 0 nothing found, 1 refused, 4 a file is missing or cannot be read.");
  command->callback([options, &exit_status] { exit_status = screen(*options); });
}

}  // namespace urna::cmd
