// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace urna {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Error read_error(const std::string& path) {
  const int cause = errno;
  const bool missing = cause == ENOENT || cause == ENOTDIR;
  return Error{missing ? ErrorCode::not_found : ErrorCode::io,
               std::string("cannot read the file: ") + std::strerror(cause),
               {path},
               missing ? "check the path" : "check that it is a file and may be read"};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return read_error(path);
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return read_error(path);

  // The size told by the system is a first guess only: pipes have none and files may be growing.
  // Room for one byte more than wanted shows the end without a second allocation.
  constexpr std::size_t step = std::size_t{1} << 16U;
  const std::size_t guess = S_ISREG(facts.st_mode) ? static_cast<std::size_t>(facts.st_size) : step;
  std::string bytes;
  std::size_t size = 0;
  while (size <= max_bytes) {
    if (size == bytes.size()) {
      const std::size_t wanted = size == 0 ? guess : size + std::max(size / 2, step);
      bytes.resize(std::max(size, std::min(wanted, max_bytes)) + 1);
    }
    const ssize_t got = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return read_error(path);
    }
    if (got == 0) {
      bytes.resize(size);
      return bytes;
    }
    size += static_cast<std::size_t>(got);
  }
  return Error{ErrorCode::limit,
               "the file is longer than the " + std::to_string(max_bytes) +
                   " bytes that a file of its kind may have",
               {path},
               "check that it is the right file"};
}

}  // namespace urna
