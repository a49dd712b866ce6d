// SPDX-License-Identifier: EUPL-1.2
// `urna paper`: cards of paper from their serial numbers to what two people have typed.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "cards/typed.h"
#include "election/manifest.h"

namespace urna::cmd {

void add_paper_command(CLI::App& app, int& exit_status);

// The file of the cards of this edition. Errors: those of read_secret_file(), decode_cards(),
// check_cards().
[[nodiscard]] Result<cards::CardFile> read_cards(const std::string& path,
                                                 const election::Manifest& manifest);

// What somebody has typed, judged. Errors: those of read_file() and read_typed().
[[nodiscard]] Result<std::vector<cards::JudgedCard>> read_judged(
    const std::string& path, const cards::CardFile& cards, const election::Manifest& manifest);

// What two have typed, where they agree. Error: conflict, naming the first paper about which they
// do not; usage (the same file twice); those of read_judged().
[[nodiscard]] Result<std::vector<cards::JudgedCard>> read_agreed(
    const std::vector<std::string>& paths, const cards::CardFile& cards,
    const election::Manifest& manifest);

}  // namespace urna::cmd
