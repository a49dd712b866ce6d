// SPDX-License-Identifier: EUPL-1.2
// `urna log`: the witnessed access log, verified, copied and cosigned.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Adds the sub-command; when it has run, `exit_status` holds the exit status of the program.
// `exit_status` must outlive the parsing of the command line.
void add_log_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
