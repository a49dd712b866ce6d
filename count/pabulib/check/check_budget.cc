// SPDX-License-Identifier: EUPL-1.2
#include "count/pabulib/check/check_budget.h"

#include <algorithm>

#include "count/instance.h"

namespace urna::count::pabulib::check {
namespace {

// Fills the money left with the best unfunded projects and reports each that fits.
void check_unused(const Model& model, Money left, Findings& findings) {
  const std::string_view rule = model.value("rule");
  const bool strict = rule == "greedy" || rule == "greedy-threshold";
  if (!strict && rule != "greedy-exclusive" && rule != "greedy-custom") return;
  std::vector<const ProjectFacts*> unfunded;
  for (const ProjectFacts& project : model.projects) {
    const auto result = declared_result(model, project);
    if (project.selected != 0 || !result) continue;
    if (model.facts.score_threshold && *result < *model.facts.score_threshold) continue;
    unfunded.push_back(&project);
  }
  std::stable_sort(unfunded.begin(), unfunded.end(), [&](const auto* a, const auto* b) {
    return *declared_result(model, *a) > *declared_result(model, *b);
  });
  for (const ProjectFacts* project : unfunded) {
    if (*project->cost > left) continue;
    findings.add(strict ? Code::unused_budget : Code::unused_budget_perhaps,
                 {project->line, project->selected_column, "selected"},
                 "the money left ({}) pays for the project {} ({})", to_plain_string(left),
                 quoted(project->id), to_plain_string(*project->cost));
    left -= *project->cost;
  }
}

}  // namespace

std::optional<std::int64_t> declared_result(const Model& model, const ProjectFacts& project) {
  return model.has_score_column ? project.declared_score : project.declared_votes;
}

void check_budget(const Model& model, Findings& findings) {
  const MetaFacts& facts = model.facts;
  for (const ProjectFacts& project : model.projects) {
    const auto result = declared_result(model, project);
    if (project.selected == 1 && facts.score_threshold && result &&
        *result < *facts.score_threshold) {
      findings.add(Code::threshold_violation, {project.line, project.selected_column, "selected"},
                   "the project {} is funded with {}, the threshold is {}", quoted(project.id),
                   *result, *facts.score_threshold);
    }
  }
  if (!facts.budget || model.projects.empty()) return;
  Money all, spent;
  for (const ProjectFacts& project : model.projects) {
    if (!project.cost) return;
    all += *project.cost;
    if (project.selected == 1) spent += *project.cost;
  }
  const Money budget = *facts.budget;
  if (spent > budget) {
    findings.add(Code::budget_exceeded, model.place("budget"),
                 "the budget is {}, the funded projects cost {}", to_plain_string(budget),
                 to_plain_string(spent));
  }
  if (model.find("fully_funded") != nullptr) {
    if (facts.fully_funded == 1 && all > budget) {
      findings.add(Code::fully_funded_wrong, model.place("fully_funded"),
                   "the budget is {}, all projects cost {}", to_plain_string(budget),
                   to_plain_string(all));
    }
    return;
  }
  if (all <= budget) {
    findings.add(Code::all_projects_affordable, model.place("budget"),
                 "the budget is {}, all projects cost {}", to_plain_string(budget),
                 to_plain_string(all));
  }
  if (spent <= budget) check_unused(model, budget - spent, findings);
}

}  // namespace urna::count::pabulib::check
