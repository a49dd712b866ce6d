// SPDX-License-Identifier: EUPL-1.2
#include "tally/record_view.h"

#include <optional>
#include <span>
#include <utility>

#include "base/byte_source.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/sha256.h"
#include "election/mixing.h"
#include "election/roll.h"

namespace urna::tally {
namespace {

using election::BoardState;
using election::EntryIndex;
using election::Phase;
using election::PoolNumber;
using election::TrusteeNumber;

// Ballots whose proofs are verified together.
constexpr std::size_t ballots_in_batch = 4096;
constexpr const char* copy_again = "copy the record's folder again from who keeps the board";

Error in_record(Error error, const std::string& directory) {
  if (error.place.file.empty()) {
    error.place.file = directory;
  } else if (!error.place.file.starts_with(directory)) {
    error.place.file = directory + ": " + error.place.file;
  }
  error.remedy += error.remedy.empty() ? copy_again : "; " + std::string(copy_again);
  return error;
}

// Applies entries and verifies what ballots owe batch by batch.
class Reading {
 public:
  // `manifest` is the bytes of manifest.cbor and outlives this.
  Reading(std::string directory, std::string_view manifest)
      : directory_(std::move(directory)), manifest_(manifest) {}

  Status entry(std::uint64_t index, std::string_view entry) {
    if (index == 0) {
      Result<BoardState> begun = BoardState::begin(entry, manifest_);
      if (!begun) return std::move(begun).error();
      state_.emplace(*std::move(begun));
      return ok_status();
    }
    if (state_->phase() == Phase::roll) {
      if (Status given = give_roll(); !given) return given;
    }
    if (state_->phase() < Phase::roll) ceremony_.emplace_back(entry);
    unverified_.emplace_back(entry);
    if (Status applied = state_->apply(entry, batch_); !applied) return applied;
    return unverified_.size() < ballots_in_batch ? ok_status() : verify();
  }

  Status verify() {
    const std::optional<std::uint64_t> wrong = batch_.verify();
    if (wrong) {
      const std::size_t first = state_->size() - unverified_.size();
      const std::string_view bytes =
          *wrong >= first && *wrong < state_->size() ? unverified_[*wrong - first] : "";
      return state_->explain(EntryIndex{*wrong}, bytes);
    }
    unverified_.clear();
    return ok_status();
  }

  // Precondition: entry() has returned without an error.
  RecordView take(std::string checkpoint_note) && {
    return {std::move(directory_), std::move(checkpoint_note), *std::move(state_),
            std::move(ceremony_)};
  }

 private:
  Status give_roll() {
    const Result<std::string> file = read_file(directory_ + "/" + std::string(election::roll_path),
                                               election::record_file_bytes_max);
    if (!file) return file.error();
    Result<election::Roll> roll = election::Roll::decode(*file);
    if (!roll) return std::move(roll).error();
    state_->provide_roll(*std::move(roll));
    return ok_status();
  }

