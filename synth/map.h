// SPDX-License-Identifier: EUPL-1.2
// The map of an invented city: where its districts lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "presentation/geojson.h"
#include "synth/pool.h"

namespace urna::synth {

// Millionths of a degree.
struct Point {
  std::int32_t latitude_micro = 0;
  std::int32_t longitude_micro = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

class Random;
// Near the centre, denser towards it, at most so far north; eight fifths of that east, as a degree
// of longitude is shorter here. Four draws.
[[nodiscard]] Point draw_near(Random& random, Point centre, std::int32_t reach_micro);

struct InventedMap {
  Point city;
  std::vector<Point> centres;  // of the districts
  std::vector<Point> outline;  // of the city, counterclockwise, not closed

  // The district whose centre is nearest. Precondition: there are districts. O(districts).
  [[nodiscard]] std::size_t nearest(Point place) const;
  // Whether the place lies within the outline.
  [[nodiscard]] bool holds(Point place) const;
};

// Depends on the seed and the number of districts alone, so that all pools of an edition share it.
// Centres are drawn, then moved apart by five rounds of Lloyd's relaxation on a grid, in integers.
[[nodiscard]] InventedMap invent_map(std::uint64_t seed, std::size_t districts);

// Each district as the part of the city that is nearest to its centre; no pools. Empty without
// districts. O(districts²).
[[nodiscard]] std::vector<presentation::District> invent_districts(
    std::uint64_t seed, const std::vector<District>& districts);

}  // namespace urna::synth
