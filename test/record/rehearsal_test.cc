// SPDX-License-Identifier: EUPL-1.2
// Whole elections of unusual shape: no, one or two ballots; one trustee; trustees lost.
#include "rehearsal/rehearsal.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "election/record.h"
#include "test/record/sample_edition.h"
#include "verify/verify.h"

namespace urna {
namespace {

namespace fs = std::filesystem;

class Rehearsal : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (fs::temp_directory_path() / "urna-rehearsal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    plan_.instances = test::sample_edition();
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string record() const { return folder_ + "/record"; }

  // Rehearses, and verifies what was written.
  verify::Verdict played() {
    const auto outcome = rehearsal::rehearse(plan_, record());
    EXPECT_TRUE(outcome.ok()) << outcome.error().to_string();
    if (!outcome) return {};
    for (const auto& pool : outcome->pools) {
      EXPECT_TRUE(pool.withheld || (pool.same_votes && pool.same_winners)) << pool.id;
    }
    const auto verdict = verify::verify_record(record(), {});
    EXPECT_TRUE(verdict.ok());
    return verdict ? *verdict : verify::Verdict();
  }

  std::string folder_;
  rehearsal::Plan plan_;
};

TEST_F(Rehearsal, WorksWithNoOneAndTwoBallots) {
  plan_.with_incidents = false;
  plan_.privacy_minimum = 0;
  for (const std::uint64_t voters : {0U, 1U, 2U}) {
    plan_.voters = voters;
    const verify::Verdict verdict = played();
    ASSERT_FALSE(verdict.refused.has_value()) << verdict.refused->what;
    for (const verify::PoolSummary& pool : verdict.summary.pools) EXPECT_EQ(pool.valid, voters);
    fs::remove_all(record());
  }
}

TEST_F(Rehearsal, WorksWithOneTrustee) {
  plan_.trustees = plan_.threshold = 1;
  EXPECT_FALSE(played().refused.has_value());
}

TEST_F(Rehearsal, FinishesWithoutTheTrusteesWhoAreNotNeeded) {
  plan_.trustees = 5;
  plan_.threshold = 3;
  plan_.lost = {1, 4};
  const verify::Verdict verdict = played();
  ASSERT_FALSE(verdict.refused.has_value());
  EXPECT_EQ(verdict.summary.pools[0].decrypted_by,
            (std::vector<std::string>{"Trustee 2", "Trustee 3", "Trustee 5"}));
}

TEST_F(Rehearsal, RefusesToGoOnWithTooFew) {
  plan_.lost = {1, 2};
  const auto outcome = rehearsal::rehearse(plan_, record());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::limit);
}

TEST_F(Rehearsal, IncidentsEndAsTheyMust) {
  const verify::Verdict verdict = played();
  ASSERT_FALSE(verdict.refused.has_value());
  const verify::PoolSummary& pool = verdict.summary.pools[0];
  // 40 voters; garbage, the identity and a blank ballot besides; superseded, stolen and annulled
  // ones do not count.
  EXPECT_EQ(pool.valid, 40U);
  EXPECT_EQ(pool.invalid.size(), 3U);
  EXPECT_EQ(pool.counted, 43U);
  EXPECT_GT(pool.cast, pool.counted + 3);
  EXPECT_GT(verdict.summary.annulled, 0U);
  // Contested without cause: upheld while people voted and after, and restored on appeal.
  EXPECT_GE(verdict.summary.upheld, 3U);
  EXPECT_GE(verdict.summary.restored, 1U);
}

TEST_F(Rehearsal, TwoRunsShareNothingButTheVotes) {
  plan_.instances.resize(1);
  EXPECT_FALSE(played().refused.has_value());
  const auto first = verify::verify_record(record(), {});
  fs::remove_all(record());
  EXPECT_FALSE(played().refused.has_value());
  const auto second = verify::verify_record(record(), {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->summary.manifest, second->summary.manifest);
  EXPECT_EQ(first->summary.pools[0].valid, second->summary.pools[0].valid);
}

}  // namespace
}  // namespace urna
