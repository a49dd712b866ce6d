// SPDX-License-Identifier: EUPL-1.2
// Greedy on published votes against reference outcomes made with exact fractions elsewhere.
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <iostream>
#include <map>

#include "count/rules/greedy.h"
#include "test/oracle/real_data.h"

namespace urna::count {
namespace {

struct Reading {
  GreedyRank rank;
  TieKind ties;
};

// The references rank by satisfaction per unit of cost, name a project once per ballot, and take
// Borda points for ordinal ballots.
const std::map<std::string, Reading> readings = {
    {"greedy_cost", {GreedyRank::votes, TieKind::id}},
    {"greedy_cost_tbcheap", {GreedyRank::votes, TieKind::cost}},
    {"greedy_cost_tbcostvotes", {GreedyRank::votes, TieKind::cost}},
    {"greedy_card", {GreedyRank::votes_per_cost, TieKind::id}},
    {"greedy_score", {GreedyRank::points_per_cost, TieKind::id}},
    {"greedy_borda", {GreedyRank::points_per_cost, TieKind::id}},
};

TEST(ExpectedGreedy, AllReferenceOutcomes) {
  const auto files = oracle::reference_files();
  if (files.empty()) GTEST_SKIP() << "no reference outcomes in " << oracle::data_folder();
  std::map<std::string, int> compared;
  for (const auto& path : files) {
    const oracle::ReferenceCase reference = oracle::read_reference(path);
    const Instance& instance = reference.instance;
    const Tally votes = tally(instance, OrdinalPoints::borda, Repeats::merged);
    for (const auto& [key, value] : reference.outcomes) {
      const std::string name(key);
      if (!name.starts_with("greedy_")) continue;
      SCOPED_TRACE(reference.name + " " + name);
      const auto reading = readings.find(name);
      ASSERT_NE(reading, readings.end()) << "a reference rule this test does not know";
      GreedyOptions options;
      options.rank = reading->second.rank;
      const TieOrder ties(instance, votes, TiePolicy{reading->second.ties, {}});
      const Outcome outcome = greedy(instance, votes, ties, options);
      auto expected = oracle::reference_ids(value);
      auto counted = oracle::ids_of(instance, outcome.winners);
      EXPECT_EQ(counted, expected);
      ++compared[name];
    }
  }
  for (const char* name : {"greedy_cost", "greedy_card", "greedy_score", "greedy_borda"}) {
    EXPECT_GE(compared[name], 1) << name;
    std::cout << name << ": " << compared[name] << " outcomes equal\n";
  }
}

}  // namespace
}  // namespace urna::count
