// SPDX-License-Identifier: EUPL-1.2
// What cities announced against what their declared rule gives on their ballots.
#include "count/analysis/announced.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "count/pabulib/reader.h"
#include "test/oracle/real_data.h"

namespace urna::count {
namespace {

// The collection whose counts are asserted below has this many instances.
constexpr std::size_t collection_files = 184;

struct Survey {
  int announced = 0;
  int agree = 0;
  int unsupported = 0;
  std::map<std::string, std::set<Explanation>> explained;  // by file
};

Outcome count(const Instance& instance, const DeclaredRule& rule, const Tally& votes,
              const TieOrder& ties) {
  if (const auto* options = std::get_if<GreedyOptions>(&rule.options))
    return greedy(instance, votes, ties, *options);
  return *equal_shares(instance, ties, std::get<EqualSharesOptions>(rule.options));
}

Survey compare_all(TieKind kind) {
  Survey result;
  for (const auto& path : oracle::real_instances()) {
    const auto instance = pabulib::read_instance_file(path.string());
    if (!instance) {
      ADD_FAILURE() << instance.error().to_string();
      continue;
    }
    bool announced = false;
    for (const Project& project : instance->projects)
      announced = announced || project.selected.has_value();
    if (!announced) continue;
    ++result.announced;
    const auto rule = read_declared_rule(*instance);
    if (!rule) {
      EXPECT_EQ(rule.error().code, ErrorCode::unsupported) << rule.error().to_string();
      ++result.unsupported;
      continue;
    }
    const Tally votes = tally(*instance);
    const TieOrder ties(*instance, votes, TiePolicy{kind, {}});
    const AnnouncedComparison comparison =
        compare_announced(*instance, *rule, ties, count(*instance, *rule, votes, ties));
    EXPECT_TRUE(comparison.announced_present);
    if (comparison.agrees()) ++result.agree;
    for (const Difference& difference : comparison.differences) {
      EXPECT_FALSE(difference.detail.empty());
      result.explained[path.filename().string()].insert(difference.explanation);
    }
  }
  return result;
}

TEST(Announced, DeclaredRulesReproduceAnnouncements) {
  if (oracle::real_instances().empty())
    GTEST_SKIP() << "no published votes in " << oracle::data_folder();
  const Survey result = compare_all(TieKind::id);
  EXPECT_GT(result.announced, 0);
  EXPECT_EQ(result.announced,
            result.agree + result.unsupported + static_cast<int>(result.explained.size()));
  for (const auto& [file, explanations] : result.explained) {
    EXPECT_FALSE(explanations.contains(Explanation::unexplained)) << file;
    RecordProperty(file, static_cast<int>(*explanations.begin()));
  }
  if (oracle::real_instances().size() != collection_files)
    GTEST_SKIP() << "another collection than the one whose counts are known";
  EXPECT_EQ(result.announced, 136);
  EXPECT_EQ(result.agree, 128);
  EXPECT_EQ(result.unsupported, 1);
  std::map<Explanation, int> files_by;
  for (const auto& [file, explanations] : result.explained) ++files_by[*explanations.begin()];
  EXPECT_EQ(files_by[Explanation::tie], 6);
  EXPECT_EQ(files_by[Explanation::withdrawn], 1);
}

// Which tie order cities used is not in the files. Cheaper first explains more than its opposite.
TEST(Announced, CheaperFirstAgreesWithMoreAnnouncementsThanDearerFirst) {
  if (oracle::real_instances().size() != collection_files)
    GTEST_SKIP() << "not the collection whose counts are known: " << oracle::data_folder();
  EXPECT_GT(compare_all(TieKind::cost).agree, compare_all(TieKind::cost_desc).agree);
}

}  // namespace
}  // namespace urna::count
