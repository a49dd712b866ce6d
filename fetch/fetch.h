// SPDX-License-Identifier: EUPL-1.2
// A published record downloaded from its web site into a folder, to be verified there.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "fetch/download.h"

namespace urna::fetch {

// A new folder for temporary files, removed with all that is in it at the end of its life.
class TemporaryFolder {
 public:
  // Under the system's folder for temporary files (TMPDIR). Error: io.
  [[nodiscard]] static Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Downloads the files that a record has (docs/protocol.md section 14) from the site at this
// address: the checkpoint says how many tiles there are, the entries which other files. Whether the
// record is right is not asked, and a file that the site lacks is left out: both are for the
// verifier to find. A web site does not say which further files it has; those are not seen.
//
// `progress` hears the share done, 0 … 1. Errors: those of Download::get(), not_found only for the
// checkpoint; limit (too many tiles).
[[nodiscard]] Status fetch_record(const std::string& address, const std::string& folder,
                                  const DownloadBounds& bounds,
                                  const std::function<void(double)>& progress);

}  // namespace urna::fetch
