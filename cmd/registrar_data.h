// SPDX-License-Identifier: EUPL-1.2
// `urna registrar hold`, `destroy` and `export`: what is done with everybody's data at once.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_registrar_data_commands(CLI::App& registrar, int& exit_status);

}  // namespace urna::cmd
