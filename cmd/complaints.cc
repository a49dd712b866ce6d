// SPDX-License-Identifier: EUPL-1.2
#include "cmd/complaints.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include "api/uses_answer.h"
#include "base/date.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/registrar_config.h"
#include "registrar/complaints.h"
#include "registrar/operators.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;
using registrar::Complaint;
using registrar::Office;
using registrar::Use;

struct ComplaintsOptions : ServiceOptions {
  std::string official;
  std::string number;
  bool json = false;
};

// "2026-11-28 09:00": the hour that it was in.
std::string hour_of(const Use& use) {
  return fmt::format("{} {:02}:00", to_iso_string(date_of(use.hour * 3600)), use.hour % 24);
}

std::string grounds_of(const Office& office, const Use& use) {
  std::string text =
      fmt::format("{} UTC, level {}, {}", hour_of(use), use.level, api::name_of(use.factor));
  if (!use.account.empty()) text += " " + registrar::point_of(office, use.account);
  if (use.by_guardian) text += ", by a guardian";
  return text;
}

// Line ends within become blanks: a case takes one line.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

std::string line_of(const Office& office, const Complaint& one) {
  std::string line = fmt::format("{}  {}  {}", one.number, grounds_of(office, one.grounds),
                                 registrar::to_string(one.reason));
  if (!one.text.empty()) line += "  " + on_one_line(one.text);
  return line + "\n";
}

json::object object_of(const Office& office, const Complaint& one) {
  return {{"number", one.number},
          {"reason", registrar::to_string(one.reason)},
          {"text", one.text},
          {"time", one.grounds.hour * 3600},
          {"level", one.grounds.level},
          {"factor", api::name_of(one.grounds.factor)},
          {"point", registrar::point_of(office, one.grounds.account)},
          {"by_guardian", one.grounds.by_guardian}};
}

int show_case(const Office& office, const ComplaintsOptions& options, const OfficeOptions& output) {
  const Result<registrar::ComplaintCase> found =
      registrar::open_case(office, options.official, options.number);
  if (!found) return fail(found.error(), options.json);
  std::string text = line_of(office, found->complaint) + "name: " + found->name + "\n";
  for (const Use& use : found->uses.uses) {
    if (use.kind == registrar::UseKind::vote) {
      text += fmt::format("{} UTC: {} recorded votes\n", hour_of(use), use.count);
    } else {
      text += fmt::format("{}: {}\n", grounds_of(office, use),
                          use.kind == registrar::UseKind::certificate
                              ? fmt::format("{} certificates", use.count)
                              : fmt::format("{} complaints", use.count));
    }
  }
  json::object body = object_of(office, found->complaint);
  body["name"] = found->name;
  json::error_code failure;
  const json::value uses = json::parse(api::uses_json(office, found->uses), failure);
  if (failure) return fail({ErrorCode::io, "the record of uses is damaged"}, options.json);
  body["uses"] = uses.at("uses");
  return say(output, text, body);
}

int show_complaints(const ComplaintsOptions& options) {
  Result<OpenedOffice> opened = open_office(options);
  if (!opened) return fail(opened.error(), options.json);
  if (!opened->registrar) return 0;
  const Office& office = opened->registrar->office();
  OfficeOptions output;
  output.json = options.json;
  if (!options.number.empty()) return show_case(office, options, output);
  std::string text;
  json::array all;
  const Result<std::uint64_t> count =
      registrar::list_complaints(office, options.official, [&](const Complaint& one) -> Status {
        if (options.json) {
          all.push_back(object_of(office, one));
        } else {
          text += line_of(office, one);
        }
        return ok_status();
      });
  if (!count) return fail(count.error(), options.json);
  text += fmt::format("{} complaints\n", *count);
  return say(output, text, {{"complaints", std::move(all)}});
}

}  // namespace

void add_complaints_command(CLI::App& registrar, int& exit_status) {
  auto options = std::make_shared<ComplaintsOptions>();
  CLI::App* command = registrar.add_subcommand(
      "complaints", "Cases of people in whose name somebody may have voted; reading is logged");
  add_service_options(*command, *options);
  command
      ->add_option("--official", options->official, "Account of who reads this, for the access log")
      ->required();
  command->add_option("--number", options->number,
                      "One case with the person's name and what was done in it");
  command->add_flag("--json", options->json, "Machine-readable output");
  command->footer(
      "Examples:\n"
      "  urna registrar complaints --config registrar.toml --official a.nowak\n"
      "  urna registrar complaints … --number ABCDE-FGHJK --json\n\n"
      "The list names nobody. Exit status: 0 done, 2 usage or configuration, 4 there is no such\n"
      "case, files or databases.");
  command->callback([options, &exit_status] { exit_status = show_complaints(*options); });
}

}  // namespace urna::cmd
