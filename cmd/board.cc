// SPDX-License-Identifier: EUPL-1.2
#include "cmd/board.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "api/witness_client.h"
#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/money.h"
#include "board/fsck.h"
#include "board/witness.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "tally/cosigning.h"
#include "tally/edition_config.h"
#include "tally/keeper.h"
#include "tally/receiving.h"

namespace urna::cmd {
namespace {

struct BoardOptions : OfficeOptions {
  std::string record;
  std::string manifest;
  std::string key;
  std::string roll;
  std::string registrar_key;
  std::vector<std::string> official_keys;
  std::vector<std::string> files;
  std::vector<std::string> witnesses;
  std::string log_key;
  std::string time;
  std::string memory;
  std::string out;
  std::optional<std::uint64_t> certificates;
  bool only_issuance = false;
};

Result<election::RecordWriter> open_record(const BoardOptions& options) {
  const Result<board::LogSecretKey> key = load_log_key(options.key, options);
  if (!key) return key.error();
  return tally::open_record(options.record, *key);
}

// What a step has to say: whether it was done now, and what comes next.
int tell(const BoardOptions& options, const election::RecordWriter& record, const std::string& what,
         bool now) {
  std::string text = what + (now ? " added" : " was there already") + "\n";
  boost::json::array next;
  for (const tally::Awaited& one : tally::awaited(record.state())) {
    text += fmt::format("next: {}, from {} ({})\n", one.what, one.from, one.how);
    next.push_back({{"what", one.what}, {"from", one.from}, {"how", one.how}});
  }
  return say(options, text,
             {{"entry", what},
              {"added", now},
              {"entries", record.state().size()},
              {"next", std::move(next)}});
}

Result<std::uint64_t> time_of(const BoardOptions& options) {
  if (options.time.empty()) return unix_time();
  Result<std::uint64_t> time = tally::parse_time(options.time);
  if (time) return time;
  Error error = std::move(time).error();
  error.code = ErrorCode::usage;
  error.place.field = "--time";
  return error;
}

// ---- new

int begin(const BoardOptions& options) {
  const Result<std::string> manifest = read_file(options.manifest, election::manifest_bytes_max);
  if (!manifest) return fail(manifest.error(), options.json);
  const Result<board::LogSecretKey> key = load_log_key(options.key, options);
  if (!key) return fail(key.error(), options.json);
  const Result<bool> begun = tally::begin_record(options.record, *manifest, *key);
  if (!begun) return fail(begun.error(), options.json);
  return say(options,
             fmt::format("{}: the record {}\nnext: urna trustee deal, by every trustee\n",
                         options.record, *begun ? "is begun" : "was begun already"),
             {{"record", options.record}, {"begun", *begun}});
}

// ---- add

// Folders stand for the entries and checkpoints in them.
Result<std::vector<std::string>> expand(const std::vector<std::string>& given) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : given) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (fs::directory_iterator it(path, failure), end; !failure && it != end;
         it.increment(failure)) {
      const fs::path extension = it->path().extension();
      if (extension == ".entry" || extension == ".checkpoint")
        inside.push_back(it->path().string());
    }
    if (failure)
      return Error{ErrorCode::io, "cannot read the folder: " + failure.message(), {path}, ""};
    std::ranges::sort(inside);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

// Takes cosignatures out of those files that are checkpoints, and them out of the list.
Result<std::uint64_t> take_checkpoints(const BoardOptions& options,
                                       std::vector<std::string>& files) {
  std::uint64_t taken = 0;
  std::vector<std::string> others;
  for (const std::string& path : files) {
    const Result<std::string> bytes = read_file(path, board::max_note_bytes);
    if (!bytes || !tally::looks_like_note(*bytes)) {
      others.push_back(path);
      continue;
    }
    const Result<std::uint64_t> new_ones = tally::take_cosignatures(options.record, *bytes);
    if (!new_ones) {
      Error error = new_ones.error();
      if (error.place.file.empty()) error.place.file = path;
      return error;
    }
    taken += *new_ones;
  }
  files = std::move(others);
  return taken;
}

int add(const BoardOptions& options) {
  Result<std::vector<std::string>> files = expand(options.files);
  if (!files) return fail(files.error(), options.json);
  const Result<std::uint64_t> cosignatures = take_checkpoints(options, *files);
  if (!cosignatures) return fail(cosignatures.error(), options.json);
  std::string text = *cosignatures == 0 ? "" : fmt::format("cosignatures: {}\n", *cosignatures);
  if (files->empty())
    return say(options, text.empty() ? "nothing to add\n" : text,
               {{"cosignatures", *cosignatures}, {"files", boost::json::array()}});

  Result<election::RecordWriter> record = open_record(options);
  if (!record) return fail(record.error(), options.json);
  const Result<std::vector<tally::FileFate>> fates =
      tally::add_files(*record, *files, work_of(options));
  if (!fates) return fail(fates.error(), options.json);

  int status = 0;
  boost::json::array list;
  for (const tally::FileFate& fate : *fates) {
    const std::string reason = fate.error ? fate.error->to_string() : fate.reason;
    text += fmt::format("{}: {}: {}{}{}\n", tally::to_string(fate.fate), fate.path, fate.what,
                        reason.empty() ? "" : "; ", reason);
    list.push_back({{"file", fate.path},
                    {"fate", tally::to_string(fate.fate)},
                    {"what", fate.what},
                    {"reason", reason}});
    if (fate.fate == tally::Fate::waiting && status == 0) status = 1;
    if (fate.error && status <= 1) status = exit_code(fate.error->code);
  }
  for (const tally::Awaited& one : tally::awaited(record->state()))
    text += fmt::format("next: {}, from {} ({})\n", one.what, one.from, one.how);
  return say(options, text, {{"cosignatures", *cosignatures}, {"files", std::move(list)}}, status);
}

// ---- From phase to phase

int roll(const BoardOptions& options) {
  const Result<std::string> file = read_file(options.roll, election::record_file_bytes_max);
  if (!file) return fail(file.error(), options.json);
  const Result<proof::SigningKey> registrar =
      load_signing_key(options.registrar_key, tally::KeyRole::registrar, options);
  if (!registrar) return fail(registrar.error(), options.json);
  Result<election::RecordWriter> record = open_record(options);
  if (!record) return fail(record.error(), options.json);
  const Result<bool> added = tally::add_roll(*record, *file, *registrar);
  if (!added) {
    Error error = added.error();
    if (error.place.file.empty()) error.place.file = options.roll;
    return fail(error, options.json);
  }
  return tell(options, *record, "the roll", *added);
}

using OfficialStep = Result<bool> (*)(election::RecordWriter&, const tally::OfficialPair&,
                                      std::uint64_t);

int by_officials(const BoardOptions& options, const std::string& what, OfficialStep step) {
  const Result<std::uint64_t> time = time_of(options);
  if (!time) return fail(time.error(), options.json);
  std::vector<proof::SigningKey> keys;
  for (const std::string& path : options.official_keys) {
    Result<proof::SigningKey> key = load_signing_key(path, tally::KeyRole::official, options);
    if (!key) return fail(key.error(), options.json);
    keys.push_back(*std::move(key));
  }
  Result<election::RecordWriter> record = open_record(options);
  if (!record) return fail(record.error(), options.json);
  const Result<tally::OfficialPair> officials =
      tally::find_officials(record->state().manifest(), keys.at(0), keys.at(1));
  if (!officials) return fail(officials.error(), options.json);
  const Result<bool> added = step(*record, *officials, *time);
  if (!added) return fail(added.error(), options.json);
  return tell(options, *record, what, *added);
}

int open_voting(const BoardOptions& options) {
  return by_officials(options, "the opening", tally::open_voting);
}
int close_voting(const BoardOptions& options) {
  return by_officials(options, "the closing", tally::close_voting);
}

int counted(const BoardOptions& options) {
  Result<election::RecordWriter> record = open_record(options);
  if (!record) return fail(record.error(), options.json);
  if (record->state().phase() == election::Phase::issuance) {
    if (!options.certificates || options.registrar_key.empty())
      return fail(Error{ErrorCode::usage,
                        "the number of certificates issued is not on the record yet",
                        {options.record},
                        "give --certificates and --registrar-key"},
                  options.json);
    const Result<proof::SigningKey> registrar =
        load_signing_key(options.registrar_key, tally::KeyRole::registrar, options);
    if (!registrar) return fail(registrar.error(), options.json);
    const Result<bool> added = tally::add_issuance(*record, *options.certificates, *registrar);
    if (!added) return fail(added.error(), options.json);
  }
  if (options.only_issuance) return tell(options, *record, "the number of certificates", true);
  const Result<bool> added = tally::add_counted(*record);
  if (!added) return fail(added.error(), options.json);
  return tell(options, *record, "the list of counted ballots", *added);
}

int result(const BoardOptions& options) {
  Result<election::RecordWriter> record = open_record(options);
  if (!record) return fail(record.error(), options.json);
  const Result<std::vector<tally::AnnouncedPool>> pools =
      tally::add_results(*record, work_of(options));
  if (!pools) return fail(pools.error(), options.json);
  std::string text;
  boost::json::array list;
  for (const tally::AnnouncedPool& announced : *pools) {
    const election::Pool& pool = record->state().manifest().pools[announced.pool.value];
    boost::json::array winners;
    std::string names;
    for (const election::ProjectNumber project : announced.result.winners) {
      const std::string& id = pool.projects[project.value - 1U].id;
      winners.emplace_back(id);
      names += (names.empty() ? "" : ", ") + id;
    }
    const std::uint64_t invalid = std::accumulate(announced.result.invalid.begin(),
                                                  announced.result.invalid.end(), std::uint64_t{0});
    text += fmt::format("pool {} ({}): {} valid ballots, {} invalid; winners: {}; cost {}\n",
                        announced.pool.value, pool.id, announced.result.valid, invalid,
                        names.empty() ? "none" : names, to_plain_string(announced.result.cost));
    list.push_back({{"pool", announced.pool.value},
                    {"id", pool.id},
                    {"valid", announced.result.valid},
                    {"invalid", invalid},
                    {"winners", std::move(winners)},
                    {"cost", to_plain_string(announced.result.cost)}});
  }
  const bool complete = record->state().complete();
  if (pools->empty() && !complete) text += "no pool is ready\n";
  text += complete ? "the record is complete\n" : "";
  for (const tally::Awaited& one : tally::awaited(record->state()))
    text += fmt::format("next: {}, from {} ({})\n", one.what, one.from, one.how);
  return say(options, text, {{"pools", std::move(list)}, {"complete", complete}},
             pools->empty() && !complete ? 1 : 0);
}

// ---- Watching

int status(const BoardOptions& options) {
  const Result<tally::RecordView> record =
      tally::read_record(options.record, tally::Cosignatures::not_asked);
  if (!record) return fail(record.error(), options.json);
  const election::BoardState& state = record->state;
  const election::Manifest& manifest = state.manifest();
  const Result<board::VerifiedCheckpoint> cosigned =
      board::verify_checkpoint(record->checkpoint_note, tally::board_key(manifest),
                               tally::witness_keys(manifest), manifest.board.cosignatures);
  std::string text = fmt::format("{}: {} entries, {} ballots; {}\n", state.manifest().edition,
                                 state.size(), state.ballots(), tally::describe_phase(state));
  if (!cosigned) text += "checkpoint: " + cosigned.error().message + "\n";
  boost::json::array next;
  for (const tally::Awaited& one : tally::awaited(state)) {
    text += fmt::format("next: {}, from {} ({})\n", one.what, one.from, one.how);
    next.push_back({{"what", one.what}, {"from", one.from}, {"how", one.how}});
  }
  return say(options, text,
             {{"edition", state.manifest().edition},
              {"entries", state.size()},
              {"ballots", state.ballots()},
              {"phase", tally::describe_phase(state)},
              {"cosigned", cosigned.ok()},
              {"complete", state.complete()},
              {"next", std::move(next)}});
}

struct WatchKeys {
  board::LogKey log;
  std::vector<board::WitnessKey> witnesses;
  std::size_t threshold = 0;
};

// The keys given, or those that the record itself names.
Result<WatchKeys> watch_keys(const BoardOptions& options) {
  WatchKeys keys;
  if (options.log_key.empty()) {
    const Result<board::LogReader> log = board::LogReader::open(options.record);
    if (!log) return log.error();
    const Result<tally::ManifestView> manifest = tally::read_manifest(*log, options.record);
    if (!manifest) return manifest.error();
    keys.log = tally::board_key(manifest->manifest);
    keys.witnesses = tally::witness_keys(manifest->manifest);
    keys.threshold = manifest->manifest.board.cosignatures;
    return keys;
  }
  const auto refused = [](const char* option, Error error) {
    error.code = ErrorCode::usage;
    error.place.field = option;
    return error;
  };
  Result<board::LogKey> log = board::LogKey::parse(options.log_key);
  if (!log) return refused("--key", std::move(log).error());
  keys.log = *std::move(log);
  for (const std::string& text : options.witnesses) {
    Result<board::WitnessKey> witness = board::WitnessKey::parse(text);
    if (!witness) return refused("--witness", std::move(witness).error());
    keys.witnesses.push_back(*std::move(witness));
  }
  keys.threshold = keys.witnesses.size();
  return keys;
}

int fsck(const BoardOptions& options) {
  if (options.log_key.empty() && !options.witnesses.empty())
    return fail(Error{ErrorCode::usage,
                      "witnesses are given without the board's key",
                      {},
                      "add --key NAME+ID+KEY"},
                options.json);
  const Result<WatchKeys> keys = watch_keys(options);
  if (!keys) return fail(keys.error(), options.json);
  const Result<board::FsckReport> report =
      board::fsck(options.record, &keys->log, keys->witnesses, keys->threshold);
  if (!report) return fail(report.error(), options.json);
  const bool own = options.log_key.empty();
  boost::json::array witnesses;
  std::string names;
  for (const board::Cosignature& one : report->cosignatures) {
    witnesses.push_back({{"witness", one.witness}, {"time", to_iso_moment(one.time)}});
    names += (names.empty() ? "" : ", ") + one.witness;
  }
  const std::string root = to_base64(view_of(report->checkpoint.root));
  return say(
      options,
      fmt::format("the log is sound: {} entries, root {}\n{} files, {} bytes; cosigned by {}\n"
                  "{}",
                  report->checkpoint.size, root, report->files, report->bytes,
                  names.empty() ? "nobody" : names,
                  own ? "the keys were taken from the record itself: give --key and "
                        "--witness to know that it is the right one\n"
                      : ""),
      {{"origin", report->checkpoint.origin},
       {"entries", report->checkpoint.size},
       {"root", root},
       {"files", report->files},
       {"bytes", report->bytes},
       {"keys_from_record", own},
       {"cosignatures", std::move(witnesses)}});
}

int cosign(const BoardOptions& options) {
  const Result<tally::KeyFile> file =
      tally::load_key(options.key, tally::KeyRole::witness, passphrase_of(options));
  if (!file) return fail(file.error(), options.json);
  const Result<board::WitnessSecretKey> key = tally::witness_key(*file);
  if (!key) return fail(key.error(), options.json);
  const std::string memory = options.memory.empty() ? options.key + ".checkpoint" : options.memory;
  const Result<tally::CosignReport> report =
      tally::cosign_record(options.record, *key, memory, unix_time());
  if (!report) return fail(report.error(), options.json);
  if (!options.out.empty()) {
    if (Status written = write_file_atomically(options.out, report->note); !written)
      return fail(written.error(), options.json);
  }
  const std::string before =
      report->before == 0
          ? "the first checkpoint that you cosign"
          : fmt::format("it continues the {} entries cosigned before", report->before);
  return say(
      options,
      fmt::format("cosigned {} entries: {}\nkeep {}\n", report->checkpoint.size, before, memory),
      {{"entries", report->checkpoint.size}, {"before", report->before}, {"memory", memory}});
}

// Asks witnesses that serve, given as NAME=URL, and takes what they sign into the record.
int ask(const BoardOptions& options) {
  const Result<board::LogReader> log = board::LogReader::open(options.record);
  if (!log) return fail(log.error(), options.json);
  const Result<tally::ManifestView> manifest = tally::read_manifest(*log, options.record);
  if (!manifest) return fail(manifest.error(), options.json);
  const std::vector<board::WitnessKey> known = tally::witness_keys(manifest->manifest);
  Result<board::UnverifiedNote> note = board::UnverifiedNote::parse(log->checkpoint_note());
  if (!note) return fail(note.error(), options.json);
  boost::json::array names;
  std::string text;
  for (const std::string& one : options.witnesses) {
    const std::size_t middle = one.find('=');
    const std::string name = one.substr(0, middle);
    const auto key = std::ranges::find(known, name, &board::WitnessKey::name);
    if (middle == std::string::npos || key == known.end())
      return fail(Error{ErrorCode::usage,
                        "\"" + one + "\" is not NAME=URL with the name of a witness",
                        {{}, 0, 0, "--witness"},
                        "the manifest names the witnesses"},
                  options.json);
    std::uint64_t remembered = log->checkpoint().size;
    Result<board::NoteSignature> signature = board::ask_witness(
        log->checkpoint_note(), *key, remembered,
        [&](std::uint64_t old_size) { return log->consistency_proof(old_size); },
        api::witness_sender(one.substr(middle + 1)));
    if (!signature) return fail(signature.error(), options.json);
    if (Status added = note->add(std::move(*signature)); !added)
      return fail(added.error(), options.json);
    text += "cosigned by " + name + "\n";
    names.emplace_back(name);
  }
  const Result<std::uint64_t> taken = tally::take_cosignatures(options.record, note->to_string());
  if (!taken) return fail(taken.error(), options.json);
  return say(options, text, {{"entries", log->checkpoint().size}, {"witnesses", std::move(names)}});
}

}  // namespace

