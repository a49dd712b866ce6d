// SPDX-License-Identifier: EUPL-1.2
#include "cmd/answers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "answers/compose.h"
#include "answers/gather.h"
#include "answers/safe.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/sha256.h"
#include "cases/clocks.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/screen.h"
#include "results/numbers.h"
#include "statistics/gate.h"
#include "tally/record_view.h"
#include "verify/verify.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t input_bytes_max = std::size_t{64} << 20U;

struct AnswersOptions : OfficeOptions {
  ScreenWords screening;
  std::string record, record_link, registrar, complaints;
  std::vector<std::string> signals, cases, packages;
  std::string told, templates, clocks;
  std::string facts;  // the transparency report's JSON
  std::string subject, received;
  std::string out;
  std::string table, releases;
  statistics::Policy policy;
};

answers::Source source_of(std::string id, const std::string& path, std::string_view bytes,
                          std::string link = {}) {
  return {std::move(id), fs::path(path).lexically_normal().filename().string(), sha256_hex(bytes),
          std::move(link)};
}

// Nothing is told of a record that does not verify.
Status add_record(answers::Facts& facts, const AnswersOptions& options,
                  std::optional<proof::ElementBytes>& registrar_key) {
  verify::VerifyOptions how;
  how.threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  const Result<verify::Verdict> verdict = verify::verify_record(options.record, how);
  if (!verdict) return verdict.error();
  if (verdict->refused) {
    return Error{ErrorCode::conflict,
                 "the record does not verify: " + verdict->refused->what,
                 {options.record, 0, 0, verdict->refused->where},
                 "nothing is told of it; see `urna verify`"};
  }
  const Result<tally::RecordView> view =
      tally::read_record(options.record, tally::Cosignatures::required);
  if (!view) return view.error();
  facts.title = view->state.manifest().title;
  registrar_key = view->state.manifest().registrar;
  answers::add_record(facts, results::numbers_of(view->state),
                      source_of("record", options.record + "/checkpoint", view->checkpoint_note,
                                options.record_link));
  return ok_status();
}

template <typename Add>
Status add_file(const std::string& path, const char* id, const Add& add) {
  const Result<std::string> bytes = read_file(path, input_bytes_max);
  if (!bytes) return bytes.error();
  Status added = add(*bytes, source_of(id, path, *bytes));
  if (added) return added;
  Error error = std::move(added).error();
  error.place.file = path;
  return error;
}

Status add_packages(answers::Facts& facts, const AnswersOptions& options) {
  for (const std::string& folder : options.packages) {
    const Result<std::string> bytes = read_file(folder + "/package.json", input_bytes_max);
    if (!bytes) return bytes.error();
    const Result<evidence::Report> report = evidence::verify_package(folder, {});
    if (!report) return report.error();
    answers::add_evidence(
        facts, *report,
        source_of("evidence " + report->description.case_number, folder + "/package.json", *bytes));
  }
  return ok_status();
}

Status add_cases(answers::Facts& facts, const AnswersOptions& options,
                 const std::optional<proof::ElementBytes>& registrar) {
  for (const std::string& path : options.cases) {
    const Result<std::string> bytes = read_file(path, cases::case_bytes_max);
    if (!bytes) return bytes.error();
    if (!registrar) return Error{ErrorCode::usage, "cases need the record, which names who signs"};
    const Result<cases::CaseFile> file = cases::parse_case(*bytes, *registrar);
    if (!file) {
      Error error = file.error();
      error.place.file = path;
      return error;
    }
    if (to_hex(view_of(file->edition)) != facts.edition) {
      return Error{ErrorCode::conflict, "the case is of another edition", {path}, ""};
    }
    answers::add_case(facts, *file, source_of("case " + file->number, path, *bytes));
  }
  return ok_status();
}

