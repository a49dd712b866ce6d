// SPDX-License-Identifier: EUPL-1.2
// `urna count`: the outcome of one pool, with every reason.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Adds the sub-command; when it has run, `exit_status` holds the exit status of the program.
// `exit_status` must outlive the parsing of the command line.
void add_count_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
