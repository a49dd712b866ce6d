// SPDX-License-Identifier: EUPL-1.2
// Proofs of ballots verified beside the replay: whoever finds a false one, the first is named.
#include "verify/ballot_checks.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/file.h"
#include "board/log_reader.h"
#include "count/pabulib/reader.h"
#include "count/pabulib/scanner.h"
#include "election/record.h"
#include "rehearsal/rehearsal.h"
#include "test/record/sample_edition.h"

namespace urna {
namespace {

namespace fs = std::filesystem;

class BallotChecks : public ::testing::Test {
 protected:
  static constexpr std::size_t voters = 3000;

  static void SetUpTestSuite() {
    folder_ = (fs::temp_directory_path() / "urna-checks-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    const std::string text = test::pabulib_text("Cała gmina", 9, "approval", "max_length;3\n",
                                                std::vector<std::string>(voters, "2,5"), false);
    rehearsal::Plan plan;
    plan.instances = {
        count::pabulib::read_instance(count::pabulib::memory_bytes(text), "votes").value()};
    plan.with_incidents = false;
    ASSERT_TRUE(rehearsal::rehearse(plan, record()).ok());
    const auto log = board::LogReader::open(record());
    ASSERT_TRUE(log.ok());
    ASSERT_TRUE(log->for_each(0,
                              [](std::uint64_t, std::string_view entry) {
                                entries_.emplace_back(entry);
                                return ok_status();
                              })
                    .ok());
  }
  static void TearDownTestSuite() {
    fs::remove_all(folder_);
    entries_.clear();
  }
  static std::string record() { return folder_ + "/record"; }

  // The number of the entry of the ballot number `ballot`.
  static std::size_t entry_of(std::size_t ballot) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const auto entry = election::decode_entry(entries_[i]);
      if (std::holds_alternative<election::Ballot>(*entry) && ballot-- == 0) return i;
    }
    ADD_FAILURE() << "there are fewer ballots";
    return 0;
  }
  // The entry with a response of its proof that is another number.
  static std::string with_false_proof(const std::string& entry) {
    auto ballot = std::get<election::Ballot>(*election::decode_entry(entry));
    ballot.proof[ballot.proof.size() / 2] =
        static_cast<char>(ballot.proof[ballot.proof.size() / 2] ^ 1);
    return encode(ballot);
  }
  // What is found with `changed` entries in the place of others.
  static std::optional<Error> found(unsigned threads,
                                    const std::map<std::size_t, std::string>& changed,
                                    std::uint64_t entries = 0) {
    const std::string manifest =
        read_file(record() + "/" + std::string(election::manifest_path), 1U << 24U).value();
    auto state = election::BoardState::begin(entries_[0], manifest);
    EXPECT_TRUE(state.ok());
    const std::string roll =
        read_file(record() + "/" + std::string(election::roll_path), 1U << 24U).value();
    state->provide_roll(election::Roll::decode(roll).value());
    verify::BallotChecks checks(*state, threads, entries);
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      const auto other = changed.find(i);
      const Status applied =
          checks.apply(election::EntryBytes(other == changed.end() ? entries_[i] : other->second));
      if (!applied) break;  // what comes after a changed ballot may name it
    }
    return checks.finish();
  }

  static inline std::string folder_;
  static inline std::vector<std::string> entries_;
};

TEST_F(BallotChecks, RightBallotsHold) {
  for (const unsigned threads : {1U, 2U, 7U}) {
    // Their number unknown, known, and wrong.
    for (const std::uint64_t entries : {std::size_t{0}, entries_.size(), std::size_t{100}}) {
      const std::optional<Error> error = found(threads, {}, entries);
      EXPECT_FALSE(error.has_value()) << threads << " threads: " << error->to_string();
    }
  }
}

TEST_F(BallotChecks, TheFirstFalseOneIsNamed) {
  const std::size_t early = entry_of(700);
  const std::size_t late = entry_of(voters - 1);
  const std::map<std::size_t, std::string> both = {{early, with_false_proof(entries_[early])},
                                                   {late, with_false_proof(entries_[late])}};
  for (const unsigned threads : {1U, 2U, 7U}) {
    for (const auto& [changed, first] :
         {std::pair(both, early), std::pair(std::map{*both.rbegin()}, late)}) {
      const std::optional<Error> error = found(threads, changed);
      ASSERT_TRUE(error.has_value()) << threads << " threads";
      EXPECT_EQ(error->place.file, "entry " + std::to_string(first)) << threads << " threads";
    }
  }
}

// The replay may stop at an entry that is refused: threads that still work end with it.
TEST_F(BallotChecks, EndsUnfinished) {
  const std::string manifest =
      read_file(record() + "/" + std::string(election::manifest_path), 1U << 24U).value();
  auto state = election::BoardState::begin(entries_[0], manifest);
  ASSERT_TRUE(state.ok());
  verify::BallotChecks checks(*state, 3);
  EXPECT_TRUE(checks.apply(election::EntryBytes(entries_[1])).ok());
  EXPECT_FALSE(checks.apply(election::EntryBytes(entries_[1])).ok());
}

}  // namespace
}  // namespace urna
