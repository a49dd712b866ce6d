// SPDX-License-Identifier: EUPL-1.2
#include "base/private_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/file.h"

namespace urna {
namespace {

Error failure(const std::string& what, const std::string& path, int cause) {
  if (cause == EEXIST) {
    return {ErrorCode::conflict,
            "the file exists already and is not overwritten",
            {path},
            "keep it, or move it away if you are sure that it is not needed"};
  }
  return {cause == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          what + ": " + std::strerror(cause),
          {path},
          cause == ENOSPC ? "free some space and try again" : "check the path and its permissions"};
}

Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure("cannot write the file", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0) return failure("cannot make the file durable", path, errno);
  return ok_status();
}

Status sync_folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return failure("cannot open the folder", folder, errno);
  const int synced = ::fsync(directory);
  const int cause = errno;
  ::close(directory);
  if (synced != 0) return failure("cannot make the folder durable", folder, cause);
  return ok_status();
}

}  // namespace

Status create_private_file(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX.tmp";
  constexpr int suffix_bytes = 4;                                                 // ".tmp"
  const int descriptor = ::mkostemps(temporary.data(), suffix_bytes, O_CLOEXEC);  // mode 0600
  if (descriptor < 0) return failure("cannot create the file", path, errno);
  Status done = write_all(descriptor, bytes, path);
  ::close(descriptor);
  if (done &&
      ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    done = failure("cannot name the file", path, errno);
  }
  if (!done) {
    ::unlink(temporary.c_str());
    return done;
  }
  return sync_folder_of(path);
}

Status make_private_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code cause;
  const fs::path folder = fs::path(path).lexically_normal();
  if (fs::is_directory(folder, cause)) return ok_status();
  if (!folder.parent_path().empty()) {
    fs::create_directories(folder.parent_path(), cause);
    if (cause) return failure("cannot make the folder", path, cause.value());
  }
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return failure("cannot make the folder", path, errno);
  }
  return ok_status();
}

Result<SecretBytes> read_secret_file(const std::string& path, std::size_t max_bytes) {
  Result<std::string> bytes = read_file(path, max_bytes);
  if (!bytes) return std::move(bytes).error();
  return SecretBytes(std::move(*bytes));
}

Status rename_private_file(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    return failure("cannot name the file", to, errno);
  }
  return sync_folder_of(to);
}

Status erase_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) {
    // After a crash the removal may have happened without having become durable.
    return errno == ENOENT ? sync_folder_of(path) : failure("cannot open the file", path, errno);
  }
  struct stat facts {};
  Status done = ok_status();
  if (::fstat(descriptor, &facts) != 0) {
    done = failure("cannot ask for the file's length", path, errno);
  } else {
    done = write_all(descriptor, std::string(static_cast<std::size_t>(facts.st_size), '\0'), path);
  }
  ::close(descriptor);
  if (!done) return done;
  if (::unlink(path.c_str()) != 0) return failure("cannot remove the file", path, errno);
  return sync_folder_of(path);
}

bool readable_by_others(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace urna
