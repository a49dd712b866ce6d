// SPDX-License-Identifier: EUPL-1.2
// An edition that is open for voting, in a store, with voters who make ballots: for tests of the
// ballot box.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "ballotbox/ballot_box.h"
#include "board/merkle.h"
#include "election/notice_ticket.h"
#include "election/record.h"
#include "test/unit/election_sample.h"

namespace urna::trial {

namespace sample = election::sample;

// A folder for one test.
class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "urna-test.XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Waits for answers.
class Answers {
 public:
  ballotbox::Answer expect(std::size_t number) {
    {
      const std::lock_guard lock(mutex_);
      ++expected_;
    }
    return [this, number](ballotbox::Outcome outcome) {
      const std::lock_guard lock(mutex_);
      outcomes_.emplace(number, std::move(outcome));
      arrived_.notify_all();
    };
  }
  // All outcomes by their numbers, once they have come.
  const std::map<std::size_t, ballotbox::Outcome>& wait() {
    std::unique_lock lock(mutex_);
    const bool all = arrived_.wait_for(lock, std::chrono::seconds(60),
                                       [&] { return outcomes_.size() == expected_; });
    EXPECT_TRUE(all) << outcomes_.size() << " of " << expected_ << " answers";
    return outcomes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::size_t expected_ = 0;
  std::map<std::size_t, ballotbox::Outcome> outcomes_;
};

inline const ballotbox::Acknowledgement* acknowledged(const ballotbox::Outcome& outcome) {
  return std::get_if<ballotbox::Acknowledgement>(&outcome);
}
inline const ballotbox::Refusal* refused(const ballotbox::Outcome& outcome) {
  return std::get_if<ballotbox::Refusal>(&outcome);
}

class VotingTown {
 public:
  explicit VotingTown(std::uint8_t people)
      : key(board::LogSecretKey::generate("board.example/2026").value()),
        edition(make_edition(key)),
        board(edition) {
    board.prepare(people);
  }

  // The record until the opening, as one round.
  [[nodiscard]] ballotbox::Round beginning() const {
    ballotbox::Round round;
    round.entries.push_back(edition.first_entry());
    for (const std::string& entry : board.entries) round.entries.push_back(entry);
    board::MerkleTree tree;
    for (const std::string& entry : round.entries) tree.append(board::leaf_hash(entry));
    round.checkpoint =
        board::sign_checkpoint({"board.example/2026", tree.size(), tree.root(tree.size())}, key)
            .value();
    round.files = {{"manifest.cbor", edition.bytes},
                   {"roll.cbor", board.roll_file},
                   {election::checkpoint_path(tree.size()), round.checkpoint}};
    return round;
  }
  void fill(ballotbox::RecordStore& store) const {
    const auto result = store.append(
        0, [](std::uint64_t, std::string_view) { return ok_status(); },
        [&] { return Result<ballotbox::Round>(beginning()); });
    ASSERT_EQ(result.ending, ballotbox::Ending::committed);
  }

  [[nodiscard]] ballotbox::Settings settings() const {
    ballotbox::Settings settings;
    settings.clock = [] { return sample::opening_time + 7200; };
    settings.follow_every_ms = 20;
    return settings;
  }

  // The first ballot of this voter in pool 0.
  std::string first_ballot(const sample::Voter& voter,
                           const election::BallotContent& content = sample::named({1})) const {
    const election::BallotPlace place{edition.hash, {0}, voter.certificate, 0, std::nullopt};
    return encode(
        election::make_ballot(place, board.state().terms({0}), *board.joint_key, content, voter.key)
            .value());
  }
  // The ballot after one with these bytes.
  std::string next_ballot(const sample::Voter& voter, const std::string& previous,
                          std::uint64_t counter) const {
    const election::BallotPlace place{
        edition.hash, {0}, voter.certificate, counter, election::entry_hash(previous)};
    return encode(election::make_ballot(place, board.state().terms({0}), *board.joint_key,
                                        sample::named({2}), voter.key)
                      .value());
  }
  [[nodiscard]] std::string ticket(const sample::Voter& voter) const {
    return encode(election::make_notice_ticket(edition.hash, voter.certificate,
                                               std::string(72, 's'), edition.registrar));
  }

  board::LogSecretKey key;
  sample::Edition edition;
  sample::Board board;

 private:
  static sample::Edition make_edition(const board::LogSecretKey& key) {
    sample::Edition edition({sample::pool("north", 5, sample::approval(1, 3))});
    edition.manifest.board.origin = key.verifier_key().name;
    edition.manifest.board.key = key.verifier_key().public_key;
    edition.manifest.board.witnesses.clear();
    edition.manifest.board.cosignatures = 0;
    edition.seal();
    return edition;
  }
};

}  // namespace urna::trial
