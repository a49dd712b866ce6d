// SPDX-License-Identifier: EUPL-1.2
#include "simulation/measure.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

namespace urna::simulation {
namespace {

constexpr double normal_quantile = 1.959963984540054;  // 95 %, two-sided

double wilson(const Rate& rate, double sign) {
  if (rate.of == 0) return sign < 0 ? 0 : 1;
  const auto n = static_cast<double>(rate.of);
  const double z = normal_quantile;
  const double p = rate.share();
  const double middle = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return std::clamp((middle + sign * half) / (1 + z * z / n), 0.0, 1.0);
}

std::size_t common(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::size_t count = 0;
  for (const std::uint32_t place : a) {
    if (std::ranges::binary_search(b, place)) ++count;
  }
  return count;
}

}  // namespace

double Rate::share() const {
  return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
}
double Rate::lower() const { return wilson(*this, -1); }
double Rate::upper() const { return wilson(*this, 1); }

Measured measure(std::size_t scenario, std::uint64_t first, std::uint64_t seeds, const Town& town,
                 const integrity::Levels& levels) {
  Measured result;
  result.scenario = scenario;
  const bool fraudulent = scenarios()[scenario].fraudulent;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const Traffic traffic = make_traffic(scenario, seed, town);
    const auto signals = integrity::find_signals(traffic.events, levels);
    bool false_alarm = false;
    std::set<integrity::Kind> kinds;
    for (const integrity::Signal& signal : signals) {
      const std::size_t added = common(signal.events, traffic.added);
      false_alarm = false_alarm || added == 0 || !fraudulent;
      if (added * 2 >= signal.events.size()) kinds.insert(signal.kind);
    }
    for (const integrity::Kind kind : kinds) ++result.kinds[kind];
    ++result.false_alarm.of;
    if (false_alarm) ++result.false_alarm.count;
    if (!fraudulent) continue;
    ++result.found.of;
    const auto clusters = integrity::cluster(signals);
    if (std::ranges::any_of(clusters, [&](const integrity::Cluster& cluster) {
          const std::size_t added = common(cluster.events, traffic.added);
          return added * 2 >= cluster.events.size() && added * 2 >= traffic.added.size();
        })) {
      ++result.found.count;
    }
  }
  return result;
}

}  // namespace urna::simulation
