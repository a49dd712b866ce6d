// SPDX-License-Identifier: EUPL-1.2
// Instances written down in a test, without a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "count/instance.h"

namespace urna::oracle {

struct SmallBallot {
  std::vector<std::uint16_t> projects;  // indices
  std::vector<std::int32_t> points;     // for cumulative and scoring votes
  std::uint32_t count = 1;
};

// Projects with ids "A", "B", …, "Z", "P26", "P27", … and costs and budget in whole currency units.
// Precondition: every ballot fits the vote type.
[[nodiscard]] count::Instance small_instance(count::VoteType type, std::int64_t budget,
                                             const std::vector<std::int64_t>& costs,
                                             const std::vector<SmallBallot>& ballots = {});

// The ids of projects, joined by spaces, in the order given.
[[nodiscard]] std::string ids(const count::Instance& instance,
                              const std::vector<count::ProjectIndex>& projects);

}  // namespace urna::oracle
