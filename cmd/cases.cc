// SPDX-License-Identifier: EUPL-1.2
#include "cmd/cases.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/private_file.h"
#include "cases/case_file.h"
#include "cases/clocks.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/registrar_config.h"
#include "election/manifest.h"
#include "registrar/case_export.h"
#include "registrar/case_opening.h"
#include "registrar/cases.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;
using registrar::CaseView;
using registrar::Office;

// ---- urna registrar cases

struct CasesOptions : ServiceOptions {
  std::string official;
  std::string number;
  std::string complaint;
  std::size_t cluster = 0;
  std::string reason;
  std::string out;
  bool json = false;
};

OfficeOptions output_of(bool as_json) {
  OfficeOptions output;
  output.json = as_json;
  return output;
}

json::value moment_or_null(std::uint64_t seconds) {
  return seconds == 0 ? json::value(nullptr) : json::value(seconds);
}

json::object object_of(const CaseView& view) {
  json::array signals;
  for (const cases::CaseSignal& one : view.signals) {
    signals.push_back({{"kind", one.kind},
                       {"observed", one.observed},
                       {"of", one.of},
                       {"probability", one.probability},
                       {"pl", one.words.pl},
                       {"en", one.words.en}});
  }
  return {{"number", view.number},
          {"origin", cases::to_string(view.origin)},
          {"official", view.official.empty() ? json::value(nullptr) : json::value(view.official)},
          {"reason", view.reason},
          {"opened", view.opened},
          {"version", view.version},
          {"asked", moment_or_null(view.asked)},
          {"answer_until", moment_or_null(view.answer_until)},
          {"summary", {{"pl", view.summary.pl}, {"en", view.summary.en}}},
          {"signals", std::move(signals)},
          {"voters", view.voters},
          {"told", view.told},
          {"undelivered", view.undelivered},
          {"mine", view.mine},
          {"not_mine", view.not_mine},
          {"texts", to_json(view.texts)}};
}

std::string line_of(const CaseView& view) {
  std::string line = fmt::format("{}  {}  {} votes  {}", view.number, to_iso_moment(view.opened),
                                 view.voters, cases::to_string(view.origin));
  if (view.asked != 0) {
    line +=
        fmt::format("  asked until {}: {} mine, {} not mine, {} not reached",
                    to_iso_moment(view.answer_until), view.mine, view.not_mine, view.undelivered);
  }
  if (view.version != 0) line += fmt::format("  handed over {} times", view.version);
  return line + "\n";
}

int open_case(const Office& office, const RegistrarConfig& /*config*/,
              const CasesOptions& options) {
  if ((options.cluster == 0) == options.complaint.empty()) {
    return fail({ErrorCode::usage, "name either --cluster or --complaint"}, options.json);
  }
  const Result<registrar::OpenedCase> opened =
      options.complaint.empty() ? registrar::open_case_of_cluster(office, options.official,
                                                                  options.reason, options.cluster)
                                : registrar::open_case_of_complaint(
                                      office, options.official, options.reason, options.complaint);
  if (!opened) return fail(opened.error(), options.json);
  return say(output_of(options.json),
             fmt::format("{}: {} votes, {} of them {}\n", opened->number, opened->voters,
                         opened->added, opened->fresh ? "in a new case" : "added now"),
             {{"number", opened->number},
              {"voters", opened->voters},
              {"added", opened->added},
              {"fresh", opened->fresh}});
}

int list(const Office& office, const RegistrarConfig& /*config*/, const CasesOptions& options) {
  const Result<std::vector<CaseView>> views = registrar::list_cases(office, options.official);
  if (!views) return fail(views.error(), options.json);
  std::string text;
  json::array all;
  for (const CaseView& view : *views) {
    text += line_of(view);
    all.push_back(object_of(view));
  }
  text += fmt::format("{} cases\n", views->size());
  return say(output_of(options.json), text, {{"cases", std::move(all)}});
}

