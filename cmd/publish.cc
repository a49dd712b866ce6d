// SPDX-License-Identifier: EUPL-1.2
#include "cmd/publish.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/sha256.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "cmd/screen.h"
#include "publish/pdf_file.h"
#include "publish/pdf_signature.h"
#include "publish/protocol.h"
#include "results/edition_data.h"
#include "tally/edition_config.h"
#include "tally/record_view.h"
#include "verify/verify.h"

namespace urna::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t pem_bytes_max = std::size_t{256} << 10U;

struct PublishOptions : OfficeOptions {
  ScreenWords screening;
  std::string record;
  std::string presentation;
  std::string out;
  std::string file;
  std::string key;
  std::string certificate;
  std::string name;
  std::string reason;
};

// A record, verified as a whole before anything is told of it.
struct Told {
  results::EditionData data;
  publish::CheckpointFacts checkpoint;
};

Result<std::optional<presentation::Presentation>> read_presentation(
    const std::string& path, const election::Manifest& manifest) {
  if (path.empty()) return std::optional<presentation::Presentation>();
  const Result<std::string> bytes = read_file(path, presentation::presentation_bytes_max);
  if (!bytes) return bytes.error();
  const std::string hash = sha256_hex(*bytes);
  for (const election::Pool& pool : manifest.pools) {
    bool named = false;
    for (const election::TextPair& pair : pool.meta)
      named = named || (pair.key == presentation::meta_key && pair.value == hash);
    if (!named) {
      return Error{ErrorCode::conflict,
                   "the manifest of the edition does not name this presentation",
                   {path, 0, 0, pool.id},
                   "give the file that `urna edition new` was given, unchanged"};
    }
  }
  Result<presentation::Presentation> read = presentation::parse_presentation(*bytes);
  if (!read) return std::move(read).error();
  return std::optional(std::move(*read));
}

Result<Told> read_told(const PublishOptions& options) {
  verify::VerifyOptions how;
  how.threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  const Result<verify::Verdict> verdict = verify::verify_record(options.record, how);
  if (!verdict) return verdict.error();
  if (verdict->refused) {
    return Error{ErrorCode::conflict,
                 "the record does not verify: " + verdict->refused->what,
                 {options.record, 0, 0, verdict->refused->where},
                 "nothing is published of it; see `urna verify`"};
  }
  Result<tally::RecordView> view =
      tally::read_record(options.record, tally::Cosignatures::required);
  if (!view) return std::move(view).error();
  const election::Manifest& manifest = view->state.manifest();
  Result<std::optional<presentation::Presentation>> presented =
      read_presentation(options.presentation, manifest);
  if (!presented) return std::move(presented).error();
  const auto published = [&](election::PoolNumber pool) {
    return read_file(options.record + "/" + election::published_path(pool),
                     election::record_file_bytes_max);
  };
  Result<results::EditionData> data =
      results::gather(manifest, results::numbers_of(view->state), std::move(*presented), published,
                      program_name_and_version());
  if (!data) return std::move(data).error();
  const Result<board::VerifiedCheckpoint> checkpoint =
      board::verify_checkpoint(view->checkpoint_note, tally::board_key(manifest),
                               tally::witness_keys(manifest), manifest.board.cosignatures);
  if (!checkpoint) return checkpoint.error();
  Told told{std::move(*data), {}};
  told.checkpoint.size = checkpoint->checkpoint.size;
  told.checkpoint.root = to_hex(view_of(checkpoint->checkpoint.root));
  for (const board::Cosignature& cosignature : checkpoint->cosignatures)
    told.checkpoint.witnesses.push_back(cosignature.witness);
  return told;
}

