// SPDX-License-Identifier: EUPL-1.2
// `urna registrar letters`: letters with codes, as a PDF for a printing house.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_letters_command(CLI::App& registrar, int& exit_status);

}  // namespace urna::cmd
