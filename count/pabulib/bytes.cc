// SPDX-License-Identifier: EUPL-1.2
// Where the bytes come from: a file, standard input, memory.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

#include "count/pabulib/scanner.h"

namespace urna::count::pabulib {
namespace {

class Descriptor {
 public:
  Descriptor(int value, bool owned) : value_(value), owned_(owned) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (owned_) ::close(value_);
  }
  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
  bool owned_;
};

Error refused(const char* what, const std::string& path, int cause) {
  return Error{cause == ENOENT || cause == ENOTDIR ? ErrorCode::not_found : ErrorCode::io,
               std::string(what) + ": " + std::strerror(cause),
               {path},
               "check the path and its permissions"};
}

}  // namespace

Result<ByteSource> open_bytes(const std::string& path) {
  const bool standard_input = path == "-";
  const int opened = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) return refused("cannot open the file", path, errno);
  // Shared, because a std::function must be copyable; closed with the last copy.
  const auto descriptor = std::make_shared<const Descriptor>(opened, !standard_input);
  struct stat facts {};
  if (::fstat(opened, &facts) != 0) return refused("cannot open the file", path, errno);
  if (S_ISDIR(facts.st_mode)) return refused("cannot read the file", path, EISDIR);
  // Advice only: a pipe refuses it, which changes nothing.
  static_cast<void>(::posix_fadvise(opened, 0, 0, POSIX_FADV_SEQUENTIAL));
  return ByteSource([descriptor, path](std::span<char> buffer) -> Result<std::size_t> {
    for (;;) {
      const ssize_t count = ::read(descriptor->value(), buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return refused("cannot read the file", path, errno);
    }
  });
}

ByteSource memory_bytes(std::string_view bytes) {
  return [bytes](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t count = std::min(buffer.size(), bytes.size());
    std::copy_n(bytes.data(), count, buffer.data());
    bytes.remove_prefix(count);
    return count;
  };
}

}  // namespace urna::count::pabulib
