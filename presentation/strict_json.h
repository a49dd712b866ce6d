// SPDX-License-Identifier: EUPL-1.2
// JSON that somebody wrote by hand or sent: read so that no field is lost or unexpected.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace urna::presentation {

// The value, nested no deeper than that. A name that stands twice in one object is refused:
// Boost.JSON would keep the last one and say nothing. Errors: malformed, naming the field.
[[nodiscard]] Result<boost::json::value> parse_strict_json(std::string_view text,
                                                           std::size_t depth_max);

// The error of a member of a presentation, or of the map in it.
[[nodiscard]] inline Error wrong_at(const std::string& where, std::string message,
                                    ErrorCode code = ErrorCode::malformed) {
  return {code, std::move(message), {{}, 0, 0, where}, "see docs/presentation.md for the form"};
}

}  // namespace urna::presentation
