// SPDX-License-Identifier: EUPL-1.2
#include "count/margin/greedy_moves.h"

#include <algorithm>

namespace urna::count {
namespace {

struct Source {
  std::int64_t value = 0;  // > 0: what one ballot moves
  std::int64_t votes = 0;
  std::uint64_t ballots = 0;
};

// The fewest ballots that move `amount` or more: the largest first, and as the last one the
// smallest that suffices.
std::optional<Move> collect(std::vector<Source> sources, std::int64_t amount) {
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.value > b.value; });
  Move move;
  for (auto it = sources.begin(); it != sources.end(); ++it) {
    const std::int64_t missing = amount - move.value;
    const auto needed = static_cast<std::uint64_t>((missing + it->value - 1) / it->value);
    const auto taken = std::min(needed - 1, it->ballots);
    move.ballots += taken;
    move.value += it->value * static_cast<std::int64_t>(taken);
    move.votes += it->votes * static_cast<std::int64_t>(taken);
    if (taken == it->ballots && needed > it->ballots) continue;
    auto last = std::prev(sources.end());
    while (last->value < amount - move.value) --last;
    move.ballots += 1;
    move.value += last->value;
    move.votes += last->votes;
    return move;
  }
  return std::nullopt;
}

template <typename T>
bool within(const T& value, const std::optional<T>& least, const std::optional<T>& most) {
  return (!least || value >= *least) && (!most || value <= *most);
}

// The only mark of a group for the project, or nullptr if it has none or several. `list` is sorted
// by group.
enum class Named { no, once, twice };
struct Found {
  Named named = Named::no;
  std::int64_t value = 0;
};
Found find(const std::vector<ProjectMark>& list, std::uint32_t group) {
  const auto it = std::lower_bound(
      list.begin(), list.end(), group,
      [](const ProjectMark& mark, std::uint32_t wanted) { return mark.group < wanted; });
  if (it == list.end() || it->group != group) return {};
  const auto next = std::next(it);
  const bool twice = next != list.end() && next->group == group;
  return {twice ? Named::twice : Named::once, it->value};
}

}  // namespace

BallotMoves::BallotMoves(const Instance& instance, const Marks& marks)
    : instance_(instance), marks_(marks), sums_(instance.profile.groups()) {
  for (std::size_t g = 0; g < sums_.size(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    sums_[g].length = static_cast<std::int64_t>(ballot.projects.size());
    for (const std::int32_t points : ballot.points) sums_[g].points += points;
    for (const ProjectIndex p : ballot.projects) sums_[g].cost += instance.projects[p].cost;
  }
}

bool BallotMoves::admits(std::int64_t length, std::int64_t points, Money cost) const {
  if (length == 0) return true;
  if (instance_.vote_type == VoteType::choose_one && length != 1) return false;
  const BallotLimits& limits = instance_.limits;
  const bool has_points =
      instance_.vote_type == VoteType::cumulative || instance_.vote_type == VoteType::scoring;
  return within(length, limits.length_min, limits.length_max) &&
         within(cost, limits.cost_sum_min, limits.cost_sum_max) &&
         (!has_points || within(points, limits.points_sum_min, limits.points_sum_max));
}

std::optional<Move> BallotMoves::give(ProjectIndex p, std::int64_t amount) const {
  if (amount <= 0) return Move{};
  const BallotLimits& limits = instance_.limits;
  const bool has_points =
      instance_.vote_type == VoteType::cumulative || instance_.vote_type == VoteType::scoring;
  const std::int64_t least = std::max<std::int64_t>(1, limits.points_min.value_or(1));
  // Where points are not what is counted, the least will do.
  const std::int64_t most_points = marks_.points ? marks_.high : limits.points_max.value_or(least);
  std::vector<Source> sources;
  auto mark = marks_.by_project[p].begin();
  const auto marks_end = marks_.by_project[p].end();
  for (std::uint32_t g = 0; g < sums_.size(); ++g) {
    while (mark != marks_end && mark->group < g) ++mark;
    const bool named = mark != marks_end && mark->group == g;
    if (named && std::next(mark) != marks_end && std::next(mark)->group == g) continue;
    Sums sums = sums_[g];
    std::int64_t added = named ? 0 : 1;
    if (has_points) {
      const std::int64_t room =
          limits.points_sum_max ? *limits.points_sum_max - sums.points : most_points;
      const std::int64_t extra =
          std::min(room, most_points - (named && marks_.points ? mark->value : 0));
      if (extra < (named ? 1 : least) || (named && !marks_.points)) continue;
      const std::int64_t points = marks_.points ? extra : least;
      sums.points += points;
      if (marks_.points) added = points;
    } else if (named) {
      continue;  // moving it up an ordinal ballot would move others down
    } else if (marks_.points && instance_.vote_type == VoteType::ordinal) {
      added = sums.length + (marks_.ordinal == OrdinalPoints::borda ? 0 : 1);
    }
    if (!named) {
      sums.length += 1;
      sums.cost += instance_.projects[p].cost;
    }
    if (added <= 0 || !admits(sums)) continue;
    sources.push_back({added, named ? 0 : 1, instance_.profile.group(g).count});
  }
  return collect(std::move(sources), amount);
}

std::optional<Move> BallotMoves::take(ProjectIndex p, std::int64_t amount) const {
  if (amount <= 0) return Move{};
  std::vector<Source> sources;
  const std::vector<ProjectMark>& list = marks_.by_project[p];
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint32_t g = list[i].group;
    if ((i > 0 && list[i - 1].group == g) || (i + 1 < list.size() && list[i + 1].group == g))
      continue;
    const BallotGroup ballot = instance_.profile.group(g);
    if (marks_.points && instance_.vote_type == VoteType::ordinal && ballot.projects[0] != p)
      continue;
    Sums sums = sums_[g];
    sums.length -= 1;
    sums.cost -= instance_.projects[p].cost;
    for (std::size_t j = 0; j < ballot.points.size(); ++j)
      if (ballot.projects[j] == p) sums.points -= ballot.points[j];
    if (list[i].value <= 0 || !admits(sums)) continue;
    sources.push_back({list[i].value, 1, ballot.count});
  }
  return collect(std::move(sources), amount);
}

std::optional<Move> BallotMoves::transfer(ProjectIndex from, ProjectIndex to,
                                          std::int64_t amount) const {
  if (amount <= 0) return Move{};
  std::vector<Source> sources;
  const std::vector<ProjectMark>& list = marks_.by_project[from];
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint32_t g = list[i].group;
    if ((i > 0 && list[i - 1].group == g) || (i + 1 < list.size() && list[i + 1].group == g))
      continue;
    const Found other = find(marks_.by_project[to], g);
    if (other.named == Named::twice) continue;
    const bool both = other.named == Named::once;
    const std::int64_t moved = list[i].value - (both ? other.value : 0);
    if (moved <= 0) continue;
    Sums sums = sums_[g];
    if (!both) {
      sums.cost -= instance_.projects[from].cost;
      sums.cost += instance_.projects[to].cost;
    }
    if (!admits(sums)) continue;
    sources.push_back({moved, both ? 0 : 1, instance_.profile.group(g).count});
  }
  return collect(std::move(sources), amount);
}

}  // namespace urna::count
