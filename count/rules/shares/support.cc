// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/shares/support.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace urna::count {
namespace {

// A hash is only a place to look; equality is decided on the supported projects themselves.
std::uint64_t hash_of(std::span<const SupportIndex::Supported> ballot) {
  std::uint64_t hash = 0x9E3779B97F4A7C15U;
  for (const SupportIndex::Supported& entry : ballot) {
    hash ^= (std::uint64_t{entry.project.value} << 32U) | static_cast<std::uint32_t>(entry.units);
    hash *= 0xBF58476D1CE4E5B9U;
    hash ^= hash >> 31U;
  }
  return hash;
}

}  // namespace

SupportIndex SupportIndex::build(const Instance& instance, Satisfaction satisfaction,
                                 OrdinalPoints ordinal) {
  SupportIndex index;
  const Profile& profile = instance.profile;
  const std::size_t projects = instance.projects.size();
  index.class_begin_.push_back(0);
  // Equal ballots are one group of the profile already. Merging pays only where different ballots
  // support the same projects equally: preferences and points of which just the names count.
  const bool merge = satisfaction != Satisfaction::score &&
                     instance.vote_type != VoteType::approval &&
                     instance.vote_type != VoteType::choose_one;
  std::unordered_multimap<std::uint64_t, std::uint32_t> known;
  if (merge) known.reserve(profile.groups());
  index.supported_.reserve(profile.entries());
  index.voters_.reserve(profile.groups());
  index.class_begin_.reserve(profile.groups() + 1);

  std::vector<Supported> ballot;
  for (std::size_t g = 0; g < profile.groups(); ++g) {
    const BallotGroup group = profile.group(g);
    ballot.clear();
    for (std::size_t i = 0; i < group.projects.size(); ++i) {
      const std::int64_t points = points_of(group, i, instance.vote_type, ordinal);
      // Points decide who supports a project only where they are the satisfaction.
      if (satisfaction != Satisfaction::score) {
        ballot.push_back({group.projects[i], 1});
      } else if (points > 0) {
        ballot.push_back({group.projects[i], static_cast<std::int32_t>(points)});
      }
    }
    const auto by_project = [](const Supported& a, const Supported& b) {
      return a.project != b.project ? a.project < b.project : a.units > b.units;
    };
    if (!std::is_sorted(ballot.begin(), ballot.end(), by_project)) {
      std::sort(ballot.begin(), ballot.end(), by_project);
    }
    ballot.erase(
        std::unique(ballot.begin(), ballot.end(),
                    [](const Supported& a, const Supported& b) { return a.project == b.project; }),
        ballot.end());
    if (ballot.empty()) continue;

    if (merge) {
      const std::uint64_t hash = hash_of(ballot);
      const auto [first, last] = known.equal_range(hash);
      const auto same = std::find_if(first, last, [&](const auto& candidate) {
        const auto other = index.supported_by(candidate.second);
        return std::equal(other.begin(), other.end(), ballot.begin(), ballot.end(),
                          [](const Supported& a, const Supported& b) {
                            return a.project == b.project && a.units == b.units;
                          });
      });
      if (same != last) {
        index.voters_[same->second] += group.count;
        continue;
      }
      known.emplace(hash, static_cast<std::uint32_t>(index.voters_.size()));
    }
    index.voters_.push_back(group.count);
    index.supported_.insert(index.supported_.end(), ballot.begin(), ballot.end());
    index.class_begin_.push_back(index.supported_.size());
  }

  // The other direction, by counting sort.
  index.project_begin_.assign(projects + 1, 0);
  for (const Supported& entry : index.supported_) ++index.project_begin_[entry.project.value + 1U];
  std::partial_sum(index.project_begin_.begin(), index.project_begin_.end(),
                   index.project_begin_.begin());
  std::vector<std::size_t> next(index.project_begin_.begin(), index.project_begin_.end() - 1);
  index.supporters_.resize(index.supported_.size());
  index.project_voters_ = PerProject<std::int64_t>(projects);
  index.project_units_ = PerProject<std::int64_t>(projects);
  for (std::size_t c = 0; c < index.classes(); ++c) {
    for (const Supported& entry : index.supported_by(c)) {
      index.supporters_[next[entry.project.value]++] = {static_cast<std::uint32_t>(c),
                                                        index.voters_[c], entry.units};
      index.project_voters_[entry.project] += index.voters_[c];
      index.project_units_[entry.project] += std::int64_t{entry.units} * index.voters_[c];
      index.units_max_ = std::max<std::int64_t>(index.units_max_, entry.units);
    }
  }
  return index;
}

}  // namespace urna::count
