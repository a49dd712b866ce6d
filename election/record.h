// SPDX-License-Identifier: EUPL-1.2
// The public record as a folder: names of its files, and adding to it (docs/protocol.md section
// 14).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "board/checkpoint.h"
#include "board/log_writer.h"
#include "election/board_state.h"
#include "election/types.h"

namespace urna::election {

// Paths within the record.
inline constexpr std::string_view manifest_path = "manifest.cbor";
inline constexpr std::string_view roll_path = "roll.cbor";
[[nodiscard]] std::string mix_path(PoolNumber pool, std::uint8_t round);
[[nodiscard]] std::string shares_path(PoolNumber pool, TrusteeNumber trustee);
[[nodiscard]] std::string plaintexts_path(PoolNumber pool);
[[nodiscard]] std::string published_path(PoolNumber pool);
[[nodiscard]] std::string checkpoint_path(std::uint64_t size);

// The greatest sizes that a reader accepts.
inline constexpr std::size_t record_file_bytes_max = 4'000'000'000;

// Keeps a record: every entry is checked against those before it when it is added. What needs a
// file (a mix, shares, a result) is checked by who adds it, with mixing.h, decrypting.h, result.h.
class RecordWriter {
 public:
  // A new record with manifest.cbor, whose only entry names it. Errors: malformed or limit (the
  // manifest), and those of board::LogWriter; usage if the key is not the manifest's.
  [[nodiscard]] static Result<RecordWriter> create(const std::string& directory,
                                                   std::string_view manifest,
                                                   const board::LogSecretKey& key);
  // An existing record: its entries are read and checked again. Errors: those of
  // board::LogWriter, board::LogReader and BoardState.
  [[nodiscard]] static Result<RecordWriter> open(const std::string& directory,
                                                 const board::LogSecretKey& key);

  // The roll that the coming entry `roll` speaks of: writes roll.cbor. Errors: malformed, io.
  [[nodiscard]] Status provide_roll(std::string_view file);

  // Takes an entry if it may follow. A proof or signature of a ballot that does not hold is found
  // by the next commit(). Errors: those of BoardState::apply(); nothing has changed then.
  [[nodiscard]] Status add(std::string_view entry);

  // Writes a file of the record, whole or not at all, making its folder. Errors: io.
  [[nodiscard]] Status write_file(std::string_view path, std::string_view bytes) const;

  // Verifies what the ballots since the last commit owe, then publishes them under a new
  // checkpoint, cosigned by the witnesses given at that time (Unix seconds). Errors: malformed,
  // naming the first wrong ballot, after which this writer is of no further use (nothing of it has
  // been published); those of LogWriter.
  [[nodiscard]] Status commit(std::span<const board::WitnessSecretKey> witnesses = {},
                              std::uint64_t time = 0);
  // Keeps the newest checkpoint in checkpoints/, as must be done after `opening` and `closing`.
  [[nodiscard]] Status keep_checkpoint() const;

  [[nodiscard]] const BoardState& state() const { return state_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  RecordWriter(std::string directory, const board::LogSecretKey& key, board::LogWriter log,
               BoardState state);
  std::string directory_;
  board::LogSecretKey key_;
  board::LogWriter log_;
  BoardState state_;
  proof::Batch batch_;
  std::vector<std::pair<EntryIndex, std::string>> unverified_;  // ballots in batch_
};

}  // namespace urna::election
