// SPDX-License-Identifier: EUPL-1.2
// `urna keeper`: a share of the pseudonyms' key, as a service, and from its making to its end.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_keeper_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
