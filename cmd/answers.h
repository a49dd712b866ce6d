// SPDX-License-Identifier: EUPL-1.2
// `urna answers`: what a city tells of an edition, every figure computed; and tables made safe.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_answers_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
