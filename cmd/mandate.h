// SPDX-License-Identifier: EUPL-1.2
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// `urna mandate new|sign|verify|show|read|report`.
void add_mandate_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