void add_board_command(CLI::App& app, int& exit_status) {
  CLI::App* board =
      app.add_subcommand("board", "Keep the public record of an edition, and watch it");
  board->require_subcommand(1);
  board->footer(
      "In order: new; add (commitments, dealings, acceptances); roll; open; voting; close; "
      "counted;\n"
      "add (mixes, then shares); result. `status` says what is missing and from whom.\n"
      "Every command may be run again. docs/trustees.md tells the whole way.");
  const auto add_command = [&](const char* name, const char* purpose, const char* examples,
                               int (*run)(const BoardOptions&)) {
    auto options = std::make_shared<BoardOptions>();
    CLI::App* command = board->add_subcommand(name, purpose);
    command->footer(std::string("Example:\n") + examples +
                    "\nExit status: 0 done or done before; 1 something must come first; 2 usage;\n"
                    "3 a file is wrong or somebody did not work honestly; 4 a file is missing or "
                    "cannot\nbe written; 7 conflict.\n");
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    command->add_option("RECORD", options->record, "Folder of the record")->required();
    add_office_options(*command, *options);
    return std::pair(command, options);
  };
  const auto add_keeping = [&](const char* name, const char* purpose, const char* examples,
                               int (*run)(const BoardOptions&)) {
    const auto added = add_command(name, purpose, examples, run);
    added.first->add_option("--key", added.second->key, "The board's secret key")->required();
    add_passphrase_option(*added.first, *added.second);
    return added;
  };

  {
    const auto [command, options] = add_keeping(
        "new", "Begin a record with its manifest",
        "  urna board new record --manifest edition/manifest.cbor --key board.key\n", begin);
    command->add_option("--manifest", options->manifest, "manifest.cbor")->required();
  }
  {
    const auto [command, options] =
        add_keeping("add", "Check and record what trustees and witnesses hand over",
                    "  urna board add record from-anna from-bartek --key board.key\n"
                    "      all .entry and .checkpoint files of two folders, in any order\n",
                    add);
    command->add_option("FILE", options->files, "Files, or folders of them")->required();
    add_threads_option(*command, *options);
  }
  {
    const auto [command, options] = add_keeping(
        "roll", "Record the roll",
        "  urna board roll record --roll roll.cbor --registrar-key registrar.key --key board.key\n",
        roll);
    command->add_option("--roll", options->roll, "roll.cbor")->required();
    command->add_option("--registrar-key", options->registrar_key, "The registrar's key")
        ->required();
  }
  const auto add_official_step = [&](const char* name, const char* purpose, const char* examples,
                                     int (*run)(const BoardOptions&)) {
    const auto [command, options] = add_keeping(name, purpose, examples, run);
    command->add_option("--official", options->official_keys, "Two officials' keys")
        ->required()
        ->expected(2);
    command->add_option("--time", options->time, "e.g. 2026-09-01T08:00:00Z (default: now)");
  };
  add_official_step("open", "Open the voting",
                    "  urna board open record --official a.key b.key --key board.key\n",
                    open_voting);
  add_official_step("close", "Close the voting",
                    "  urna board close record --official a.key b.key --key board.key\n",
                    close_voting);
  {
    const auto [command, options] =
        add_keeping("counted", "Record the number of certificates and which ballots count",
                    "  urna board counted record --certificates 1200 --registrar-key registrar.key "
                    "--key board.key\n",
                    counted);
    command->add_option("--certificates", options->certificates,
                        "How many certificates the registrar has issued");
    command->add_option("--registrar-key", options->registrar_key, "The registrar's key");
    command->add_flag("--only-issuance", options->only_issuance,
                      "Stop before the list of ballots, so that annulments can still be added");
  }
  {
    const auto [command, options] =
        add_keeping("result", "Open, count and record every pool that is ready",
                    "  urna board result record --key board.key\n", result);
    add_threads_option(*command, *options);
  }
  add_command("status", "Say what the record waits for, and from whom",
              "  urna board status record\n", status);
  {
    const auto [command, options] = add_command(
        "fsck", "Check every file of the log",
        "  urna board fsck record --key urna.example.org+1b2c3d4e+Ad… --witness w+5a6b7c8d+BB…\n",
        fsck);
    command->add_option("--key", options->log_key, "The board's public key, NAME+ID+KEY");
    command->add_option("--witness", options->witnesses,
                        "A witness's public key; all of them must have cosigned");
  }
  {
    const auto [command, options] =
        add_command("cosign", "Cosign the checkpoint, if it continues the last one",
                    "  urna board cosign record --key witness.key\n"
                    "  urna board cosign copy-of-record --key witness.key --out w.checkpoint\n"
                    "      w.checkpoint is for `urna board add`\n",
                    cosign);
    command->add_option("--key", options->key, "The witness's secret key")->required();
    command->add_option("--memory", options->memory,
                        "File with the checkpoint cosigned last (default: KEY.checkpoint)");
    command->add_option("--out", options->out, "Write the cosigned checkpoint here too");
    add_passphrase_option(*command, *options);
  }
  {
    const auto [command, options] = add_command(
        "ask", "Ask witnesses that serve for their cosignatures",
        "  urna board ask record --witness w1.example.org=https://w1.example.org\n", ask);
    command->add_option("--witness", options->witnesses, "NAME=URL; several")->required();
  }
}

}  // namespace urna::cmd