// A folder that is whole or not there. Error: conflict (it is there already), io.
Status write_folder(const std::string& folder,
                    const std::vector<std::pair<std::string, std::string>>& files) {
  std::error_code failure;
  if (fs::exists(folder, failure)) {
    return Error{ErrorCode::conflict,
                 "there is something of that name already",
                 {folder},
                 "name a folder that does not exist yet"};
  }
  const std::string partial = fs::path(folder).lexically_normal().string() + ".partial";
  fs::remove_all(partial, failure);
  if (Status made = make_folder(partial); !made) return made;
  for (const auto& [name, bytes] : files) {
    if (Status written = write_file_atomically(partial + "/" + name, bytes); !written) {
      fs::remove_all(partial, failure);
      return written;
    }
  }
  fs::rename(partial, folder, failure);
  if (!failure) return ok_status();
  return Error{ErrorCode::io,
               "cannot rename the folder: " + failure.message(),
               {partial},
               "check the path and its permissions"};
}

int say_files(const PublishOptions& options,
              const std::vector<std::pair<std::string, std::string>>& files) {
  std::string text;
  boost::json::array list;
  for (const auto& [name, bytes] : files) {
    text += fmt::format("{}/{}  {} bytes\n", options.out, name, bytes.size());
    list.push_back({{"file", options.out + "/" + name},
                    {"bytes", bytes.size()},
                    {"sha256", sha256_hex(bytes)}});
  }
  return say(options, text, {{"files", std::move(list)}});
}

// Nothing goes out with personal data in it.
int publish_files(const PublishOptions& options,
                  const std::vector<std::pair<std::string, std::string>>& files) {
  if (Status good = screen_made_files(files, options.screening); !good)
    return fail(good.error(), options.json);
  if (Status written = write_folder(options.out, files); !written)
    return fail(written.error(), options.json);
  return say_files(options, files);
}

// ---- data

int publish_data(const PublishOptions& options) {
  const Result<Told> told = read_told(options);
  if (!told) return fail(told.error(), options.json);
  std::vector<std::pair<std::string, std::string>> files;
  for (results::DataFile& file : results::open_data(told->data)) {
    if (file.votes_of) {
      const Result<std::string> votes =
          read_file(options.record + "/" + election::published_path(*file.votes_of),
                    election::record_file_bytes_max);
      if (!votes) return fail(votes.error(), options.json);
      results::append_votes(file.bytes, *votes);
    }
    files.emplace_back(std::move(file.name), std::move(file.bytes));
  }
  return publish_files(options, files);
}

// ---- protocol

int publish_protocol(const PublishOptions& options) {
  const Result<Told> told = read_told(options);
  if (!told) return fail(told.error(), options.json);
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [language, name] : {std::pair(report::Language::polish, "protocol-pl"),
                                       std::pair(report::Language::english, "protocol-en")}) {
    const publish::Document document = publish::protocol_of(told->data, told->checkpoint, language);
    Result<std::string> pdf = publish::to_pdf(document);
    if (!pdf) return fail(pdf.error(), options.json);
    files.emplace_back(std::string(name) + ".html", publish::to_html(document));
    files.emplace_back(std::string(name) + ".pdf", std::move(*pdf));
  }
  return publish_files(options, files);
}

// ---- sign

Result<std::string> sign(const PublishOptions& options) {
  const Result<std::string> pdf = read_file(options.file, publish::pdf_bytes_max);
  if (!pdf) return pdf.error();
  publish::PdfSigner signer;
  Result<std::string> certificate = read_file(options.certificate, pem_bytes_max);
  if (!certificate) return certificate;
  signer.certificate = std::move(*certificate);
  if (readable_by_others(options.key)) {
    return Error{ErrorCode::conflict,
                 "other users of this computer can read this key",
                 {options.key},
                 "take that right from them: chmod 600"};
  }
  Result<SecretBytes> key = read_secret_file(options.key, pem_bytes_max);
  if (!key) return std::move(key).error();
  signer.key = std::move(*key);
  if (!options.passphrase_file.empty()) {
    Result<SecretBytes> passphrase = passphrase_of(options)(options.key);
    if (!passphrase) return std::move(passphrase).error();
    signer.passphrase = std::move(*passphrase);
  }
  signer.name = options.name;
  signer.reason = options.reason;
  signer.time = unix_time();
  Result<std::string> made = publish::sign_pdf(*pdf, signer);
  if (!made && made.error().place.file.empty()) {
    Error error = std::move(made).error();
    error.place.file = options.file;
    return error;
  }
  return made;
}

