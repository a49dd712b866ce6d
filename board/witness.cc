// SPDX-License-Identifier: EUPL-1.2
#include "board/witness.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <span>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"

namespace urna::board {
namespace {

namespace fs = std::filesystem;

// Evidence of one log's dishonesty is not made better by a thousand copies, and the disk is finite.
constexpr std::size_t evidence_files_max = 1'000;

Error malformed_request(std::string message) { return {ErrorCode::malformed, std::move(message)}; }

std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || std::to_string(number) != text) return std::nullopt;
  return number;
}

WitnessRefused refused(WitnessRefusal why, Error error, std::uint64_t remembered_size = 0) {
  return {why, remembered_size, std::move(error)};
}

}  // namespace

// ---- The request

std::string AddCheckpoint::to_string() const {
  std::string text = "old " + std::to_string(old_size) + "\n";
  for (const Sha256Digest& hash : proof) text += to_base64(view_of(hash)) + "\n";
  return text + "\n" + note;
}

Result<AddCheckpoint> AddCheckpoint::parse(std::string_view body) {
  if (body.size() > max_add_checkpoint_bytes)
    return Error{ErrorCode::limit, "the request is longer than any with a checkpoint"};
  const std::size_t head = body.find("\n\n");
  if (!body.starts_with("old ") || head == std::string_view::npos)
    return malformed_request(
        "the request does not begin with \"old\" and a size, hashes, an empty line");
  std::string_view lines = body.substr(0, head + 1);
  AddCheckpoint request;
  request.note = body.substr(head + 2);
  const std::size_t first = lines.find('\n');
  const std::optional<std::uint64_t> old_size = decimal(lines.substr(4, first - 4));
  if (!old_size)
    return malformed_request("the old size is not a number below 2^64 in its shortest form");
  request.old_size = *old_size;
  lines.remove_prefix(first + 1);
  while (!lines.empty()) {
    if (request.proof.size() == max_witness_proof)
      return Error{ErrorCode::limit, "the proof is longer than any of consistency"};
    const std::size_t end = lines.find('\n');
    const Result<std::string> hash = from_base64(lines.substr(0, end));
    if (!hash || hash->size() != std::tuple_size_v<Sha256Digest>)
      return malformed_request("a line of the proof is not the base64 of 32 bytes");
    request.proof.push_back(array_of<std::tuple_size_v<Sha256Digest>>(*hash));
    lines.remove_prefix(end + 1);
  }
  if (const Result<UnverifiedNote> note = UnverifiedNote::parse(request.note); !note)
    return note.error();
  return request;
}

// ---- Memory

Result<std::optional<Checkpoint>> recall_cosigned(const std::string& path, const WitnessKey& key) {
  const Result<std::string> bytes = read_file(path, max_note_bytes);
  if (!bytes && bytes.error().code == ErrorCode::not_found) return std::optional<Checkpoint>();
  if (!bytes) return bytes.error();
  const Result<UnverifiedNote> note = UnverifiedNote::parse(*bytes);
  const bool own = note && std::ranges::any_of(note->signatures, [&](const NoteSignature& one) {
                     return verify_cosignature(note->checkpoint, one, key).ok();
                   });
  if (own) return std::optional(note->checkpoint);
  return Error{ErrorCode::conflict,
               "the file does not hold a checkpoint with a signature of " + key.name,
               {path},
               "bring back the file that the last cosigning left; without it the board could be "
               "made to change its past"};
}

Result<NoteSignature> cosign_and_remember(const std::string& path, std::string_view note,
                                          const WitnessSecretKey& key, std::uint64_t time) {
  Result<UnverifiedNote> parsed = UnverifiedNote::parse(note);
  if (!parsed) return std::move(parsed).error();
  Result<NoteSignature> signature = cosign(parsed->checkpoint, key, time);
  if (!signature) return signature;
  if (Status added = parsed->add(*signature); !added) return std::move(added).error();
  if (Status kept = write_file_atomically(path, parsed->to_string()); !kept) {
    return std::move(kept).error();
  }
  return signature;
}

