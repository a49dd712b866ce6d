// SPDX-License-Identifier: EUPL-1.2
// `urna desk`: where officials prepare and run editions.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_desk_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
