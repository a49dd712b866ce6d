// SPDX-License-Identifier: EUPL-1.2
// `urna registrar cases`: from a cluster or a complaint to the case file; and `urna cases`, for
// whoever has a case file.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_registrar_cases_command(CLI::App& registrar, int& exit_status);
void add_cases_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
