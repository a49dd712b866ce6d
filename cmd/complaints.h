// SPDX-License-Identifier: EUPL-1.2
// `urna registrar complaints`: what people say they did not do, for the officials who look into it.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_complaints_command(CLI::App& registrar, int& exit_status);

}  // namespace urna::cmd
