// SPDX-License-Identifier: EUPL-1.2
// A folder as one file for download: a tar archive (POSIX.1-1988 ustar), which every system opens.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace urna::desk {

// The regular files of a folder as they are now: files that are replaced meanwhile are given as
// they were. Copies denote the same archive.
class TarArchive {
 public:
  // Files are called `prefix`/PATH in the archive. Errors: io; limit (a path of more than 100
  // bytes, more than 60,000 files).
  [[nodiscard]] static Result<TarArchive> of_folder(const std::string& folder,
                                                    const std::string& prefix, std::uint64_t time);

  [[nodiscard]] std::uint64_t size() const;
  // Precondition: offset + count <= size(). Error: io.
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const;

 private:
  struct Content;
  explicit TarArchive(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

}  // namespace urna::desk
