// SPDX-License-Identifier: EUPL-1.2
#include "election/counted.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "base/bytes.h"

namespace urna::election {
namespace {

using Positions = std::vector<std::uint32_t>;

// Calls take(first, last) for each run of positions with equal keys.
template <typename Key, typename Take>
void for_each_run(Positions& positions, Key key, Take take) {
  for (auto first = positions.begin(); first != positions.end();) {
    const auto last = std::find_if(first, positions.end(),
                                   [&](std::uint32_t p) { return key(p) != key(*first); });
    take(first, last);
    first = last;
  }
}

}  // namespace

std::vector<Positions> counted_ballots(const Manifest& manifest,
                                       std::span<const CastBallot> ballots,
                                       std::span<const VotesOnPaper> on_paper) {
  // Preferred first: higher level, then by the policy.
  const bool late = manifest.repeats == RepeatPolicy::last;
  const auto preferred = [&](std::uint32_t a, std::uint32_t b) {
    if (ballots[a].level != ballots[b].level) return ballots[a].level > ballots[b].level;
    return late ? a > b : a < b;
  };
  const auto one_person_and_pool = [&](std::uint32_t p) {
    return std::pair(ballots[p].person, ballots[p].pool);
  };

  constexpr std::size_t no_group = ~std::size_t{0};
  std::vector<std::size_t> group_of(manifest.pools.size(), no_group);
  for (std::size_t g = 0; g < manifest.groups.size(); ++g) {
    for (const PoolNumber pool : manifest.groups[g].pools) group_of[pool.value] = g;
  }
  // Paper goes before every ballot of the pool, and uses up one of the group's.
  std::set<std::pair<std::uint32_t, PoolNumber>> marked;
  std::map<std::pair<std::uint32_t, std::size_t>, std::ptrdiff_t> used_up;
  for (const VotesOnPaper& mark : on_paper) {
    marked.emplace(mark.person, mark.pool);
    ++used_up[{mark.person, group_of[mark.pool.value]}];
  }

  // One ballot at most for each person and pool.
  Positions valid;
  for (std::uint32_t p = 0; p < ballots.size(); ++p) {
    if (!ballots[p].annulled && !marked.contains(one_person_and_pool(p))) valid.push_back(p);
  }
  std::sort(valid.begin(), valid.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto of_a = one_person_and_pool(a);
    const auto of_b = one_person_and_pool(b);
    return of_a != of_b ? of_a < of_b : preferred(a, b);
  });
  Positions chosen;
  for_each_run(valid, one_person_and_pool, [&](auto first, auto last) {
    const bool several = last - first > 1 && ballots[first[1]].level == ballots[*first].level;
    if (manifest.repeats != RepeatPolicy::none || !several) chosen.push_back(*first);
  });

  // Of a group's pools as many as the group allows.
  const auto one_person_and_group = [&](std::uint32_t p) {
    return std::pair(ballots[p].person, group_of[ballots[p].pool.value]);
  };
  if (!manifest.groups.empty()) {
    std::sort(chosen.begin(), chosen.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto of_a = one_person_and_group(a);
      const auto of_b = one_person_and_group(b);
      return of_a != of_b ? of_a < of_b : preferred(a, b);
    });
  }
  std::vector<Positions> counted(manifest.pools.size());
  for_each_run(chosen, one_person_and_group, [&](auto first, auto last) {
    const std::size_t group = group_of[ballots[*first].pool.value];
    if (group != no_group) {
      const auto used = used_up.find(one_person_and_group(*first));
      const auto most = static_cast<std::ptrdiff_t>(manifest.groups[group].most) -
                        (used == used_up.end() ? 0 : used->second);
      if (last - first > most) last = manifest.repeats == RepeatPolicy::none ? first : first + most;
    }
    for (; first != last; ++first) counted[ballots[*first].pool.value].push_back(*first);
  });
  for (Positions& positions : counted) std::sort(positions.begin(), positions.end());
  return counted;
}

Sha256Digest hash_of_indices(std::span<const EntryIndex> indices) {
  std::string bytes;
  bytes.reserve(8 * indices.size());
  for (const EntryIndex index : indices) append_big_endian(bytes, index.value, 8);
  return sha256(bytes);
}

Sha256Digest hash_of_indices(std::span<const CastBallot> ballots,
                             std::span<const std::uint32_t> positions) {
  std::vector<EntryIndex> indices;
  indices.reserve(positions.size());
  for (const std::uint32_t p : positions) indices.push_back(ballots[p].index);
  return hash_of_indices(indices);
}

}  // namespace urna::election
