// SPDX-License-Identifier: EUPL-1.2
// Every false record is refused in the step it must be refused in, every honest one accepted.
#include "rehearsal/mutants.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

#include "base/atomic_file.h"
#include "base/file.h"
#include "rehearsal/rehearsal.h"
#include "test/record/sample_edition.h"
#include "verify/verify.h"

namespace urna {
namespace {

namespace fs = std::filesystem;

class Mutants : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = (fs::temp_directory_path() / "urna-mutants-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    rehearsal::Plan plan;
    plan.instances = test::sample_edition();
    const auto outcome = rehearsal::rehearse(plan, record());
    ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
    for (const auto& pool : outcome->pools) {
      EXPECT_TRUE(pool.withheld || (pool.same_votes && pool.same_winners)) << pool.id;
    }
    cast_.emplace(outcome->cast);
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static std::string record() { return folder_ + "/record"; }
  static verify::Verdict verdict_of(const std::string& directory, unsigned threads = 1) {
    verify::VerifyOptions options;
    options.threads = threads;
    auto verdict = verify::verify_record(directory, options);
    EXPECT_TRUE(verdict.ok()) << verdict.error().to_string();
    return verdict ? *verdict : verify::Verdict();
  }

  static std::string folder_;
  static std::optional<rehearsal::Cast> cast_;
};
std::string Mutants::folder_;
std::optional<rehearsal::Cast> Mutants::cast_;

TEST_F(Mutants, TheTrueRecordIsAccepted) {
  for (const unsigned threads : {1U, 2U}) {
    const verify::Verdict verdict = verdict_of(record(), threads);
    EXPECT_FALSE(verdict.refused.has_value()) << verdict.refused->where << verdict.refused->what;
    ASSERT_EQ(verdict.summary.pools.size(), 5U);
    EXPECT_TRUE(verdict.summary.pools[4].withheld);
  }
}

TEST_F(Mutants, EveryFalseRecordIsRefusedWhereItMustBe) {
  const std::string out = folder_ + "/mutants";
  const auto report =
      rehearsal::make_mutants(record(), *cast_, out, [](const std::string&, double) {});
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  // One that asks for an edition with a higher lowest level has no occasion here.
  EXPECT_EQ(report->left_out, std::vector<std::string>{"level-too-low"});
  EXPECT_GT(report->written.size(), 100U);
  std::ostringstream table;
  for (const rehearsal::MutantRecord& mutant : report->written) {
    const verify::Verdict verdict = verdict_of(out + "/" + mutant.name);
    const std::string step =
        verdict.refused ? std::string(verify::name_of(verdict.refused->step)) : "";
    const bool as_expected =
        mutant.step.empty() ? step.empty()
                            : !step.empty() && ("|" + mutant.step + "|").find("|" + step + "|") !=
                                                   std::string::npos;
    EXPECT_TRUE(as_expected) << mutant.name
                             << (verdict.refused
                                     ? ": " + verdict.refused->where + ": " + verdict.refused->what
                                     : ": accepted");
    table << mutant.item << " " << mutant.name << ": " << (step.empty() ? "accepted" : step);
    if (verdict.refused) {
      table << " | " << verdict.refused->where << " | " << verdict.refused->what;
      EXPECT_FALSE(verdict.refused->what.empty());
    }
    table << "\n";
  }
  if (const char* path = std::getenv("URNA_MUTANTS_TABLE")) std::ofstream(path) << table.str();
}

// Any byte of any file.
TEST_F(Mutants, OneFlippedBitAnywhereIsRefused) {
  std::vector<std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(record())) {
    if (file.is_regular_file()) files.push_back(file.path().string());
  }
  std::mt19937 random(27);
  for (const std::string& path : files) {
    const std::string original = read_file(path, 100'000'000).value();
    for (int repeat = 0; repeat < 3; ++repeat) {
      std::string changed = original;
      const std::size_t at = random() % changed.size();
      changed[at] =
          static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << (random() % 8U)));
      ASSERT_TRUE(write_file_atomically(path, changed).ok());
      EXPECT_TRUE(verdict_of(record()).refused.has_value()) << path << " byte " << at;
    }
    ASSERT_TRUE(write_file_atomically(path, original).ok());
  }
  EXPECT_FALSE(verdict_of(record()).refused.has_value());
}

TEST_F(Mutants, AMissingOrAdditionalFileIsRefused) {
  for (const auto& file : fs::recursive_directory_iterator(record())) {
    if (!file.is_regular_file()) continue;
    const std::string path = file.path().string();
    // Later checkpoints and earlier partial tiles may be kept or not.
    if (path.find("/checkpoints/") != std::string::npos) continue;
    if (path.find(".p/") != std::string::npos) continue;
    fs::rename(path, folder_ + "/aside");
    EXPECT_TRUE(verdict_of(record()).refused.has_value()) << path;
    fs::rename(folder_ + "/aside", path);
  }
  for (const char* name : {"extra", "mix/0-9.cbor", "tile/extra", "checkpoints/99999"}) {
    std::ofstream(record() + "/" + name) << "x";
    EXPECT_TRUE(verdict_of(record()).refused.has_value()) << name;
    fs::remove(record() + "/" + name);
  }
  EXPECT_FALSE(verdict_of(record()).refused.has_value());
}

TEST_F(Mutants, AnotherEditionThanExpectedIsRefused) {
  verify::VerifyOptions options;
  options.manifest = election::EditionHash{};
  const auto verdict = verify::verify_record(record(), options);
  ASSERT_TRUE(verdict.ok() && verdict->refused.has_value());
  EXPECT_EQ(verdict->refused->step, verify::Step::manifest);
}

}  // namespace
}  // namespace urna
