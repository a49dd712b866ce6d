// SPDX-License-Identifier: EUPL-1.2
// Witnesses asked over HTTP, as C2SP tlog-witness has it.
#pragma once

#include <string>

#include "board/witness.h"

namespace urna::api {

// Sends requests to POST URL/add-checkpoint, each for at most ten seconds.
[[nodiscard]] board::SendToWitness witness_sender(const std::string& url);

}  // namespace urna::api
