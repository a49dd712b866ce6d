// SPDX-License-Identifier: EUPL-1.2
// Witnesses: who remembers the checkpoint of each log that it cosigned last, and cosigns only what
// continues it; and how a log asks one. The messages are those of C2SP tlog-witness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "board/merkle.h"

namespace urna::board {

// ---- The request "add-checkpoint"

constexpr std::size_t max_witness_proof = 63;
// "old " and a number; lines of 44 characters; an empty line; the note.
constexpr std::size_t max_add_checkpoint_bytes = max_note_bytes + max_witness_proof * 45 + 26;

struct AddCheckpoint {
  std::uint64_t old_size = 0;  // of the checkpoint that the witness is thought to remember
  MerkleProof proof;           // that the note's checkpoint continues it
  std::string note;

  [[nodiscard]] std::string to_string() const;
  // The inverse: what is accepted gives the same bytes again. Errors: limit (too many bytes or
  // hashes), malformed. The note is parsed, not verified.
  [[nodiscard]] static Result<AddCheckpoint> parse(std::string_view body);

  friend bool operator==(const AddCheckpoint&, const AddCheckpoint&) = default;
};

// ---- What a witness remembers

// The checkpoint in the file that a witness keeps of a log, nullopt if there is no file. Errors:
// io; conflict (the file holds no checkpoint cosigned with this key).
[[nodiscard]] Result<std::optional<Checkpoint>> recall_cosigned(const std::string& path,
                                                                const WitnessKey& key);

// Cosigns the checkpoint of a note at a time in Unix seconds, and makes the note with the signature
// durable in that file before it returns: a witness that forgot what it signed would sign a second
// history. Whoever calls this has checked that the checkpoint continues the one remembered. Errors:
// io, malformed (no note), limit (no room for another signature), usage (see cosign()).
[[nodiscard]] Result<NoteSignature> cosign_and_remember(const std::string& path,
                                                        std::string_view note,
                                                        const WitnessSecretKey& key,
                                                        std::uint64_t time);

// ---- The witness

enum class WitnessRefusal : std::uint8_t {
  malformed,        // among others: the old size is larger than the new one
  unknown_log,      // no log of that origin is watched
  not_signed,       // the log has not signed the note
  other_size,       // what the witness remembers has another size, which it tells
  fork,             // the log has signed two trees of one size
  no_continuation,  // the proof does not show that the checkpoint continues the one remembered
  unavailable,      // the memory cannot be written
};
inline constexpr std::size_t witness_refusals = 7;
// "malformed", "unknown-log", …
[[nodiscard]] std::string_view to_string(WitnessRefusal refusal);

struct WitnessRefused {
  WitnessRefusal why = WitnessRefusal::malformed;
  std::uint64_t remembered_size = 0;  // with other_size
  Error error;
};

// Watches logs, each remembered in a file of its own in one folder; a note that a log has signed
// and that does not continue the one before is kept there as evidence. May be called from several
// threads at once.
class Witness {
 public:
  // The folder must exist, so that a folder lost is not taken for a beginning. It is locked against
  // other processes. Errors: usage (no log, two of one origin), not_found (no folder), io, conflict
  // (another process watches there; a file is not this witness's).
  [[nodiscard]] static Result<std::unique_ptr<Witness>> open(const std::string& folder,
                                                             const WitnessSecretKey& key,
                                                             std::vector<LogKey> logs);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness();

  // The witness's signature, durably remembered; or why there is none.
  [[nodiscard]] std::variant<NoteSignature, WitnessRefused> add(std::string_view request,
                                                                std::uint64_t time);

  struct Watched {
    std::string origin;
    std::uint64_t size = 0;  // of the checkpoint cosigned last
  };
  [[nodiscard]] std::vector<Watched> watched() const;

 private:
  struct Log {
    LogKey key;
    std::string path;
    std::optional<Checkpoint> last;
  };
  Witness(std::string folder, WitnessSecretKey key, int lock);
  void keep_evidence(const Log& log, std::string_view note) const;

  std::string folder_;
  WitnessSecretKey key_;
  int lock_;
  mutable std::mutex mutex_;
  std::vector<Log> logs_;
};

// ---- How a log asks

struct WitnessReply {
  unsigned status = 0;  // of HTTP
  std::string body;
};
// Sends the body of a request to a witness. Errors: those of the way.
using SendToWitness = std::function<Result<WitnessReply>(const std::string& body)>;
using MakeProof = std::function<Result<MerkleProof>(std::uint64_t old_size)>;

// The verified signature of a witness under the note of a checkpoint. `remembered` is the size that
// the witness is thought to remember and becomes what it does: a wrong guess costs one more
// request. Errors: io (it cannot be reached or answers strangely), conflict (it remembers more than
// this checkpoint, or refuses), malformed (its signature does not hold); those of `prove`.
[[nodiscard]] Result<NoteSignature> ask_witness(const std::string& note, const WitnessKey& witness,
                                                std::uint64_t& remembered, const MakeProof& prove,
                                                const SendToWitness& send);

}  // namespace urna::board
