// SPDX-License-Identifier: EUPL-1.2
// Whatever can be read can be counted by every rule, within the budget and once per project.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "count/pabulib/reader.h"
#include "count/rules/declared.h"
#include "count/rules/equal_shares.h"
#include "count/rules/greedy.h"
#include "count/rules/max_welfare.h"
#include "count/rules/phragmen.h"
#include "count/tally.h"

namespace {

using namespace urna;
using namespace urna::count;

void require(bool condition) {
  if (!condition) std::abort();
}

// `overdraft`: the rule may fund one project beyond the budget (the 80 % rule).
void check_outcome(const Instance& instance, const Outcome& outcome, bool overdraft) {
  require(outcome.reasons.size() == instance.projects.size());
  Money spent;
  for (const ProjectIndex p : outcome.winners) spent += instance.projects[p].cost;
  require(spent == outcome.total_cost);
  require(overdraft || spent <= instance.budget);
  std::vector<ProjectIndex> sorted = outcome.winners;
  std::sort(sorted.begin(), sorted.end());
  require(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
}

void check_result(const Instance& instance, const Result<Outcome>& outcome) {
  if (outcome) {
    check_outcome(instance, *outcome, false);
  } else {
    require(outcome.error().code == ErrorCode::unsupported ||
            outcome.error().code == ErrorCode::limit);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Instance> read = pabulib::read_instance(pabulib::memory_bytes(bytes), "fuzz.pb");
  if (!read) return 0;
  const Tally votes = tally(*read);
  const TieOrder ties(*read, votes, TiePolicy{TieKind::cost, {}});
  for (const Misfit misfit : {Misfit::skip, Misfit::stop, Misfit::fund_at_80_percent}) {
    for (const GreedyRank rank : {GreedyRank::votes, GreedyRank::points_per_cost}) {
      GreedyOptions options;
      options.rank = rank;
      options.misfit = misfit;
      check_outcome(*read, greedy(*read, votes, ties, options),
                    misfit == Misfit::fund_at_80_percent);
    }
  }
  for (const Satisfaction satisfaction :
       {Satisfaction::cost, Satisfaction::cardinality, Satisfaction::score}) {
    EqualSharesOptions shares;
    shares.satisfaction = satisfaction;
    shares.completion = Completion::add1_utilitarian;
    shares.add1_steps_max = 200;
    check_result(*read, equal_shares(*read, ties, shares));
    MaxWelfareOptions welfare;
    welfare.satisfaction = satisfaction;
    welfare.states_max = 10'000;
    check_result(*read, max_welfare(*read, ties, welfare));
  }
  check_result(*read, phragmen(*read, ties));
  const Result<DeclaredRule> declared = read_declared_rule(*read);
  require(declared.ok() || !declared.error().remedy.empty());
  return 0;
}