Result<answers::Facts> gather(const AnswersOptions& options) {
  answers::Facts facts;
  facts.made = unix_time();
  std::optional<proof::ElementBytes> registrar_key;
  if (Status added = add_record(facts, options, registrar_key); !added)
    return std::move(added).error();
  const auto add = [&](const std::string& path, const char* id, auto function) -> Status {
    return add_file(path, id, [&](const std::string& bytes, answers::Source source) {
      return function(facts, bytes, std::move(source));
    });
  };
  if (!options.registrar.empty()) {
    if (Status done = add(options.registrar, "registrar", answers::add_registrar); !done)
      return std::move(done).error();
  }
  std::size_t number = 0;
  for (const std::string& path : options.signals) {
    const std::string id = fmt::format("signals {}", ++number);
    if (Status done = add(path, id.c_str(), answers::add_signals); !done)
      return std::move(done).error();
  }
  if (!options.complaints.empty()) {
    if (Status done = add(options.complaints, "complaints", answers::add_complaints); !done)
      return std::move(done).error();
  }
  if (Status done = add_cases(facts, options, registrar_key); !done) return std::move(done).error();
  if (Status done = add_packages(facts, options); !done) return std::move(done).error();
  answers::finish(facts);
  return facts;
}

Result<std::string> templates_of(const AnswersOptions& options) {
  if (options.templates.empty()) return std::string(answers::standard_templates());
  return read_file(options.templates, answers::templates_bytes_max);
}

// Both languages as HTML and PDF, screened, into a new folder.
int write_documents(const AnswersOptions& options, const answers::Facts& facts,
                    const std::string& name,
                    const std::map<std::string, std::string, std::less<>>& parameters_pl,
                    const std::map<std::string, std::string, std::less<>>& parameters_en,
                    bool with_facts) {
  const Result<std::string> templates = templates_of(options);
  if (!templates) return fail(templates.error(), options.json);
  std::vector<std::pair<std::string, std::string>> files;
  if (with_facts) files.emplace_back(name + ".json", answers::to_json(facts));
  for (const bool polish : {true, false}) {
    answers::Request request;
    request.document = name;
    request.language = polish ? report::Language::polish : report::Language::english;
    request.parameters = polish ? parameters_pl : parameters_en;
    const Result<publish::Document> document = answers::compose(facts, *templates, request);
    if (!document) return fail(document.error(), options.json);
    Result<std::string> pdf = publish::to_pdf(*document);
    if (!pdf) return fail(pdf.error(), options.json);
    const std::string base = name + (polish ? "-pl" : "-en");
    files.emplace_back(base + ".html", publish::to_html(*document));
    files.emplace_back(base + ".pdf", *std::move(pdf));
  }
  if (Status good = screen_made_files(files, options.screening); !good)
    return fail(good.error(), options.json);
  std::error_code failure;
  if (fs::exists(options.out, failure)) {
    return fail({ErrorCode::conflict,
                 "there is something of that name already",
                 {options.out},
                 "name a folder that does not exist yet"},
                options.json);
  }
  if (Status made = make_folder(options.out); !made) return fail(made.error(), options.json);
  std::string text;
  json::array list;
  for (const auto& [file, bytes] : files) {
    const std::string path = options.out + "/" + file;
    if (Status written = write_file_atomically(path, bytes); !written)
      return fail(written.error(), options.json);
    text += fmt::format("{}  {} bytes\n", path, bytes.size());
    list.push_back({{"file", path}, {"sha256", sha256_hex(bytes)}});
  }
  return say(options, text, {{"files", std::move(list)}});
}

