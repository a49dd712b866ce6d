// SPDX-License-Identifier: EUPL-1.2
// The projects of an invented pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synth/pool.h"

namespace urna::synth {

struct InventedProject {
  std::string id;
  std::string name;
  std::int64_t cost = 0;  // whole currency units
  std::size_t category = 0;
  std::optional<std::size_t> district;  // city-wide pools: where it stands, if in one district
  std::int32_t latitude_micro = 0;      // millionths of a degree north
  std::int32_t longitude_micro = 0;     // millionths of a degree east
  std::uint32_t appeal = 1;  // relative chance to be named; the sum over a pool is < 2^31
};

// Precondition: parameters in range (checked by pool.cc). O(number of projects).
//
// Costs follow a table of quantiles measured by eye on published editions: half of the projects
// cost less than a tenth of the dearest. Appeal falls with the rank like 1/(rank + 3), times a
// factor between 1/2 and 3/2; the ranks are drawn.
[[nodiscard]] std::vector<InventedProject> invent_projects(const PoolParameters& parameters);

// Names the pool within its edition, for labels of random streams.
[[nodiscard]] std::string pool_label(const PoolParameters& parameters);

}  // namespace urna::synth
