// SPDX-License-Identifier: EUPL-1.2
#include "count/rules/phragmen.h"

#include <algorithm>
#include <utility>

#include "count/rules/phragmen_loads.h"

namespace urna::count {
namespace {

// Work that all branches taken to judge ties may cost together: about a second.
constexpr std::uint64_t branch_effort_max = 500'000'000;

// A candidate not yet chosen. Its new load never falls from one round to the next, since no voter's
// load does, so a lower bound found once stays true.
struct Candidate {
  ProjectIndex project;
  double load_at_least = 0;
};

// A run between two rounds. Copying it makes a branch.
struct Run {
  PhragmenLoads loads;
  std::vector<Candidate> open;
  std::vector<ProjectIndex> winners;
  Money left;
};

bool eligible(const Instance& instance, const ApprovalSets& sets, ProjectIndex p) {
  const Money cost = instance.projects[p].cost;
  return sets.votes(p) > 0 && cost <= instance.budget && cost != withdrawn_cost;
}

// The open projects whose new load is least, the preferred one first. Empty if none is open.
std::vector<ProjectIndex> least_loaded(Run& run, const TieOrder& ties) {
  // Begin with the most promising one; then most others need no look at all.
  const auto promising = std::min_element(
      run.open.begin(), run.open.end(),
      [](const Candidate& a, const Candidate& b) { return a.load_at_least < b.load_at_least; });
  if (promising == run.open.end()) return {};
  double lowest_high = run.loads.new_load_bounds(promising->project).high;
  std::vector<std::pair<ProjectIndex, Bounds>> near;  // may attain the minimum, by the intervals
  for (Candidate& candidate : run.open) {
    if (candidate.load_at_least > lowest_high) continue;
    const Bounds bounds = run.loads.new_load_bounds(candidate.project);
    candidate.load_at_least = bounds.low;
    if (bounds.low > lowest_high) continue;
    lowest_high = std::min(lowest_high, bounds.high);
    near.emplace_back(candidate.project, bounds);
  }
  std::vector<ProjectIndex> least;
  for (const auto& [p, bounds] : near) {
    if (bounds.low > lowest_high) continue;
    const int order = least.empty() ? 0 : run.loads.compare_new_loads(p, least.front());
    if (order > 0) continue;
    if (order < 0) least.clear();
    least.push_back(p);
  }
  std::sort(least.begin(), least.end(),
            [&](ProjectIndex a, ProjectIndex b) { return ties.prefers(a, b); });
  return least;
}

// The best-preferred of `projects` that costs more than the money left, if any.
std::optional<ProjectIndex> first_misfit(const Instance& instance, const Run& run,
                                         const std::vector<ProjectIndex>& projects) {
  for (const ProjectIndex p : projects) {
    if (instance.projects[p].cost > run.left) return p;
  }
  return std::nullopt;
}

void choose(const Instance& instance, Run& run, ProjectIndex p) {
  run.loads.choose(p);
  run.left -= instance.projects[p].cost;
  run.winners.push_back(p);
  std::erase_if(run.open, [p](const Candidate& candidate) { return candidate.project == p; });
}

// Winners, sorted, of a branch that chooses `first` in its next round and then follows `ties`.
// Adds the work done to `effort`; gives up with nullopt when that exceeds branch_effort_max.
std::optional<std::vector<ProjectIndex>> finish_branch(const Instance& instance, Run run,
                                                       ProjectIndex first, const TieOrder& ties,
                                                       std::uint64_t& effort) {
  std::uint64_t counted = run.loads.effort();
  choose(instance, run, first);
  while (true) {
    const std::vector<ProjectIndex> least = least_loaded(run, ties);
    effort += run.loads.effort() - std::exchange(counted, run.loads.effort());
    if (effort > branch_effort_max) return std::nullopt;
    if (least.empty() || first_misfit(instance, run, least)) break;
    choose(instance, run, least.front());
  }
  std::sort(run.winners.begin(), run.winners.end());
  return run.winners;
}

// True if the projects share no voter and fit together: then none changes the load of another, so
// all of them are chosen in the following rounds and any order leads to the same loads.
bool independent(const Instance& instance, const ApprovalSets& sets, const Run& run,
                 const std::vector<ProjectIndex>& projects) {
  Money together;
  std::vector<bool> seen(sets.groups(), false);
  for (const ProjectIndex p : projects) {
    together += instance.projects[p].cost;
    for (const std::uint32_t g : sets.supporters(p)) {
      if (seen[g]) return false;
      seen[g] = true;
    }
  }
  return together <= run.left;
}

// A tie met by the main run, with where its other branches ended.
struct OpenTie {
  std::size_t event = 0;  // in Outcome::ties
  std::vector<std::vector<ProjectIndex>> other_winners;
};

void explain_losers(const Instance& instance, const ApprovalSets& sets, const Run& run,
                    const std::optional<ProjectIndex>& misfit, Outcome& outcome) {
  const PerProject<bool> won = outcome.selected(instance.projects.size());
  for (const ProjectIndex p : instance.indices()) {
    if (won[p]) continue;
    Reason& reason = outcome.reasons[p];
    if (instance.projects[p].cost == withdrawn_cost) {
      reason.code = ReasonCode::lost_withdrawn;
    } else if (instance.projects[p].cost > instance.budget) {
      reason.code = ReasonCode::lost_over_budget;
    } else if (sets.votes(p) == 0) {
      reason.code = ReasonCode::lost_no_support;
    } else {
      reason.code = ReasonCode::lost_load_stop;
      reason.round = static_cast<std::uint32_t>(run.winners.size() + 1);
      reason.other = misfit;
    }
  }
}

}  // namespace

Result<Outcome> phragmen(const Instance& instance, const TieOrder& ties) {
  if (instance.vote_type != VoteType::approval && instance.vote_type != VoteType::choose_one) {
    return Error{ErrorCode::unsupported,
                 "Phragmen's rule is defined for approval ballots only",
                 {instance.file, 0, 0, "vote_type"},
                 "choose another rule"};
  }
  const ApprovalSets sets(instance);
  Run run{PhragmenLoads(instance, sets), {}, {}, instance.budget};
  for (const ProjectIndex p : instance.indices()) {
    if (eligible(instance, sets, p)) run.open.push_back({p});
  }

  Outcome outcome;
  outcome.reasons = PerProject<Reason>(instance.projects.size());
  std::vector<OpenTie> open_ties;
  std::uint64_t branch_effort = 0;
  bool gave_up = false;
  std::optional<ProjectIndex> misfit;
  while (true) {
    const std::vector<ProjectIndex> least = least_loaded(run, ties);
    if (least.empty()) break;
    misfit = first_misfit(instance, run, least);
    if (misfit) {
      if (least.size() > 1 && instance.projects[least.front()].cost <= run.left) {
        outcome.notes.push_back(
            "The rule stopped where several projects were equal and not all of them fitted; "
            "choosing among those that fitted would be another rule.");
      }
      break;
    }
    const auto round = static_cast<std::uint32_t>(run.winners.size() + 1);
    const ProjectIndex winner = least.front();
    if (least.size() > 1) {
      OpenTie tie{outcome.ties.size(), {}};
      outcome.ties.push_back({TieCriterion::load, round, least, false});
      if (!independent(instance, sets, run, least)) {
        for (std::size_t i = 1; i < least.size(); ++i) {
          std::optional<std::vector<ProjectIndex>> branch;
          if (!gave_up) branch = finish_branch(instance, run, least[i], ties, branch_effort);
          if (!branch) {
            gave_up = true;
            outcome.ties.back().decisive = true;
            break;
          }
          tie.other_winners.push_back(*std::move(branch));
        }
        open_ties.push_back(std::move(tie));
      }
    }
    Reason& reason = outcome.reasons[winner];
    reason.code = ReasonCode::won_by_load;
    reason.round = round;
    reason.price = run.loads.new_load(winner) / 100;
    choose(instance, run, winner);
  }

  outcome.winners = run.winners;
  outcome.total_cost = instance.budget - run.left;
  std::sort(run.winners.begin(), run.winners.end());
  for (const OpenTie& tie : open_ties) {
    for (const std::vector<ProjectIndex>& other : tie.other_winners) {
      if (other != run.winners) outcome.ties[tie.event].decisive = true;
    }
  }
  if (gave_up) {
    outcome.notes.push_back(
        "There were too many ties to try every other order; those not proved harmless are called "
        "decisive.");
  }
  explain_losers(instance, sets, run, misfit, outcome);
  return outcome;
}

}  // namespace urna::count
