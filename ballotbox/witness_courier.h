// SPDX-License-Identifier: EUPL-1.2
// Shows every new checkpoint to the witnesses while voting goes on, and publishes it once enough of
// them have cosigned it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "ballotbox/ballot_box.h"
#include "board/witness.h"

namespace urna::ballotbox {

struct AskedWitness {
  board::WitnessKey key;
  board::SendToWitness send;  // gives up by itself after some seconds; called from one thread
};

class WitnessCourier {
 public:
  // Starts a thread that looks for a new checkpoint so often, and one for each witness while they
  // are asked, so that a slow one does not hold up the others. The box must outlive this.
  WitnessCourier(BallotBox& box, std::vector<AskedWitness> witnesses,
                 std::chrono::milliseconds every);
  WitnessCourier(const WitnessCourier&) = delete;
  WitnessCourier& operator=(const WitnessCourier&) = delete;
  // Ends the thread after the requests that are under way.
  ~WitnessCourier();

  struct Counters {
    std::uint64_t asked = 0;     // requests for a cosignature
    std::uint64_t cosigned = 0;  // granted
    std::uint64_t failures = 0;  // not granted: unreachable, or refused
    std::uint64_t refusals = 0;  // of these, refused: to be looked into at once
  };
  [[nodiscard]] Counters counters() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace urna::ballotbox
