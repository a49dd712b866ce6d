// SPDX-License-Identifier: EUPL-1.2
// How often published votes have rare ballots that are equal beyond chance. Nobody knows of these
// votes that any was stolen, so each pool that has such a signal counts as a false alarm.
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "count/pabulib/reader.h"
#include "integrity/repeated_ballots.h"
#include "simulation/repeats.h"
#include "test/oracle/real_data.h"

namespace urna::integrity {
namespace {

TEST(RepeatedBallotsReal, FewPublishedPoolsHaveThemAndThirtyAddedOnesAreFound) {
  const std::vector<std::filesystem::path> files = oracle::real_instances();
  if (files.empty()) GTEST_SKIP() << "there are no published votes on this machine";
  unsigned pools = 0;
  unsigned alarms = 0;
  unsigned measured = 0;
  unsigned found = 0;
  for (const std::filesystem::path& file : files) {
    const Result<count::Instance> instance = count::pabulib::read_instance_file(file.string());
    if (!instance) continue;
    ++pools;
    if (!find_repeated_ballots(instance->profile).found.empty()) ++alarms;
    const std::optional<bool> seen = simulation::finds_added_copies(
        instance->profile, instance->vote_type, instance->projects.size(), 30, pools);
    if (!seen) continue;
    ++measured;
    if (*seen) ++found;
  }
  RecordProperty("pools", static_cast<int>(pools));
  RecordProperty("alarms", static_cast<int>(alarms));
  RecordProperty("measured", static_cast<int>(measured));
  RecordProperty("found", static_cast<int>(found));
  ASSERT_GT(pools, 0U);
  // docs/signals.md has the figures; these are bounds that a change for the worse would break.
  EXPECT_LE(alarms * 8, pools) << alarms << " of " << pools;
  EXPECT_GE(found * 3, measured) << found << " of " << measured;
}

}  // namespace
}  // namespace urna::integrity
