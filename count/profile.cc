// SPDX-License-Identifier: EUPL-1.2
#include "count/profile.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace urna::count {
namespace {

constexpr std::size_t initial_slots = 1024;  // a power of two

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 29U);
}

}  // namespace

BallotGroup Profile::group(std::size_t g) const {
  const std::size_t begin = g == 0 ? 0 : ends_[g - 1];
  const std::size_t length = ends_[g] - begin;
  BallotGroup ballot;
  ballot.projects = std::span(projects_).subspan(begin, length);
  if (!points_.empty()) ballot.points = std::span(points_).subspan(begin, length);
  ballot.count = counts_[g];
  return ballot;
}

ProfileBuilder::ProfileBuilder(VoteType type) : type_(type), slots_(initial_slots) {}

bool ProfileBuilder::add(std::span<const ProjectIndex> projects,
                         std::span<const std::int32_t> points, std::uint32_t count) {
  const bool pointed = type_ == VoteType::cumulative || type_ == VoteType::scoring;
  assert(pointed ? points.size() == projects.size() : points.empty());
  constexpr std::size_t uint32_max = std::numeric_limits<std::uint32_t>::max();
  const std::size_t begin = profile_.projects_.size();
  if (begin + projects.size() > entries_max || profile_.counts_.size() + 1 >= uint32_max)
    return false;

  // Append the ballot in canonical order, then look whether an equal one stands already.
  if (type_ == VoteType::ordinal) {
    profile_.projects_.insert(profile_.projects_.end(), projects.begin(), projects.end());
  } else if (pointed) {
    scratch_.clear();
    for (std::size_t i = 0; i < projects.size(); ++i) scratch_.emplace_back(projects[i], points[i]);
    std::sort(scratch_.begin(), scratch_.end());
    for (const auto& [project, given] : scratch_) {
      profile_.projects_.push_back(project);
      profile_.points_.push_back(given);
    }
  } else {
    profile_.projects_.insert(profile_.projects_.end(), projects.begin(), projects.end());
    std::sort(profile_.projects_.begin() + static_cast<std::ptrdiff_t>(begin),
              profile_.projects_.end());
  }

  const std::size_t end = profile_.projects_.size();
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t hash = hash_of(begin, end);
  std::size_t slot = hash & mask;
  while (slots_[slot].number != 0 &&
         (slots_[slot].hash != hash || !equal_to_tail(slots_[slot].number - 1, begin)))
    slot = (slot + 1) & mask;
  if (slots_[slot].number != 0) {
    profile_.projects_.resize(begin);
    if (pointed) profile_.points_.resize(begin);
    std::uint32_t& cast = profile_.counts_[slots_[slot].number - 1];
    if (uint32_max - cast < count) return false;
    cast += count;
    profile_.ballots_ += count;
    return true;
  }
  profile_.ends_.push_back(static_cast<std::uint32_t>(end));
  profile_.counts_.push_back(count);
  profile_.ballots_ += count;
  slots_[slot] = Slot{hash, static_cast<std::uint32_t>(profile_.counts_.size())};
  if (profile_.counts_.size() * 4 > slots_.size() * 3) grow();
  return true;
}

std::uint32_t ProfileBuilder::hash_of(std::size_t begin, std::size_t end) const {
  std::uint64_t hash = end - begin;
  for (std::size_t i = begin; i < end; ++i) {
    const auto given =
        profile_.points_.empty() ? 0U : static_cast<std::uint32_t>(profile_.points_[i]);
    hash = mix(hash, (std::uint64_t{given} << 16U) | profile_.projects_[i].value);
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

bool ProfileBuilder::equal_to_tail(std::size_t group, std::size_t tail_begin) const {
  const BallotGroup known = profile_.group(group);
  const auto tail = std::span(profile_.projects_).subspan(tail_begin);
  if (!std::equal(known.projects.begin(), known.projects.end(), tail.begin(), tail.end()))
    return false;
  if (profile_.points_.empty()) return true;
  const auto tail_points = std::span(profile_.points_).subspan(tail_begin);
  return std::equal(known.points.begin(), known.points.end(), tail_points.begin(),
                    tail_points.end());
}

void ProfileBuilder::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const Slot& known : slots_) {
    if (known.number == 0) continue;
    std::size_t slot = known.hash & mask;
    while (larger[slot].number != 0) slot = (slot + 1) & mask;
    larger[slot] = known;
  }
  slots_ = std::move(larger);
}

Profile ProfileBuilder::build() && {
  slots_ = {};  // before the copies that shrinking makes
  profile_.projects_.shrink_to_fit();
  profile_.points_.shrink_to_fit();
  profile_.ends_.shrink_to_fit();
  profile_.counts_.shrink_to_fit();
  return std::move(profile_);
}

}  // namespace urna::count
