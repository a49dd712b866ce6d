// SPDX-License-Identifier: EUPL-1.2
#include "synth/projects.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "synth/map.h"
#include "synth/random.h"
#include "synth/vocabulary.h"

namespace urna::synth {
namespace {

// Cost at each tenth of the sorted projects, in thousandths of the dearest; close to log-normal.
constexpr std::array<std::int64_t, 11> cost_at{6, 20, 40, 65, 95, 130, 180, 250, 370, 600, 1000};

// Twice the mean of cost_at times its number of steps (trapezoid rule).
constexpr std::int64_t twice_cost_sum() {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i + 1 < cost_at.size(); ++i) sum += cost_at[i] + cost_at[i + 1];
  return sum;
}

std::int64_t round_to(std::int64_t value, std::int64_t step) {
  return (value + step / 2) / step * step;
}

std::int64_t draw_cost(Random& random, const PoolParameters& parameters) {
  constexpr std::int64_t steps = cost_at.size() - 1;
  const std::uint32_t lot = random.below(steps << 16U);
  const std::uint32_t step = lot >> 16U;
  const std::int64_t within = lot & 0xFFFFU;
  const std::int64_t size =
      cost_at[step] * 65536 + (cost_at[step + 1] - cost_at[step]) * within;  // scaled by 2^16
  // In millionths of the budget, so that the mean project costs demand/projects of it.
  const std::int64_t budget = parameters.budget.grosze / 100;
  const std::int64_t share = std::min<std::int64_t>(
      size * (2 * steps) / 65536 * parameters.demand_percent * 10'000 /
          (twice_cost_sum() * static_cast<std::int64_t>(parameters.projects)),
      std::int64_t{parameters.cost_cap_percent} * 10'000);
  const std::int64_t cost = budget * share / 1'000'000;
  // Authors estimate in round numbers, suppliers do not.
  const bool round = random.percent(70);
  std::int64_t rounded = cost;
  if (round && cost >= 100'000) {
    rounded = round_to(cost, 5'000);
  } else if (round && cost >= 5'000) {
    rounded = round_to(cost, 500);
  }
  return std::max<std::int64_t>(std::min(rounded, budget * parameters.cost_cap_percent / 100), 1);
}

std::vector<std::uint32_t> draw_order(Random& random, std::uint32_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace

std::string pool_label(const PoolParameters& parameters) {
  return parameters.district ? "district " + std::to_string(*parameters.district) : "city-wide";
}

std::vector<InventedProject> invent_projects(const PoolParameters& parameters) {
  const InventedMap map = invent_map(parameters.seed, parameters.electorate.districts.size());

  Random random(parameters.seed, "projects " + pool_label(parameters));
  const std::vector<std::uint32_t> ranks = draw_order(random, parameters.projects);
  std::vector<InventedProject> projects;
  std::int64_t number = 0;
  for (std::uint32_t i = 0; i < parameters.projects; ++i) {
    InventedProject project;
    number += random.between(1, 12);
    project.id = parameters.id_prefix + std::to_string(number);
    project.category = random.below(category_count);
    project.name = project_name(random, project.category);
    project.cost = draw_cost(random, parameters);
    project.appeal = 1 + (1U << 22U) / (ranks[i] + 4) * (50 + random.below(101)) / 100;
    Point centre = map.city;
    std::int32_t reach_micro = 70'000;
    std::optional<std::size_t> home = parameters.district;
    if (!home && !map.centres.empty() && random.percent(70)) {
      home = random.below(static_cast<std::uint32_t>(map.centres.size()));
      project.district = home;
    }
    if (home) {
      centre = map.centres[*home];
      reach_micro = 20'000;
    }
    Point place = draw_near(random, centre, reach_micro);
    // Towards the centre until it lies in the district, or the city; the centre itself does.
    while (place != centre && ((home && map.nearest(place) != *home) || !map.holds(place))) {
      place = {centre.latitude_micro + (place.latitude_micro - centre.latitude_micro) / 2,
               centre.longitude_micro + (place.longitude_micro - centre.longitude_micro) / 2};
    }
    project.latitude_micro = place.latitude_micro;
    project.longitude_micro = place.longitude_micro;
    projects.push_back(std::move(project));
  }
  return projects;
}

}  // namespace urna::synth
