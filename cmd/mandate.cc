// SPDX-License-Identifier: EUPL-1.2
#include "cmd/mandate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http_client.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "inspection/report.h"
#include "inspection/request.h"
#include "protection/mandate.h"
#include "protection/secrets.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;
using protection::Mandate;
using protection::MandateParty;

struct MandateOptions : OfficeOptions {
  std::string file;
  std::string text;
  std::string mandate;
  std::string key;
  std::string set;
  std::vector<std::string> fields;
  std::string from, to;
  std::string url;
  std::string out;
};

constexpr std::uint64_t day_seconds = 86'400;

// ---- Reading descriptions: members that are not known are refused, so that no typing error loses
// a limit.

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}
  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] Error error() const { return *error_; }
  void fail(std::string_view member, const char* message) {
    if (!error_) error_ = Error{ErrorCode::malformed, message, {file_, 0, 0, std::string(member)}};
  }
  const json::object* object(const json::value& value, std::string_view member,
                             std::initializer_list<std::string_view> known) {
    const json::object* found = value.if_object();
    if (found == nullptr) {
      fail(member, "not an object");
      return nullptr;
    }
    for (const auto& [name, ignored] : *found) {
      if (std::ranges::find(known, std::string_view(name)) == known.end()) {
        fail(name, "an unknown member");
      }
    }
    return found;
  }
  std::string text(const json::object& in, std::string_view name, bool required = true) {
    const json::value* value = in.if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    if (value != nullptr || required) fail(name, "a text is needed");
    return {};
  }
  std::uint64_t number(const json::object& in, std::string_view name) {
    const json::value* value = in.if_contains(name);
    if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
      return static_cast<std::uint64_t>(value->get_int64());
    }
    fail(name, "a whole number is needed");
    return 0;
  }
  // Unix seconds, or a day: its first or its last second in UTC.
  std::uint64_t moment(const json::object& in, std::string_view name, bool last) {
    const json::value* value = in.if_contains(name);
    if (value != nullptr && value->is_string()) {
      const Result<Date> day = parse_date(value->get_string());
      if (day && day->year() >= std::chrono::year(1970)) {
        return unix_seconds_of(*day) + (last ? day_seconds - 1 : 0);
      }
    }
    if (value != nullptr && value->is_int64()) return number(in, name);
    fail(name, "a day YYYY-MM-DD or seconds since 1970 are needed");
    return 0;
  }
  json::array array(const json::object& in, std::string_view name, bool required = true) {
    const json::value* value = in.if_contains(name);
    if (value != nullptr && value->is_array()) return value->get_array();
    if (value != nullptr || required) fail(name, "a list is needed");
    return {};
  }
  std::vector<std::string> texts(const json::object& in, std::string_view name, bool required) {
    std::vector<std::string> found;
    for (const json::value& value : array(in, name, required)) {
      if (value.is_string()) {
        found.emplace_back(value.get_string());
      } else {
        fail(name, "a list of texts is needed");
      }
    }
    return found;
  }
  MandateParty party(const json::value& value, std::string_view member) {
    MandateParty made;
    const json::object* found = object(value, member, {"name", "key"});
    if (found == nullptr) return made;
    made.name = text(*found, "name");
    const Result<std::string> key = from_hex(text(*found, "key"));
    if (key && key->size() == 32) {
      made.key = array_of<32>(*key);
    } else {
      fail(member, "a public key of 64 hexadecimal digits is needed");
    }
    return made;
  }

 private:
  std::string file_;
  std::optional<Error> error_;
};

Result<json::value> read_json(const std::string& path) {
  const Result<std::string> text = read_file(path, std::size_t{1} << 20U);
  if (!text) return text.error();
  boost::system::error_code wrong;
  json::value value = json::parse(*text, wrong);
  if (wrong) return Error{ErrorCode::malformed, "not JSON: " + wrong.message(), {path}};
  return value;
}

