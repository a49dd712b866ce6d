// SPDX-License-Identifier: EUPL-1.2
// Files of a web site downloaded into a folder, within bounds on size and time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::fetch {

// A file wanted: its path within the site, which is also that within the folder, and the most bytes
// that it may have.
struct Wanted {
  std::string path;
  std::uint64_t bytes_max = 0;
  bool required = false;     // else it is left out if the site has none
  std::string as = {};       // path within the folder, if that is another
  bool accept_gzip = false;  // asks as browsers do; what is written and bounded is not compressed
};

struct DownloadBounds {
  std::uint64_t total_bytes_max = std::uint64_t{64} << 30U;
  unsigned connect_seconds = 20;
  // A file that brings fewer than 1000 bytes a second for so long is given up.
  unsigned stalled_seconds = 30;
  unsigned connections = 8;
};

// Whether the text is the address of a site, beginning with http:// or https://.
[[nodiscard]] bool is_web_address(std::string_view text);

// A site and the folder that its files go to. Connections are kept between calls. Certificates of
// https sites are checked; at most five redirections, to http and https only.
class Download {
 public:
  // `site` is the address that the paths are appended to, with or without a slash at its end.
  Download(std::string site, std::string folder, const DownloadBounds& bounds);
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;
  ~Download();

  // Downloads all, several at a time; `progress` hears how many are done. Errors, with the address:
  // not_found (the site has no such file, which is required), io (no connection, too slow, another
  // answer than a file, the disk), limit (longer than may be). Files may be left behind then.
  [[nodiscard]] Status get(std::span<const Wanted> files,
                           const std::function<void(std::size_t)>& progress);

 private:
  class Transfer;

  std::string site_;
  std::string folder_;
  DownloadBounds bounds_;
  std::uint64_t bytes_left_;
  void* connections_;  // libcurl's, whose types stay out of this header
};

}  // namespace urna::fetch
