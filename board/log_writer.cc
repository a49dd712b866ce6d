// SPDX-License-Identifier: EUPL-1.2
#include "board/log_writer.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "board/log_reader.h"
#include "board/merkle.h"

namespace urna::board {
namespace {

namespace fs = std::filesystem;

// A new checkpoint waits here until it is durable.
constexpr const char* next_checkpoint = "/checkpoint.next";

Error io_error(const std::string& what, const std::string& path, int cause) {
  return Error{cause == ENOENT ? ErrorCode::not_found : ErrorCode::io,
               what + ": " + std::strerror(cause),
               {path},
               "check the path and its permissions"};
}

// Makes the name of a new folder durable in its parent.
Status sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return io_error("cannot open the folder", path, errno);
  const int cause = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  if (cause != 0) return io_error("cannot make the folder durable", path, cause);
  return ok_status();
}

// The parent is synced even if the folder is there already: who made it may have died before.
Status make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    return io_error("cannot make the folder", path.string(), errno);
  const fs::path named = path.has_filename() ? path : path.parent_path();  // without a last "/"
  const fs::path parent = named.parent_path();
  return sync_folder(parent.empty() ? "." : parent.string());
}

// The checkpoint in a file of the log, if the log signed it.
Result<Checkpoint> read_checkpoint(const std::string& path, const LogKey& key) {
  const Result<std::string> note = read_file(path, max_note_bytes);
  if (!note) return note.error();
  Result<VerifiedCheckpoint> verified = verify_checkpoint(*note, key, {}, 0);
  if (verified) return std::move(verified->checkpoint);
  return in_file(std::move(verified).error(), path);
}

// A new checkpoint that was durable, but perhaps not yet in its place.
Status finish_publishing(const std::string& directory, const LogKey& key) {
  const std::string path = directory + next_checkpoint;
  const Result<Checkpoint> next = read_checkpoint(path, key);
  if (!next && next.error().code == ErrorCode::not_found) return ok_status();
  if (!next) return next.error();
  const Result<Checkpoint> present = read_checkpoint(directory + "/checkpoint", key);
  if (!present) return present.error();
  if (std::optional<Error> fork = find_fork(*present, *next)) return *std::move(fork);
  if (next->size <= present->size) return ok_status();
  const Result<std::string> note = read_file(path, max_note_bytes);
  if (!note) return note.error();
  return write_file_atomically(directory + "/checkpoint", *note);
}

}  // namespace

LogWriter::LogWriter(std::string directory, LogKey key, int lock)
    : directory_(std::move(directory)), key_(std::move(key)), lock_(lock) {}

LogWriter::LogWriter(LogWriter&& other) noexcept
    : directory_(std::move(other.directory_)),
      key_(std::move(other.key_)),
      lock_(std::exchange(other.lock_, -1)),
      note_(std::move(other.note_)),
      edge_(std::move(other.edge_)),
      bundle_(std::move(other.bundle_)),
      folders_(std::move(other.folders_)),
      failed_(std::exchange(other.failed_, true)) {}

LogWriter::~LogWriter() {
  if (lock_ >= 0) ::close(lock_);
}

Result<LogWriter> LogWriter::lock(const std::string& directory, const LogKey& key) {
  const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return io_error("cannot open the log's folder", directory, errno);
  LogWriter writer(directory, key, folder);
  if (::flock(folder, LOCK_EX | LOCK_NB) == 0) return writer;
  if (errno != EWOULDBLOCK) return io_error("cannot lock the log's folder", directory, errno);
  return Error{ErrorCode::conflict,
               "another program is writing this log",
               {directory},
               "end it first: a log has one writer"};
}

