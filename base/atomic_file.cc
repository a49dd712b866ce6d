// SPDX-License-Identifier: EUPL-1.2
#include "base/atomic_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace urna {
namespace {

Error io_error(const std::string& what, const std::string& path) {
  const int cause = errno;
  return Error{
      cause == ENOENT ? ErrorCode::not_found : ErrorCode::io,
      what + ": " + std::strerror(cause),
      {path},
      cause == ENOSPC ? "free some space and try again" : "check the path and its permissions"};
}

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {
  other.temporary_.clear();
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  std::string temporary = path + ".XXXXXX.tmp";
  constexpr int suffix_bytes = 4;  // ".tmp"
  const int descriptor = ::mkostemps(temporary.data(), suffix_bytes, O_CLOEXEC);
  if (descriptor < 0) return io_error("cannot create the file", path);
  AtomicFile file(path, std::move(temporary), descriptor);
  // mkostemps creates private files; these are results to be shared as the umask allows.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(descriptor, 0666 & ~mask) != 0) return io_error("cannot set the file's mode", path);
  return file;
}

Status AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return io_error("cannot write the file", path_);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok_status();
}

Status AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) return io_error("cannot make the file durable", path_);
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) return io_error("cannot close the file", path_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0)
    return io_error("cannot name the file", path_);
  temporary_.clear();
  std::string folder = std::filesystem::path(path_).parent_path().string();
  if (folder.empty()) folder = ".";
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return io_error("cannot open the folder", folder);
  const int synced = ::fsync(directory);
  ::close(directory);
  if (synced != 0) return io_error("cannot make the folder durable", folder);
  return ok_status();
}

Status write_file_atomically(const std::string& path, std::string_view bytes) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return std::move(file).error();
  if (Status written = file->write(bytes); !written) return written;
  return file->commit();
}

}  // namespace urna
