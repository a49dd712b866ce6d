// SPDX-License-Identifier: EUPL-1.2
// `urna witness`: cosign the checkpoints of boards that only grow.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_witness_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