Result<Mandate> mandate_of(const std::string& path) {
  const Result<json::value> value = read_json(path);
  if (!value) return value.error();
  Reader read(path);
  const json::object* in =
      read.object(*value, "",
                  {"edition", "path", "purpose", "inspecting", "inspected", "scope", "inspectors",
                   "begins", "ends", "rows_most", "list_check"});
  if (in == nullptr) return read.error();
  Mandate mandate;
  mandate.edition = read.text(*in, "edition");
  mandate.path = read.text(*in, "path");
  mandate.purpose = read.text(*in, "purpose");
  const json::value none;
  const auto member = [&](std::string_view name) -> const json::value& {
    const json::value* found = in->if_contains(name);
    return found == nullptr ? none : *found;
  };
  mandate.inspecting = read.party(member("inspecting"), "inspecting");
  mandate.inspected = read.party(member("inspected"), "inspected");
  for (const json::value& part : read.array(*in, "scope", false)) {
    const json::object* found = read.object(part, "scope", {"set", "fields", "from", "to"});
    if (found == nullptr) break;
    protection::MandateScope& scope = mandate.scope.emplace_back();
    scope.set = read.text(*found, "set");
    scope.fields = read.texts(*found, "fields", true);
    std::ranges::sort(scope.fields);
    scope.from = read.moment(*found, "from", false);
    scope.to = read.moment(*found, "to", true);
  }
  for (const json::value& inspector : read.array(*in, "inspectors", false)) {
    mandate.inspectors.push_back(read.party(inspector, "inspectors"));
  }
  mandate.begins = read.moment(*in, "begins", false);
  mandate.ends = read.moment(*in, "ends", true);
  if (in->contains("rows_most")) mandate.rows_most = read.number(*in, "rows_most");
  if (const json::value* list = in->if_contains("list_check")) {
    const json::object* found =
        read.object(*list, "list_check", {"list_least", "list_most", "evaluations", "number"});
    if (found != nullptr) {
      mandate.list_check = protection::MandateListCheck{
          read.number(*found, "list_least"), read.number(*found, "list_most"),
          read.number(*found, "evaluations"), read.number(*found, "number")};
    }
  }
  if (!read.ok()) return read.error();
  if (Status right = protection::names_right(mandate); !right) return std::move(right).error();
  return mandate;
}

std::string hash_text(const Mandate& mandate) {
  return to_hex(view_of(protection::mandate_hash(mandate)));
}

// A file that was written already may be overwritten: signatures are added to it.
int put(const MandateOptions& options, const std::string& path, const std::string& bytes,
        const std::string& text, const json::object& object) {
  if (Status written = write_file_atomically(path, bytes); !written) {
    return fail(written.error(), options.json);
  }
  return say(options, text, object);
}

int make(const MandateOptions& options) {
  const Result<Mandate> mandate = mandate_of(options.text);
  if (!mandate) return fail(mandate.error(), options.json);
  return put(options, options.out, encode(*mandate),
             fmt::format("{}: mandate {}, to be signed by both controllers\n", options.out,
                         hash_text(*mandate)),
             {{"mandate", hash_text(*mandate)}});
}

int sign(const MandateOptions& options) {
  const Result<proof::SigningKey> key =
      load_signing_key(options.key, tally::KeyRole::official, options);
  if (!key) return fail(key.error(), options.json);
  // A report, if a mandate is given beside it.
  if (!options.mandate.empty()) {
    const Result<Mandate> mandate = read_mandate(options.mandate);
    if (!mandate) return fail(mandate.error(), options.json);
    const Result<std::string> bytes = read_file(options.file, inspection::report_bytes_max);
    if (!bytes) return fail(bytes.error(), options.json);
    Result<inspection::Report> report = inspection::decode_report(*bytes);
    if (!report) return fail(report.error(), options.json);
    if (Status done = inspection::sign(*report, *mandate, *key); !done) {
      return fail(done.error(), options.json);
    }
    return put(options, options.file, encode(*report), options.file + ": signed\n",
               {{"signed", true}});
  }
  Result<Mandate> mandate = read_mandate(options.file);
  if (!mandate) return fail(mandate.error(), options.json);
  if (Status done = protection::sign(*mandate, *key); !done) {
    return fail(done.error(), options.json);
  }
  return put(options, options.file, encode(*mandate), options.file + ": signed\n",
             {{"signed", true}, {"mandate", hash_text(*mandate)}});
}

