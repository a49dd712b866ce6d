// SPDX-License-Identifier: EUPL-1.2
#include "tally/cosigning.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "base/atomic_file.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "board/log_writer.h"
#include "board/witness.h"
#include "election/record.h"
#include "tally/record_view.h"

namespace urna::tally {
namespace {

// checkpoints/SIZE is a copy of the checkpoint of that size: it gets the same signatures.
Status renew_kept_checkpoint(const std::string& directory, const board::LogWriter& log) {
  const std::string path = directory + "/" + election::checkpoint_path(log.checkpoint().size);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return ok_status();
  return write_file_atomically(path, log.checkpoint_note());
}

}  // namespace

Result<CosignReport> cosign_record(const std::string& directory, const board::WitnessSecretKey& key,
                                   const std::string& memory_path, std::uint64_t time) {
  const Result<board::LogReader> log = board::LogReader::open(directory);
  if (!log) return log.error();
  const Result<ManifestView> manifest = read_manifest(*log, directory);
  if (!manifest) return manifest.error();
  const std::vector<board::WitnessKey> witnesses = witness_keys(manifest->manifest);
  if (std::ranges::find(witnesses, key.verifier_key()) == witnesses.end()) {
    return Error{
        ErrorCode::conflict,
        "the manifest does not name the witness " + key.verifier_key().name + " with this key",
        {directory},
        "take the key that you gave for the edition " + manifest->manifest.edition};
  }
  const Result<board::VerifiedCheckpoint> verified =
      board::verify_checkpoint(log->checkpoint_note(), board_key(manifest->manifest), {}, 0);
  if (!verified) return verified.error();
  const board::Checkpoint& now = verified->checkpoint;

  const Result<std::optional<board::Checkpoint>> last =
      board::recall_cosigned(memory_path, key.verifier_key());
  if (!last) return last.error();
  if (*last) {
    const auto alarm = [&](const Error& cause) {
      return Error{
          ErrorCode::conflict,
          "the board does not continue the checkpoint that you cosigned last: " + cause.message,
          {directory + "/checkpoint"},
          "do not sign; if this is not an old copy of the record, keep it together with " +
              memory_path + " and publish both: the board has changed its past"};
    };
    if (now.size < (*last)->size)
      return alarm({ErrorCode::conflict, "it has " + std::to_string(now.size) +
                                             " entries, and had " + std::to_string((*last)->size)});
    const Result<board::MerkleProof> proof = log->consistency_proof((*last)->size);
    if (!proof) return proof.error();
    if (const Status continues = board::check_consistency(**last, now, *proof); !continues)
      return alarm(continues.error());
  }

  const Result<board::NoteSignature> signature =
      board::cosign_and_remember(memory_path, log->checkpoint_note(), key, time);
  if (!signature) return signature.error();

  Result<board::LogWriter> writer =
      board::LogWriter::open(directory, board_key(manifest->manifest));
  if (!writer) return writer.error();
  if (Status added = writer->add_cosignature(*signature, key.verifier_key()); !added) {
    Error error = added.error();
    error.remedy = "the board went on meanwhile; run the command again";
    return error;
  }
  if (Status renewed = renew_kept_checkpoint(directory, *writer); !renewed) return renewed.error();
  return CosignReport{now, *last ? (*last)->size : 0, writer->checkpoint_note()};
}

Result<std::uint64_t> take_cosignatures(const std::string& directory, std::string_view bytes) {
  const Result<board::UnverifiedNote> note = board::UnverifiedNote::parse(bytes);
  if (!note) return note.error();
  const Result<board::LogReader> log = board::LogReader::open(directory);
  if (!log) return log.error();
  const Result<ManifestView> manifest = read_manifest(*log, directory);
  if (!manifest) return manifest.error();
  Result<board::LogWriter> writer =
      board::LogWriter::open(directory, board_key(manifest->manifest));
  if (!writer) return writer.error();
  if (note->checkpoint != writer->checkpoint()) {
    return Error{ErrorCode::conflict,
                 "these signatures are under a checkpoint of " +
                     std::to_string(note->checkpoint.size) + " entries, and the record's has " +
                     std::to_string(writer->checkpoint().size),
                 {},
                 "send the witness the present record"};
  }
  std::uint64_t taken = 0;
  const std::string before = writer->checkpoint_note();
  for (const board::WitnessKey& witness : witness_keys(manifest->manifest)) {
    for (const board::NoteSignature& signature : note->signatures) {
      if (signature.name != witness.name || signature.key_id != witness.id() ||
          before.find(signature.line()) != std::string::npos)
        continue;
      if (Status added = writer->add_cosignature(signature, witness); !added) return added.error();
      ++taken;
    }
  }
  if (Status renewed = renew_kept_checkpoint(directory, *writer); !renewed) return renewed.error();
  return taken;
}

bool looks_like_note(std::string_view bytes) {
  return bytes.find("\n\n\u2014 ") != std::string_view::npos;
}

}  // namespace urna::tally
