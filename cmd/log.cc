// SPDX-License-Identifier: EUPL-1.2
#include "cmd/log.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/file.h"
#include "cmd/office.h"
#include "cmd/program.h"
#include "protection/access_log.h"
#include "storage/access_log.h"
#include "storage/registrar_store.h"

namespace urna::cmd {
namespace {

struct LogOptions : OfficeOptions {
  std::string log;
  std::string log_key;
  std::vector<std::string> witnesses;
  std::vector<std::string> seen;
  std::string key;
  std::string memory;
  std::string note;
  std::string out;
};

constexpr std::size_t copy_bytes_max = std::size_t{4} << 30U;

bool is_postgres(const std::string& log) {
  return log.starts_with("postgres://") || log.starts_with("postgresql://") ||
         log.starts_with("host=");
}

bool is_sqlite(const std::string& path) {
  std::string head(15, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "SQLite format 3";
}

// A database, or the file of a copy.
Result<protection::AccessLogCopy> read_log(const std::string& log) {
  if (is_postgres(log) || is_sqlite(log)) {
    Result<std::unique_ptr<storage::Sql>> sql =
        is_postgres(log) ? storage::open_postgres(log) : storage::open_sqlite_read_only(log);
    if (!sql) return std::move(sql).error();
    return storage::copy_access_log(**sql);
  }
  const Result<std::string> bytes = read_file(log, copy_bytes_max);
  if (!bytes) return bytes.error();
  Result<protection::AccessLogCopy> copy = protection::decode_access_log_copy(*bytes);
  if (copy) return copy;
  Error error = std::move(copy).error();
  error.place.file = log;
  error.remedy = "give a registrar's database or what urna log copy has written";
  return error;
}

template <typename Key>
Result<Key> parse_key(const std::string& text, const char* option) {
  Result<Key> key = Key::parse(text);
  if (key) return key;
  Error error = std::move(key).error();
  error.code = ErrorCode::usage;
  error.place.field = option;
  return error;
}

int verify(const LogOptions& options) {
  protection::AccessLogKeys keys;
  if (!options.log_key.empty()) {
    Result<board::LogKey> key = parse_key<board::LogKey>(options.log_key, "--key");
    if (!key) return fail(key.error(), options.json);
    keys.log = *std::move(key);
  }
  for (const std::string& text : options.witnesses) {
    Result<board::WitnessKey> key = parse_key<board::WitnessKey>(text, "--witness");
    if (!key) return fail(key.error(), options.json);
    keys.witnesses.push_back(*std::move(key));
  }
  for (const std::string& path : options.seen) {
    Result<std::string> note = read_file(path, board::max_note_bytes);
    if (!note) return fail(note.error(), options.json);
    keys.seen.push_back(*std::move(note));
  }
  const Result<protection::AccessLogCopy> copy = read_log(options.log);
  if (!copy) return fail(copy.error(), options.json);
  protection::AccessLogVerifier verifier(copy->notes, std::move(keys));
  for (const protection::AccessRow& row : copy->rows) verifier.add(row);
  const protection::AccessLogVerdict verdict = verifier.finish();

  boost::json::object json = {{"sound", verdict.sound()},
                              {"entries", copy->rows.size()},
                              {"cosigned", verdict.cosigned},
                              {"reason", verdict.reason}};
  json["first_bad"] = verdict.first_bad ? boost::json::value(*verdict.first_bad) : nullptr;
  std::string text =
      verdict.sound()
          ? fmt::format(
                "the access log is sound: {} rows, {} of them under a witness's signature\n",
                verdict.entries, verdict.cosigned)
          : "the access log is not sound: " + verdict.reason + "\n";
  if (verdict.first_bad) text += fmt::format("first bad row: {}\n", *verdict.first_bad);
  if (options.log_key.empty()) {
    text += "no --key was given: who signed the checkpoints was not looked at\n";
  }
  return say(options, text, json, verdict.sound() ? 0 : 1);
}

int copy(const LogOptions& options) {
  const Result<protection::AccessLogCopy> log = read_log(options.log);
  if (!log) return fail(log.error(), options.json);
  if (Status written = write_file_atomically(options.out, encode(*log)); !written)
    return fail(written.error(), options.json);
  return say(options, fmt::format("{}: {} rows\n", options.out, log->rows.size()),
             {{"file", options.out}, {"entries", log->rows.size()}});
}

int cosign(const LogOptions& options) {
  const Result<tally::KeyFile> file =
      tally::load_key(options.key, tally::KeyRole::witness, passphrase_of(options));
  if (!file) return fail(file.error(), options.json);
  const Result<board::WitnessSecretKey> key = tally::witness_key(*file);
  if (!key) return fail(key.error(), options.json);
  const Result<board::LogKey> log_key = parse_key<board::LogKey>(options.log_key, "--log-key");
  if (!log_key) return fail(log_key.error(), options.json);
  const std::string memory = options.memory.empty() ? options.key + ".access-log" : options.memory;
  std::optional<std::string> seen;
  if (std::filesystem::exists(memory)) {
    Result<std::string> note = read_file(memory, board::max_note_bytes);
    if (!note) return fail(note.error(), options.json);
    seen = *std::move(note);
  }
  const Result<protection::AccessLogCopy> log = read_log(options.log);
  if (!log) return fail(log.error(), options.json);
  const Result<std::string> note =
      protection::cosign_access_log(*log, *log_key, seen, *key, unix_time());
  if (!note) return fail(note.error(), options.json);
  // Remembered before it is handed out: a witness must not forget what it has signed.
  for (const std::string& path : {memory, options.out}) {
    if (Status written = write_file_atomically(path, *note); !written)
      return fail(written.error(), options.json);
  }
  return say(options,
             fmt::format("cosigned {} rows: {}\nkeep {}\n", log->rows.size(), options.out, memory),
             {{"entries", log->rows.size()}, {"note", options.out}, {"memory", memory}});
}

int accept(const LogOptions& options) {
  const Result<std::string> note = read_file(options.note, board::max_note_bytes);
  if (!note) return fail(note.error(), options.json);
  const bool postgres = is_postgres(options.log);
  if (!postgres && !is_sqlite(options.log)) {
    return fail(Error{ErrorCode::usage, "not a registrar's database", {options.log}, ""},
                options.json);
  }
  Result<std::unique_ptr<storage::Sql>> sql =
      postgres ? storage::open_postgres(options.log) : storage::open_sqlite(options.log);
  if (!sql) return fail(sql.error(), options.json);
  const auto store = storage::make_registrar_store(*std::move(sql));
  if (!store) return fail(store.error(), options.json);
  if (Status put = (*store)->put_cosigned_note(*note); !put) return fail(put.error(), options.json);
  return say(options, "the cosigned checkpoint is in the database\n", {{"accepted", true}});
}

}  // namespace

void add_log_command(CLI::App& app, int& exit_status) {
  CLI::App* log = app.add_subcommand(
      "log", "Verify, copy and cosign the log of who read or wrote personal data");
  log->require_subcommand(1);
  log->footer("docs/data-protection.md tells what each check finds.");
  const auto add_command = [&](const char* name, const char* purpose, const char* footer,
                               int (*run)(const LogOptions&)) {
    auto options = std::make_shared<LogOptions>();
    CLI::App* command = log->add_subcommand(name, purpose);
    command->footer(footer);
    command->callback([options, run, &exit_status] { exit_status = run(*options); });
    command
        ->add_option("LOG", options->log,
                     "A registrar's database (SQLite file, or PostgreSQL as host=… or "
                     "postgresql://…) or a copy")
        ->required();
    add_office_options(*command, *options);
    return std::pair(command, options);
  };
  {
    const auto [command, options] = add_command(
        "verify", "Say whether any row was altered, dropped, re-ordered or cut off",
        "Example:\n  urna log verify registrar.db --key registrar.example/access+…\n"
        "Exit status: 0 sound; 1 not sound, with the first bad row; 2 usage; 3 not a log; 4 the\n"
        "log cannot be read.\n",
        verify);
    command->add_option("--key", options->log_key, "The log's public key, NAME+ID+KEY");
    command->add_option("--witness", options->witnesses,
                        "Public key of a witness that must have cosigned");
    command->add_option("--seen", options->seen,
                        "Checkpoint that a witness kept, which the log must continue");
  }
  {
    const auto [command, options] =
        add_command("copy", "Write the whole log into a file, for the second controller",
                    "Example:\n  urna log copy registrar.db --out access.log\n", copy);
    command->add_option("--out", options->out, "File to write")->required();
  }
  {
    const auto [command, options] = add_command(
        "cosign", "Verify a log against the last one seen, and sign its checkpoint",
        "Example:\n  urna log cosign access.log --key dpo.key --log-key registrar.example/…+… "
        "--out access.checkpoint\n"
        "Exit status: 0 cosigned; 7 the log is not sound or does not continue the one seen.\n",
        cosign);
    command->add_option("--key", options->key, "The witness's secret key")->required();
    command->add_option("--log-key", options->log_key, "The log's public key, NAME+ID+KEY")
        ->required();
    command->add_option("--memory", options->memory,
                        "Where the checkpoint seen last is kept (default: beside the key)");
    command->add_option("--out", options->out, "Cosigned checkpoint to write")->required();
    add_passphrase_option(*command, *options);
  }
  {
    const auto [command, options] =
        add_command("accept", "Put a cosigned checkpoint into the database",
                    "Example:\n  urna log accept registrar.db --note access.checkpoint\n", accept);
    command->add_option("--note", options->note, "What urna log cosign has written")->required();
  }
}

}  // namespace urna::cmd
