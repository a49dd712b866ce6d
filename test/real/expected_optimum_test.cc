// SPDX-License-Identifier: EUPL-1.2
// Phragmen's rule and maximum welfare on real votes, against winners computed by others.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/rational.h"
#include "count/rules/max_welfare.h"
#include "count/rules/phragmen.h"
#include "count/tally.h"
#include "test/oracle/max_welfare_oracle.h"
#include "test/oracle/real_data.h"

namespace urna::count {
namespace {

std::set<std::string> as_set(const std::vector<std::string>& ids) {
  return {ids.begin(), ids.end()};
}

TEST(ExpectedOptimum, PhragmenFundsTheSameProjects) {
  const auto files = oracle::reference_files();
  if (files.empty()) GTEST_SKIP() << "no reference outcomes in " << oracle::data_folder();
  std::size_t compared = 0;
  for (const auto& file : files) {
    const oracle::ReferenceCase reference = oracle::read_reference(file);
    const Instance& instance = reference.instance;
    const auto expected = reference.outcomes.find("phragmen");
    if (expected == reference.outcomes.end()) continue;
    const TieOrder ties(instance, tally(instance), {});
    const Result<Outcome> outcome = phragmen(instance, ties);
    ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
    EXPECT_EQ(as_set(oracle::ids_of(instance, outcome->winners)),
              as_set(oracle::reference_ids(expected->value())))
        << reference.name;
    ++compared;
  }
  EXPECT_GE(compared, 22U);
}

// Total satisfaction of a set of projects by the definition.
Rational welfare_of(const Instance& instance, const std::set<std::string>& ids,
                    const MaxWelfareOptions& options) {
  Rational sum = 0;
  for (const ProjectIndex p : instance.indices()) {
    if (!ids.contains(instance.projects[p].id)) continue;
    sum += oracle::welfare_oracle(instance, p, options.satisfaction, options.ordinal);
  }
  return sum;
}

TEST(ExpectedOptimum, MaximumWelfareReachesTheSameValue) {
  const auto files = oracle::reference_files();
  if (files.empty()) GTEST_SKIP() << "no reference outcomes in " << oracle::data_folder();
  const std::map<std::string, MaxWelfareOptions> rules = {
      {"maxwelfare_cost", {Satisfaction::cost, OrdinalPoints::descending}},
      {"maxwelfare_card", {Satisfaction::cardinality, OrdinalPoints::descending}},
      {"maxwelfare_score", {Satisfaction::score, OrdinalPoints::descending}},
      {"maxwelfare_borda", {Satisfaction::score, OrdinalPoints::borda}},
  };
  std::map<std::string, std::size_t> compared;
  for (const auto& file : files) {
    const oracle::ReferenceCase reference = oracle::read_reference(file);
    const Instance& instance = reference.instance;
    for (const auto& [key, options] : rules) {
      const auto expected = reference.outcomes.find(key);
      if (expected == reference.outcomes.end()) continue;
      const TieOrder ties(instance, tally(instance, options.ordinal), {});
      const Result<Outcome> outcome = max_welfare(instance, ties, options);
      ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
      EXPECT_LE(outcome->total_cost, instance.budget) << reference.name << ' ' << key;
      const std::set<std::string> ours = as_set(oracle::ids_of(instance, outcome->winners));
      const std::set<std::string> theirs = as_set(oracle::reference_ids(expected->value()));
      EXPECT_EQ(welfare_of(instance, ours, options), welfare_of(instance, theirs, options))
          << reference.name << ' ' << key;
      if (outcome->ties.empty()) {
        EXPECT_EQ(ours, theirs) << reference.name << ' ' << key
                                << ": another optimal set exists, but no tie was reported";
      }
      ++compared[key];
    }
  }
  EXPECT_GE(compared["maxwelfare_cost"], 21U);
  EXPECT_GE(compared["maxwelfare_card"], 20U);
  EXPECT_GE(compared["maxwelfare_score"], 7U);
  EXPECT_GE(compared["maxwelfare_borda"], 4U);
}

}  // namespace
}  // namespace urna::count