int show(const Office& office, const RegistrarConfig& /*config*/, const CasesOptions& options) {
  const Result<CaseView> view = registrar::show_case(office, options.official, options.number);
  if (!view) return fail(view.error(), options.json);
  std::string text = line_of(*view) + view->summary.pl + "\n" + view->summary.en + "\n";
  text += fmt::format("opened by {}: {}\n", view->official.empty() ? "the service" : view->official,
                      view->reason);
  for (const cases::CaseSignal& one : view->signals) {
    text += fmt::format("- {}\n  {}\n", one.words.pl, one.words.en);
  }
  for (std::string words : view->texts) {
    for (char& c : words) {
      if (c == '\n') c = ' ';
    }
    text += "> " + words + "\n";
  }
  return say(output_of(options.json), text, object_of(*view));
}

int hear(const Office& office, const RegistrarConfig& config, const CasesOptions& options) {
  const Result<cases::Clocks> clocks = clocks_of(config);
  if (!clocks) return fail(clocks.error(), options.json);
  const Result<registrar::HearingReport> report =
      registrar::hear_case(office, options.official, options.number, *clocks,
                           static_cast<std::uint64_t>(config.cases_answer_by));
  if (!report) return fail(report.error(), options.json);
  return say(output_of(options.json),
             fmt::format("{}: {} voters will be asked, {} were before; answers before {}\n",
                         options.number, report->asked, report->before,
                         to_iso_moment(report->answer_until)),
             {{"asked", report->asked},
              {"before", report->before},
              {"answer_until", report->answer_until}});
}

int export_file(const Office& office, const RegistrarConfig& /*config*/,
                const CasesOptions& options) {
  const Result<registrar::ExportedCase> exported =
      registrar::export_case(office, options.official, options.number);
  if (!exported) return fail(exported.error(), options.json);
  if (Status put = create_private_file(options.out, exported->text); !put) {
    return fail(put.error(), options.json);
  }
  return say(output_of(options.json),
             fmt::format("{}: version {}, {} votes; {} people are no longer on the register\n",
                         options.out, exported->file.version, exported->file.voters.size(),
                         exported->gone),
             {{"version", exported->file.version},
              {"voters", exported->file.voters.size()},
              {"gone", exported->gone}});
}

int with_office(const CasesOptions& options,
                int (*task)(const Office&, const RegistrarConfig&, const CasesOptions&)) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->registrar) return 0;
  return task(opened->registrar->office(), opened->config, options);
}

// ---- urna cases

struct FileOptions {
  std::string file;
  std::string manifest;
  bool json = false;
};

Result<cases::CaseFile> read_case(const FileOptions& options) {
  const Result<std::string> manifest_bytes =
      read_file(options.manifest, election::manifest_bytes_max);
  if (!manifest_bytes) return manifest_bytes.error();
  const Result<election::Manifest> manifest = election::decode_manifest(*manifest_bytes);
  if (!manifest) return manifest.error();
  const Result<std::string> text = read_file(options.file, cases::case_bytes_max);
  if (!text) return text.error();
  Result<cases::CaseFile> file = cases::parse_case(*text, manifest->registrar);
  if (file && file->edition != election::edition_hash(*manifest_bytes).octets) {
    return Error{ErrorCode::conflict,
                 "a case of another edition",
                 {.field = "edition"},
                 "give the manifest of its edition"};
  }
  if (file) return file;
  Error error = std::move(file).error();
  error.place.file = options.file;
  return error;
}

int verify(const FileOptions& options) {
  const Result<cases::CaseFile> file = read_case(options);
  if (!file) return fail(file.error(), options.json);
  std::uint64_t mine = 0;
  std::uint64_t not_mine = 0;
  for (const cases::CaseVoter& voter : file->voters) {
    if (voter.answer == cases::Answer::mine) ++mine;
    if (voter.answer == cases::Answer::not_mine) ++not_mine;
  }
  return say(
      output_of(options.json),
      fmt::format("{}: case {}, version {}, signed by the registrar of this edition; {} "
                  "votes, {} mine, {} not mine\n",
                  options.file, file->number, file->version, file->voters.size(), mine, not_mine),
      {{"number", file->number},
       {"version", file->version},
       {"origin", cases::to_string(file->origin)},
       {"voters", file->voters.size()},
       {"mine", mine},
       {"not_mine", not_mine}});
}