int publish_signature(const PublishOptions& options) {
  const Result<std::string> signed_file = sign(options);
  if (!signed_file) return fail(signed_file.error(), options.json);
  const std::string out = options.out.empty() ? options.file : options.out;
  if (Status written = write_file_atomically(out, *signed_file); !written)
    return fail(written.error(), options.json);
  const std::string hash = sha256_hex(*signed_file);
  return say(options, fmt::format("{}: signed by {}\nSHA-256 {}\n", out, options.name, hash),
             {{"file", out}, {"signer", options.name}, {"sha256", hash}});
}

}  // namespace

void add_publish_command(CLI::App& app, int& exit_status) {
  CLI::App* publish =
      app.add_subcommand("publish", "What is published of a counted record: data and protocol");
  publish->require_subcommand(1);
  const auto add = [&](const char* name, const char* purpose, const char* examples,
                       int (*run)(const PublishOptions&)) {
    auto options = std::make_shared<PublishOptions>();
    CLI::App* command = publish->add_subcommand(name, purpose);
    command->footer(
        std::string(examples) +
        "\nExit status: 0 done, 2 usage, 3 a file is wrong, 4 a file is missing or cannot be\n"
        "written, 5 or 6 outside what is supported, 7 the record does not verify, or files\n"
        "contradict each other.\n");
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    add_office_options(*command, *options);
    return std::pair(command, options);
  };
  const auto of_record = [](CLI::App& command, PublishOptions& options) {
    command.add_option("RECORD", options.record, "Folder of the record; it is verified first")
        ->required();
    command.add_option("--presentation", options.presentation,
                       "presentation.json that the manifest names");
    command.add_option("--out", options.out, "Folder to make")->required();
    add_threads_option(command, options);
    add_screen_options(command, options.screening);
  };
  {
    const auto [command, options] =
        add("data", "Open data: Pabulib, CSV, JSON, GeoJSON, and a DCAT-AP catalogue of them",
            "Examples:\n"
            "  urna publish data record --presentation presentation.json --out open-data\n"
            "      the files that `urna serve` answers under /open-data/, for any web server;\n"
            "      docs/open-data.md describes them\n",
            publish_data);
    of_record(*command, *options);
  }
  {
    const auto [command, options] =
        add("protocol", "The protocol of the vote, as HTML and as tagged PDF, in two languages",
            "Examples:\n"
            "  urna publish protocol record --presentation presentation.json --out protocol\n"
            "      protocol/protocol-pl.pdf, -pl.html, -en.pdf, -en.html\n",
            publish_protocol);
    of_record(*command, *options);
  }
  {
    const auto [command, options] =
        add("sign", "Add an official's signature to the protocol",
            "Examples:\n"
            "  urna publish sign protocol-pl.pdf --key nowak.pem --certificate nowak.crt \\\n"
            "      --name \"Anna Nowak\" --reason \"chairwoman of the commission\"\n"
            "      once for each who signs; earlier signatures stay valid\n",
            publish_signature);
    command->add_option("FILE", options->file, "The protocol's PDF")->required();
    command->add_option("--key", options->key, "Private key (PEM), for its owner's eyes alone")
        ->required();
    command
        ->add_option("--certificate", options->certificate,
                     "X.509 certificate (PEM), followed by those between it and the root")
        ->required();
    command->add_option("--name", options->name, "Name of who signs")->required();
    command->add_option("--reason", options->reason, "Office or reason, as viewers show it");
    command->add_option("--out", options->out, "File to write (default: the same)");
    add_passphrase_option(*command, *options);
  }
  add_screen_command(*publish, exit_status);
}

}  // namespace urna::cmd
