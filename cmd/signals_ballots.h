// SPDX-License-Identifier: EUPL-1.2
// urna signals ballots, urna signals measure-ballots: equal ballots after decryption.
#pragma once

#include <CLI/CLI.hpp>

namespace urna::cmd {

// Adds both to the sub-command `signals`.
void add_ballot_signals(CLI::App& signals, int& exit_status);

}  // namespace urna::cmd
