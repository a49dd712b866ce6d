// SPDX-License-Identifier: EUPL-1.2
// `urna breach`: an incident, its clock, its notifications and letters, in one chained log.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_breach_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
