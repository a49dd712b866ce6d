// SPDX-License-Identifier: EUPL-1.2
// `urna keeper ceremony`: keepers make their key, each on a computer of their own, by files that
// are handed over (docs/pseudonyms.md).
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Under the command `urna keeper`.
void add_keeper_ceremony(CLI::App& keeper, int& exit_status);

}  // namespace urna::cmd