int transparency(const AnswersOptions& options) {
  Result<answers::Facts> facts = gather(options);
  if (!facts) return fail(facts.error(), options.json);
  answers::Told told;
  if (!options.told.empty() && fs::exists(options.told)) {
    const Result<std::string> before = read_file(options.told, input_bytes_max);
    if (!before) return fail(before.error(), options.json);
    Result<answers::Told> read = answers::parse_told(*before);
    if (!read) return fail(read.error(), options.json);
    told = *std::move(read);
  }
  statistics::GateReport report;
  if (Status safe = answers::make_safe(*facts, told, options.policy, report); !safe)
    return fail(safe.error(), options.json);
  const int status = write_documents(options, *facts, "transparency", {}, {}, true);
  if (status != 0 || options.told.empty() || told.releases.tables.empty()) return status;
  // What was told is noted after it was written: told twice it would only hide more.
  const std::string fresh = options.told + ".new";
  std::error_code failure;
  fs::remove(fresh, failure);
  if (Status kept = create_private_file(fresh, answers::to_json(told)); !kept)
    return fail(kept.error(), options.json);
  fs::rename(fresh, options.told, failure);
  if (failure) return fail({ErrorCode::io, failure.message(), {options.told}}, options.json);
  return status;
}

Result<answers::Facts> read_facts(const AnswersOptions& options) {
  const Result<std::string> bytes = read_file(options.facts, answers::facts_bytes_max);
  if (!bytes) return bytes.error();
  Result<answers::Facts> facts = answers::parse_facts(*bytes);
  if (!facts) return facts;
  facts->sources.push_back(source_of("transparency", options.facts, *bytes));
  if (Status added = add_packages(*facts, options); !added) return std::move(added).error();
  answers::finish(*facts);
  return facts;
}

int other(const AnswersOptions& options, const char* name) {
  const Result<answers::Facts> facts = read_facts(options);
  if (!facts) return fail(facts.error(), options.json);
  return write_documents(options, *facts, name, {}, {}, false);
}
int dossier(const AnswersOptions& options) { return other(options, "dossier"); }
int press(const AnswersOptions& options) { return other(options, "press"); }

int interpellation(const AnswersOptions& options) {
  const Result<answers::Facts> facts = read_facts(options);
  if (!facts) return fail(facts.error(), options.json);
  const Result<Date> day = parse_date(options.received);
  if (!day) return fail(day.error(), options.json);
  Result<cases::Clocks> own = Error{ErrorCode::not_found, ""};
  const cases::Clocks* clocks = &cases::Clocks::standard();
  if (!options.clocks.empty()) {
    const Result<std::string> text = read_file(options.clocks, cases::clocks_bytes_max);
    if (!text) return fail(text.error(), options.json);
    own = cases::Clocks::parse(*text);
    if (!own) return fail(own.error(), options.json);
    clocks = &*own;
  }
  // Noon of the day is that day in the town, too.
  const std::uint64_t received = unix_seconds_of(*day) + 43200;
  const Result<cases::ClockRule> rule = clocks->rule("interpellation", received);
  if (!rule) return fail(rule.error(), options.json);
  const Result<std::uint64_t> due = clocks->due(*rule, received);
  if (!due) return fail(due.error(), options.json);
  const std::map<std::string, std::string, std::less<>> parameters = {
      {"subject", options.subject},
      {"received", options.received},
      {"deadline", to_iso_moment(*due)},
      {"law", rule->law.act + (rule->law.act.empty() ? "" : ", ") + rule->law.article}};
  auto with_deadline = parameters;
  with_deadline["deadline"] = to_iso_moment(*due);
  return write_documents(options, *facts, "interpellation", parameters, with_deadline, false);
}

// ---- Tables

Result<statistics::Releases> read_releases(const std::string& path) {
  const Result<std::string> text = read_file(path, input_bytes_max);
  if (!text) return text.error();
  Result<statistics::Releases> releases = statistics::parse_releases(*text);
  if (releases) return releases;
  Error error = std::move(releases).error();
  error.place.file = path;
  return error;
}

// The table to be released, and everything told before of the same people.
Result<statistics::Releases> read_before(const AnswersOptions& options,
                                         const statistics::Population& population) {
  if (options.releases.empty() || !fs::exists(options.releases))
    return statistics::Releases{population, {}};
  Result<statistics::Releases> before = read_releases(options.releases);
  if (!before) return before;
  if (!(before->population == population)) {
    return Error{ErrorCode::conflict,
                 "the releases count other people, or by other categories",
                 {options.releases},
                 "use the finest categories of all tables in both files"};
  }
  return before;
}

