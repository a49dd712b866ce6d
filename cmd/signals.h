// SPDX-License-Identifier: EUPL-1.2
// urna signals: what is together more often than chance explains.
#pragma once

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

#include "cmd/office.h"
#include "integrity/event.h"
#include "integrity/signal.h"

namespace urna::cmd {

// Looks for signals and says what they are, as text in the language ("pl" or "en") or as JSON in
// both. Returns the exit status: 0 none, 1 some.
[[nodiscard]] int say_signals(const OfficeOptions& options,
                              const std::vector<integrity::Event>& events,
                              const integrity::Levels& levels, std::string_view language);

void add_signals_command(CLI::App& app, int& exit_status);

}  // namespace urna::cmd
