// SPDX-License-Identifier: EUPL-1.2
// Which parameters make a pool that can be generated.
#pragma once

#include <string_view>

#include "base/result.h"
#include "synth/pool.h"

namespace urna::synth {

// The ballots give points to projects: cumulative and scoring.
[[nodiscard]] bool has_points(count::VoteType type);

// `text` may stand in a cell of a .pb file without quoting: no semicolon, quotation mark or control
// character.
[[nodiscard]] bool is_plain(std::string_view text);

// Ok iff every parameter is in its range and none contradicts another. Error: usage, with what to
// change.
[[nodiscard]] Status check_parameters(const PoolParameters& parameters);

}  // namespace urna::synth
