// SPDX-License-Identifier: EUPL-1.2
// `urna board`: keeping the public record of an edition, and watching it.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Adds the sub-command; when it has run, `exit_status` holds the exit status of the program.
// `exit_status` must outlive the parsing of the command line.
void add_board_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
