// SPDX-License-Identifier: EUPL-1.2
#include "base/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

namespace urna {

class ByteSource::File {
 public:
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(descriptor_); }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

namespace {

Error read_error(const std::string& path) {
  const int cause = errno;
  const bool missing = cause == ENOENT || cause == ENOTDIR;
  return Error{missing ? ErrorCode::not_found : ErrorCode::io,
               std::string("cannot read the file: ") + std::strerror(cause),
               {path},
               missing ? "check the path" : "check that it is a file and may be read"};
}

}  // namespace

Result<ByteSource> ByteSource::open(const std::string& path, std::uint64_t max_bytes) {
  // Without waiting for a writer, should it be a pipe.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return read_error(path);
  ByteSource source;
  source.file_ = std::make_shared<const File>(descriptor, path);
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return read_error(path);
  if (!S_ISREG(facts.st_mode)) {
    errno = S_ISDIR(facts.st_mode) ? EISDIR : EINVAL;
    return read_error(path);
  }
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (size > max_bytes) {
    return Error{ErrorCode::limit,
                 "the file is longer than the " + std::to_string(max_bytes) +
                     " bytes that a file of its kind may have",
                 {path},
                 "check that it is the right file"};
  }
  source.size_ = size;
  return source;
}

ByteSource ByteSource::part(std::size_t offset, std::size_t size) const {
  if (offset > size_ || size > size_ - offset)
    stop_on_broken_precondition("ByteSource: within its bytes");
  ByteSource part = *this;
  part.size_ = size;
  part.offset_ += offset;
  if (!file_) part.memory_ = memory_.substr(offset, size);
  return part;
}

Status ByteSource::read_file(std::size_t offset, std::size_t size, char* to) const {
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::pread(file_->descriptor(), to + done, size - done,
                                static_cast<off_t>(offset_ + offset + done));
    if (got < 0) {
      if (errno == EINTR) continue;
      return read_error(file_->path());
    }
    if (got == 0) {
      return Error{ErrorCode::conflict,
                   "the file has become shorter while it was being read",
                   {file_->path()},
                   "leave it as it is meanwhile"};
    }
    done += static_cast<std::size_t>(got);
  }
  return ok_status();
}

Result<std::string_view> ByteSource::read(std::size_t offset, std::size_t size,
                                          std::string& room) const {
  const ByteSource wanted = part(offset, size);
  if (!file_) return wanted.memory_;
  room.resize(size);
  if (Status got = read_file(offset, size, room.data()); !got) return std::move(got).error();
  return std::string_view(room);
}

Status ByteSource::append_to(std::string& to, std::size_t offset, std::size_t size) const {
  const ByteSource wanted = part(offset, size);
  if (!file_) {
    to += wanted.memory_;
    return ok_status();
  }
  const std::size_t before = to.size();
  to.resize(before + size);
  return read_file(offset, size, to.data() + before);
}

Status ByteSource::for_each(const std::function<void(std::string_view)>& visit) const {
  constexpr std::size_t most = std::size_t{1} << 20U;
  std::string room;
  for (std::size_t offset = 0; offset < size_; offset += most) {
    const Result<std::string_view> piece = read(offset, std::min(most, size_ - offset), room);
    if (!piece) return piece.error();
    visit(*piece);
  }
  return ok_status();
}

Result<Sha256Digest> sha256_of(const ByteSource& source) {
  Sha256 hash;
  if (Status read = source.for_each([&](std::string_view piece) { hash.add(piece); }); !read) {
    return std::move(read).error();
  }
  return hash.digest();
}

}  // namespace urna
