// SPDX-License-Identifier: EUPL-1.2
// `urna evidence`: packages of one case that anybody can check offline.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_evidence_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
