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
#include "tally/key_file.h"
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
  enum class Witnesses : std::uint8_t { none, one };
  explicit VotingTown(std::uint32_t people, std::uint16_t pools = 1,
                      Witnesses witnesses = Witnesses::none)
      : key(board::LogSecretKey::from_seed("board.example/2026", seed).value()),
        edition(make_edition(key, pools, witnesses)),
        board(edition) {
    board.ceremony();
    for (std::uint16_t pool = 0; pool < pools; ++pool) board.all_pools.push_back({pool});
    std::vector<election::RollLine> lines;
    for (std::uint32_t i = 0; i < people; ++i) lines.push_back({pseudonym(i), board.all_pools});
    board.roll_file = election::encode_roll(lines);
    const election::Roll roll = election::Roll::decode(board.roll_file).value();
    election::RollEntry entry{edition.hash, roll.size(), roll.root(), {}};
    sign(entry, edition.registrar);
    board.state().provide_roll(roll);
    sample::Board::expect(board.add(entry));
    board.open();
    board.joint_key.emplace(board.state().joint_key());
  }

  // The one who must cosign if there is one.
  [[nodiscard]] static board::WitnessSecretKey witness() {
    std::array<std::uint8_t, 32> own = seed;
    own[0] = 9;
    return board::WitnessSecretKey::from_seed("w1", own).value();
  }

  // The bytes of the board's key as the program reads them.
  [[nodiscard]] static std::string key_file() {
    tally::KeyFile file;
    file.role = tally::KeyRole::board;
    file.name = "board.example/2026";
    file.secret = SecretBytes(std::string(view_of(seed)));
    return std::string(tally::encode_plain(file).value().view());
  }

  // The i-th on the roll.
  static election::Pseudonym pseudonym(std::uint32_t i) {
    election::Pseudonym pseudonym;
    for (std::size_t k = 0; k < 4; ++k) {
      pseudonym.octets[k] = static_cast<std::uint8_t>(i >> (8 * (3 - k)));
    }
    pseudonym.octets[31] = 7;
    return pseudonym;
  }
  // With a key and a certificate of their own.
  sample::Voter voter(std::uint32_t i) {
    sample::Voter voter;
    voter.pseudonym = pseudonym(i);
    voter.certificate = election::issue_certificate(
        edition.hash, edition.registrar, voter.pseudonym, voter.key.key, 3, board.all_pools,
        sample::opening_time + 3600, board.next_serial++);
    return voter;
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

  // The first ballot of this voter in a pool.
  std::string first_ballot(const sample::Voter& voter,
                           const election::BallotContent& content = sample::named({1}),
                           election::PoolNumber pool = {0}) const {
    const election::BallotPlace place{edition.hash, pool, voter.certificate, 0, std::nullopt};
    return encode(election::make_ballot(place, board.state().terms(pool), *board.joint_key, content,
                                        voter.key)
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

  static constexpr std::array<std::uint8_t, 32> seed = {1, 2, 3};
  board::LogSecretKey key;
  sample::Edition edition;
  sample::Board board;

 private:
  static sample::Edition make_edition(const board::LogSecretKey& key, std::uint16_t pools,
                                      Witnesses witnesses) {
    std::vector<election::Pool> all = {sample::pool("north", 5, sample::approval(1, 3))};
    for (std::uint16_t pool = 1; pool < pools; ++pool) {
      all.push_back(sample::pool("pool-" + std::to_string(pool), 5, sample::approval(1, 3)));
    }
    sample::Edition edition(std::move(all));
    edition.manifest.board.origin = key.verifier_key().name;
    edition.manifest.board.key = key.verifier_key().public_key;
    edition.manifest.board.witnesses.clear();
    edition.manifest.board.cosignatures = 0;
    if (witnesses == Witnesses::one) {
      const board::WitnessKey cosigner = witness().verifier_key();
      edition.manifest.board.witnesses.push_back({cosigner.name, cosigner.public_key});
      edition.manifest.board.cosignatures = 1;
    }
    edition.seal();
    return edition;
  }
};

}  // namespace urna::trial
