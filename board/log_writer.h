// SPDX-License-Identifier: EUPL-1.2
// Appending to a log in a folder, which is a valid C2SP tlog-tiles site at every moment.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "board/checkpoint.h"
#include "board/tiles.h"

namespace urna::board {

// The one writer of a log; a second one of the same folder is refused while this lives.
//
// Entries become part of the log with commit(). They and all hashes are durable before the new
// checkpoint is written beside the old one; that is durable before it takes the old one's place;
// and that too before commit() returns. So a checkpoint that anyone has seen survives a power
// failure, and the log cannot go on from before it. If commit() is cut short, the log is either as
// the old checkpoint says or, once open() has looked, as the new one does, whole in both cases. A
// partial tile is removed only after a checkpoint for which it is full, so readers of an older
// checkpoint are never left without.
//
// After an error of io nothing more is written: what the disk holds is then unknown, because a
// failed fsync may drop what it could not write. Open the log again.
class LogWriter {
 public:
  // Makes the folder, unless there is an empty one, and signs the checkpoint of the empty log
  // whose origin is the key's name. Errors: conflict (there is a log, or another writer), io,
  // not_found (the folder around it).
  [[nodiscard]] static Result<LogWriter> create(const std::string& directory,
                                                const LogSecretKey& key);

  // Continues a log. Puts a durable new checkpoint in its place if that was still to be done,
  // checks that the checkpoint is signed with this key and that the last tiles and entries lead to
  // its root, then removes what a commit that did not finish left behind. The whole log is for
  // fsck() to check. Errors: those of LogReader and verify_checkpoint(), conflict (another writer).
  //
  // Never put an old checkpoint back, from a backup say, and continue from there: the log would
  // sign a second history. Witnesses would refuse it.
  [[nodiscard]] static Result<LogWriter> open(const std::string& directory, const LogKey& key);

  LogWriter(LogWriter&& other) noexcept;
  LogWriter& operator=(LogWriter&&) = delete;
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;
  ~LogWriter();

  // Takes an entry for the next commit; its index. Keeps fewer than 256 entries in memory: full
  // bundles and tiles are written at once, where no checkpoint speaks of them yet. Errors: limit
  // (more than 65535 bytes; nothing has changed), io.
  [[nodiscard]] Result<std::uint64_t> append(std::string_view entry);

  // Publishes all entries taken under a new checkpoint, signed by the log alone; does nothing if
  // there are none. Errors: usage (the key of another log), io.
  [[nodiscard]] Status commit(const LogSecretKey& key);

  // Adds a witness's signature to the present checkpoint, replacing an earlier one of that witness.
  // Errors: malformed (wrong signature), limit (too many signatures), io.
  [[nodiscard]] Status add_cosignature(const NoteSignature& signature, const WitnessKey& witness);

  // How many entries there are, with those not yet committed.
  [[nodiscard]] std::uint64_t size() const { return edge_.size(); }
  // The checkpoint published last, and its note.
  [[nodiscard]] const Checkpoint& checkpoint() const { return note_.checkpoint; }
  [[nodiscard]] std::string checkpoint_note() const { return note_.to_string(); }

 private:
  LogWriter(std::string directory, LogKey key, int lock);
  [[nodiscard]] static Result<LogWriter> lock(const std::string& directory, const LogKey& key);
  [[nodiscard]] Status usable() const;
  // Makes the folders that lead from the log's folder to the file, durably.
  [[nodiscard]] Status make_folders(const std::string& file);
  // Writes that stop the writer for good if they fail.
  [[nodiscard]] Status write(const TilePlace& place, std::string_view bytes);
  [[nodiscard]] Status publish(const UnverifiedNote& note);
  // Removes files that the tree of the present checkpoint cannot have, and temporary ones.
  [[nodiscard]] Status remove_unfinished() const;

  std::string directory_;
  LogKey key_;
  int lock_ = -1;  // the folder, open and locked
  UnverifiedNote note_;
  TreeEdge edge_;
  std::string bundle_;             // the entries of the bundle that is not yet full
  std::set<std::string> folders_;  // known to be there durably
  bool failed_ = false;
};

}  // namespace urna::board
