// SPDX-License-Identifier: EUPL-1.2
// `urna rehearse FILE…`: a whole edition with the votes of .pb files, from keys to result.
#pragma once

namespace CLI {
class App;
}

namespace urna::cmd {

// Adds the sub-command. When it has run, `exit_status` is 0 (played through, and the published
// votes and winners are those put in), 1 (they are not), or that of the error. Both must outlive
// the parse.
void add_rehearse_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
