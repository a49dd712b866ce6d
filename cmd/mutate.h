// SPDX-License-Identifier: EUPL-1.2
// `urna mutate RECORD`: false records to test verifiers with.
#pragma once

namespace CLI {
class App;
}

namespace urna::cmd {

// Adds the sub-command. When it has run, `exit_status` is 0 or that of the error. Both must outlive
// the parse.
void add_mutate_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
