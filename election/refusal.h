// SPDX-License-Identifier: EUPL-1.2
// Errors about what somebody handed in: what is wrong with it, and what that means.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace urna::election {

[[nodiscard]] inline Error refused(ErrorCode code, std::string message, std::string meaning) {
  return {code, std::move(message), {}, std::move(meaning)};
}
[[nodiscard]] inline Error conflict(std::string message, std::string meaning) {
  return refused(ErrorCode::conflict, std::move(message), std::move(meaning));
}

}  // namespace urna::election