Result<LogWriter> LogWriter::create(const std::string& directory, const LogSecretKey& key) {
  if (Status made = make_folder(directory); !made) return std::move(made).error();
  Result<LogWriter> writer = lock(directory, key.verifier_key());
  if (!writer) return writer;
  std::error_code error;
  const bool empty = fs::is_empty(directory, error);
  if (error) return io_error("cannot read the folder", directory, error.value());
  if (!empty)
    return Error{ErrorCode::conflict,
                 "the folder for the new log is not empty",
                 {directory},
                 "name a new folder, or continue the log that is there"};
  const Checkpoint start{key.verifier_key().name, 0, empty_tree_hash()};
  const Result<std::string> note = sign_checkpoint(start, key);
  if (!note) return note.error();
  if (Status published = writer->publish(UnverifiedNote::parse(*note).value()); !published)
    return std::move(published).error();
  return writer;
}

Result<LogWriter> LogWriter::open(const std::string& directory, const LogKey& key) {
  Result<LogWriter> writer = lock(directory, key);
  if (!writer) return writer;
  if (Status finished = finish_publishing(directory, key); !finished)
    return std::move(finished).error();
  const Result<Checkpoint> signed_by_log = read_checkpoint(directory + "/checkpoint", key);
  if (!signed_by_log) return signed_by_log.error();
  const Result<LogReader> reader = LogReader::open(directory);
  if (!reader) return reader.error();
  writer->note_ = UnverifiedNote::parse(reader->checkpoint_note()).value();

  const std::uint64_t size = writer->checkpoint().size;
  Result<TreeEdge> edge = reader->edge(size);
  if (!edge) return std::move(edge).error();
  std::vector<std::string> entries;
  if (size % tile_width != 0) {
    Result<std::vector<std::string>> bundle = reader->bundle(size / tile_width);
    if (!bundle) return std::move(bundle).error();
    entries = *std::move(bundle);
  }
  bool sound = edge->root() == writer->checkpoint().root;
  for (std::size_t i = 0; sound && i < entries.size(); ++i) {
    sound = leaf_hash(entries[i]) == edge->levels()[0][i];
    if (Status added = append_to_bundle(writer->bundle_, entries[i]); !added)
      return std::move(added).error();
  }
  if (!sound)
    return Error{ErrorCode::conflict,
                 "the log's last tiles and entries do not lead to the root of its checkpoint",
                 {directory},
                 "check the log's files and restore them from a copy of this same checkpoint"};
  writer->edge_ = *std::move(edge);
  if (Status removed = writer->remove_unfinished(); !removed) return std::move(removed).error();
  return writer;
}

Status LogWriter::usable() const {
  if (!failed_) return ok_status();
  return Error{ErrorCode::io,
               "the log is not written any more after an earlier error",
               {directory_},
               "find the cause of that error, then open the log again"};
}

Status LogWriter::make_folders(const std::string& file) {
  fs::path folder = directory_;
  for (const fs::path& name : fs::path(file).parent_path()) {
    folder /= name;
    if (folders_.contains(folder.string())) continue;
    if (Status made = make_folder(folder); !made) return made;
    folders_.insert(folder.string());
  }
  return ok_status();
}

Status LogWriter::write(const TilePlace& place, std::string_view bytes) {
  const std::string path = place.path();
  Status status = make_folders(path);
  if (status) status = write_file_atomically(directory_ + "/" + path, bytes);
  if (!status) failed_ = true;
  return status;
}

Status LogWriter::publish(const UnverifiedNote& note) {
  const std::string text = note.to_string();
  // Renaming shows a file to others before it is durable. What they see must not be lost again, or
  // the log would sign another history; only cosignatures may be.
  Status status = ok_status();
  if (note.checkpoint.size > checkpoint().size)
    status = write_file_atomically(directory_ + next_checkpoint, text);
  if (status) status = write_file_atomically(directory_ + "/checkpoint", text);
  if (!status) {
    failed_ = true;
    return status;
  }
  // If it stays, open() sees that it is not newer.
  ::unlink((directory_ + next_checkpoint).c_str());
  note_ = note;
  return status;
}

