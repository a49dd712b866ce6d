// SPDX-License-Identifier: EUPL-1.2
// `urna site`: whether the pages that voters get are those that the edition names.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "election/manifest.h"

namespace urna::cmd {

// What a site says of its files, and those that are not as it says.
struct SiteFiles {
  std::string sha256;  // of the list
  std::size_t files = 0;
  std::vector<std::string> changed;
  bool from_web = false;
};

// Of a folder, or of an address, whose files are downloaded as a browser would. Errors: malformed
// or limit (the list), not_found (no list), io.
[[nodiscard]] Result<SiteFiles> look_at_site(const std::string& site);

// The hash of the list that the manifest names; none if it names none. Error: malformed, if pools
// name different ones.
[[nodiscard]] Result<std::optional<std::string>> named_site(const election::Manifest& manifest);

// Why the site is not the one named, in plain words; empty if it is.
[[nodiscard]] std::string difference(const SiteFiles& site,
                                     const std::optional<std::string>& named);

void add_site_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
