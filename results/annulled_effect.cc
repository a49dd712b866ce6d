// SPDX-License-Identifier: EUPL-1.2
#include "results/annulled_effect.h"

#include <algorithm>
#include <utility>

namespace urna::results {
namespace {

std::optional<std::uint64_t> smallest(const report::CountedRule& rule) {
  std::optional<std::uint64_t> least;
  for (const count::Margin& margin : rule.margins) {
    if (margin.never()) continue;
    least = std::min(least.value_or(*margin.at_least), *margin.at_least);
  }
  return least;
}

std::vector<bool> winners_of(const report::CountedRule& rule, std::size_t projects) {
  std::vector<bool> won(projects);
  for (const count::ProjectIndex winner : rule.outcome.winners) won[winner.value] = true;
  return won;
}

}  // namespace

Result<AnnulledEffect> annulled_effect(const election::Manifest& manifest,
                                       const election::PoolResult& entry,
                                       const CountedPool& counted, std::uint64_t differing) {
  const report::CountedRule& after = counted.report.main;
  AnnulledEffect effect;
  effect.valid = entry.valid;
  effect.differing = differing;
  effect.margin_now = smallest(after);
  effect.margin_before = effect.margin_now;
  if (differing == 0) return effect;
  const count::Instance& instance = *counted.instance;
  const Result<report::CountedRule> before =
      count_with_blanks(manifest, entry, instance, differing);
  if (!before) return before.error();
  effect.margin_before = smallest(*before);
  const std::vector<bool> won = winners_of(after, instance.projects.size());
  const std::vector<bool> would = winners_of(*before, instance.projects.size());
  effect.same_winners = won == would;
  for (const count::ProjectIndex p : instance.indices()) {
    // Without margins nothing is proved.
    const count::Margin margin = before->margins.empty() ? count::Margin() : before->margins[p];
    const bool changes = won[p.value] != would[p.value];
    if (!changes && (margin.never() || *margin.at_least > differing)) continue;
    effect.at_stake.push_back({instance.projects[p].id, instance.projects[p].name, won[p.value],
                               margin.at_least.value_or(1), margin.at_most});
  }
  return effect;
}

}  // namespace urna::results
