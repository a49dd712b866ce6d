// SPDX-License-Identifier: EUPL-1.2
// How often the signals find what was added to a town, and how often they find something that was
// not.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "integrity/signal.h"
#include "simulation/traffic.h"

namespace urna::simulation {

// A share of runs, and Wilson's interval for it at 95 %.
struct Rate {
  std::uint64_t count = 0, of = 0;
  [[nodiscard]] double share() const;
  [[nodiscard]] double lower() const;
  [[nodiscard]] double upper() const;
};

struct Measured {
  std::size_t scenario = 0;  // in scenarios()
  // Runs with a cluster at least half of whose events were added, and that has at least half of
  // what was added. Only fraudulent scenarios count.
  Rate found;
  // Runs with a signal none of whose events was added; for ordinary scenarios, with any signal.
  Rate false_alarm;
  std::map<integrity::Kind, std::uint64_t> kinds;  // runs in which a kind showed what was added
};

// Runs with the seeds first … first + seeds - 1.
[[nodiscard]] Measured measure(std::size_t scenario, std::uint64_t first, std::uint64_t seeds,
                               const Town& town = {}, const integrity::Levels& levels = {});

}  // namespace urna::simulation