int show_clocks(bool as_json) {
  std::string text;
  json::array all;
  for (const cases::ClockRule& rule : cases::Clocks::standard().rules()) {
    text += fmt::format("{}: {} {} from {}{}\n  {} {}{}\n", rule.name, rule.amount,
                        cases::to_string(rule.unit), rule.from,
                        rule.to_working_day ? ", to a working day" : "",
                        rule.law.act.empty() ? "(the city)" : rule.law.act, rule.law.article,
                        rule.law.to_be_confirmed ? " (to be confirmed by the city's lawyer)" : "");
    all.push_back({{"name", rule.name},
                   {"amount", rule.amount},
                   {"unit", cases::to_string(rule.unit)},
                   {"from", rule.from},
                   {"act", rule.law.act},
                   {"article", rule.law.article},
                   {"to_be_confirmed", rule.law.to_be_confirmed}});
  }
  return say(output_of(as_json), text, {{"rules", std::move(all)}});
}

}  // namespace

void add_registrar_cases_command(CLI::App& registrar, int& exit_status) {
  CLI::App* command = registrar.add_subcommand(
      "cases",
      "From a cluster of signals or a complaint to the question to its voters and the case "
      "file for the officials' desk");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  urna registrar cases open --cluster 1 --reason \"one telephone\" --config registrar.toml "
      "--official a.nowak\n"
      "  urna registrar cases hear ABCDE-FGHJK --config registrar.toml --official a.nowak\n"
      "  urna registrar cases export ABCDE-FGHJK --out case.json --config registrar.toml "
      "--official a.nowak\n\n"
      "Everything is logged. Nobody is named in what these commands print and write.\n"
      "Exit status: 0 done, 2 usage or configuration, 3 malformed, 4 not there, files, databases "
      "or "
      "keepers,\n6 a limit, 7 a conflict. See docs/cases.md.");
  const auto add = [&](const char* name, const char* what,
                       int (*task)(const Office&, const RegistrarConfig&, const CasesOptions&)) {
    auto options = std::make_shared<CasesOptions>();
    CLI::App* added = command->add_subcommand(name, what);
    add_service_options(*added, *options);
    added
        ->add_option("--official", options->official,
                     "Account of who does this, for the access log")
        ->required();
    added->add_flag("--json", options->json, "Machine-readable output");
    added->callback([options, task, &exit_status] { exit_status = with_office(*options, task); });
    return std::pair(added, options);
  };
  {
    auto [added, options] = add("open", "Open a case, or add to the one that there is", open_case);
    added->add_option("--cluster", options->cluster,
                      "Number of the cluster in `urna registrar signals`");
    added->add_option("--complaint", options->complaint, "Number of the complaint");
    added->add_option("--reason", options->reason, "Why, in one line")->required();
  }
  (void)add("list", "All cases", list);
  const auto ask_number = [](CLI::App* added, const std::shared_ptr<CasesOptions>& options) {
    added->add_option("number", options->number, "Number of the case")->required();
  };
  {
    auto [added, options] = add("show", "One case, with what its voters wrote", show);
    ask_number(added, options);
  }
  {
    auto [added, options] =
        add("hear", "Ask the voters who were not asked yet, on the register's contact", hear);
    ask_number(added, options);
  }
  {
    auto [added, options] = add("export", "Sign the case file in its next version", export_file);
    ask_number(added, options);
    added->add_option("--out", options->out, "New file")->required();
  }
}

void add_cases_command(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("cases", "Case files of the registrar, and the clocks of procedures");
  command->require_subcommand(1);
  command->footer("Example:\n  urna cases verify case.json --manifest manifest.cbor");
  auto options = std::make_shared<FileOptions>();
  CLI::App* verifying = command->add_subcommand(
      "verify", "Whether a case file is whole and signed by the registrar of the edition");
  verifying->add_option("file", options->file, "Case file")->required();
  verifying->add_option("--manifest", options->manifest, "The edition's manifest.cbor")->required();
  verifying->add_flag("--json", options->json, "Machine-readable output");
  verifying->callback([options, &exit_status] { exit_status = verify(*options); });
  auto as_json = std::make_shared<bool>(false);
  CLI::App* clocks =
      command->add_subcommand("clocks", "The clocks that are built in, with their references");
  clocks->add_flag("--json", *as_json, "Machine-readable output");
  clocks->callback([as_json, &exit_status] { exit_status = show_clocks(*as_json); });
}

}  // namespace urna::cmd
