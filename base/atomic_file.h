// SPDX-License-Identifier: EUPL-1.2
// Files that are whole or not there: temporary file, fsync, rename, fsync of the folder.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace urna {

// A file being written beside its final place. Unless commit() succeeded, the destructor removes
// the temporary file and the final place is untouched.
class AtomicFile {
 public:
  // Creates "PATH.XXXXXX.tmp". Errors: io, not_found (no such folder).
  [[nodiscard]] static Result<AtomicFile> create(const std::string& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  // Error: io (device full …); the file is then useless.
  [[nodiscard]] Status write(std::string_view bytes);
  // Makes the content durable and visible under the final name, once.
  [[nodiscard]] Status commit();

 private:
  AtomicFile(std::string path, std::string temporary, int descriptor);
  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
};

// create, write, commit.
[[nodiscard]] Status write_file_atomically(const std::string& path, std::string_view bytes);

}  // namespace urna
