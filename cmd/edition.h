// SPDX-License-Identifier: EUPL-1.2
// `urna edition`: the manifest of an edition and the keys that it names.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Adds the sub-command; when it has run, `exit_status` holds the exit status of the program.
// `exit_status` must outlive the parsing of the command line.
void add_edition_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
