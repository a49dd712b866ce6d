// SPDX-License-Identifier: EUPL-1.2
#include "rehearsal/record_copy.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "base/atomic_file.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "board/log_writer.h"
#include "election/entries.h"
#include "election/record.h"

namespace urna::rehearsal {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t cosigned_at = 1'790'000'000;

Status publish(board::LogWriter& log, const Cast& cast, const std::string& directory) {
  if (Status committed = log.commit(cast.board); !committed) return committed;
  for (const board::WitnessSecretKey& witness : cast.witnesses) {
    const auto signature = board::cosign(log.checkpoint(), witness, cosigned_at);
    if (!signature) return signature.error();
    if (Status added = log.add_cosignature(*signature, witness.verifier_key()); !added) {
      return added;
    }
  }
  return write_file_atomically(directory + "/" + election::checkpoint_path(log.checkpoint().size),
                               log.checkpoint_note());
}

}  // namespace

Result<RecordCopy> read_record(const std::string& directory) {
  const Result<board::LogReader> log = board::LogReader::open(directory);
  if (!log) return log.error();
  RecordCopy copy;
  const Status read = log->for_each(0, [&](std::uint64_t, std::string_view entry) {
    copy.entries.emplace_back(entry);
    return ok_status();
  });
  if (!read) return read.error();
  std::error_code failure;
  for (fs::recursive_directory_iterator file(directory, failure), end; !failure && file != end;
       file.increment(failure)) {
    const std::string name = fs::relative(file->path(), directory, failure).generic_string();
    if (!file->is_regular_file(failure) || name == "checkpoint" || name.starts_with("tile/") ||
        name.starts_with("checkpoints/")) {
      continue;
    }
    Result<std::string> bytes = read_file(file->path().string(), election::record_file_bytes_max);
    if (!bytes) return std::move(bytes).error();
    copy.files[name] = std::move(*bytes);
  }
  if (failure) return Error{ErrorCode::io, failure.message(), {directory}};
  return copy;
}

Status write_record(const RecordCopy& copy, const Cast& cast, const std::string& directory) {
  Result<board::LogWriter> log = board::LogWriter::create(directory, cast.board);
  if (!log) return std::move(log).error();
  std::error_code failure;
  fs::create_directory(fs::path(directory) / "checkpoints", failure);
  if (failure) return Error{ErrorCode::io, failure.message(), {directory}};
  for (const std::string& entry : copy.entries) {
    if (Result<std::uint64_t> added = log->append(entry); !added) return std::move(added).error();
    const Result<election::Entry> decoded = election::decode_entry(entry);
    if (!decoded || (!std::holds_alternative<election::Opening>(*decoded) &&
                     !std::holds_alternative<election::Closing>(*decoded))) {
      continue;
    }
    if (Status published = publish(*log, cast, directory); !published) return published;
  }
  if (Status published = publish(*log, cast, directory); !published) return published;
  for (const auto& [name, bytes] : copy.files) {
    const fs::path path = fs::path(directory) / name;
    fs::create_directories(path.parent_path(), failure);
    if (failure) return Error{ErrorCode::io, failure.message(), {path.string()}};
    if (Status written = write_file_atomically(path.string(), bytes); !written) return written;
  }
  return ok_status();
}

}  // namespace urna::rehearsal
