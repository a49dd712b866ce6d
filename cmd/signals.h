// SPDX-License-Identifier: EUPL-1.2
// urna signals: what is together more often than chance explains.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_signals_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
