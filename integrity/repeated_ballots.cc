// SPDX-License-Identifier: EUPL-1.2
#include "integrity/repeated_ballots.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "count/project_index.h"
#include "integrity/chance.h"

namespace urna::integrity {
namespace {

using count::ProjectIndex;

// A content is rare if it is expected less often.
constexpr double rare_below = 1;
// Rare contents come again at least so often in ordinary life: two of a household who agree.
constexpr double again_least = 0.3;

// The projects of a ballot, each once, ascending.
void take_projects(const count::BallotGroup& group, std::vector<ProjectIndex>& into) {
  into.assign(group.projects.begin(), group.projects.end());
  std::ranges::sort(into);
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

bool is_compared(std::size_t projects) {
  return projects >= compared_projects_least && projects <= compared_projects_most;
}

// How often projects stand on ballots, alone and by twos.
class Together {
 public:
  explicit Together(const count::Profile& profile) : ballots_(profile.ballots()) {
    std::vector<ProjectIndex> projects;
    for (std::size_t g = 0; g < profile.groups(); ++g) {
      const count::BallotGroup group = profile.group(g);
      take_projects(group, projects);
      for (const ProjectIndex one : projects) {
        if (one.value >= single_.size()) single_.resize(std::size_t{one.value} + 1);
        single_[one.value] += group.count;
      }
      if (projects.size() > compared_projects_most) continue;
      for (std::size_t i = 0; i < projects.size(); ++i) {
        for (std::size_t j = i + 1; j < projects.size(); ++j) {
          pairs_[key(projects[i], projects[j])] += group.count;
        }
      }
    }
  }

  // How many of this content the other ballots let expect: they are counted without its own
  // `count`, and each number with one more, so that nothing is impossible. Of all ways to put the
  // projects together as a tree of twos (Chow and Liu) the one that expects most. O(n²).
  [[nodiscard]] double expected(std::span<const ProjectIndex> projects, std::uint64_t count) {
    const double others = static_cast<double>(ballots_ - count);
    const auto share = [&](std::uint64_t with) {
      return std::log((static_cast<double>(with - count) + 1) / (others + 1));
    };
    // Prim's tree: for each project that is not in it yet, the best tie to one that is.
    shares_.clear();
    for (const ProjectIndex one : projects) shares_.push_back(share(single_[one.value]));
    double sum = 0;
    for (const double one : shares_) sum += one;
    ties_.assign(projects.size(), -std::numeric_limits<double>::infinity());
    in_tree_.assign(projects.size(), false);
    std::size_t last = 0;
    in_tree_[last] = true;
    for (std::size_t step = 1; step < projects.size(); ++step) {
      std::size_t best = projects.size();
      for (std::size_t i = 0; i < projects.size(); ++i) {
        if (in_tree_[i]) continue;
        const auto pair =
            pairs_.find(key(projects[std::min(i, last)], projects[std::max(i, last)]));
        const double tie =
            share(pair == pairs_.end() ? count : pair->second) - shares_[i] - shares_[last];
        ties_[i] = std::max(ties_[i], tie);
        if (best == projects.size() || ties_[i] > ties_[best]) best = i;
      }
      sum += ties_[best];
      in_tree_[best] = true;
      last = best;
    }
    return others * std::exp(sum);
  }

 private:
  // The first below the second.
  static std::uint32_t key(ProjectIndex one, ProjectIndex other) {
    return (std::uint32_t{one.value} << 16U) | other.value;
  }

  std::uint64_t ballots_;
  std::vector<std::uint64_t> single_;
  std::unordered_map<std::uint32_t, std::uint64_t> pairs_;
  std::vector<double> shares_, ties_;
  std::vector<bool> in_tree_;
};

}  // namespace

BallotRepeats find_repeated_ballots(const count::Profile& profile, const Levels& levels) {
  BallotRepeats result;
  result.ballots = profile.ballots();
  result.contents = profile.groups();
  Together together(profile);
  std::vector<RepeatedBallot> candidates;
  std::vector<ProjectIndex> projects;
  for (std::size_t g = 0; g < profile.groups(); ++g) {
    const count::BallotGroup group = profile.group(g);
    take_projects(group, projects);
    if (!is_compared(projects.size()) || group.count == profile.ballots()) continue;
    const double expected = together.expected(projects, group.count);
    if (expected >= rare_below) continue;
    ++result.compared;
    result.rare_ballots += group.count;
    if (group.count >= levels.smallest_group) {
      candidates.push_back({g, group.count, projects.size(), expected, 1, 1, 0});
    }
  }
  for (RepeatedBallot& one : candidates) {
    // Of all others: a content must not raise what it is measured by.
    const auto contents = static_cast<double>(result.compared - 1);
    const auto ballots = static_cast<double>(result.rare_ballots - one.observed);
    const double again = std::max(again_least, ballots > 0 ? 1 - contents / ballots : 0);
    one.usual = 1 / (1 - again);
    one.compared = result.compared;
    one.probability = std::min(
        1.0, static_cast<double>(result.compared) * geometric_at_least(one.observed, again));
    if (one.probability < levels.level) result.found.push_back(one);
  }
  std::ranges::stable_sort(result.found, [](const RepeatedBallot& a, const RepeatedBallot& b) {
    return a.observed > b.observed;
  });
  return result;
}

Explanation explain(const RepeatedBallot& one) {
  const auto number = [](double value, std::string_view less, bool polish) {
    if (value < 0.01) return std::string(less);
    std::string text = fmt::format("{:.2f}", value);
    if (polish) std::ranges::replace(text, '.', ',');
    return text;
  };
  const auto chance = [&](std::string_view below) {
    return one.probability < 1e-12 ? fmt::format("{} 1e-12", below)
                                   : fmt::format("{:.1e}", one.probability);
  };
  return {
      fmt::format(
          "Takich samych głosów jest {0} (projektów na każdym: {1}), choć z tego, jak często "
          "wybierano te projekty po dwa, należałoby się spodziewać {2}; inne głosy równie rzadkie "
          "przychodzą średnio {3} raza. Przypadek dałby to z prawdopodobieństwem {4} (porównano: "
          "{5}). Tłumaczy to także rodzina, grupa znajomych albo opublikowana lista polecanych "
          "projektów.",
          one.observed, one.projects, number(one.expected, "mniej niż 0,01", true),
          number(one.usual, "", true), chance("poniżej"), one.compared),
      fmt::format(
          "{0} ballots are equal ({1} projects on each), though how often these were chosen by "
          "twos lets expect {2}; other ballots as rare come {3} times on average. Chance would "
          "give this with probability {4} ({5} compared). A family, friends or a published list "
          "of recommended projects explain it as well.",
          one.observed, one.projects, number(one.expected, "less than 0.01", false),
          number(one.usual, "", false), chance("below"), one.compared)};
}

}  // namespace urna::integrity
