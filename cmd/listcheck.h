// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// `urna listcheck blind|ask|answer|result|leaflet`, and the register office's step.
void add_listcheck_command(CLI::App& app, int& exit_status);
void add_registrar_list_check_command(CLI::App& registrar, int& exit_status);

}  // namespace urna::cmd
