// SPDX-License-Identifier: EUPL-1.2
#include "fetch/fetch.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "board/log_reader.h"
#include "board/tiles.h"
#include "election/entries.h"
#include "election/record.h"

namespace urna::fetch {
namespace {

namespace fs = std::filesystem;

// The files that the entries of the log name, as far as it can be read: what is wrong with the rest
// is for the verifier to say.
std::vector<Wanted> named_files(const board::LogReader& log) {
  using namespace election;
  constexpr std::uint64_t most = record_file_bytes_max;
  std::vector<Wanted> files;
  static_cast<void>(log.for_each(0, [&](std::uint64_t index, std::string_view bytes) {
    const Result<Entry> entry = decode_entry(bytes);
    if (!entry) return ok_status();
    const auto kept_after = [&] {
      files.push_back({checkpoint_path(index + 1), board::max_note_bytes});
    };
    if (std::holds_alternative<RollEntry>(*entry)) files.push_back({std::string(roll_path), most});
    if (std::holds_alternative<Opening>(*entry) || std::holds_alternative<Closing>(*entry))
      kept_after();
    if (const auto* mix = std::get_if<Mix>(&*entry))
      files.push_back({mix_path(mix->pool, mix->round), std::min(most, mix->size)});
    if (const auto* shares = std::get_if<Decryption>(&*entry))
      files.push_back({shares_path(shares->pool, shares->trustee), std::min(most, shares->size)});
    if (const auto* result = std::get_if<PoolResult>(&*entry)) {
      files.push_back({plaintexts_path(result->pool), most});
      files.push_back({published_path(result->pool), most});
    }
    return ok_status();
  }));
  // What stands twice in a wrong record is downloaded once.
  std::ranges::sort(files, {}, &Wanted::path);
  const auto repeated = std::ranges::unique(files, {}, &Wanted::path);
  files.erase(repeated.begin(), repeated.end());
  return files;
}

}  // namespace

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code failure;
  std::string path = (fs::temp_directory_path(failure) / "urna-record-XXXXXX").string();
  if (failure || ::mkdtemp(path.data()) == nullptr) {
    return Error{ErrorCode::io,
                 "cannot make a folder for temporary files",
                 {path},
                 "check the folder that TMPDIR names"};
  }
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, std::string())) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code failure;
  if (!path_.empty()) fs::remove_all(path_, failure);
}

Status fetch_record(const std::string& address, const std::string& folder,
                    const DownloadBounds& bounds, const std::function<void(double)>& progress) {
  Download download(address, folder, bounds);
  const auto nothing = [](std::size_t) {};
  const std::vector<Wanted> first = {
      {"checkpoint", board::max_note_bytes, true},
      {std::string(election::manifest_path), election::manifest_bytes_max}};
  if (Status got = download.get(first, nothing); !got) return got;
  const Result<board::LogReader> log = board::LogReader::open(folder);
  if (!log) return ok_status();  // the verifier will say why

  // The tiles are most of the files, the files of the tally most of the bytes: each gets a half.
  const std::uint64_t size = log->checkpoint().size;
  constexpr std::uint64_t tiles_max = 1U << 20U;
  if (size / 128 > tiles_max) {
    return Error{ErrorCode::limit,
                 "the log has " + std::to_string(size) + " entries, more than can be downloaded",
                 {address},
                 "copy the record by other means and verify its folder"};
  }
  std::vector<Wanted> tiles;
  for (const board::TilePlace& place : board::tiles_of(size)) {
    tiles.push_back({place.path(), place.level ? board::max_tile_bytes : board::max_bundle_bytes});
  }
  const auto half = [&](double begin, std::size_t count) {
    return [&progress, begin, count](std::size_t done) {
      progress(begin + 0.5 * static_cast<double>(done) / static_cast<double>(count));
    };
  };
  if (Status got = download.get(tiles, half(0, tiles.size())); !got) return got;
  const std::vector<Wanted> named = named_files(*log);
  return download.get(named, half(0.5, named.size()));
}

}  // namespace urna::fetch
