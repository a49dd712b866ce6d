// SPDX-License-Identifier: EUPL-1.2
// A folder of built pages, read whole when a service starts and answered from memory. Every file is
// a route of its own, so no request can name anything else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/router.h"

namespace urna::server {

// Of one site. A build of ours has some dozens of files and less than a megabyte.
struct SiteLimits {
  std::size_t files = 2'000;
  std::size_t file_bytes = std::size_t{4} << 20U;
  std::size_t bytes = std::size_t{64} << 20U;  // of all files
  std::size_t depth = 4;                       // folders below folders
};

struct SiteFile {
  std::string name;        // below the folder, e.g. "vote/index.html"
  std::string media_type;  // by the ending of the name
  std::string bytes;
  std::string compressed;  // by gzip, read from `name`.gz beside it; empty: there is none
};

// The files of a folder, by name. Names consist of A-Z a-z 0-9 . _ - and do not begin with a dot;
// their endings are .html .js .css .json .svg .png .webmanifest .txt (and .gz beside one of them).
// Errors, with the path: not_found; io for what cannot be read, is neither file nor folder, or is a
// symbolic link; malformed for a name or ending that is none of those, or a .gz without its file;
// limit.
[[nodiscard]] Result<std::vector<SiteFile>> read_site(const std::string& folder,
                                                      const SiteLimits& limits = {});

// What pages may load and run, as a value of Content-Security-Policy: scripts, styles, images of
// the site itself, no inline script or style, no strings made into HTML or script but by the policy
// "urna", no frames; and calls to the site itself and to `connect` (origins such as
// "https://example.org").
[[nodiscard]] std::string page_security_policy(const std::vector<std::string>& connect);

// The policy for one page: the same, and the page's own import maps allowed by their hashes. An
// import map is data that browsers take from within the page only: which bytes each module must
// have, and where it is. Nothing else within a page gets a hash.
[[nodiscard]] std::string policy_for_page(const std::string& policy, std::string_view page);

struct SiteOptions {
  std::string content_security_policy;  // of pages
  std::string rate_class = {};
  std::string not_found_page = "404.html";  // for people who ask for a path that is not there, if
                                            // the site has this file
};

// "/" and "/FOLDER/" answer with index.html there, "/FOLDER" leads to it, other files have their
// names. Files below "assets/" have names that change with their contents and may be kept for ever;
// others are asked for again with their entity tags. Call it after all other routes were added.
// Error: conflict if a file stands where another route answers already, so that a site cannot hide
// the service.
Status add_site_routes(Router& router, std::vector<SiteFile> files, const SiteOptions& options);

}  // namespace urna::server
