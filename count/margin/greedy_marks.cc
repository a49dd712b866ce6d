// SPDX-License-Identifier: EUPL-1.2
#include "count/margin/greedy_marks.h"

#include <algorithm>
#include <map>

namespace urna::count {
namespace {

void find_reading(const Instance& instance, const Tally& given, Marks& marks) {
  for (const OrdinalPoints ordinal : {OrdinalPoints::descending, OrdinalPoints::borda}) {
    for (const Repeats repeats : {Repeats::counted, Repeats::merged}) {
      const Tally recount = tally(instance, ordinal, repeats);
      if (recount.votes != given.votes || recount.points != given.points) continue;
      marks.ordinal = ordinal;
      marks.repeats = repeats;
      return;
    }
  }
}

// The greatest mark of a new ballot, as far as the file limits it.
std::int64_t highest_mark(const Instance& instance, const Marks& marks, std::int64_t seen) {
  if (!marks.points) return 1;
  const BallotLimits& limits = instance.limits;
  switch (instance.vote_type) {
    case VoteType::approval:
    case VoteType::choose_one:
      return 1;
    case VoteType::ordinal: {
      const auto projects = static_cast<std::int64_t>(instance.projects.size());
      const std::int64_t length = std::min(limits.length_max.value_or(projects), projects);
      return marks.ordinal == OrdinalPoints::borda ? length - 1 : length;
    }
    case VoteType::cumulative:
    case VoteType::scoring:
      break;
  }
  if (limits.points_max && limits.points_sum_max)
    return std::min(*limits.points_max, *limits.points_sum_max);
  if (limits.points_max) return *limits.points_max;
  return limits.points_sum_max.value_or(seen);
}

}  // namespace

Yields::Yields(std::vector<Yield> yields) {
  std::sort(yields.begin(), yields.end(),
            [](const Yield& a, const Yield& b) { return a.amount > b.amount; });
  for (const Yield& yield : yields) {
    if (yield.amount <= 0 || yield.ballots == 0) continue;
    Step step{yield.amount, yield.ballots, yield.amount * static_cast<std::int64_t>(yield.ballots)};
    if (!sums_.empty()) {
      step.ballots += sums_.back().ballots;
      step.total += sums_.back().total;
    }
    if (!sums_.empty() && sums_.back().amount == yield.amount) {
      sums_.back() = step;
    } else {
      sums_.push_back(step);
    }
  }
}

std::int64_t Yields::most(std::uint64_t ballots) const {
  const auto it = std::lower_bound(
      sums_.begin(), sums_.end(), ballots,
      [](const Step& step, std::uint64_t wanted) { return step.ballots < wanted; });
  if (it == sums_.end()) return all();
  return it->total - it->amount * static_cast<std::int64_t>(it->ballots - ballots);
}

std::optional<std::uint64_t> Yields::ballots_for(std::int64_t amount) const {
  if (amount <= 0) return 0;
  const auto it =
      std::lower_bound(sums_.begin(), sums_.end(), amount,
                       [](const Step& step, std::int64_t wanted) { return step.total < wanted; });
  if (it == sums_.end()) return std::nullopt;
  return it->ballots - static_cast<std::uint64_t>((it->total - amount) / it->amount);
}

Marks read_marks(const Instance& instance, const Tally& tally, bool points) {
  Marks marks;
  marks.points = points;
  find_reading(instance, tally, marks);
  marks.by_project = PerProject<std::vector<ProjectMark>>(instance.projects.size());

  const Profile& profile = instance.profile;
  std::int64_t seen_high = 0;
  for (std::size_t g = 0; g < profile.groups(); ++g) {
    const BallotGroup ballot = profile.group(g);
    for (std::size_t i = 0; i < ballot.projects.size(); ++i) {
      const std::int64_t value =
          points ? points_of(ballot, i, instance.vote_type, marks.ordinal) : 1;
      seen_high = std::max(seen_high, value);
      marks.low = std::min(marks.low, value);
      marks.by_project[ballot.projects[i]].push_back(
          {static_cast<std::uint32_t>(g), static_cast<std::int32_t>(value)});
    }
  }
  if (points) marks.low = std::min(marks.low, instance.limits.points_min.value_or(0));
  marks.high = highest_mark(instance, marks, seen_high);

  marks.losses = PerProject<Yields>(instance.projects.size());
  marks.gains = PerProject<Yields>(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    std::map<std::int64_t, std::uint64_t> histogram;  // what a ballot gives to p → ballots
    std::uint64_t naming = 0;
    const std::vector<ProjectMark>& list = marks.by_project[p];
    for (std::size_t i = 0; i < list.size();) {
      const std::uint32_t group = list[i].group;
      std::int64_t given = list[i].value;
      for (++i; i < list.size() && list[i].group == group; ++i) {
        given = marks.repeats == Repeats::counted ? given + list[i].value
                                                  : std::max<std::int64_t>(given, list[i].value);
      }
      histogram[given] += profile.group(group).count;
      naming += profile.group(group).count;
    }
    histogram[0] += profile.ballots() - naming;
    std::vector<Yield> losses;
    std::vector<Yield> gains;
    for (const auto& [given, ballots] : histogram) {
      losses.push_back({given - marks.low, ballots});
      gains.push_back({marks.high - given, ballots});
    }
    marks.losses[p] = Yields(std::move(losses));
    marks.gains[p] = Yields(std::move(gains));
  }
  return marks;
}

}  // namespace urna::count
