// SPDX-License-Identifier: EUPL-1.2
// code.json: the files of the site that voters' browsers load, with their hashes. The SHA-256 of
// this list stands in the META of every pool where a city names it, so that the code is as fixed as
// the rules are, and signed with them by whoever signs for the edition; see docs/site.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace urna::presentation {

// The key of META that holds the SHA-256 of code.json in hexadecimal.
inline constexpr std::string_view site_meta_key = "site_sha256";
inline constexpr std::string_view site_list_name = "code.json";
inline constexpr std::size_t site_list_bytes_max = std::size_t{1} << 20U;
inline constexpr std::size_t site_file_bytes_max = std::size_t{4} << 20U;
inline constexpr std::size_t site_files_max = 2'000;

struct CodeFile {
  std::string name;    // below the site's root, e.g. "vote/index.html"
  std::string sha256;  // 64 hexadecimal digits
  friend bool operator==(const CodeFile&, const CodeFile&) = default;
};

struct SiteCode {
  std::string sha256;  // of the list itself
  std::vector<CodeFile> files;
};

// The list. Names are made of A-Z a-z 0-9 . _ - in at most five parts separated by "/", none of
// them beginning with a dot. Errors: malformed, limit.
[[nodiscard]] Result<SiteCode> parse_site_code(std::string_view bytes);

// The files of the list that the folder lacks or has with other bytes, and those that it has beyond
// the list; files compressed beside others (.gz) are passed over. Errors: io, not_found.
[[nodiscard]] Result<std::vector<std::string>> changed_files(const SiteCode& code,
                                                             const std::string& folder);

}  // namespace urna::presentation
