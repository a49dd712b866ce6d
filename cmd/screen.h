// SPDX-License-Identifier: EUPL-1.2
// `urna publish screen`, and how other commands ask before they publish.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "screening/files.h"

namespace urna::cmd {

struct ScreenWords {
  std::string names;    // file of a list of people
  std::string allowed;  // file of what may be published
  bool places = false;
};
// Adds --names, --allow, and --places if `all`.
void add_screen_options(CLI::App& command, ScreenWords& words, bool all = false);
[[nodiscard]] Result<screening::Rules> screening_rules(const ScreenWords& words);

// The files of a folder and those below it, in order of their paths; a file is itself. Errors:
// not_found, io.
[[nodiscard]] Result<std::vector<std::string>> files_below(const std::string& path);

// Ok if there are no personal data in any of them, which are text, or PDF made of such text. Error:
// conflict, naming the first place.
[[nodiscard]] Status screen_made_files(
    const std::vector<std::pair<std::string, std::string>>& files, const ScreenWords& words);

void add_screen_command(CLI::App& publish, int& exit_status);

}  // namespace urna::cmd