  std::string directory_;
  std::string_view manifest_;
  std::optional<BoardState> state_;
  std::vector<std::string> ceremony_;
  proof::Batch batch_;
  std::vector<std::string> unverified_;
};

}  // namespace

board::LogKey board_key(const election::Manifest& manifest) {
  return {manifest.board.origin, manifest.board.key};
}

std::vector<board::WitnessKey> witness_keys(const election::Manifest& manifest) {
  std::vector<board::WitnessKey> keys;
  for (const election::Witness& witness : manifest.board.witnesses)
    keys.push_back({witness.name, witness.key});
  return keys;
}

Result<ManifestView> read_manifest(const board::LogReader& log, const std::string& directory) {
  const Result<std::string> entry = log.entry(0);
  if (!entry) return entry.error();
  Result<std::string> bytes = read_file(directory + "/" + std::string(election::manifest_path),
                                        election::manifest_bytes_max);
  if (!bytes) return std::move(bytes).error();
  if (*entry != encode(election::manifest_entry(*bytes))) {
    return Error{ErrorCode::conflict,
                 "manifest.cbor is not the file that the board's first entry names",
                 {directory}};
  }
  Result<election::Manifest> manifest = election::decode_manifest(*bytes);
  if (!manifest) return std::move(manifest).error();
  return ManifestView{*std::move(bytes), *std::move(manifest)};
}

Result<RecordView> read_record(const std::string& directory, Cosignatures cosignatures) {
  const Result<board::LogReader> log = board::LogReader::open(directory);
  if (!log) return in_record(log.error(), directory);
  const Result<ManifestView> manifest = read_manifest(*log, directory);
  if (!manifest) return in_record(manifest.error(), directory);
  const std::vector<board::WitnessKey> witnesses = witness_keys(manifest->manifest);
  const bool required = cosignatures == Cosignatures::required;
  const Result<board::VerifiedCheckpoint> verified = board::verify_checkpoint(
      log->checkpoint_note(), board_key(manifest->manifest),
      required ? std::span(witnesses) : std::span<const board::WitnessKey>(),
      required ? manifest->manifest.board.cosignatures : 0);
  if (!verified) {
    Error error = verified.error();
    error.place.file = directory + "/checkpoint";
    if (required) error.remedy = "ask the witnesses to run `urna board cosign`, then copy again";
    return error;
  }
  Reading reading(directory, manifest->bytes);
  const Status read = log->for_each(
      0, [&](std::uint64_t index, std::string_view entry) { return reading.entry(index, entry); });
  if (!read) return in_record(read.error(), directory);
  if (Status proofs = reading.verify(); !proofs)
    return in_record(std::move(proofs).error(), directory);
  return std::move(reading).take(log->checkpoint_note());
}

std::string called(const election::Manifest& manifest, TrusteeNumber trustee) {
  return "trustee " + std::to_string(trustee.value) + " (" + manifest.trustee(trustee).name + ")";
}

std::string called(const election::Manifest& manifest, PoolNumber pool) {
  return "pool " + std::to_string(pool.value) + " (" + manifest.pools[pool.value].id + ")";
}

std::string list_trustees(const election::Manifest& manifest,
                          const std::function<bool(TrusteeNumber)>& absent) {
  std::string list;
  for (std::size_t j = 1; j <= manifest.trustee_count(); ++j) {
    const TrusteeNumber trustee{static_cast<std::uint8_t>(j)};
    if (!absent(trustee)) continue;
    if (!list.empty()) list += ", ";
    list += called(manifest, trustee);
  }
  return list;
}

namespace {

std::string ask(const std::string& trustee) {
  return "ask " + trustee + " or who keeps the board for the file";
}

Error unreadable(Error error, const std::string& trustee) {
  if (error.code == ErrorCode::not_found)
    error.message = "the file that " + trustee + " made is missing";
  error.remedy = ask(trustee);
  return error;
}

// Says that the file is not the one named, if so.
Status require_named(const std::string& path, std::uint64_t size, const Sha256Digest& hash,
                     std::uint64_t named_size, const Sha256Digest& named_hash,
                     const std::string& trustee) {
  if (size == named_size && hash == named_hash) return ok_status();
  return Error{ErrorCode::conflict,
               "the file is not the one that " + trustee + " signed: it has " +
                   std::to_string(size) + " bytes and the SHA-256 " + to_hex(view_of(hash)) +
                   " instead of " + std::to_string(named_size) + " bytes and " +
                   to_hex(view_of(named_hash)),
               {path},
               ask(trustee) + " again; it was changed or damaged on its way"};
}

// read_named_file() for a file that is read in pieces.
Result<ByteSource> open_named_file(const std::string& path, const Sha256Digest& hash,
                                   std::uint64_t size, const std::string& trustee) {
  Result<ByteSource> file = ByteSource::open(path, election::record_file_bytes_max);
  if (!file) return unreadable(std::move(file).error(), trustee);
  const Result<Sha256Digest> found = sha256_of(*file);
  if (!found) return unreadable(found.error(), trustee);
  if (Status same = require_named(path, file->size(), *found, size, hash, trustee); !same)
    return std::move(same).error();
  return file;
}

}  // namespace

Result<std::string> read_named_file(const std::string& path, const Sha256Digest& hash,
                                    std::uint64_t size, const std::string& trustee) {
  Result<std::string> bytes = read_file(path, election::record_file_bytes_max);
  if (!bytes) return unreadable(std::move(bytes).error(), trustee);
  if (Status same = require_named(path, bytes->size(), sha256(*bytes), size, hash, trustee); !same)
    return std::move(same).error();
  return bytes;
}

Result<std::string> verified_list(const std::string& directory, const BoardState& state,
                                  PoolNumber pool, const Work& work) {
  const std::string counted = state.counted_ciphertexts(pool);
  const std::vector<election::Mix>& mixes = state.progress(pool).mixes;
  const auto mixer = [&](std::size_t m) { return called(state.manifest(), mixes[m].trustee); };
  const auto path = [&](std::size_t m) {
    return directory + "/" + election::mix_path(pool, mixes[m].round);
  };
  election::MixSeries series{
      state.edition(), pool, state.joint_key(), state.terms(pool).layout.width, counted, {}};
  for (std::size_t m = 0; m < mixes.size(); ++m) {
    const Result<ByteSource> file =
        open_named_file(path(m), mixes[m].file, mixes[m].size, mixer(m));
    if (!file) return file.error();
    series.made.push_back({mixes[m].round, mixes[m].trustee, *file});
  }
  if (!mixes.empty()) {
    work.progress("pool " + std::to_string(pool.value) + ": verifying " +
                  std::to_string(mixes.size()) + " rounds of mixing");
  }
  const election::CheckedMixes checked = election::check_mixes(series, {.threads = work.threads});
  if (checked.wrong) {
    return Error{
        ErrorCode::malformed,
        mixer(checked.wrong->round) + " has not mixed honestly: " + checked.wrong->error.message,
        {path(checked.wrong->round)},
        "stop here and show this file to the officials; nothing of this pool may be "
        "decrypted"};
  }
  std::string list;
  if (Status read = checked.outputs.append_to(list, 0, checked.outputs.size()); !read)
    return std::move(read).error();
  return list;
}

}  // namespace urna::tally
