// SPDX-License-Identifier: EUPL-1.2
// `urna box`: the record in and out of the ballot box's store, and what officials decide there with
// their keys: the end of the voting, and contested ballots.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_box_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
