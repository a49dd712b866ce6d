// SPDX-License-Identifier: EUPL-1.2
// `urna serve`: the ballot box and the public record over HTTP.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

void add_serve_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
