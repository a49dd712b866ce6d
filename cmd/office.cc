// SPDX-License-Identifier: EUPL-1.2
#include "cmd/office.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "base/private_file.h"
#include "cmd/program.h"

namespace urna::cmd {
namespace {

constexpr std::size_t passphrase_bytes_max = 1024;

// The terminal without echo. Signals wait until it echoes again, so that nobody is left with a
// silent terminal.
class SilentTerminal {
 public:
  SilentTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (descriptor_ < 0) return;
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGHUP})
      sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, &signals_before_);
    usable_ = ::tcgetattr(descriptor_, &before_) == 0;
    if (!usable_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    usable_ = ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (descriptor_ < 0) return;
    if (usable_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
    ::close(descriptor_);
  }

  [[nodiscard]] bool usable() const { return usable_; }
  void print(const std::string& text) const {
    // A prompt that is lost is no error: the passphrase can be typed nevertheless.
    if (::write(descriptor_, text.data(), text.size()) < 0) return;
  }
  // A line without its end; nullopt if there is none or it is too long.
  [[nodiscard]] std::optional<SecretBytes> line() const {
    std::string bytes;
    bytes.reserve(passphrase_bytes_max + 1);
    char c = 0;
    while (bytes.size() <= passphrase_bytes_max && ::read(descriptor_, &c, 1) == 1) {
      if (c == '\n') return SecretBytes(std::move(bytes));
      bytes += c;
    }
    SecretBytes::wipe(bytes);
    return std::nullopt;
  }

 private:
  int descriptor_;
  bool usable_ = false;
  sigset_t signals_before_{};
  termios before_{};
};

Result<SecretBytes> ask(const std::string& prompt) {
  const SilentTerminal terminal;
  if (!terminal.usable()) {
    return Error{ErrorCode::usage,
                 "a passphrase is needed, and there is no terminal to ask for it",
                 {},
                 "give a file that holds it with --passphrase-file"};
  }
  terminal.print(prompt);
  std::optional<SecretBytes> line = terminal.line();
  terminal.print("\n");
  if (!line) return Error{ErrorCode::usage, "no passphrase was typed", {}, "try again"};
  return *std::move(line);
}

// The first line.
Result<SecretBytes> read_passphrase(const std::string& path) {
  Result<SecretBytes> file = read_secret_file(path, passphrase_bytes_max);
  if (!file) return file;
  const std::string_view line = file->view().substr(0, file->view().find('\n'));
  if (line.empty()) {
    return Error{ErrorCode::usage,
                 "the file holds no passphrase in its first line",
                 {path},
                 "write the passphrase there, or leave the option out and type it"};
  }
  return SecretBytes(std::string(line));
}

template <typename Key>
Result<Key> load(const std::string& path, tally::KeyRole role, const OfficeOptions& options,
                 Result<Key> (*use)(const tally::KeyFile&)) {
  const Result<tally::KeyFile> file = tally::load_key(path, role, passphrase_of(options));
  if (!file) return file.error();
  return use(*file);
}

}  // namespace

void add_office_options(CLI::App& command, OfficeOptions& options) {
  command.add_flag("--json", options.json, "Report as one JSON object");
  command.add_flag("--quiet", options.quiet, "No progress");
}

void add_passphrase_option(CLI::App& command, OfficeOptions& options) {
  command.add_option("--passphrase-file", options.passphrase_file,
                     "File whose first line is the passphrase (default: ask on the terminal)");
}

void add_threads_option(CLI::App& command, OfficeOptions& options) {
  command.add_option("--threads", options.threads, "Threads for verifying (default: all)")
      ->check(CLI::Range(1, 1024));
}

tally::Work work_of(const OfficeOptions& options) {
  tally::Work work;
  work.threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  if (!options.quiet) {
    work.progress = [](const std::string& doing) { fmt::print(stderr, "urna: {} …\n", doing); };
  }
  return work;
}

tally::AskPassphrase passphrase_of(const OfficeOptions& options) {
  return [file = options.passphrase_file](const std::string& path) {
    return file.empty() ? ask("Passphrase of " + path + ": ") : read_passphrase(file);
  };
}

Result<SecretBytes> new_passphrase(const OfficeOptions& options) {
  if (!options.passphrase_file.empty()) return read_passphrase(options.passphrase_file);
  Result<SecretBytes> first = ask("New passphrase: ");
  if (!first) return first;
  const Result<SecretBytes> again = ask("The same again: ");
  if (!again) return again.error();
  if (first->view().empty() || first->view() != again->view()) {
    return Error{ErrorCode::usage,
                 first->view().empty() ? "the passphrase is empty" : "the two passphrases differ",
                 {},
                 "run the command again"};
  }
  return first;
}

Status write_key(const std::string& path, const tally::KeyFile& key, bool plain,
                 const OfficeOptions& options) {
  Result<SecretBytes> bytes = Error{};
  if (plain) {
    bytes = tally::encode_plain(key);
  } else {
    const Result<SecretBytes> passphrase = new_passphrase(options);
    if (!passphrase) return passphrase.error();
    bytes = tally::encode_sealed(key, passphrase->view());
  }
  if (!bytes) return std::move(bytes).error();
  return create_private_file(path, bytes->view());
}

Result<board::LogSecretKey> load_log_key(const std::string& path, const OfficeOptions& options) {
  return load(path, tally::KeyRole::board, options, tally::log_key);
}

Result<proof::SigningKey> load_signing_key(const std::string& path, tally::KeyRole role,
                                           const OfficeOptions& options) {
  return load(path, role, options, tally::signing_key);
}

Status make_folder(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (!failure) return ok_status();
  return Error{ErrorCode::io,
               "cannot make the folder: " + failure.message(),
               {path},
               "check the path and its permissions"};
}

Result<protection::Mandate> read_mandate(const std::string& path) {
  const Result<std::string> bytes = read_file(path, protection::mandate_bytes_max);
  if (!bytes) return bytes.error();
  Result<protection::Mandate> mandate = protection::decode_mandate(*bytes);
  if (!mandate) return in_file(std::move(mandate).error(), path);
  return mandate;
}

std::uint64_t unix_time() { return static_cast<std::uint64_t>(std::time(nullptr)); }

int say(const OfficeOptions& options, const std::string& text, const boost::json::object& json,
        int status) {
  fmt::print("{}", options.json ? boost::json::serialize(json) + "\n" : text);
  if (std::fflush(stdout) == 0) return status;
  return fail(Error{ErrorCode::io, "cannot write to standard output", {}, ""}, false);
}

boost::json::array to_json(const std::vector<std::string>& texts) {
  boost::json::array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

}  // namespace urna::cmd
