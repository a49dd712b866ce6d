// SPDX-License-Identifier: EUPL-1.2
// The sub-command `urna publish`: open data, the protocol, signatures under it.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Registers the sub-command; its callback stores the exit status in `exit_status`.
void add_publish_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