int check_table(const AnswersOptions& options) {
  const Result<statistics::Releases> given = read_releases(options.table);
  if (!given) return fail(given.error(), options.json);
  Result<statistics::Releases> all = read_before(options, given->population);
  if (!all) return fail(all.error(), options.json);
  all->tables.insert(all->tables.end(), given->tables.begin(), given->tables.end());
  const Result<std::vector<statistics::HiddenCell>> cells = statistics::work_out(*all);
  if (!cells) return fail(cells.error(), options.json);
  std::string text;
  json::array found;
  std::size_t determined = 0, narrow = 0;
  for (const statistics::HiddenCell& one : *cells) {
    const std::string place =
        statistics::place_of(all->population, all->tables[one.table].cells[one.cell]);
    const std::uint64_t values = one.high - one.low + 1;
    // Where no two whole tables are known the reader may know more than the linear bounds say.
    const bool given_away = one.shown_low == one.shown_high;
    determined += given_away ? 1U : 0U;
    narrow += !given_away && values < options.policy.least ? 1U : 0U;
    if (!given_away && values >= options.policy.least) continue;
    // The number itself is not repeated.
    text += fmt::format("{}: {}: {}\n", all->tables[one.table].title, place,
                        given_away ? "can be worked out" : fmt::format("{} values left", values));
    found.push_back({{"table", all->tables[one.table].title},
                     {"at", place},
                     {"determined", given_away},
                     {"values", values}});
  }
  text +=
      determined == 0
          ? fmt::format("{} hidden cells, none can be worked out; {} with fewer than {} values\n",
                        cells->size(), narrow, options.policy.least)
          : fmt::format("REFUSED: {} of {} hidden cells can be worked out\n", determined,
                        cells->size());
  return say(options, text,
             {{"hidden", cells->size()},
              {"determined", determined},
              {"narrow", narrow},
              {"cells", std::move(found)}},
             determined == 0 ? 0 : 1);
}

int safe_table(const AnswersOptions& options) {
  const Result<statistics::Releases> given = read_releases(options.table);
  if (!given) return fail(given.error(), options.json);
  Result<statistics::Releases> before = read_before(options, given->population);
  if (!before) return fail(before.error(), options.json);
  statistics::Releases made{given->population, {}};
  statistics::GateReport report;
  for (const statistics::Table& table : given->tables) {
    Result<statistics::Table> safe = statistics::make_safe(*before, table, options.policy, report);
    if (!safe) return fail(safe.error(), options.json);
    before->tables.push_back(*safe);
    made.tables.push_back(*std::move(safe));
  }
  const std::string bytes = statistics::to_json(made);
  if (Status written = write_file_atomically(options.out, bytes); !written)
    return fail(written.error(), options.json);
  if (!options.releases.empty()) {
    if (Status kept = write_file_atomically(options.releases, statistics::to_json(*before)); !kept)
      return fail(kept.error(), options.json);
  }
  return say(options,
             fmt::format("{}: {} cells hidden because they are small, {} to protect them\n",
                         options.out, report.small, report.complementary),
             {{"file", options.out},
              {"small", report.small},
              {"complementary", report.complementary},
              {"bound_by_exact", report.bound_by_exact}});
}

}  // namespace

