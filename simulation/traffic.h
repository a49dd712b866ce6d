// SPDX-License-Identifier: EUPL-1.2
// Invented traffic of a vote as the signals see it: an ordinary town of households, telephones and
// networks, with something ordinary or something fraudulent added to it. Repeatable by its seed on
// every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "integrity/event.h"

namespace urna::simulation {

struct Traffic {
  std::vector<integrity::Event> events;
  // Places in `events` of what the scenario added, ascending; the town's own are not among them.
  std::vector<std::uint32_t> added;
};

struct Scenario {
  std::string_view name;   // "clerk-with-sims"
  std::string_view story;  // of docs/attacks.md, or empty
  std::string_view about;  // one sentence
  bool fraudulent = false;
};

// All scenarios, the ordinary ones first.
[[nodiscard]] std::span<const Scenario> scenarios();

struct Town {
  std::uint64_t voters = 4000;
  std::uint64_t days = 10;
};

// `scenario` is a place in scenarios(). O(n log n) in the voters.
[[nodiscard]] Traffic make_traffic(std::size_t scenario, std::uint64_t seed, const Town& town = {});

}  // namespace urna::simulation
