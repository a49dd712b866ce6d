// SPDX-License-Identifier: EUPL-1.2
// Small random instances in which ties, repeats and exact fits are common.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "count/instance.h"
#include "count/tie_order.h"

namespace urna::oracle {

// The same numbers on every machine for the same seed.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  // 0 … bound-1, uniform enough for a test. Precondition: bound > 0.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_()) % bound; }

 private:
  std::mt19937 engine_;
};

struct RandomShape {
  std::uint32_t projects_max = 7;
  std::uint32_t groups_max = 8;  // ballots are drawn this many times …
  std::uint32_t count_max = 3;   // … and cast up to this many times each
  bool oddities = true;          // repeats, blank ballots, costs of 0, withdrawn and too dear ones
};

// Costs of a few small sizes, with grosze now and then; a budget that fits some of the projects.
[[nodiscard]] count::Instance random_instance(Random& random, count::VoteType type,
                                              const RandomShape& shape = {});

// One policy of every kind; the draw's seed is fixed.
[[nodiscard]] std::vector<count::TiePolicy> every_tie_policy();

}  // namespace urna::oracle
