// SPDX-License-Identifier: EUPL-1.2
// Measures of real outcomes: what Equal Shares guarantees, and what greedy does not.
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "count/analysis/analysis.h"
#include "test/oracle/real_data.h"

namespace urna::count {
namespace {

std::vector<ProjectIndex> find_projects(const Instance& instance,
                                        const std::vector<std::string>& ids) {
  std::map<std::string, ProjectIndex> by_id;
  for (const ProjectIndex p : instance.indices()) by_id[instance.projects[p].id] = p;
  std::vector<ProjectIndex> projects;
  for (const std::string& id : ids) projects.push_back(by_id.at(id));
  return projects;
}

TEST(ExpectedAnalysis, EqualSharesOfOthersSatisfiesEjrPlus) {
  const auto files = oracle::reference_files();
  if (files.empty()) GTEST_SKIP() << "no reference outcomes in " << oracle::data_folder();
  const std::map<std::string, Satisfaction> rules = {{"mes_cost", Satisfaction::cost},
                                                     {"mes_card", Satisfaction::cardinality},
                                                     {"greedy_cost", Satisfaction::cost}};
  std::map<std::string, std::size_t> compared, violated;
  for (const auto& file : files) {
    const oracle::ReferenceCase reference = oracle::read_reference(file);
    for (const auto& [key, satisfaction] : rules) {
      const auto outcome = reference.outcomes.find(key);
      if (outcome == reference.outcomes.end()) continue;
      const auto winners =
          find_projects(reference.instance, oracle::reference_ids(outcome->value()));
      const Analysis analysis = analyse(reference.instance, winners, satisfaction);
      ++compared[key];
      if (!analysis.ejr_plus_violations.empty()) ++violated[key];
    }
  }
  EXPECT_GE(compared["mes_cost"], 22U);
  EXPECT_GE(compared["mes_card"], 22U);
  EXPECT_EQ(violated["mes_cost"], 0U);
  EXPECT_EQ(violated["mes_card"], 0U);
  // The check is able to find something: ranking by votes passes groups over in real elections.
  EXPECT_GT(violated["greedy_cost"], 0U);
}

}  // namespace
}  // namespace urna::count
