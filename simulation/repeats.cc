// SPDX-License-Identifier: EUPL-1.2
#include "simulation/repeats.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "integrity/repeated_ballots.h"

namespace urna::simulation {
namespace {

using count::ProjectIndex;

// The length and points of a ballot as they are, and projects drawn at random; nothing if 64 draws
// give no ballot that is compared.
struct Drawn {
  std::vector<ProjectIndex> projects;
  std::vector<std::int32_t> points;
};
std::optional<Drawn> draw(const count::Profile& profile, std::size_t projects,
                          std::mt19937_64& random) {
  if (profile.groups() == 0 || projects < integrity::compared_projects_least) return std::nullopt;
  for (int tries = 0; tries < 64; ++tries) {
    const count::BallotGroup like = profile.group(random() % profile.groups());
    const std::size_t size = like.projects.size();
    if (size < integrity::compared_projects_least || size > integrity::compared_projects_most ||
        size > projects) {
      continue;
    }
    std::vector<ProjectIndex> all(projects);
    for (std::size_t i = 0; i < projects; ++i) all[i] = {static_cast<std::uint16_t>(i)};
    for (std::size_t i = 0; i < size; ++i) std::swap(all[i], all[i + random() % (projects - i)]);
    all.resize(size);
    return Drawn{std::move(all), {like.points.begin(), like.points.end()}};
  }
  return std::nullopt;
}

}  // namespace

std::optional<bool> finds_added_copies(const count::Profile& profile, count::VoteType type,
                                       std::size_t projects, std::uint64_t copies,
                                       std::uint64_t seed, const integrity::Levels& levels) {
  if (copies == 0 || copies > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  std::mt19937_64 random(seed);
  const std::optional<Drawn> drawn = draw(profile, projects, random);
  if (!drawn) return std::nullopt;
  count::ProfileBuilder builder(type);
  for (std::size_t g = 0; g < profile.groups(); ++g) {
    const count::BallotGroup group = profile.group(g);
    if (!builder.add(group.projects, group.points, group.count)) return std::nullopt;
  }
  // First appearance gives the place: the last one, or that of equal ballots that were there.
  if (!builder.add(drawn->projects, drawn->points, static_cast<std::uint32_t>(copies))) {
    return std::nullopt;
  }
  const count::Profile changed = std::move(builder).build();
  const integrity::BallotRepeats repeats = integrity::find_repeated_ballots(changed, levels);
  std::size_t place = changed.groups();
  if (changed.groups() > profile.groups()) {
    place = profile.groups();
  } else {
    for (std::size_t g = 0; g < changed.groups(); ++g) {
      if (changed.group(g).count != profile.group(g).count) place = g;
    }
  }
  return std::ranges::any_of(
      repeats.found, [&](const integrity::RepeatedBallot& one) { return one.group == place; });
}

}  // namespace urna::simulation
