// SPDX-License-Identifier: EUPL-1.2
#include "election/record.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "election/roll.h"

namespace urna::election {
namespace {

// Ballots whose proofs are verified together while a record is read again.
constexpr std::size_t ballots_in_batch = 4096;

std::string numbered(std::string_view folder, std::uint64_t number, std::string_view ending) {
  return std::string(folder) + "/" + std::to_string(number) + std::string(ending);
}

Status verify(proof::Batch& batch, const BoardState& state,
              std::vector<std::pair<EntryIndex, std::string>>& unverified) {
  const std::optional<std::uint64_t> wrong = batch.verify();
  if (!wrong) {
    unverified.clear();
    return ok_status();
  }
  const auto found =
      std::ranges::find(unverified, EntryIndex{*wrong}, &std::pair<EntryIndex, std::string>::first);
  return state.explain(EntryIndex{*wrong},
                       found != unverified.end() ? std::string_view(found->second) : "");
}

}  // namespace

std::string mix_path(PoolNumber pool, std::uint8_t round) {
  return numbered("mix", pool.value, "-" + std::to_string(round) + ".cbor");
}
std::string shares_path(PoolNumber pool, TrusteeNumber trustee) {
  return numbered("decryption", pool.value, "-" + std::to_string(trustee.value) + ".cbor");
}
std::string plaintexts_path(PoolNumber pool) { return numbered("plaintexts", pool.value, ".bin"); }
std::string published_path(PoolNumber pool) { return numbered("result", pool.value, ".pb"); }
std::string checkpoint_path(std::uint64_t size) { return numbered("checkpoints", size, ""); }

RecordWriter::RecordWriter(std::string directory, const board::LogSecretKey& key,
                           board::LogWriter log, BoardState state)
    : directory_(std::move(directory)), key_(key), log_(std::move(log)), state_(std::move(state)) {}

Result<RecordWriter> RecordWriter::create(const std::string& directory, std::string_view manifest,
                                          const board::LogSecretKey& key) {
  const std::string first_entry = encode(manifest_entry(manifest));
  Result<BoardState> state = BoardState::begin(first_entry, manifest);
  if (!state) return std::move(state).error();
  const BoardKeys& keys = state->manifest().board;
  if (keys.origin != key.verifier_key().name || keys.key != key.verifier_key().public_key) {
    return Error{ErrorCode::usage,
                 "the key is not the board's key of the manifest",
                 {},
                 "give the key that was made for " + keys.origin};
  }
  Result<board::LogWriter> log = board::LogWriter::create(directory, key);
  if (!log) return std::move(log).error();
  RecordWriter record(directory, key, std::move(*log), std::move(*state));
  if (Status written = record.write_file(manifest_path, manifest); !written) {
    return std::move(written).error();
  }
  if (auto index = record.log_.append(first_entry); !index) return std::move(index).error();
  if (Status published = record.log_.commit(key); !published) return std::move(published).error();
  return record;
}

Result<RecordWriter> RecordWriter::open(const std::string& directory,
                                        const board::LogSecretKey& key) {
  Result<board::LogWriter> log = board::LogWriter::open(directory, key.verifier_key());
  if (!log) return std::move(log).error();
  const Result<board::LogReader> reader = board::LogReader::open(directory);
  if (!reader) return reader.error();

  std::optional<BoardState> state;
  proof::Batch batch;
  std::vector<std::pair<EntryIndex, std::string>> unverified;
  const Status read = reader->for_each(0, [&](std::uint64_t index, std::string_view entry) {
    if (index == 0) {
      const Result<std::string> manifest =
          read_file(directory + "/" + std::string(manifest_path), manifest_bytes_max);
      if (!manifest) return Status(manifest.error());
      Result<BoardState> begun = BoardState::begin(entry, *manifest);
      if (!begun) return Status(std::move(begun).error());
      state.emplace(std::move(*begun));
      return ok_status();
    }
    if (state->phase() == Phase::roll) {
      const Result<std::string> file =
          read_file(directory + "/" + std::string(roll_path), record_file_bytes_max);
      if (!file) return Status(file.error());
      Result<Roll> roll = Roll::decode(*file);
      if (!roll) return Status(std::move(roll).error());
      state->provide_roll(std::move(*roll));
    }
    unverified.emplace_back(EntryIndex{index}, entry);
    if (Status applied = state->apply(entry, batch); !applied) return applied;
    return unverified.size() < ballots_in_batch ? ok_status() : verify(batch, *state, unverified);
  });
  if (!read) return read.error();
  if (!state) {
    return Error{
        ErrorCode::not_found, "the log is empty", {directory}, "begin a record with its manifest"};
  }
  if (Status verified = verify(batch, *state, unverified); !verified) {
    return std::move(verified).error();
  }
  return RecordWriter(directory, key, std::move(*log), std::move(*state));
}

Status RecordWriter::provide_roll(std::string_view file) {
  Result<Roll> roll = Roll::decode(file);
  if (!roll) return std::move(roll).error();
  if (Status written = write_file(roll_path, file); !written) return written;
  state_.provide_roll(std::move(*roll));
  return ok_status();
}

Status RecordWriter::add(std::string_view entry) {
  const EntryIndex index{state_.size()};
  if (Status applied = state_.apply(entry, batch_); !applied) return applied;
  unverified_.emplace_back(index, entry);
  if (Result<std::uint64_t> added = log_.append(entry); !added) return std::move(added).error();
  return ok_status();
}

Status RecordWriter::write_file(std::string_view path, std::string_view bytes) const {
  const std::filesystem::path place = std::filesystem::path(directory_) / path;
  std::error_code failure;
  std::filesystem::create_directories(place.parent_path(), failure);
  if (failure) {
    return Error{ErrorCode::io,
                 "cannot make the folder: " + failure.message(),
                 {place.parent_path().string()}};
  }
  return write_file_atomically(place.string(), bytes);
}

Status RecordWriter::commit(std::span<const board::WitnessSecretKey> witnesses,
                            std::uint64_t time) {
  if (Status verified = verify(batch_, state_, unverified_); !verified) return verified;
  if (Status published = log_.commit(key_); !published) return published;
  for (const board::WitnessSecretKey& witness : witnesses) {
    const auto signature = board::cosign(log_.checkpoint(), witness, time);
    if (!signature) return signature.error();
    if (Status added = log_.add_cosignature(*signature, witness.verifier_key()); !added) {
      return added;
    }
  }
  return ok_status();
}

Status RecordWriter::keep_checkpoint() const {
  return write_file(checkpoint_path(log_.checkpoint().size), log_.checkpoint_note());
}

}  // namespace urna::election
