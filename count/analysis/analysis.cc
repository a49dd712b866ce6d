// SPDX-License-Identifier: EUPL-1.2
#include "count/analysis/analysis.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "count/analysis/ballot_set.h"
#include "count/analysis/ejr_plus.h"
#include "count/analysis/spread.h"
#include "count/tally.h"

namespace urna::count {
namespace {

// Adds up projects under labels, in exact fractions, in order of first appearance.
class SharesByLabel {
 public:
  void add(std::string_view label, const Rational& part, const Project& project, std::int64_t votes,
           bool funded) {
    const auto [place, fresh] = places_.try_emplace(std::string(label), sums_.size());
    if (fresh) sums_.push_back({std::string(label), 0, 0, 0, 0, 0});
    Sum& sum = sums_[place->second];
    const Rational cost = part * rational(project.cost.grosze);
    // The sentinel is not money that anybody asked for.
    if (project.cost != withdrawn_cost) sum.proposed += cost;
    sum.votes += part * rational(votes);
    ++sum.projects;
    if (!funded) return;
    sum.funded += cost;
    ++sum.projects_funded;
  }

  [[nodiscard]] std::vector<ShareOfMoney> finish(std::int64_t votes_given) const {
    std::vector<ShareOfMoney> shares;
    const auto rounded_down = [](const Rational& grosze) {
      const Integer whole = grosze.get_num() / grosze.get_den();
      return Money{whole.get_si()};
    };
    for (const Sum& sum : sums_) {
      const Rational share = votes_given == 0 ? Rational(0) : sum.votes / rational(votes_given);
      shares.push_back({sum.label, rounded_down(sum.proposed), rounded_down(sum.funded), share,
                        sum.projects, sum.projects_funded});
    }
    return shares;
  }

 private:
  struct Sum {
    std::string label;
    Rational proposed, funded, votes;
    std::uint64_t projects = 0, projects_funded = 0;
  };
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Sum> sums_;
};

// Exclusion and satisfaction, ballot by ballot.
void measure_ballots(const Instance& instance, const PerProject<bool>& funded, Analysis& analysis) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> projects, grosze;
  std::vector<Mark> marks;
  for (std::size_t g = 0; g < instance.profile.groups(); ++g) {
    const BallotGroup ballot = instance.profile.group(g);
    read_as_set(instance, ballot, OrdinalPoints::descending, marks);
    std::int64_t named = 0, cost = 0;
    for (const Mark& mark : marks) {
      if (!funded[mark.project]) continue;
      ++named;
      cost += instance.projects[mark.project].cost.grosze;
    }
    if (named == 0) analysis.excluded += ballot.count;
    projects.emplace_back(named, ballot.count);
    grosze.emplace_back(cost, ballot.count);
  }
  analysis.funded_projects = spread_of(std::move(projects), 1);
  analysis.funded_cost = spread_of(std::move(grosze), 100);
}

}  // namespace

Analysis analyse(const Instance& instance, const std::vector<ProjectIndex>& winners,
                 Satisfaction satisfaction) {
  Analysis analysis;
  analysis.ballots = instance.profile.ballots();
  PerProject<bool> funded(instance.projects.size(), false);
  for (const ProjectIndex p : winners) funded[p] = true;
  measure_ballots(instance, funded, analysis);

  const Tally merged = tally(instance, OrdinalPoints::descending, Repeats::merged);
  std::int64_t votes_given = 0;
  SharesByLabel categories, districts;
  for (const ProjectIndex p : instance.indices()) {
    const Project& project = instance.projects[p];
    const std::int64_t votes = merged.votes[p];
    votes_given += votes;
    districts.add(project.district, 1, project, votes, funded[p]);
    if (project.categories.empty()) categories.add("", 1, project, votes, funded[p]);
    const auto parts = static_cast<std::int64_t>(project.categories.size());
    for (const std::string& category : project.categories) {
      categories.add(category, rational(1, parts), project, votes, funded[p]);
    }
  }
  analysis.by_category = categories.finish(votes_given);
  analysis.by_district = districts.finish(votes_given);
  analysis.ejr_plus_violations = ejr_plus_violations(instance, winners, satisfaction);
  return analysis;
}

}  // namespace urna::count