// ---- The witness

std::string_view to_string(WitnessRefusal refusal) {
  switch (refusal) {
    case WitnessRefusal::malformed:
      return "malformed";
    case WitnessRefusal::unknown_log:
      return "unknown-log";
    case WitnessRefusal::not_signed:
      return "not-signed";
    case WitnessRefusal::other_size:
      return "other-size";
    case WitnessRefusal::fork:
      return "fork";
    case WitnessRefusal::no_continuation:
      return "no-continuation";
    case WitnessRefusal::unavailable:
      break;
  }
  return "unavailable";
}

Witness::Witness(std::string folder, WitnessSecretKey key, int lock)
    : folder_(std::move(folder)), key_(std::move(key)), lock_(lock) {}
Witness::~Witness() {
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Witness>> Witness::open(const std::string& folder,
                                               const WitnessSecretKey& key,
                                               std::vector<LogKey> logs) {
  if (logs.empty()) return Error{ErrorCode::usage, "no log is named that is to be watched"};
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) {
    return Error{errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 std::string("cannot open the witness's folder: ") + std::strerror(errno),
                 {folder},
                 "bring back the folder that this witness kept; if it has never watched, make an "
                 "empty one"};
  }
  std::unique_ptr<Witness> witness(new Witness(folder, key, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return Error{
        ErrorCode::conflict, "another process watches with this folder", {folder}, "stop it first"};
  }
  for (LogKey& log : logs) {
    const bool twice = std::ranges::any_of(
        witness->logs_, [&](const Log& one) { return one.key.name == log.name; });
    if (twice) return Error{ErrorCode::usage, "the log " + log.name + " is named twice"};
    const Sha256Digest digest = sha256(log.name);
    std::string path = folder + "/" + to_hex(view_of(digest)) + ".checkpoint";
    Result<std::optional<Checkpoint>> last = recall_cosigned(path, key.verifier_key());
    if (!last) return std::move(last).error();
    witness->logs_.push_back({std::move(log), std::move(path), std::move(*last)});
  }
  return witness;
}

// As good as it can be: the refusal stands whether or not the note could be kept.
void Witness::keep_evidence(const Log& log, std::string_view note) const {
  const fs::path place = fs::path(folder_) / "evidence";
  std::error_code failure;
  fs::create_directories(place, failure);
  const auto files = static_cast<std::size_t>(
      std::distance(fs::directory_iterator(place, failure), fs::directory_iterator()));
  if (failure || files >= evidence_files_max) return;
  const std::string name = to_hex(view_of(sha256(note))) + ".checkpoint";
  // A board that asks again and again is not written down again and again.
  if (fs::exists(place / name, failure)) return;
  // With the checkpoint that it does not continue, which will be replaced by later ones.
  const Result<std::string> last = read_file(log.path, max_note_bytes);
  if (!last) return;
  const std::string against = to_hex(view_of(sha256(*last))) + ".checkpoint";
  Status kept = write_file_atomically((place / name).string(), note);
  if (kept) kept = write_file_atomically((place / against).string(), *last);
  (void)kept.ok();
}

std::variant<NoteSignature, WitnessRefused> Witness::add(std::string_view request,
                                                         std::uint64_t time) {
  const Result<AddCheckpoint> asked = AddCheckpoint::parse(request);
  if (!asked) return refused(WitnessRefusal::malformed, asked.error());
  const Result<UnverifiedNote> note = UnverifiedNote::parse(asked->note);
  if (!note) return refused(WitnessRefusal::malformed, note.error());

  const std::lock_guard lock(mutex_);
  const auto log = std::ranges::find(logs_, note->checkpoint.origin,
                                     [](const Log& one) { return one.key.name; });
  if (log == logs_.end()) {
    return refused(WitnessRefusal::unknown_log,
                   {ErrorCode::not_found, "no log of this origin is watched here"});
  }
  const Result<VerifiedCheckpoint> verified = verify_checkpoint(asked->note, log->key, {}, 0);
  if (!verified) return refused(WitnessRefusal::not_signed, verified.error());
  const Checkpoint& now = verified->checkpoint;
  if (asked->old_size > now.size) {
    return refused(WitnessRefusal::malformed,
                   malformed_request("the old size is larger than the new one"));
  }
  const std::uint64_t remembered = log->last ? log->last->size : 0;
  if (log->last) {
    if (const std::optional<Error> fork = find_fork(*log->last, now)) {
      keep_evidence(*log, asked->note);
      return refused(WitnessRefusal::fork, *fork);
    }
  }
  if (asked->old_size != remembered) {
    return refused(WitnessRefusal::other_size,
                   {ErrorCode::conflict, "the checkpoint remembered has another size"}, remembered);
  }
  const Checkpoint before = log->last.value_or(Checkpoint{now.origin, 0, empty_tree_hash()});
  if (Status continues = check_consistency(before, now, asked->proof); !continues) {
    // The proof is the asker's and not signed; the note alone is worth keeping.
    if (log->last) keep_evidence(*log, asked->note);
    return refused(WitnessRefusal::no_continuation, std::move(continues).error());
  }
  Result<NoteSignature> signature = cosign_and_remember(log->path, asked->note, key_, time);
  if (!signature) return refused(WitnessRefusal::unavailable, std::move(signature).error());
  log->last = now;
  return std::move(*signature);
}

std::vector<Witness::Watched> Witness::watched() const {
  const std::lock_guard lock(mutex_);
  std::vector<Watched> watched;
  for (const Log& log : logs_) {
    watched.push_back({log.key.name, log.last ? log.last->size : 0});
  }
  return watched;
}

// ---- Asking

Result<NoteSignature> ask_witness(const std::string& note, const WitnessKey& witness,
                                  std::uint64_t& remembered, const MakeProof& prove,
                                  const SendToWitness& send) {
  const Result<UnverifiedNote> parsed = UnverifiedNote::parse(note);
  if (!parsed) return parsed.error();
  const Checkpoint& checkpoint = parsed->checkpoint;
  if (remembered > checkpoint.size) remembered = checkpoint.size;
  // What it remembers may change once between two requests, when another process asks as well.
  constexpr int attempts_max = 3;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    Result<MerkleProof> proof = prove(remembered);
    if (!proof) return std::move(proof).error();
    const Result<WitnessReply> reply =
        send(AddCheckpoint{remembered, std::move(*proof), note}.to_string());
    if (!reply) return reply.error();
    if (reply->status == 200) {
      std::string_view lines = reply->body;
      while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        const std::size_t length = end == std::string_view::npos ? lines.size() : end + 1;
        Result<NoteSignature> signature = NoteSignature::parse(lines.substr(0, length));
        lines.remove_prefix(length);
        if (!signature) return std::move(signature).error();
        if (signature->name != witness.name || signature->key_id != witness.id()) continue;
        if (const auto cosignature = verify_cosignature(checkpoint, *signature, witness);
            !cosignature) {
          return cosignature.error();
        }
        remembered = checkpoint.size;
        return signature;
      }
      return Error{ErrorCode::malformed, "the witness " + witness.name + " sent no signature"};
    }
    std::string_view size = reply->body;
    if (size.ends_with('\n')) size.remove_suffix(1);
    const std::optional<std::uint64_t> told = decimal(size);
    if (reply->status != 409 || !told || *told == remembered || *told > checkpoint.size) {
      return Error{ErrorCode::conflict,
                   "the witness " + witness.name + " refuses the checkpoint of " +
                       std::to_string(checkpoint.size) + " entries with status " +
                       std::to_string(reply->status) +
                       (told ? " and remembers " + std::to_string(*told) : ""),
                   {},
                   "if it remembers another history, the board has changed its past"};
    }
    remembered = *told;
  }
  return Error{ErrorCode::conflict,
               "the witness " + witness.name + " remembers another size at every request"};
}

}  // namespace urna::board