int verify(const MandateOptions& options) {
  if (!options.mandate.empty()) {
    const Result<Mandate> mandate = read_mandate(options.mandate);
    if (!mandate) return fail(mandate.error(), options.json);
    const Result<std::string> bytes = read_file(options.file, inspection::report_bytes_max);
    if (!bytes) return fail(bytes.error(), options.json);
    const Result<inspection::Report> report = inspection::decode_report(*bytes);
    if (!report) return fail(report.error(), options.json);
    if (Status right = inspection::verify(*report, *mandate); !right) {
      return fail(right.error(), options.json);
    }
    return say(options, "the report is signed by both controllers\n", {{"sound", true}});
  }
  const Result<Mandate> mandate = read_mandate(options.file);
  if (!mandate) return fail(mandate.error(), options.json);
  const protection::MandateTrust trust{mandate->inspecting.key, mandate->inspected.key,
                                       mandate->edition};
  const auto fault = protection::find_fault(*mandate, trust, unix_time());
  return say(options,
             fault ? fmt::format("not in force: {}\n", to_string(*fault))
                   : "signed by both controllers that it names, and in force; that these are the "
                     "right ones, their keys must say\n",
             {{"in_force", !fault}, {"fault", fault ? json::value(to_string(*fault)) : nullptr}},
             fault ? 1 : 0);
}

int show(const MandateOptions& options) {
  const Result<Mandate> mandate = read_mandate(options.file);
  if (!mandate) return fail(mandate.error(), options.json);
  const Mandate& m = *mandate;
  const auto party = [](const MandateParty& one) {
    return json::object{{"name", one.name}, {"key", to_hex(view_of(one.key))}};
  };
  json::object out = {{"mandate", hash_text(m)},
                      {"edition", m.edition},
                      {"path", m.path},
                      {"purpose", m.purpose},
                      {"inspecting", party(m.inspecting)},
                      {"inspected", party(m.inspected)},
                      {"begins", to_iso_moment(m.begins)},
                      {"ends", to_iso_moment(m.ends)},
                      {"rows_most", m.rows_most},
                      {"signed_by_inspecting", m.by_inspecting.has_value()},
                      {"signed_by_inspected", m.by_inspected.has_value()}};
  std::string text = fmt::format(
      "mandate     {}\nedition     {}\npath        {}\npurpose     {}\ninspecting  {} {}{}\n"
      "inspected   {} {}{}\nin force    {} to {}\n",
      hash_text(m), m.edition, m.path, m.purpose, m.inspecting.name,
      to_hex(view_of(m.inspecting.key)), m.by_inspecting ? ", signed" : "", m.inspected.name,
      to_hex(view_of(m.inspected.key)), m.by_inspected ? ", signed" : "", to_iso_moment(m.begins),
      to_iso_moment(m.ends));
  json::array scope;
  for (const protection::MandateScope& part : m.scope) {
    scope.push_back({{"set", part.set},
                     {"fields", to_json(part.fields)},
                     {"from", to_iso_moment(part.from)},
                     {"to", to_iso_moment(part.to)}});
    text += fmt::format("scope       {}: {}; {} to {}\n", part.set, fmt::join(part.fields, ", "),
                        to_iso_moment(part.from), to_iso_moment(part.to));
  }
  json::array inspectors;
  for (const MandateParty& inspector : m.inspectors) {
    inspectors.push_back(party(inspector));
    text += fmt::format("inspector   {} {}\n", inspector.name, to_hex(view_of(inspector.key)));
  }
  out["scope"] = std::move(scope);
  out["inspectors"] = std::move(inspectors);
  if (m.rows_most != 0) text += fmt::format("rows        at most {}\n", m.rows_most);
  if (m.list_check) {
    out["list_check"] = {{"list_least", m.list_check->list_least},
                         {"list_most", m.list_check->list_most},
                         {"evaluations", m.list_check->evaluations},
                         {"number", m.list_check->number}};
    text += fmt::format("list check  {} to {} people, {} evaluations, the unit's {}.\n",
                        m.list_check->list_least, m.list_check->list_most,
                        m.list_check->evaluations, m.list_check->number);
  }
  return say(options, text, out);
}