Result<std::uint64_t> LogWriter::append(std::string_view entry) {
  if (Status status = usable(); !status) return std::move(status).error();
  if (Status added = append_to_bundle(bundle_, entry); !added) return std::move(added).error();
  const std::uint64_t index = edge_.size();
  const Status added = edge_.append(
      leaf_hash(entry), [this](const TilePlace& place, std::span<const Sha256Digest> hashes) {
        if (place.level == 0U) {
          if (Status written = write({std::nullopt, place.index, tile_width}, bundle_); !written)
            return written;
          bundle_.clear();
        }
        return write(place, tile_bytes(hashes));
      });
  if (!added) return added.error();
  return index;
}

Status LogWriter::commit(const LogSecretKey& key) {
  if (Status status = usable(); !status) return status;
  if (key.verifier_key() != key_)
    return Error{ErrorCode::usage, "the key of " + key.verifier_key().name +
                                       " is not the one of the log " + key_.name};
  const std::uint64_t old_size = checkpoint().size;
  if (edge_.size() == old_size) return ok_status();

  const TilePlace last = edge_.place(0);
  if (last.width != 0) {
    if (Status written = write({std::nullopt, last.index, last.width}, bundle_); !written)
      return written;
  }
  for (unsigned level = 0; level < edge_.levels().size(); ++level) {
    const TilePlace place = edge_.place(level);
    if (place.width == 0) continue;
    if (Status written = write(place, tile_bytes(edge_.levels()[level])); !written) return written;
  }
  const Result<std::string> note = sign_checkpoint({key_.name, edge_.size(), edge_.root()}, key);
  if (!note) return note.error();
  if (Status published = publish(UnverifiedNote::parse(*note).value()); !published)
    return published;

  // The tiles that were partial and are full now. What cannot be removed does no harm, and the next
  // open() tries again.
  const auto remove_partial = [&](std::optional<unsigned> level) {
    const std::uint64_t index = old_size >> (tile_height * (level.value_or(0) + 1));
    if (width_in_tree(level, index, edge_.size()) != tile_width) return;
    std::error_code ignored;
    fs::remove_all(directory_ + "/" + TilePlace{level, index, tile_width}.path() + ".p", ignored);
  };
  remove_partial(std::nullopt);
  // That of the highest level never becomes full.
  for (unsigned level = 0; level < max_tile_level; ++level) remove_partial(level);
  return ok_status();
}

Status LogWriter::add_cosignature(const NoteSignature& signature, const WitnessKey& witness) {
  if (Status status = usable(); !status) return status;
  const Result<Cosignature> verified = verify_cosignature(checkpoint(), signature, witness);
  if (!verified) return verified.error();
  UnverifiedNote note = note_;
  if (Status added = note.add(signature); !added) return added;
  return publish(note);
}

Status LogWriter::remove_unfinished() const {
  const auto temporary = [](const fs::path& path) { return path.extension() == ".tmp"; };
  std::vector<fs::path> unwanted{directory_ + next_checkpoint};
  std::error_code error;
  for (fs::directory_iterator it(directory_, error), end; !error && it != end; it.increment(error))
    if (it->path().filename().string().starts_with("checkpoint.") && temporary(it->path()))
      unwanted.push_back(it->path());
  const fs::path tiles = fs::path(directory_) / "tile";
  if (!error && fs::exists(tiles, error)) {
    for (fs::recursive_directory_iterator it(tiles, error), end; !error && it != end;
         it.increment(error)) {
      if (!it->is_regular_file(error)) continue;
      const std::string name = it->path().lexically_relative(directory_).generic_string();
      const Result<TilePlace> place = TilePlace::parse(name);
      // Files that no log writes are not this one's to remove.
      if (place ? !may_be_in_log(*place, checkpoint().size) : temporary(it->path()))
        unwanted.push_back(it->path());
    }
  }
  for (const fs::path& path : unwanted)
    if (!error) fs::remove(path, error);
  if (error)
    return io_error("cannot remove what an unfinished commit left", directory_, error.value());
  return ok_status();
}

}  // namespace urna::board