void add_answers_command(CLI::App& app, int& exit_status) {
  CLI::App* answers = app.add_subcommand(
      "answers", "What a city tells of an edition, with every figure computed; tables made safe");
  answers->require_subcommand(1);
  const auto add = [&](const char* name, const char* purpose, const char* footer,
                       int (*run)(const AnswersOptions&)) {
    auto options = std::make_shared<AnswersOptions>();
    CLI::App* command = answers->add_subcommand(name, purpose);
    command->footer(footer);
    command->add_flag("--json", options->json, "Machine-readable output");
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    return std::pair(command, options);
  };
  const auto least = [](CLI::App& command, AnswersOptions& options) {
    command.add_option("--least", options.policy.least, "Smaller numbers of people are hidden")
        ->check(CLI::Range(2, 1000))
        ->capture_default_str();
  };
  const auto documents = [](CLI::App& command, AnswersOptions& options) {
    command.add_option("--out", options.out, "Folder to make")->required();
    command.add_option("--templates", options.templates, "Own texts instead of the built-in ones");
    add_screen_options(command, options.screening);
  };
  {
    const auto [command, options] = add(
        "transparency", "Report of an edition: JSON, and HTML and PDF in two languages",
        "Example:\n"
        "  urna answers transparency record --registrar registrar-statistics.json \\\n"
        "      --signals monday.json --signals tuesday.json --complaints complaints.json \\\n"
        "      --evidence case/ --told told.json --out transparency\n\n"
        "The record is verified first. Numbers of few people are hidden, also those that earlier\n"
        "reports would give away: keep the file of --told. docs/answers.md\n",
        transparency);
    command->add_option("RECORD", options->record, "Folder of the record")->required();
    command->add_option("--record-link", options->record_link, "Where everybody can have it");
    command->add_option("--registrar", options->registrar,
                        "Of `urna registrar statistics --out` or --json");
    command->add_option("--signals", options->signals,
                        "Of `urna registrar signals --json`; several");
    command->add_option("--complaints", options->complaints,
                        "Of `urna registrar complaints --json`");
    command->add_option("--case", options->cases, "A case file; several");
    command->add_option("--evidence", options->packages, "A package's folder; several");
    command->add_option(
        "--told", options->told,
        "File, for the office alone, of what earlier reports told; made if missing");
    add_threads_option(*command, *options);
    least(*command, *options);
    documents(*command, *options);
  }
  const auto from_facts = [&](CLI::App& command, AnswersOptions& options) {
    command.add_option("REPORT", options.facts, "transparency.json")->required();
    command.add_option("--evidence", options.packages, "A package's folder; several");
    documents(command, options);
  };
  {
    const auto [command, options] =
        add("dossier", "For an extraordinary session of the council",
            "Example:\n  urna answers dossier transparency/transparency.json --evidence case/ "
            "--out dossier\n",
            dossier);
    from_facts(*command, *options);
  }
  {
    const auto [command, options] =
        add("press", "Draft press statement",
            "Example:\n  urna answers press transparency/transparency.json --out press\n", press);
    from_facts(*command, *options);
  }
  {
    const auto [command, options] =
        add("interpellation", "Draft answer to a councillor's interpellation, with its deadline",
            "Example:\n  urna answers interpellation transparency/transparency.json --subject \\\n"
            "      \"Ballots of one unit's staff\" --received 2026-11-16 --out answer\n",
            interpellation);
    from_facts(*command, *options);
    command->add_option("--subject", options->subject, "What is asked")->required();
    command->add_option("--received", options->received, "The day that it came, 2026-11-16")
        ->required();
    command->add_option("--clocks", options->clocks, "Own deadlines instead of the built-in ones");
  }
  const auto tables = [&](CLI::App& command, AnswersOptions& options) {
    command.add_option("TABLE", options.table, "JSON, see docs/statistics.md")->required();
    command.add_option("--releases", options.releases,
                       "Everything told before of the same people; may be missing");
    least(command, options);
  };
  {
    const auto [command, options] = add(
        "check-table", "Whether what is hidden in a table can be worked out",
        "Example:\n  urna answers check-table table.json --releases told.json\n\n"
        "Exit status: 0 it cannot, 1 it can, 3 malformed, 7 the tables contradict each other.\n",
        check_table);
    tables(*command, *options);
  }
  {
    const auto [command, options] = add(
        "safe-table", "Hide what is small, and what would give it away",
        "Example:\n  urna answers safe-table counts.json --releases told.json --out table.json\n\n"
        "Exit status: 0 made, 3 malformed, 7 it cannot be made safe: join categories.\n",
        safe_table);
    tables(*command, *options);
    command->add_option("--out", options->out, "File of the table that may be released")
        ->required();
  }
}

}  // namespace urna::cmd
