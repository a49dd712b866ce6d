// SPDX-License-Identifier: EUPL-1.2
// Entries applied in order, with the proofs and signatures of ballots verified in batches beside.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "election/board_state.h"
#include "proof/batch.h"

namespace urna::verify {

// Ballots are applied in the calling thread. What they owe is verified in groups, by all other
// threads and, whenever these are busy and as many groups wait, by the calling one.
class BallotChecks {
 public:
  // `state` outlives this. With one thread everything runs in the caller's. So many `entries` will
  // come, if that is known: towards the end groups are small then, so that all threads end
  // together.
  BallotChecks(election::BoardState& state, unsigned threads, std::uint64_t entries = 0);
  ~BallotChecks();
  BallotChecks(const BallotChecks&) = delete;
  BallotChecks& operator=(const BallotChecks&) = delete;

  // BoardState::apply(). Errors: its errors.
  [[nodiscard]] Status apply(const election::EntryBytes& entry);
  // What is wrong with the first entry whose proof or signature does not hold, if any.
  [[nodiscard]] std::optional<Error> finish();

 private:
  using Group = std::vector<election::OwedProofs>;

  void check(Group& group, proof::Batch& batch);
  // The size at which a group is handed over.
  [[nodiscard]] std::size_t bytes_due() const;
  // Leaves the group to another thread, or checks one that waits.
  void hand_over(Group group);
  void run();
  // The oldest group that waits. Precondition: there is one, and the mutex is held.
  Group take();
  // An empty group, in the memory of a checked one if there is any.
  Group next_group();

  election::BoardState& state_;
  std::uint64_t entries_left_;
  Group group_;
  std::size_t bytes_ = 0;  // of the entries of the group
  proof::Batch batch_;     // of the calling thread

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<Group> waiting_;
  std::vector<Group> checked_;                 // whose memory serves again, in the calling thread
  std::size_t idle_ = 0;                       // threads that wait for a group
  bool ended_ = false;                         // no more groups will come
  std::optional<election::OwedProofs> wrong_;  // the first that was found

  std::atomic<bool> hungry_ = false;   // whether more threads wait than groups
  std::vector<std::jthread> helpers_;  // ends before what they use
};

}  // namespace urna::verify
