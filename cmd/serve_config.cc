// SPDX-License-Identifier: EUPL-1.2
#include "cmd/serve_config.h"

#include <utility>

#include "api/data_protection.h"
#include "cmd/office.h"

namespace urna::cmd {

void add_keys(server::ConfigKeys& keys, ServeConfig& config) {
  using server::Required;
  server::add_server_keys(keys, config.http);
  keys.add("store", config.store, store_help, Required::yes);
  keys.add("key", config.key, "the board's key, made by `urna edition key`", Required::yes);
  keys.add("passphrase_file", config.passphrase_file, "file with the key's passphrase, if sealed");
  keys.add("box.checking_threads", config.checking_threads, "threads that verify ballots", 1, 64);
  keys.add("box.waiting_max", config.waiting_max,
           "ballots that may wait; more are answered 503 with Retry-After", 1, 1'000'000);
  keys.add("box.batch_max", config.batch_max, "ballots verified by one sum", 1, 65'536);
  keys.add("box.tickets", config.tickets, "take only ballots that come with a notice ticket");
  keys.add("box.opens", config.opens,
           "Unix seconds from which ballots are taken; 0: the manifest's", 0);
  keys.add("box.closes", config.closes,
           "Unix seconds until which ballots are taken; 0: the "
           "manifest's",
           0);
  keys.add("registrar.url", config.registrar_url,
           "address of the registrar, to which notices go; empty: they wait");
  keys.add("registrar.token_file", config.registrar_token_file, "file with the token for it");
  keys.add("registrar.public_url", config.registrar_public_url,
           "address that voters' pages find the registrar under; empty: registrar.url");
  keys.add("notices.batch_least", config.notices_least,
           "how many must wait for a batch to leave before its time", 1, 1'000);
  keys.add("notices.wait_most", config.notices_wait_most, "how long the first of a batch waits");
  keys.add("box.witnesses_every", config.witnesses_every,
           "how often witnesses are shown a new checkpoint");
  keys.add_tables<WitnessAddress>(
      "witnesses", "where the witnesses of the manifest are asked", config.witnesses,
      [](WitnessAddress& row, server::ConfigKeys& bound) {
        bound.add("name", row.name, "as in the manifest", Required::yes);
        bound.add("url", row.url, "address; /add-checkpoint is added to it", Required::yes);
      });
  keys.add("site.presentation", config.presentation,
           "presentation.json, which the manifest names by its hash; empty: none");
  keys.add("site.protocol", config.protocol,
           "signed protocol of the result, a PDF, which may come later; empty: none");
  keys.add("limits.ballots_per_minute", config.ballots_per_minute, "from one network", 1,
           1'000'000);
  keys.add("limits.reads_per_minute", config.reads_per_minute, "from one network", 1, 1'000'000);
  keys.add(
      "desk.token_file", config.desk_token_file,
      "file with the token that the officials' desk hands records over with; empty: it cannot. "
      "With it a ballot box without a record waits for one");
  keys.add("desk.folder", config.desk_folder, "folder for the files that it hands over");
  keys.add("site.folder", config.site_folder,
           "folder of the built pages (web/site/dist), read at the start; empty: no pages");
  keys.add("site.connect", config.site_connect,
           "origins beside this service and the registrar that pages may call");
  api::add_controller_keys(keys, config.controller);
  add_retention_keys(keys, config.retention);
  api::add_about_keys(keys, config.about);
}

Result<OpenedBox> open_box(const ServeConfig& config) {
  OfficeOptions office;
  office.passphrase_file = config.passphrase_file;
  Result<board::LogSecretKey> key = load_log_key(config.key, office);
  if (!key) return std::move(key).error();
  Result<std::unique_ptr<ballotbox::RecordStore>> store = open_record_store(config.store);
  if (!store) return std::move(store).error();
  return OpenedBox{std::move(*store), std::move(*key)};
}

}  // namespace urna::cmd
