// SPDX-License-Identifier: EUPL-1.2
// `urna registrar`: the residents' register office, as a service and as the tasks of an official.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_registrar_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
