// SPDX-License-Identifier: EUPL-1.2
#include "synth/map.h"

#include <array>
#include <limits>
#include <utility>

#include "synth/random.h"

namespace urna::synth {
namespace {

constexpr std::int32_t city_reach_micro = 75'000;
constexpr std::int32_t grid = 48;
constexpr int rounds = 5;

// Sine of the k-th of 48 parts of a turn, in thousandths, for the first quarter.
constexpr std::array<std::int32_t, 13> sine_at{0,   131, 259, 383, 500, 609, 707,
                                               793, 866, 924, 966, 991, 1000};
constexpr std::size_t parts = 48;

std::int32_t sine(std::size_t k) {
  k %= parts;
  const std::int32_t sign = k < parts / 2 ? 1 : -1;
  k %= parts / 2;
  return sign * sine_at[k <= parts / 4 ? k : parts / 2 - k];
}
std::int32_t cosine(std::size_t k) { return sine(k + parts / 4); }

std::int32_t east_of(std::int32_t north) { return north * 8 / 5; }

// Squared distance, in units of a degree of latitude.
std::int64_t distance(Point a, Point b) {
  const std::int64_t north = a.latitude_micro - b.latitude_micro;
  const std::int64_t east = (std::int64_t{a.longitude_micro} - b.longitude_micro) * 5 / 8;
  return north * north + east * east;
}

std::size_t nearest_of(const std::vector<Point>& centres, Point place) {
  std::size_t best = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t d = 0; d < centres.size(); ++d) {
    const std::int64_t here = distance(centres[d], place);
    if (here >= least) continue;
    least = here;
    best = d;
  }
  return best;
}

// Moves every centre to the middle of what is nearest to it.
void relax(std::vector<Point>& centres, Point city) {
  struct Sum {
    std::int64_t north = 0, east = 0, count = 0;
  };
  if (centres.empty()) return;
  std::vector<Sum> sums(centres.size());
  for (std::int32_t row = -grid; row <= grid; ++row) {
    for (std::int32_t column = -grid; column <= grid; ++column) {
      if (row * row + column * column > grid * grid) continue;
      const Point place{city.latitude_micro + city_reach_micro * row / grid,
                        city.longitude_micro + east_of(city_reach_micro) * column / grid};
      Sum& sum = sums[nearest_of(centres, place)];
      sum.north += place.latitude_micro;
      sum.east += place.longitude_micro;
      ++sum.count;
    }
  }
  for (std::size_t d = 0; d < centres.size(); ++d) {
    if (sums[d].count == 0) continue;
    centres[d] = {static_cast<std::int32_t>(sums[d].north / sums[d].count),
                  static_cast<std::int32_t>(sums[d].east / sums[d].count)};
  }
}

// What of the polygon is at least as near to `mine` as to `other`.
std::vector<Point> nearer_part(const std::vector<Point>& polygon, Point mine, Point other) {
  // Positive on this side of the line in the middle between the two.
  const auto side = [&](Point p) { return distance(p, other) - distance(p, mine); };
  std::vector<Point> part;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i];
    const Point b = polygon[(i + 1) % polygon.size()];
    const std::int64_t at_a = side(a);
    const std::int64_t at_b = side(b);
    if (at_a >= 0) part.push_back(a);
    if ((at_a > 0 && at_b < 0) || (at_a < 0 && at_b > 0)) {
      // Where the edge crosses the line, in millionths of its length.
      const std::int64_t share = at_a * 1'000'000 / (at_a - at_b);
      const auto between = [share](std::int32_t from, std::int32_t to) {
        return static_cast<std::int32_t>(from + (std::int64_t{to} - from) * share / 1'000'000);
      };
      part.push_back({between(a.latitude_micro, b.latitude_micro),
                      between(a.longitude_micro, b.longitude_micro)});
    }
  }
  return part;
}

presentation::Position position_of(Point place) {
  return {place.longitude_micro / 1e6, place.latitude_micro / 1e6};
}

}  // namespace

Point draw_near(Random& random, Point centre, std::int32_t reach_micro) {
  // The sum of two uniform draws: denser in the middle.
  const auto offset = [&](std::int32_t reach) {
    return static_cast<std::int32_t>(random.between(-reach, reach) +
                                     random.between(-reach, reach)) /
           2;
  };
  const std::int32_t north = offset(reach_micro);
  const std::int32_t east = offset(east_of(reach_micro));
  return {centre.latitude_micro + north, centre.longitude_micro + east};
}

std::size_t InventedMap::nearest(Point place) const { return nearest_of(centres, place); }

bool InventedMap::holds(Point place) const {
  // A line to the east crosses the outline an odd number of times.
  bool inside = false;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Point a = outline[i];
    const Point b = outline[(i + 1) % outline.size()];
    const bool rises = a.latitude_micro <= place.latitude_micro;
    if (rises == (b.latitude_micro <= place.latitude_micro)) continue;
    const std::int64_t east_to_b = b.longitude_micro - a.longitude_micro;
    const std::int64_t north_to_b = b.latitude_micro - a.latitude_micro;
    const std::int64_t turn =
        east_to_b * (place.latitude_micro - a.latitude_micro) -
        north_to_b * (std::int64_t{place.longitude_micro} - a.longitude_micro);
    if (rises == (turn > 0)) inside = !inside;
  }
  return inside;
}

InventedMap invent_map(std::uint64_t seed, std::size_t districts) {
  Random random(seed, "map");
  InventedMap map;
  map.city = {static_cast<std::int32_t>(random.between(49'700'000, 54'000'000)),
              static_cast<std::int32_t>(random.between(15'500'000, 23'000'000))};
  constexpr std::int32_t spread_micro = 60'000;
  for (std::size_t d = 0; d < districts; ++d)
    map.centres.push_back(draw_near(random, map.city, spread_micro));
  for (int round = 0; round < rounds; ++round) relax(map.centres, map.city);

  Random line(seed, "outline");
  for (std::size_t k = 0; k < parts; ++k) {
    const auto reach =
        static_cast<std::int32_t>(std::int64_t{city_reach_micro} * line.between(97, 108) / 100);
    map.outline.push_back({map.city.latitude_micro + reach / 1000 * sine(k),
                           map.city.longitude_micro + east_of(reach / 1000 * cosine(k))});
  }
  return map;
}

std::vector<presentation::District> invent_districts(std::uint64_t seed,
                                                     const std::vector<District>& districts) {
  const InventedMap map = invent_map(seed, districts.size());
  std::vector<presentation::District> result;
  for (std::size_t d = 0; d < districts.size(); ++d) {
    std::vector<Point> part = map.outline;
    for (std::size_t other = 0; other < districts.size(); ++other) {
      if (other != d) part = nearer_part(part, map.centres[d], map.centres[other]);
    }
    presentation::Ring ring;
    for (const Point place : part) {
      const presentation::Position position = position_of(place);
      if (ring.empty() || ring.back() != position) ring.push_back(position);
    }
    // Too small to be seen: its centre coincides with another's.
    if (ring.size() < 3) continue;
    if (ring.front() != ring.back()) ring.push_back(ring.front());
    result.push_back({districts[d].name, {}, {{std::move(ring)}}});
  }
  return result;
}

}  // namespace urna::synth
