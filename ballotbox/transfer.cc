// SPDX-License-Identifier: EUPL-1.2
#include "ballotbox/transfer.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "board/log_writer.h"
#include "election/board_state.h"
#include "election/record.h"

namespace urna::ballotbox {
namespace {

namespace fs = std::filesystem;

// All files of the record but those of the log itself.
Result<std::vector<RecordFile>> files_of(const std::string& directory) {
  std::vector<RecordFile> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator file(directory, failure), end; !failure && file != end;
       file.increment(failure)) {
    if (!file->is_regular_file(failure)) continue;
    std::string path = fs::relative(file->path(), directory, failure).generic_string();
    if (path == "checkpoint" || path.starts_with("tile/")) continue;
    Result<std::string> bytes = read_file(file->path().string(), election::record_file_bytes_max);
    if (!bytes) return std::move(bytes).error();
    files.push_back({std::move(path), std::move(*bytes)});
  }
  if (failure) return Error{ErrorCode::io, failure.message(), {directory}};
  return files;
}

Error other_history(const std::string& directory) {
  return {ErrorCode::conflict,
          "the folder and the store hold different histories",
          {directory},
          "export the store's record, and work on that"};
}

}  // namespace

Result<TransferReport> import_record(const std::string& directory, RecordStore& store) {
  const Result<board::LogReader> log = board::LogReader::open(directory);
  if (!log) return log.error();
  const std::uint64_t size = log->checkpoint().size;
  Result<std::vector<RecordFile>> files = files_of(directory);
  if (!files) return std::move(files).error();

  std::vector<std::string> entries;
  std::optional<election::BoardState> state;
  const Status read = log->for_each(0, [&](std::uint64_t index, std::string_view entry) -> Status {
    entries.emplace_back(entry);
    if (index == 0) {
      const Result<std::string> manifest = read_file(
          directory + "/" + std::string(election::manifest_path), election::manifest_bytes_max);
      if (!manifest) return manifest.error();
      Result<election::BoardState> begun = election::BoardState::begin(entry, *manifest);
      if (!begun) return std::move(begun).error();
      state.emplace(std::move(*begun));
      return ok_status();
    }
    if (state->phase() == election::Phase::roll) {
      const Result<std::string> file = read_file(directory + "/" + std::string(election::roll_path),
                                                 election::record_file_bytes_max);
      if (!file) return file.error();
      Result<election::Roll> roll = election::Roll::decode(*file);
      if (!roll) return std::move(roll).error();
      state->provide_roll(std::move(*roll));
    }
    return state->apply_verified(entry);
  });
  if (!read) return read.error();
  if (!state) return Error{ErrorCode::not_found, "the log is empty", {directory}, {}};
  const election::BoardKeys& keys = state->manifest().board;
  if (const auto checkpoint =
          board::verify_checkpoint(log->checkpoint_note(), {keys.origin, keys.key}, {}, 0);
      !checkpoint) {
    return checkpoint.error();
  }

  TransferReport report;
  report.size = size;
  std::uint64_t seen = 0;
  const RoundResult result = store.append(
      0,
      [&](std::uint64_t index, std::string_view entry) -> Status {
        if (index >= size || entries[index] != entry) return other_history(directory);
        seen = index + 1;
        return ok_status();
      },
      [&]() -> Result<Round> {
        Round round;
        for (std::uint64_t index = seen; index < size; ++index) {
          round.entries.push_back(std::move(entries[index]));
        }
        for (RecordFile& file : *files) {
          const Result<std::optional<std::string>> there = store.file(file.path);
          if (!there) return there.error();
          if (*there != file.bytes) round.files.push_back(std::move(file));
        }
        const Result<RecordStore::Head> head = store.head();
        if (!head) return head.error();
        if (!round.entries.empty() || !round.files.empty() ||
            head->checkpoint != log->checkpoint_note()) {
          round.checkpoint = log->checkpoint_note();
        }
        report.entries = round.entries.size();
        report.files = round.files.size();
        return round;
      });
  if (result.ending != Ending::committed) return *result.error;
  return report;
}

Result<TransferReport> export_record(RecordStore& store, const std::string& directory,
                                     const board::LogSecretKey& key) {
  const Result<RecordStore::Head> head = store.head();
  if (!head) return head.error();
  if (head->size == 0) {
    return Error{ErrorCode::not_found, "the store holds no edition yet", {}, {}};
  }
  Result<board::LogWriter> log = board::LogWriter::create(directory, key);
  if (!log) return std::move(log).error();
  TransferReport report;
  report.size = head->size;
  const Status read =
      store.read(0, head->size, [&](std::uint64_t, std::string_view entry) -> Status {
        ++report.entries;
        const Result<std::uint64_t> index = log->append(entry);
        return index ? ok_status() : Status(index.error());
      });
  if (!read) return read.error();
  const Result<std::vector<std::string>> paths = store.paths();
  if (!paths) return paths.error();
  for (const std::string& path : *paths) {
    const Result<std::optional<std::string>> bytes = store.file(path);
    if (!bytes) return bytes.error();
    const fs::path place = fs::path(directory) / path;
    std::error_code failure;
    fs::create_directories(place.parent_path(), failure);
    if (failure) return Error{ErrorCode::io, failure.message(), {place.parent_path().string()}};
    if (Status written = write_file_atomically(place.string(), bytes->value_or("")); !written) {
      return std::move(written).error();
    }
    ++report.files;
  }
  if (Status published = log->commit(key); !published) return std::move(published).error();
  return report;
}

}  // namespace urna::ballotbox
