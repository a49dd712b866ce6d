// SPDX-License-Identifier: EUPL-1.2
// What all sub-commands share: the program's name and how an error leaves the program.
#pragma once

#include <string>

#include "base/result.h"

namespace urna::cmd {

// "urna 0.1.0".
[[nodiscard]] std::string program_name_and_version();

// Prints the error to standard error and, if `json`, as {"error":{…}} to standard output. Returns
// the exit status.
[[nodiscard]] int fail(const Error& error, bool json);

}  // namespace urna::cmd
