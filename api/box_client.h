// SPDX-License-Identifier: EUPL-1.2
// The ballot box as the desk asks it, over HTTP.
#pragma once

#include <memory>
#include <string>

#include "desk/ports/ballot_box.h"

namespace urna::api {

// `url` is where the ballot box listens, `token` the one that it takes records with. http:// is for
// services on one machine.
[[nodiscard]] std::shared_ptr<desk::BallotBoxPort> box_client(std::string url, std::string token);

}  // namespace urna::api