int read_under(const MandateOptions& options) {
  inspection::ReadRequest request;
  if (!options.mandate.empty()) {
    Result<std::string> bytes = read_file(options.mandate, protection::mandate_bytes_max);
    if (!bytes) return fail(bytes.error(), options.json);
    request.mandate = *std::move(bytes);
  }
  const Result<proof::SigningKey> key =
      load_signing_key(options.key, tally::KeyRole::official, options);
  if (!key) return fail(key.error(), options.json);
  const Result<Date> from = parse_date(options.from);
  const Result<Date> to = parse_date(options.to);
  if (!from || !to) {
    return fail({ErrorCode::usage, "a day YYYY-MM-DD is needed", {.field = "--from, --to"}},
                options.json);
  }
  request.set = options.set;
  request.fields = options.fields;
  std::ranges::sort(request.fields);
  request.from = unix_seconds_of(*from);
  request.to = unix_seconds_of(*to) + day_seconds - 1;
  request.time = unix_time();
  request.number = array_of<16>(protection::random_bytes(16));
  sign(request, *key);

  adapters::HttpTrust trust;
  trust.plain_http = true;
  adapters::HttpLimits limits;
  limits.total_ms = 30'000;
  limits.answer_bytes_max = std::size_t{256} << 20U;
  const adapters::HttpClient http(limits, trust);
  const std::string address = options.url + "/api/v1/inspection/read";
  const std::string body = encode(request);
  adapters::HttpRequest sent;
  sent.url = address;
  sent.body = body;
  sent.headers = {{"Content-Type", "application/cbor"}};
  const Result<adapters::HttpAnswer> answer = http.send(sent);
  if (!answer) return fail(answer.error(), options.json);
  if (answer->status != 200) {
    std::string fault;
    boost::system::error_code wrong;
    const json::value problem = json::parse(answer->body, wrong);
    if (!wrong && problem.is_object()) {
      if (const json::value* member = problem.get_object().if_contains("fault");
          member != nullptr && member->is_string()) {
        fault = ": " + std::string(member->get_string());
      }
    }
    const bool refused = answer->status == 403;
    return fail({refused ? ErrorCode::conflict : ErrorCode::io,
                 fmt::format("no rows were given, status {}{}", answer->status, fault),
                 {},
                 "see both controllers' logs"},
                options.json);
  }
  return put(options, options.out, answer->body, options.out + ": the rows\n",
             {{"file", options.out}});
}

int make_report(const MandateOptions& options) {
  const Result<Mandate> mandate = read_mandate(options.mandate);
  if (!mandate) return fail(mandate.error(), options.json);
  const Result<json::value> value = read_json(options.text);
  if (!value) return fail(value.error(), options.json);
  Reader read(options.text);
  const json::object* in =
      read.object(*value, "", {"findings", "remarks", "recommendations", "follow_up"});
  if (in == nullptr) return fail(read.error(), options.json);
  inspection::Report report;
  report.mandate = protection::mandate_hash(*mandate);
  report.time = unix_time();
  report.findings = read.texts(*in, "findings", true);
  report.remarks = read.text(*in, "remarks", false);
  report.recommendations = read.texts(*in, "recommendations", false);
  for (const json::value& next : read.array(*in, "follow_up", false)) {
    const json::object* found = read.object(next, "follow_up", {"what", "due"});
    if (found == nullptr) break;
    report.follow_up.push_back({read.text(*found, "what"), read.moment(*found, "due", true)});
  }
  if (!read.ok()) return fail(read.error(), options.json);
  const std::string bytes = encode(report);
  // What would not be read back is not written.
  if (const auto again = inspection::decode_report(bytes); !again) {
    return fail(again.error(), options.json);
  }
  return put(options, options.out, bytes,
             options.out + ": the report, to be signed by both controllers\n",
             {{"file", options.out}});
}

}  // namespace

