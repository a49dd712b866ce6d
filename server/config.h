// SPDX-License-Identifier: EUPL-1.2
// A role's configuration: a TOML file, overridden by the environment, into typed variables, with
// every word checked. One declaration of a key makes its reading, its limits and its help.
//
//   ServerConfig http;
//   std::string database;
//   std::vector<KeeperSite> keepers;
//   ConfigKeys keys("registrar");
//   keys.add("listen.port", http.port, "TCP port; 0: any free one");
//   keys.add("database", database, "file of the database", Required::yes);
//   keys.add_tables("keepers", "the pseudonym keepers", keepers, [](KeeperSite& keeper, ConfigKeys&
//   row) {
//     row.add("url", keeper.url, "where it listens", Required::yes);
//   });
//   Status read = keys.load(path, environment_of_process());
//
// Environment: URNA_<ROLE>_<KEY>, where dots become underscores: URNA_REGISTRAR_LISTEN_PORT. Tables
// in rows can stand only in the file.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace urna::server {

// A number of bytes: written 4096, "64 KiB", "1 MiB" or "2 GiB".
struct Size {
  std::uint64_t bytes = 0;
};

enum class Required { no, yes };

// A whole number within bounds, and how it is written: "250 ms", "10 s", "5 min", "2 h", "30 d".
// Errors of both: malformed.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] Result<Size> parse_size(std::string_view text);

using Environment = std::map<std::string, std::string>;
[[nodiscard]] Environment environment_of_process();

class ConfigKeys {
 public:
  // The role, in lower-case letters: the middle of the names in the environment.
  explicit ConfigKeys(std::string_view role);
  ~ConfigKeys();
  ConfigKeys(const ConfigKeys&) = delete;
  ConfigKeys& operator=(const ConfigKeys&) = delete;

  // Binds a key ("a" or "a.b", lower-case letters, digits, "_") to a variable, whose present value
  // is the default and which must outlive load(). Precondition (else the program stops): a new key
  // of that form.
  void add(std::string_view key, std::string& value, std::string_view help,
           Required required = Required::no);
  void add(std::string_view key, bool& value, std::string_view help);
  void add(std::string_view key, std::int64_t& value, std::string_view help,
           std::int64_t least = std::numeric_limits<std::int64_t>::min(),
           std::int64_t most = std::numeric_limits<std::int64_t>::max(),
           Required required = Required::no);
  void add(std::string_view key, std::uint16_t& value, std::string_view help,
           std::uint16_t least = 0, std::uint16_t most = std::numeric_limits<std::uint16_t>::max(),
           Required required = Required::no);
  void add(std::string_view key, std::uint32_t& value, std::string_view help,
           std::uint32_t least = 0, std::uint32_t most = std::numeric_limits<std::uint32_t>::max(),
           Required required = Required::no);
  void add(std::string_view key, std::chrono::milliseconds& value, std::string_view help,
           std::chrono::milliseconds least = std::chrono::milliseconds{0},
           std::chrono::milliseconds most = std::chrono::days{3660});
  void add(std::string_view key, Size& value, std::string_view help, Size least = {},
           Size most = {std::uint64_t{1} << 40});
  // In the environment: separated by commas.
  void add(std::string_view key, std::vector<std::string>& value, std::string_view help,
           Required required = Required::no);
  // One of a few words, in the order of an enumeration's values from 0 on.
  template <typename Enum>
  void add_choice(std::string_view key, Enum& value, std::vector<std::string> words,
                  std::string_view help) {
    add_words(
        key, static_cast<std::size_t>(value),
        [&value](std::size_t index) { value = static_cast<Enum>(index); }, std::move(words), help);
  }

  // Rows of tables, [[key]]: for each, a new element is appended and its keys are bound.
  template <typename Row>
  void add_tables(std::string_view key, std::string_view help, std::vector<Row>& rows,
                  std::function<void(Row&, ConfigKeys&)> bind) {
    // A row is read whole before the next one is appended, so its variables stay in place.
    add_rows(
        key, help, [&rows, bind](ConfigKeys& keys) { bind(rows.emplace_back(), keys); },
        [bind](ConfigKeys& keys, const std::function<void()>& describe) {
          Row defaults{};
          bind(defaults, keys);
          describe();
        });
  }

  // Reads the file (none if the path is empty), then the environment. Errors name file, line and
  // column or the variable, the key, and what to write: not_found, io, limit (1 MiB) of the file;
  // malformed for TOML that is none, a key that is not known, given twice or of another kind,
  // a value out of bounds, a variable URNA_<ROLE>_… that is not known; usage for a key that is
  // missing.
  [[nodiscard]] Status load(const std::string& path, const Environment& environment);

  // The same for a text; `name` stands for the file in errors.
  [[nodiscard]] Status load_text(std::string_view toml, const std::string& name,
                                 const Environment& environment);

  // Every key with kind, default, variable and help, for --help and the documentation.
  [[nodiscard]] std::string help() const;

 private:
  struct State;
  using AppendRow = std::function<void(ConfigKeys&)>;
  using DescribeRow = std::function<void(ConfigKeys&, const std::function<void()>&)>;
  void add_words(std::string_view key, std::size_t fallback, std::function<void(std::size_t)> set,
                 std::vector<std::string> words, std::string_view help);
  void add_rows(std::string_view key, std::string_view help, AppendRow append,
                DescribeRow describe);

  std::unique_ptr<State> state_;
};

// The error of a setting that is of its kind and still cannot be.
[[nodiscard]] inline Error wrong_setting(std::string field, std::string message,
                                         std::string remedy) {
  return {ErrorCode::usage, std::move(message), {"", 0, 0, std::move(field)}, std::move(remedy)};
}

}  // namespace urna::server
