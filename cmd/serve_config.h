// SPDX-License-Identifier: EUPL-1.2
// The configuration of the ballot box, which `urna serve` and `urna box` share.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/about.h"
#include "ballotbox/record_store.h"
#include "base/result.h"
#include "board/checkpoint.h"
#include "cmd/service.h"
#include "cmd/stores.h"
#include "protection/register.h"
#include "server/config.h"
#include "server/server.h"

namespace urna::cmd {

struct WitnessAddress {
  std::string name;
  std::string url;
};

struct ServeConfig {
  server::ServerConfig http;
  std::string store;
  std::string key;
  std::string passphrase_file;
  std::uint32_t checking_threads = 1;
  std::uint32_t waiting_max = 8'192;
  std::uint32_t batch_max = 512;
  bool tickets = true;
  std::int64_t opens = 0;
  std::int64_t closes = 0;
  std::string registrar_url;
  std::string registrar_token_file;
  std::string registrar_public_url;
  std::uint32_t notices_least = 32;
  std::chrono::milliseconds notices_wait_most{600'000};
  std::chrono::milliseconds witnesses_every{1'000};
  std::vector<WitnessAddress> witnesses;
  std::uint32_t ballots_per_minute = 600;
  std::uint32_t reads_per_minute = 6'000;
  std::string desk_token_file;
  std::string desk_folder;
  std::string site_folder;
  std::vector<std::string> site_connect;
  protection::Controller controller;
  RetentionConfig retention;
  api::About about;
  std::string presentation;
  std::string protocol;
};

void add_keys(server::ConfigKeys& keys, ServeConfig& config);

// What a sub-command on the store needs.
struct OpenedBox {
  std::unique_ptr<ballotbox::RecordStore> store;
  std::optional<board::LogSecretKey> key;
};
// Errors: those of the key's file and of the store.
[[nodiscard]] Result<OpenedBox> open_box(const ServeConfig& config);

}  // namespace urna::cmd
