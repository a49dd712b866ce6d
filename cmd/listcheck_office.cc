// SPDX-License-Identifier: EUPL-1.2
#include "cmd/listcheck_office.h"

#include <optional>
#include <set>
#include <utility>

#include "api/inspection_api.h"
#include "base/bytes.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "cmd/office.h"
#include "election/entries.h"
#include "fetch/fetch.h"
#include "pseudonym/list_check.h"
#include "tally/record_view.h"

namespace urna::cmd {

void add_list_check_keys(server::ConfigKeys& keys, ListCheckConfig& config) {
  using server::Required;
  keys.add("edition", config.edition, "name of the edition, as in its manifest", Required::yes);
  keys.add("inspecting", config.inspecting, "public key of the inspecting controller",
           Required::yes);
  keys.add("inspected", config.inspected, "public key of the inspected controller", Required::yes);
  keys.add_tables<ListCheckLog>("logs", "the inspection services of both controllers: two",
                                config.logs, [](ListCheckLog& row, server::ConfigKeys& bound) {
                                  bound.add("url", row.url, "its address", Required::yes);
                                  bound.add("token_file", row.token_file, "file with its token",
                                            Required::yes);
                                });
}

Result<ListCheckConfig> load_list_check_config(const std::string& path) {
  ListCheckConfig config;
  server::ConfigKeys keys("listcheck");
  add_list_check_keys(keys, config);
  if (Status loaded = keys.load(path, server::environment_of_process()); !loaded) {
    return std::move(loaded).error();
  }
  return config;
}

Result<ListCheckOffice> ListCheckOffice::open(const ListCheckConfig& config) {
  const Result<std::string> inspecting = from_hex(config.inspecting);
  const Result<std::string> inspected = from_hex(config.inspected);
  if (!inspecting || inspecting->size() != 32 || !inspected || inspected->size() != 32 ||
      config.logs.size() != 2 || config.logs[0].url == config.logs[1].url) {
    return Error{ErrorCode::usage,
                 "two keys of 64 hexadecimal digits and two different logs are needed",
                 {},
                 "see `urna listcheck ask --print-config`"};
  }
  ListCheckOffice office;
  office.trust_ = {array_of<32>(*inspecting), array_of<32>(*inspected), config.edition};
  for (const ListCheckLog& log : config.logs) {
    const Result<std::string> token = read_token(log.token_file);
    if (!token) return token.error();
    office.logs_.push_back(api::second_log_client(log.url, *token));
  }
  return office;
}

Status ListCheckOffice::note(const protection::AccessEntry& entry) const {
  const Result<std::string> bytes = protection::encode(entry);
  if (!bytes) return bytes.error();
  Status done = ok_status();
  // The other one is told also if the first does not answer.
  for (const auto& log : logs_) {
    if (Status appended = log->append(*bytes); !appended) done = std::move(appended);
  }
  if (done) return done;
  return Error{ErrorCode::io,
               "not both controllers' logs have it, so nothing is done",
               {},
               "see to it that both inspection services run"};
}

Result<protection::Mandate> ListCheckOffice::admit(const std::string& mandate_path,
                                                   const std::string& actor,
                                                   const std::string& action, std::uint64_t persons,
                                                   const Sha256Digest& about_mandate) const {
  using protection::MandateFault;
  const std::uint64_t now = unix_time();
  std::string word = "no-mandate";
  std::optional<MandateFault> fault;
  std::optional<protection::Mandate> mandate;
  if (mandate_path.empty()) {
    fault = MandateFault::missing;
  } else {
    const Result<std::string> bytes = read_file(mandate_path, protection::mandate_bytes_max);
    if (!bytes) return bytes.error();
    Result<protection::Mandate> decoded = protection::decode_mandate(*bytes);
    if (decoded) {
      mandate = *std::move(decoded);
      const Sha256Digest hash = protection::mandate_hash(*mandate);
      word = "mandate-" + protection::mandate_word(hash);
      fault = protection::find_fault(*mandate, trust_, now);
      if (!fault && (!mandate->list_check || hash != about_mandate)) {
        fault = MandateFault::out_of_scope;
      }
    } else {
      fault = MandateFault::malformed;
    }
  }
  const std::string done = fault ? "refused-" + std::string(to_string(*fault)) : action;
  if (Status noted =
          note(inspection::list_check_entry(now, actor, done, word, fault ? 0 : persons));
      !noted) {
    return std::move(noted).error();
  }
  if (!fault) return *std::move(mandate);
  return Error{ErrorCode::conflict,
               "outside the mandate: " + std::string(to_string(*fault)) +
                   "; both controllers' logs have the attempt",
               {.file = mandate_path},
               "ask both controllers for a mandate"};
}

Result<std::string> read_list_check_file(const std::string& path) {
  return read_file(path, pseudonym::list_message_bytes_max);
}

Result<RecordOfVotes> read_votes(const std::string& record) {
  std::optional<fetch::TemporaryFolder> downloaded;
  std::string folder = record;
  if (fetch::is_web_address(record)) {
    Result<fetch::TemporaryFolder> made = fetch::TemporaryFolder::make();
    if (!made) return std::move(made).error();
    downloaded.emplace(std::move(*made));
    folder = downloaded->path();
    if (Status fetched = fetch::fetch_record(record, folder, {}, [](double) {}); !fetched) {
      return std::move(fetched).error();
    }
  }
  const Result<tally::RecordView> view = tally::read_record(folder, tally::Cosignatures::not_asked);
  if (!view) return view.error();
  const Result<board::LogReader> log = board::LogReader::open(folder);
  if (!log) return log.error();
  RecordOfVotes found;
  found.entitled = view->state.entitled();
  found.opened_hour = view->state.opening_time() / 3600;
  std::set<election::Pseudonym> seen;
  const Status read = log->for_each(0, [&](std::uint64_t, std::string_view bytes) -> Status {
    const Result<election::Entry> entry = election::decode_entry(bytes);
    if (!entry) return entry.error();
    if (const auto* ballot = std::get_if<election::Ballot>(&*entry);
        ballot != nullptr && seen.insert(ballot->certificate.pseudonym).second) {
      found.votes.push_back({ballot->certificate.pseudonym.octets, ballot->certificate.hour,
                             ballot->certificate.level});
    }
    return ok_status();
  });
  if (!read) return read.error();
  return found;
}

}  // namespace urna::cmd
