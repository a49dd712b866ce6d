// SPDX-License-Identifier: EUPL-1.2
// Entries applied in order, with the proofs and signatures of ballots verified in batches beside.
#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "election/board_state.h"
#include "proof/batch.h"

namespace urna::verify {

// While one batch is collected, the one before is verified in another thread (or at once).
class BallotChecks {
 public:
  // `state` outlives this.
  BallotChecks(election::BoardState& state, bool beside);
  BallotChecks(const BallotChecks&) = delete;
  BallotChecks& operator=(const BallotChecks&) = delete;

  // BoardState::apply(). Errors: its errors.
  [[nodiscard]] Status apply(std::uint64_t index, std::string_view entry);
  // What is wrong with the first entry whose proof or signature does not hold, if any.
  [[nodiscard]] std::optional<Error> finish();

 private:
  struct Group {
    proof::Batch batch;
    std::vector<std::pair<std::uint64_t, std::string>> entries;
  };
  // The index and the bytes of the first wrong entry.
  using Wrong = std::optional<std::pair<std::uint64_t, std::string>>;
  static Wrong verify(Group group);
  void collect();

  election::BoardState& state_;
  bool beside_;
  Group group_;
  std::future<Wrong> running_;
  Wrong wrong_;
};

}  // namespace urna::verify
