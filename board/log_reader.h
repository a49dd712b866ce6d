// SPDX-License-Identifier: EUPL-1.2
// Reading a log from a folder, the same as a C2SP tlog-tiles site holds: "checkpoint" and "tile/".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "board/merkle.h"
#include "board/tiles.h"

namespace urna::board {

// The log as of the checkpoint that open() found; a writer may go on meanwhile. Everything returned
// is held against that checkpoint's root. Whether the checkpoint is the log's own is another
// question: verify_checkpoint(reader.checkpoint_note(), …) answers it.
//
// Errors of all methods: not_found and io (a file of the log), malformed (a file that is not what
// its place demands), each naming the file; conflict (entries or hashes that do not lead to the
// root).
class LogReader {
 public:
  // Errors: also limit (the note is too long). The signatures are not verified.
  [[nodiscard]] static Result<LogReader> open(const std::string& directory);

  [[nodiscard]] const Checkpoint& checkpoint() const { return checkpoint_; }
  [[nodiscard]] const std::string& checkpoint_note() const { return note_; }

  // Calls `visit` for the entries from `first` to the last in order, until it returns an error,
  // which is passed on. Holds one bundle at a time, 16 MiB of entries at most. The entries are
  // known to be those of the checkpoint only when this has returned without an error: act on them
  // after that. Error: also usage if there are fewer than `first` entries.
  using Visit = std::function<Status(std::uint64_t index, std::string_view entry)>;
  [[nodiscard]] Status for_each(std::uint64_t first, const Visit& visit) const;
  // The same for who needs the entries' leaf hashes too.
  using VisitHashed =
      std::function<Status(std::uint64_t index, std::string_view entry, const Sha256Digest& leaf)>;
  [[nodiscard]] Status for_each_hashed(std::uint64_t first, const VisitHashed& visit) const;

  // One entry, held against the root by way of the hash tiles. Error: also usage if there is none.
  [[nodiscard]] Result<std::string> entry(std::uint64_t index) const;

  // The proof that entry `index` is in the tree of the checkpoint, and that this tree continues
  // that of `old_size`. A file read for each hash or so. Error: also usage if there is no such
  // entry or size. Not held against the root; whoever verifies the proof does that.
  [[nodiscard]] Result<MerkleProof> inclusion_proof(std::uint64_t index) const;
  [[nodiscard]] Result<MerkleProof> consistency_proof(std::uint64_t old_size) const;

  // The right edge of the tree of the first `size` entries, as the hash tiles say; not held against
  // the root. Error: also usage if there are fewer entries.
  [[nodiscard]] Result<TreeEdge> edge(std::uint64_t size) const;
  // The entries of a bundle that are in the tree; not held against the root.
  [[nodiscard]] Result<std::vector<std::string>> bundle(std::uint64_t index) const;

 private:
  LogReader() = default;
  // The bytes of the tile; of the full one if this one is partial and no longer there, as `place`
  // then says.
  [[nodiscard]] Result<std::string> read(TilePlace& place) const;
  // The entries of that bundle.
  [[nodiscard]] Result<std::vector<std::string_view>> split(std::string_view bytes,
                                                            const TilePlace& place) const;
  [[nodiscard]] Result<std::vector<Sha256Digest>> hashes(unsigned level, std::uint64_t index) const;
  [[nodiscard]] Result<Sha256Digest> subtree(unsigned height, std::uint64_t index) const;

  std::string directory_;
  std::string note_;
  Checkpoint checkpoint_;
};

}  // namespace urna::board
