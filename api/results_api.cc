// SPDX-License-Identifier: EUPL-1.2
#include "api/results_api.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/sha256.h"
#include "election/record.h"
#include "results/json.h"
#include "server/http.h"

namespace urna::api {
namespace {

using election::Phase;
using server::Problem;
using server::ProblemKind;
using server::Reply;
using server::Request;
using server::Response;

constexpr ProblemKind results_not_yet{"results-not-yet", 404, "Wyników jeszcze nie ma",
                                      "There is no result yet"};
constexpr ProblemKind pool_withheld{"pool-withheld", 404, "Tej puli nie otwarto",
                                    "This pool was not opened"};
constexpr std::uint32_t counting_retry_s = 3;
constexpr std::chrono::milliseconds look_every{500};
constexpr std::size_t protocol_bytes_max = std::size_t{32} << 20U;
constexpr const char* protocol_address = "/open-data/protocol.pdf";
constexpr const char* public_now = "public, no-cache";

Response data_file(const std::string& type, std::string bytes) {
  Response response;
  response.content_type = type;
  response.body = std::move(bytes);
  response.cache_control = public_now;
  return response;
}

Problem not_found() {
  return {&server::problems::not_found,
          {"Wśród otwartych danych nie ma takiego pliku.", "The open data have no such file."}};
}

Problem not_yet(const ResultsDesk& desk) {
  const ballotbox::Overview overview = desk.box().overview();
  if (overview.phase < Phase::issuance) {
    return {&results_not_yet,
            {"Wyniki powstają po zamknięciu głosowania; do tego czasu nikt ich nie zna.",
             "Results come into being after the closing; until then nobody knows them."},
            std::nullopt,
            {{"closes", std::to_string(overview.closes)}}};
  }
  return {&results_not_yet,
          {"Głosowanie zamknięto. Powiernicy mieszają i otwierają głosy.",
           "Voting has closed. The trustees are shuffling and opening the ballots."}};
}

// Where counting is under way the answer will be there in a moment.
Problem missing(const ResultsDesk& desk, const ResultsDesk::Shown& shown, Problem otherwise) {
  if (shown.files.empty() && !shown.counting) return not_yet(desk);
  if (!shown.counting) return otherwise;
  return {&server::problems::unavailable,
          {"Wynik jest właśnie przeliczany.", "The result is being counted at this moment."},
          counting_retry_s};
}

Reply give(const ResultsDesk& desk, const results::DataFile& file) {
  std::string bytes = file.bytes;
  if (file.votes_of) {
    const Result<std::optional<std::string>> published =
        desk.box().file(election::published_path(*file.votes_of));
    if (!published || !*published) {
      return Problem{&server::problems::unavailable, {}, counting_retry_s};
    }
    results::append_votes(bytes, **published);
  }
  return data_file(file.content_type, std::move(bytes));
}

Reply give_named(const ResultsDesk& desk, const std::string& name) {
  const std::shared_ptr<const ResultsDesk::Shown> shown = desk.shown();
  const auto file = shown->files.find(name);
  return file == shown->files.end() ? Reply(missing(desk, *shown, not_found()))
                                    : give(desk, file->second);
}

Reply give_pool(const ResultsDesk& desk, const std::string& slug) {
  const std::shared_ptr<const ResultsDesk::Shown> shown = desk.shown();
  const auto file = shown->files.find(slug + ".json");
  if (file != shown->files.end() && slug != "results") return give(desk, file->second);
  const auto status = shown->slugs.find(slug);
  if (status == shown->slugs.end()) return missing(desk, *shown, not_found());
  if (status->second == "withheld") {
    return Problem{&pool_withheld,
                   {"Głosów było za mało, by otworzyć je bez zdradzenia, kto jak głosował.",
                    "There were too few ballots to open them without telling who voted how."}};
  }
  return missing(desk, *shown, not_yet(desk));
}

}  // namespace

Result<PresentationFile> load_presentation(const std::string& path,
                                           const ballotbox::BallotBox& box) {
  Result<std::string> bytes = read_file(path, presentation::presentation_bytes_max);
  if (!bytes) return std::move(bytes).error();
  Result<presentation::Presentation> content = presentation::parse_presentation(*bytes);
  if (!content) {
    Error error = std::move(content).error();
    error.place.file = path;
    return error;
  }
  const Result<std::optional<std::string>> stored = box.file(election::manifest_path);
  if (!stored) return stored.error();
  const Result<election::Manifest> manifest = election::decode_manifest((*stored).value_or(""));
  if (!manifest) return manifest.error();
  const std::string hash = sha256_hex(*bytes);
  for (const election::Pool& pool : manifest->pools) {
    bool named = false;
    for (const election::TextPair& pair : pool.meta)
      named = named || (pair.key == presentation::meta_key && pair.value == hash);
    if (named) continue;
    return Error{ErrorCode::conflict,
                 "the manifest of the edition does not name this presentation",
                 {path, 0, 0, pool.id},
                 "give the file that `urna edition new` was given, unchanged"};
  }
  return PresentationFile{std::move(*bytes), std::move(*content)};
}

ResultsDesk::ResultsDesk(const ballotbox::BallotBox& box,
                         std::optional<PresentationFile> presentation, std::string program,
                         const server::Log& log)
    : box_(box),
      presentation_(std::move(presentation)),
      program_(std::move(program)),
      log_(log),
      shown_(std::make_shared<const Shown>()) {
  thread_ = std::thread([this] { watch(); });
}

ResultsDesk::~ResultsDesk() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

std::shared_ptr<const ResultsDesk::Shown> ResultsDesk::shown() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

bool ResultsDesk::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void ResultsDesk::watch() {
  while (true) {
    look();
    std::unique_lock lock(mutex_);
    if (stop_.wait_for(lock, look_every, [this] { return stopping_; })) return;
  }
}

void ResultsDesk::look() {
  std::optional<election::Manifest> manifest;
  results::EditionNumbers numbers;
  std::size_t finished = 0;
  const bool visible = box_.look([&](const election::BoardState& state) {
    if (state.phase() < Phase::pools) return;
    const std::size_t pools = state.manifest().pools.size();
    for (std::size_t p = 0; p < pools; ++p)
      finished += state.progress({static_cast<std::uint16_t>(p)}).finished() ? 1U : 0U;
    if (finished_ == finished) return;
    manifest = state.manifest();
    numbers = results::numbers_of(state);
  });
  if (!visible || !manifest) return;
  {
    // Old files stay while the new ones are made; a pool's result never changes.
    const std::lock_guard lock(mutex_);
    auto counting = std::make_shared<Shown>(*shown_);
    counting->counting = true;
    shown_ = std::move(counting);
  }
  auto made = std::make_shared<Shown>();
  for (const results::PoolNumbers& pool : numbers.pools) {
    if (!pool.result) {
      made->slugs[results::slug_of(*manifest, pool.number)] =
          pool.withheld ? "withheld" : "awaited";
    }
  }
  finished_ = finished;
  std::optional<presentation::Presentation> presented;
  if (presentation_) presented = presentation_->content;
  const auto published = [this](election::PoolNumber pool) -> Result<std::string> {
    // Counting all pools may take long; who stops the service waits for one of them at most.
    if (stopping()) return Error{ErrorCode::conflict, "the service is being stopped"};
    Result<std::optional<std::string>> file = box_.file(election::published_path(pool));
    if (!file) return std::move(file).error();
    if (!*file) return Error{ErrorCode::not_found, "the published file is not in the store"};
    return std::move(**file);
  };
  const Result<results::EditionData> data = results::gather(
      std::move(*manifest), std::move(numbers), std::move(presented), published, program_);
  if (data) {
    for (results::DataFile& file : results::open_data(*data)) {
      std::string name = file.name;
      made->files.emplace(std::move(name), std::move(file));
    }
    log_.write(server::LogLevel::info, "results",
               {{"files", made->files.size()}, {"complete", data->numbers.complete}});
  } else if (!stopping()) {
    log_.write(server::LogLevel::error, "results-failed", {{"code", exit_code(data.error().code)}});
  }
  const std::lock_guard lock(mutex_);
  if (!data) {
    made->files = shown_->files;
  }
  shown_ = std::move(made);
}

Status add_results_routes(server::Router& router, const ResultsDesk& desk,
                          const std::string& protocol) {
  server::RouteOptions reads;
  reads.rate_class = "reads";
  reads.for_any_site = true;
  Status added = ok_status();
  const auto get = [&](std::string_view path, auto handler) {
    if (added) added = router.add(server::Method::get, path, handler, reads);
  };
  get("/api/v1/results", [&desk, protocol](const Request&) {
    Reply reply = give_named(desk, "results.json");
    std::error_code failure;
    auto* response = std::get_if<Response>(&reply);
    if (response != nullptr && !protocol.empty() && std::filesystem::exists(protocol, failure)) {
      results::name_protocol(response->body, protocol_address);
    }
    return reply;
  });
  get("/api/v1/results/{pool}",
      [&desk](const Request& request) { return give_pool(desk, request.parameter("pool")); });
  get("/open-data/{file}",
      [&desk](const Request& request) { return give_named(desk, request.parameter("file")); });
  get(protocol_address, [&desk, protocol](const Request&) -> Reply {
    if (protocol.empty()) return not_found();
    Result<std::string> bytes = read_file(protocol, protocol_bytes_max);
    // It is signed after the count.
    if (!bytes) return not_yet(desk);
    return data_file("application/pdf", std::move(*bytes));
  });
  if (desk.presentation()) {
    get("/presentation.json", [&desk](const Request&) -> Reply {
      return data_file("application/json", desk.presentation()->bytes);
    });
  }
  return added;
}

}  // namespace urna::api
