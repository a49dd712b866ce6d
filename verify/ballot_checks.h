// SPDX-License-Identifier: EUPL-1.2
// Entries applied in order, with the proofs and signatures of ballots verified in batches beside.
#pragma once

#include <cstddef>
#include <deque>
#include <future>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/board_state.h"

namespace urna::verify {

// Ballots are applied in the calling thread. What they owe is verified in groups, each by another
// thread: as many at a time as there are threads, so that all are busy while the next group is
// collected.
class BallotChecks {
 public:
  // `state` outlives this.
  BallotChecks(election::BoardState& state, unsigned threads);
  BallotChecks(const BallotChecks&) = delete;
  BallotChecks& operator=(const BallotChecks&) = delete;

  // BoardState::apply(). Errors: its errors.
  [[nodiscard]] Status apply(std::string_view entry);
  // What is wrong with the first entry whose proof or signature does not hold, if any.
  [[nodiscard]] std::optional<Error> finish();

 private:
  using Group = std::vector<election::OwedProofs>;
  using Wrong = std::optional<election::OwedProofs>;
  static Wrong first_wrong(const election::BoardState& state, Group group);
  void begin_group();
  void finish_oldest();

  election::BoardState& state_;
  unsigned threads_;
  Group group_;
  std::size_t bytes_ = 0;  // of the entries of the group
  std::deque<std::future<Wrong>> running_;
  Wrong wrong_;
};

}  // namespace urna::verify
