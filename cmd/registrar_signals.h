// SPDX-License-Identifier: EUPL-1.2
// `urna registrar signals`: what is together more often than chance explains, of today and
// yesterday.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_registrar_signals_command(CLI::App& registrar, int& exit_status);

}  // namespace urna::cmd
