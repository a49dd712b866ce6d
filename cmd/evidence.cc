// SPDX-License-Identifier: EUPL-1.2
#include "cmd/evidence.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/private_file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "evidence/package.h"
#include "evidence/sealing.h"

namespace urna::cmd {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t small_file_max = std::size_t{1} << 20U;

struct EvidenceOptions : OfficeOptions {
  std::string folder;
  std::string out;
  evidence::Description description;
  std::vector<std::string> items;
  std::string key;  // of whoever signs
  std::string who;
  std::string act;
  std::string to;
  std::string note;
  std::string level;
  std::string recipient;
  std::string sealed;
  std::string response;
  std::vector<std::string> makers;
  std::string authorities;
};

// "LEVEL:FILE" or "LEVEL:FILE:ABOUT".
Result<evidence::Source> source_of(const std::string& text) {
  const std::size_t first = text.find(':');
  if (first == std::string::npos) {
    return Error{ErrorCode::usage, "not of the form LEVEL:FILE[:ABOUT]: " + text};
  }
  Result<evidence::Level> level = evidence::parse_level(text.substr(0, first));
  if (!level) {
    Error error = std::move(level).error();
    error.code = ErrorCode::usage;
    return error;
  }
  const std::size_t second = text.find(':', first + 1);
  evidence::Source source;
  source.level = *level;
  source.path = text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  source.name = fs::path(source.path).filename().string();
  if (second != std::string::npos) source.about = text.substr(second + 1);
  return source;
}

Result<proof::SigningKey> signing_key(const EvidenceOptions& options) {
  return load_signing_key(options.key, tally::KeyRole::official, options);
}

int make(const EvidenceOptions& options) {
  std::vector<evidence::Source> sources;
  for (const std::string& item : options.items) {
    Result<evidence::Source> source = source_of(item);
    if (!source) return fail(source.error(), options.json);
    sources.push_back(*std::move(source));
  }
  const Result<proof::SigningKey> key = signing_key(options);
  if (!key) return fail(key.error(), options.json);
  const Status made = evidence::make_package(options.out, options.description, sources,
                                             {options.who, *key}, unix_time());
  if (!made) return fail(made.error(), options.json);
  return say(
      options,
      fmt::format("{}: {} items, signed by {} with the key {}\n", options.out, sources.size(),
                  options.who, to_hex(view_of(key->key))),
      {{"folder", options.out}, {"items", sources.size()}, {"key", to_hex(view_of(key->key))}});
}

int custody(const EvidenceOptions& options) {
  const Result<evidence::Act> act = evidence::parse_act(options.act);
  if (!act) return fail(act.error(), options.json);
  const Result<proof::SigningKey> key = signing_key(options);
  if (!key) return fail(key.error(), options.json);
  evidence::Custody line;
  line.act = *act;
  line.to = options.to;
  line.note = options.note;
  const Status added =
      evidence::add_custody(options.folder, line, {options.who, *key}, unix_time());
  if (!added) return fail(added.error(), options.json);
  return say(options, fmt::format("{}: {}, {}\n", options.folder, options.act, options.who),
             {{"act", options.act}, {"who", options.who}});
}

int keygen(const EvidenceOptions& options) {
  const Result<evidence::RecipientKey> key = evidence::make_recipient(options.who);
  if (!key) return fail(key.error(), options.json);
  const SecretBytes bytes = encode(*key);
  if (const Status made = create_private_file(options.out, bytes.view()); !made) {
    return fail(made.error(), options.json);
  }
  const std::string line = key->recipient.to_line();
  if (const Status put = write_file_atomically(options.out + ".pub", line); !put) {
    return fail(put.error(), options.json);
  }
  return say(options,
             fmt::format("{}: the secret key, for {} alone\n{}.pub: the public key\n", options.out,
                         options.who, options.out),
             {{"secret", options.out}, {"public", options.out + ".pub"}});
}

int seal(const EvidenceOptions& options) {
  const Result<std::string> line = read_file(options.recipient, small_file_max);
  if (!line) return fail(line.error(), options.json);
  Result<evidence::Recipient> recipient = evidence::Recipient::parse(*line);
  if (!recipient) {
    Error error = std::move(recipient).error();
    error.place.file = options.recipient;
    return fail(error, options.json);
  }
  const Result<evidence::Level> level = evidence::parse_level(options.level);
  if (!level) return fail(level.error(), options.json);
  const Result<proof::SigningKey> key = signing_key(options);
  if (!key) return fail(key.error(), options.json);
  // Who handed what to whom stands in the package before it is sealed.
  evidence::Custody custody_line;
  custody_line.act = evidence::Act::handed_over;
  custody_line.to = recipient->name;
  custody_line.note = options.note;
  custody_line.level = *level;
  if (const Status added =
          evidence::add_custody(options.folder, custody_line, {options.who, *key}, unix_time());
      !added) {
    return fail(added.error(), options.json);
  }
  const Result<std::string> sealed = evidence::seal_package(options.folder, *recipient, *level);
  if (!sealed) return fail(sealed.error(), options.json);
  if (const Status put = write_file_atomically(options.out, *sealed); !put) {
    return fail(put.error(), options.json);
  }
  return say(options,
             fmt::format("{}: for {} alone, items up to \"{}\"\n", options.out, recipient->name,
                         to_string(*level)),
             {{"file", options.out},
              {"recipient", recipient->name},
              {"level", to_string(*level)},
              {"bytes", sealed->size()}});
}

int open_package(const EvidenceOptions& options) {
  const Result<SecretBytes> bytes = read_secret_file(options.key, small_file_max);
  if (!bytes) return fail(bytes.error(), options.json);
  const Result<evidence::RecipientKey> key = evidence::decode_recipient(bytes->view());
  if (!key) {
    Error error = key.error();
    error.place.file = options.key;
    return fail(error, options.json);
  }
  const Result<std::string> sealed =
      read_file(options.sealed, evidence::package_bytes_max + (std::size_t{16} << 20U));
  if (!sealed) return fail(sealed.error(), options.json);
  const Status opened = evidence::open_package(*sealed, *key, options.out);
  if (!opened) {
    Error error = opened.error();
    if (error.place.file.empty()) error.place.file = options.sealed;
    return fail(error, options.json);
  }
  return say(options, fmt::format("{}: opened; `urna evidence verify` checks it\n", options.out),
             {{"folder", options.out}});
}

int time_request(const EvidenceOptions& options) {
  const Result<std::string> request = evidence::time_request(options.folder);
  if (!request) return fail(request.error(), options.json);
  if (const Status put = write_file_atomically(options.out, *request); !put) {
    return fail(put.error(), options.json);
  }
  return say(options, fmt::format("{}: to be sent to a time-stamping authority\n", options.out),
             {{"file", options.out}});
}

int time_add(const EvidenceOptions& options) {
  const Result<std::string> response = read_file(options.response, small_file_max);
  if (!response) return fail(response.error(), options.json);
  const Status added = evidence::add_time_stamp(options.folder, *response, options.authorities);
  if (!added) return fail(added.error(), options.json);
  return say(options, fmt::format("{}: stamped\n", options.folder), {{"folder", options.folder}});
}

int verify(const EvidenceOptions& options) {
  evidence::Trust trust;
  trust.time_authorities = options.authorities;
  for (const std::string& maker : options.makers) {
    const Result<std::string> key = from_hex(maker);
    if (!key || key->size() != sizeof(proof::ElementBytes)) {
      return fail({ErrorCode::usage, "a maker's key has 64 hexadecimal digits: " + maker},
                  options.json);
    }
    trust.makers.push_back(array_of<32>(*key));
  }
  const Result<evidence::Report> report = evidence::verify_package(options.folder, trust);
  if (!report) return fail(report.error(), options.json);
  std::string text = fmt::format("Case {}, edition {}, made {}\n{} items, {} of them withheld\n",
                                 report->description.case_number, report->description.edition,
                                 to_iso_moment(report->made), report->items, report->withheld);
  if (report->stamped) text += fmt::format("time stamp: {}\n", to_iso_moment(*report->stamped));
  json::array lines;
  for (const evidence::CustodyLine& line : report->custody) {
    text += fmt::format("  {}  {}  {}{}{}\n", to_iso_moment(line.time), to_string(line.act),
                        line.who, line.to.empty() ? "" : " to " + line.to,
                        line.note.empty() ? "" : ": " + line.note);
    lines.push_back({{"time", line.time},
                     {"act", to_string(line.act)},
                     {"who", line.who},
                     {"to", line.to},
                     {"note", line.note},
                     {"key", line.key}});
  }
  json::array findings;
  for (const evidence::Finding& finding : report->findings) {
    text +=
        fmt::format("{}: {}: {}\n", finding.wrong ? "WRONG" : "note", finding.where, finding.what);
    findings.push_back(
        {{"wrong", finding.wrong}, {"where", finding.where}, {"what", finding.what}});
  }
  text += report->sound() ? "SOUND: nothing was altered.\n" : "ALTERED.\n";
  json::object body{{"sound", report->sound()},
                    {"case", report->description.case_number},
                    {"edition", report->description.edition},
                    {"made", report->made},
                    {"items", report->items},
                    {"withheld", report->withheld},
                    {"custody", std::move(lines)},
                    {"findings", std::move(findings)}};
  if (report->stamped) body["stamped"] = *report->stamped;
  return say(options, text, body, report->sound() ? 0 : 1);
}

using SharedOptions = std::shared_ptr<EvidenceOptions>;

void finish(CLI::App* command, const SharedOptions& options, int& exit_status,
            int (*run)(const EvidenceOptions&)) {
  command->add_flag("--json", options->json, "Machine-readable output");
  command->callback([options, &exit_status, run] { exit_status = run(*options); });
}

void add_signer_options(CLI::App* command, const SharedOptions& options) {
  command->add_option("--by", options->who, "Who signs")->required();
  command->add_option("--key", options->key, "Their key file (role official)")->required();
  add_passphrase_option(*command, *options);
}

void add_folder(CLI::App* command, const SharedOptions& options) {
  command->add_option("FOLDER", options->folder, "The package")->required();
}

void add_level(CLI::App* command, const SharedOptions& options) {
  command->add_option("--level", options->level, "Items above it are left out")
      ->check(CLI::IsMember({"open", "pseudonymous", "personal"}))
      ->required();
}

}  // namespace

