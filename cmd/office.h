// SPDX-License-Identifier: EUPL-1.2
// What the sub-commands of an election's offices share: keys with their passphrases, progress,
// output.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "board/checkpoint.h"
#include "proof/signature.h"
#include "protection/mandate.h"
#include "tally/key_file.h"
#include "tally/record_view.h"

namespace urna::cmd {

// Options that every command of an office has.
struct OfficeOptions {
  std::string passphrase_file;
  unsigned threads = 0;  // 0: as many as the machine has
  bool json = false;
  bool quiet = false;
};
void add_office_options(CLI::App& command, OfficeOptions& options);
void add_passphrase_option(CLI::App& command, OfficeOptions& options);
void add_threads_option(CLI::App& command, OfficeOptions& options);

// Threads, and progress as lines on standard error.
[[nodiscard]] tally::Work work_of(const OfficeOptions& options);

// The passphrase of a key: from the file's first line, else asked for on the terminal. Error: usage
// (neither), io.
[[nodiscard]] tally::AskPassphrase passphrase_of(const OfficeOptions& options);
// A new one, on the terminal asked for twice. Error: usage also if it is empty or the two differ.
[[nodiscard]] Result<SecretBytes> new_passphrase(const OfficeOptions& options);

// Writes a key into a new file of mode 0600, sealed unless `plain`.
[[nodiscard]] Status write_key(const std::string& path, const tally::KeyFile& key, bool plain,
                               const OfficeOptions& options);

[[nodiscard]] Result<board::LogSecretKey> load_log_key(const std::string& path,
                                                       const OfficeOptions& options);
// A registrar's or an official's.
[[nodiscard]] Result<proof::SigningKey> load_signing_key(const std::string& path,
                                                         tally::KeyRole role,
                                                         const OfficeOptions& options);

// Error: malformed, naming the file; those of files.
[[nodiscard]] Result<protection::Mandate> read_mandate(const std::string& path);

// Makes the folder and those around it. Error: io.
[[nodiscard]] Status make_folder(const std::string& path);

// Seconds since 1970.
[[nodiscard]] std::uint64_t unix_time();

// Prints what a command has to say, as text or as one JSON object, and returns `status`; or the
// status of an error of output.
[[nodiscard]] int say(const OfficeOptions& options, const std::string& text,
                      const boost::json::object& json, int status = 0);

[[nodiscard]] boost::json::array to_json(const std::vector<std::string>& texts);

}  // namespace urna::cmd
