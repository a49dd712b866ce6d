// SPDX-License-Identifier: EUPL-1.2
// `urna check FILE…`: is this .pb file what it claims to be?
#pragma once

namespace CLI {
class App;
}

namespace urna::cmd {

// Adds the sub-command. When it has run, `exit_status` is 0 (no errors found), 1 (errors, with
// --strict also warnings), 2 (usage) or 4 (a file could not be read). Both must outlive the parse.
void add_check_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
