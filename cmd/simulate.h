// SPDX-License-Identifier: EUPL-1.2
// `urna simulate`: invented residents who vote over HTTP.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_simulate_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
