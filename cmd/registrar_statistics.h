// SPDX-License-Identifier: EUPL-1.2
// `urna registrar statistics`: how often what happened on which day.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_registrar_statistics_command(CLI::App& registrar, int& exit_status);

}  // namespace urna::cmd
