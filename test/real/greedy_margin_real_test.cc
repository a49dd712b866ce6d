// SPDX-License-Identifier: EUPL-1.2
// Margins of greedy counts of published votes: bounds that cannot contradict each other.
#include <gtest/gtest.h>

#include "count/margin/margin.h"
#include "count/pabulib/reader.h"
#include "count/rules/declared.h"
#include "test/oracle/real_data.h"

namespace urna::count {
namespace {

TEST(GreedyMarginReal, BoundsAgreeWithEachOtherAndOwnVotesFlip) {
  if (oracle::real_instances().empty())
    GTEST_SKIP() << "no published votes in " << oracle::data_folder();
  std::size_t projects = 0;
  std::size_t exact = 0;
  std::size_t with_upper_bound = 0;
  for (const auto& path : oracle::real_instances()) {
    SCOPED_TRACE(path.filename().string());
    const auto instance = pabulib::read_instance_file(path.string());
    ASSERT_TRUE(instance.ok());
    const auto declared = read_declared_rule(*instance);
    if (!declared || !std::holds_alternative<GreedyOptions>(declared->options)) continue;
    const GreedyOptions& options = std::get<GreedyOptions>(declared->options);
    const Tally votes = tally(*instance);
    const TieOrder ties(*instance, votes, {});
    const Outcome outcome = greedy(*instance, votes, ties, options);
    const auto funded = outcome.selected(instance->projects.size());
    const auto margins = greedy_margins(*instance, votes, ties, options, outcome);
    const bool has_repeats =
        tally(*instance, OrdinalPoints::descending, Repeats::merged).votes != votes.votes;
    for (const ProjectIndex p : instance->indices()) {
      SCOPED_TRACE(instance->projects[p].id);
      const Margin& margin = margins[p];
      ++projects;
      exact += margin.exact() ? 1U : 0U;
      with_upper_bound += margin.at_most ? 1U : 0U;
      if (margin.never()) {
        EXPECT_FALSE(margin.at_most || margin.own);
        continue;
      }
      EXPECT_GE(*margin.at_least, 1U);
      EXPECT_LE(*margin.at_least, instance->profile.ballots());
      if (margin.at_most) {
        EXPECT_LE(*margin.at_least, *margin.at_most);
      }
      if (!margin.own) continue;
      EXPECT_LE(*margin.at_least, *margin.own);
      if (options.rank != GreedyRank::votes || instance->vote_type == VoteType::cumulative)
        continue;
      // By votes, a ballot moves one (two where it names the project twice: not tried here).
      const auto change = static_cast<std::int64_t>(*margin.own);
      if (has_repeats) continue;
      const auto flips = [&](std::int64_t by) {
        Tally changed = votes;
        changed.votes[p] += funded[p] ? -by : by;
        return greedy(*instance, changed, ties, options).selected(funded.size())[p] != funded[p];
      };
      EXPECT_TRUE(flips(change));
      EXPECT_FALSE(flips(change - 1));
    }
  }
  RecordProperty("projects", static_cast<int>(projects));
  RecordProperty("exact", static_cast<int>(exact));
  EXPECT_GT(exact, projects / 5);
  EXPECT_GT(with_upper_bound, projects * 9 / 10);
}

}  // namespace
}  // namespace urna::count