void add_evidence_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "evidence", "Packages of one case: signed, time-stamped, with custody, checked offline");
  command->require_subcommand(1);

  auto making = std::make_shared<EvidenceOptions>();
  CLI::App* make_command = command->add_subcommand("make", "Make a package of files");
  make_command->add_option("--case", making->description.case_number, "Number of the case")
      ->required();
  make_command->add_option("--edition", making->description.edition, "Its id or hash")->required();
  make_command->add_option("--about", making->description.about, "What happened, one paragraph");
  make_command->add_option("--basis", making->description.basis, "The law that it is made by");
  make_command
      ->add_option("--item", making->items,
                   "LEVEL:FILE[:ABOUT]; several. Levels: open, pseudonymous, personal")
      ->required();
  make_command->add_option("--out", making->out, "A new folder")->required();
  add_signer_options(make_command, making);
  make_command->footer(
      "Example:\n  urna evidence make --case ABCDE-FGHJK --edition pl-town-2026 \\\n"
      "    --item pseudonymous:events.jsonl:\"certificates of 3 November\" --item open:checkpoint "
      "\\\n"
      "    --by \"Anna Nowak\" --key anna.key --out case/");
  finish(make_command, making, exit_status, make);

  auto keeping = std::make_shared<EvidenceOptions>();
  CLI::App* custody_command =
      command->add_subcommand("custody", "Write down who received, opened or gave back a package");
  add_folder(custody_command, keeping);
  custody_command->add_option("--act", keeping->act, "received, opened, returned or handed-over")
      ->check(CLI::IsMember({"received", "opened", "returned", "handed-over"}))
      ->required();
  custody_command->add_option("--to", keeping->to, "Whom it was handed over to");
  custody_command->add_option("--note", keeping->note, "Why, or where");
  add_signer_options(custody_command, keeping);
  custody_command->footer(
      "Example:\n  urna evidence custody case/ --act received --by \"Jan Lis\" --key jan.key");
  finish(custody_command, keeping, exit_status, custody);

  auto asking = std::make_shared<EvidenceOptions>();
  CLI::App* request_command = command->add_subcommand(
      "time-request", "A request for a time stamp (RFC 3161), to be sent to an authority");
  add_folder(request_command, asking);
  request_command->add_option("--out", asking->out, "File of the request")->required();
  request_command->footer(
      "Example:\n  urna evidence time-request case/ --out case.tsq\n"
      "  curl -H 'Content-Type: application/timestamp-query' --data-binary @case.tsq \\\n"
      "    -o case.tsr https://AUTHORITY");
  finish(request_command, asking, exit_status, time_request);

  auto stamping = std::make_shared<EvidenceOptions>();
  CLI::App* stamp_command =
      command->add_subcommand("time-add", "Put an authority's answer into the package");
  add_folder(stamp_command, stamping);
  stamp_command->add_option("--response", stamping->response, "File of the answer")->required();
  stamp_command
      ->add_option("--authorities", stamping->authorities,
                   "Certificates (PEM) of authorities that are believed")
      ->required();
  stamp_command->footer(
      "Example:\n  urna evidence time-add case/ --response case.tsr --authorities tsa.pem");
  finish(stamp_command, stamping, exit_status, time_add);

  auto drawing = std::make_shared<EvidenceOptions>();
  CLI::App* keygen_command =
      command->add_subcommand("keygen", "A recipient's pair of keys, to have packages sealed to");
  keygen_command->add_option("--name", drawing->who, "The recipient, without blanks")->required();
  keygen_command->add_option("--out", drawing->out, "File of the secret key; FILE.pub is the other")
      ->required();
  keygen_command->footer(
      "Example:\n  urna evidence keygen --name Prokuratura-Rejonowa --out prosecutor.key");
  finish(keygen_command, drawing, exit_status, keygen);

  auto sealing = std::make_shared<EvidenceOptions>();
  CLI::App* seal_command = command->add_subcommand(
      "seal", "One file for one recipient; the handing over is written into the package first");
  add_folder(seal_command, sealing);
  seal_command->add_option("--to", sealing->recipient, "File of the recipient's public key")
      ->required();
  add_level(seal_command, sealing);
  seal_command->add_option("--note", sealing->note, "By which letter, on what grounds");
  seal_command->add_option("--out", sealing->out, "The sealed file")->required();
  add_signer_options(seal_command, sealing);
  seal_command->footer(
      "Example:\n  urna evidence seal case/ --to prosecutor.key.pub --level personal \\\n"
      "    --by \"Anna Nowak\" --key anna.key --out case.sealed");
  finish(seal_command, sealing, exit_status, seal);

  auto opening = std::make_shared<EvidenceOptions>();
  CLI::App* open_command = command->add_subcommand("open", "Open what was sealed to one's key");
  open_command->add_option("FILE", opening->sealed, "The sealed file")->required();
  open_command->add_option("--key", opening->key, "File of the secret key")->required();
  open_command->add_option("--out", opening->out, "A new folder")->required();
  open_command->footer(
      "Example:\n  urna evidence open case.sealed --key prosecutor.key --out case/");
  finish(open_command, opening, exit_status, open_package);

  auto verifying = std::make_shared<EvidenceOptions>();
  CLI::App* verify_command =
      command->add_subcommand("verify", "Check a package, without a network");
  add_folder(verify_command, verifying);
  verify_command->add_option("--maker", verifying->makers,
                             "Key of an official who may make packages; several");
  verify_command->add_option("--authorities", verifying->authorities,
                             "Certificates (PEM) of time-stamping authorities");
  verify_command->footer(
      "Example:\n  urna evidence verify case/ --maker 5e1f… --authorities tsa.pem\n\n"
      "Exit status: 0 sound, 1 something was altered, which is named.");
  finish(verify_command, verifying, exit_status, verify);
}

}  // namespace urna::cmd
