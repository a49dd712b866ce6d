// SPDX-License-Identifier: EUPL-1.2
#include "cmd/service.h"

#include <algorithm>
#include <fmt/format.h>
#include <sodium.h>
#include <tuple>
#include <utility>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/private_file.h"

namespace urna::cmd {

void add_service_options(CLI::App& command, ServiceOptions& options) {
  command.add_option("--config", options.config, "TOML file; see --print-config");
  command.add_flag("--print-config", options.print_config,
                   "Print every key of the configuration with its default, and its variable in the "
                   "environment");
  command.add_option("--ready-file", options.ready_file,
                     "Write \"ADDRESS:PORT\" there once requests are answered");
}

Result<bool> load_config(server::ConfigKeys& keys, const ServiceOptions& options) {
  if (options.print_config) {
    fmt::print("{}", keys.help());
    return false;
  }
  if (Status loaded = keys.load(options.config, server::environment_of_process()); !loaded) {
    return std::move(loaded).error();
  }
  return true;
}

void add_retention_keys(server::ConfigKeys& keys, RetentionConfig& config) {
  keys.add("retention.voting_closed", config.voting_closed,
           "day on which the voting was closed, such as 2026-10-02, from which times to keep data "
           "are counted; empty: not yet");
  keys.add("retention.protests_over", config.protests_over,
           "day on which the last protest was decided; empty: not yet");
  keys.add("retention.legal_hold", config.legal_hold,
           "delete nothing but what expires by itself, because a court or a prosecutor said so");
}

Result<protection::EditionDates> edition_dates(const RetentionConfig& config,
                                               std::optional<std::uint64_t> closes) {
  protection::EditionDates dates;
  dates.legal_hold = config.legal_hold;
  const auto wrong = [](const char* field, std::string message, std::string remedy) {
    return Error{ErrorCode::usage, std::move(message), {{}, 0, 0, field}, std::move(remedy)};
  };
  for (const auto& [text, field, date] :
       {std::tuple(&config.voting_closed, "retention.voting_closed", &dates.voting_closed),
        std::tuple(&config.protests_over, "retention.protests_over", &dates.protests_over)}) {
    if (text->empty()) continue;
    const Result<Date> day = parse_date(*text);
    if (!day) return wrong(field, "this is not a day", "write YYYY-MM-DD");
    *date = *day;
  }
  if (dates.voting_closed && closes && *dates.voting_closed < date_of(*closes)) {
    return wrong("retention.voting_closed",
                 "the voting cannot have been closed before the end that its manifest announces",
                 "write the day of the closing");
  }
  if (dates.protests_over &&
      (!dates.voting_closed || *dates.protests_over < *dates.voting_closed)) {
    return wrong("retention.protests_over", "protests are not over before the voting is closed",
                 "write the day of the closing too");
  }
  return dates;
}

Repeated::Repeated(std::chrono::milliseconds every, std::function<void()> work)
    : thread_([this, every, work = std::move(work)] {
        std::unique_lock lock(mutex_);
        while (!woken_.wait_for(lock, every, [this] { return stopping_; })) {
          lock.unlock();
          work();
          lock.lock();
        }
      }) {}

Repeated::~Repeated() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

std::unique_ptr<Repeated> delete_every_minute(
    std::function<Result<std::uint64_t>()> delete_what_is_due, server::Log log) {
  return std::make_unique<Repeated>(
      std::chrono::minutes(1), [due = std::move(delete_what_is_due), log = std::move(log)] {
        const Result<std::uint64_t> deleted = due();
        if (!deleted) {
          log.write(server::LogLevel::error, "what is due could not be deleted");
        } else if (*deleted > 0) {
          log.write(server::LogLevel::info, "rows deleted when due", {{"rows", *deleted}});
        }
      });
}

Result<std::string> read_token(const std::string& path) {
  constexpr std::size_t token_bytes_least = 16;
  constexpr std::size_t token_bytes_most = 256;
  Result<std::string> bytes = read_file(path, token_bytes_most + 1);
  if (!bytes) return bytes;
  if (readable_by_others(path)) {
    return Error{ErrorCode::conflict, "others may read this token", {path}, "chmod 600 the file"};
  }
  std::string token = bytes->substr(0, bytes->find('\n'));
  const bool visible = std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible || token.size() < token_bytes_least || token.size() > token_bytes_most) {
    return Error{ErrorCode::malformed,
                 "the file does not begin with a token of 16 to 256 visible characters",
                 {path},
                 "make one with `openssl rand -hex 32`"};
  }
  return token;
}

Result<protection::SecretKey> read_master_key(const std::string& path) {
  const Result<std::string> text = read_token(path);
  if (!text) return text.error();
  Result<std::string> bytes = from_hex(*text);
  if (!bytes || bytes->size() != 32) {
    return Error{ErrorCode::malformed,
                 "the file does not hold 64 hexadecimal digits",
                 {path},
                 "make one with `openssl rand -hex 32`"};
  }
  auto octets = array_of<32>(*bytes);
  protection::SecretKey key = protection::SecretKey::of(octets);
  sodium_memzero(octets.data(), octets.size());
  sodium_memzero(bytes->data(), bytes->size());
  return key;
}

server::RateClass per_minute(std::string name, std::uint32_t count) {
  return {std::move(name), {count, std::chrono::minutes(1), count}};
}

Status run_service(const server::ServerConfig& config, server::Router router,
                   server::Metrics& metrics, const server::Log& log,
                   const ServiceOptions& options) {
  Result<std::unique_ptr<server::Server>> made =
      server::Server::create(config, std::move(router), metrics, log);
  if (!made) return std::move(made).error();
  const std::uint16_t port = (*made)->port();
  log.write(server::LogLevel::info, "ready",
            {{"address", server::OperatorText{config.address}}, {"port", port}});
  if (!options.ready_file.empty()) {
    const Status told =
        write_file_atomically(options.ready_file, fmt::format("{}:{}\n", config.address, port));
    if (!told) return told;
  }
  (*made)->run();
  log.write(server::LogLevel::info, "stopped");
  return ok_status();
}

}  // namespace urna::cmd
