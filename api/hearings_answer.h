// SPDX-License-Identifier: EUPL-1.2
// The questions to a person about their vote: the same number of bytes whether there are any.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "registrar/hearings.h"

namespace urna::api {

inline constexpr std::size_t hearings_answer_bytes = 2'048;

// The object "Hearings" of docs/openapi.yaml, filled up with blanks in its member `padding`. As of
// uses_json(), see to it that no proxy compresses it. `now` (Unix seconds) says which are open.
[[nodiscard]] std::string hearings_json(const std::vector<registrar::Hearing>& hearings,
                                        std::uint64_t now);

}  // namespace urna::api
