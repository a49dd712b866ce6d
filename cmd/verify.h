// SPDX-License-Identifier: EUPL-1.2
// `urna verify RECORD`: does the announced result follow from what the voters cast?
#pragma once

namespace CLI {
class App;
}

namespace urna::cmd {

// Adds the sub-command. When it has run, `exit_status` is 0 (accepted), 1 (refused), 2 (usage) or 4
// (the record could not be read). Both must outlive the parse.
void add_verify_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
