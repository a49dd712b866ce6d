// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// `urna inspection serve`.
void add_inspection_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