void add_mandate_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "mandate",
      "What lets one controller look at another's data: make, sign, verify, read, report");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  urna mandate new --text mandate.json --out mandate.cbor\n"
      "  urna mandate sign mandate.cbor --key city.key         and the other controller likewise\n"
      "  urna mandate show mandate.cbor\n"
      "  urna mandate read --mandate mandate.cbor --key inspector.key --url http://unit:8090\n"
      "      --set staff-list --fields first_name,last_name --from 2026-01-01 --to 2026-12-31 "
      "--out rows.json\n"
      "  urna mandate report --mandate mandate.cbor --text report.json --out report.cbor\n"
      "  urna mandate sign report.cbor --mandate mandate.cbor --key unit.key\n\n"
      "Exit status: 0 done, 1 not in force, 2 usage, 3 malformed, 4 files or services, 7 refused.\n"
      "docs/listcheck.md describes the files.");
  const auto add = [&](const char* name, const char* what, int (*run)(const MandateOptions&)) {
    auto options = std::make_shared<MandateOptions>();
    CLI::App* added = command->add_subcommand(name, what);
    added->callback([options, run, &exit_status] { exit_status = run(*options); });
    add_office_options(*added, *options);
    return std::pair(added, options);
  };
  {
    auto [added, options] = add("new", "Make a mandate from its description", make);
    added->add_option("--text", options->text, "JSON file")->required();
    added->add_option("--out", options->out, "File to write")->required();
  }
  {
    auto [added, options] = add("sign", "Sign a mandate, or with --mandate a report", sign);
    added->add_option("file", options->file, "Mandate or report; the signature is added to it")
        ->required();
    added->add_option("--mandate", options->mandate, "The mandate that the report is about");
    added->add_option("--key", options->key, "A controller's key, of the role official")
        ->required();
    add_passphrase_option(*added, *options);
  }
  {
    auto [added, options] = add("verify", "Say whether it is signed and in force", verify);
    added->add_option("file", options->file, "Mandate or report")->required();
    added->add_option("--mandate", options->mandate, "The mandate that the report is about");
  }
  {
    auto [added, options] = add("show", "What a mandate says", show);
    added->add_option("file", options->file, "Mandate")->required();
  }
  {
    auto [added, options] =
        add("read", "Read another controller's data under a mandate", read_under);
    added->add_option("--mandate", options->mandate, "The mandate");
    added->add_option("--key", options->key, "The inspector's key, of the role official")
        ->required();
    added->add_option("--url", options->url, "The inspected controller's inspection service")
        ->required();
    added->add_option("--set", options->set, "Data set")->required();
    added->add_option("--fields", options->fields, "Fields, separated by commas")
        ->delimiter(',')
        ->required();
    added->add_option("--from", options->from, "First day of the records")->required();
    added->add_option("--to", options->to, "Last day of the records")->required();
    added->add_option("--out", options->out, "File to write")->required();
    add_passphrase_option(*added, *options);
  }
  {
    auto [added, options] = add("report", "Make the report of an inspection", make_report);
    added->add_option("--mandate", options->mandate, "The mandate")->required();
    added->add_option("--text", options->text, "JSON file")->required();
    added->add_option("--out", options->out, "File to write")->required();
  }
}

}  // namespace urna::cmd
