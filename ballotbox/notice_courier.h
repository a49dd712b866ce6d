// SPDX-License-Identifier: EUPL-1.2
// Passes sealed references of notice tickets on to the registrar, late and in batches, so that
// their order and time do not tell which ballot they came with.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ballotbox/ballot_box.h"
#include "base/result.h"

namespace urna::ballotbox {

struct CourierSettings {
  // A batch leaves when so many wait, or when the first has waited for so long.
  std::size_t batch_least = 32;
  std::chrono::milliseconds wait_most{600'000};
  std::chrono::milliseconds look_every{1'000};
  std::size_t batch_most = 1'000;
};

// A recorded vote as the registrar learns of it.
struct RecordedVote {
  std::string sealed;  // the reference of the notice ticket
  election::PoolNumber pool;
};
// What the store keeps for it until it is passed on: the pool in two bytes, then the reference.
[[nodiscard]] std::string encode(const RecordedVote& vote);

// Votes that are passed on together, under a random name: a delivery whose answer is lost is
// repeated under the same name.
struct NoticeBatch {
  std::array<std::uint8_t, 16> name{};
  std::vector<RecordedVote> votes;
};
// Gives a batch to the registrar; ok once the registrar has taken it for good.
using Deliver = std::function<Status(const NoticeBatch& batch)>;

class NoticeCourier {
 public:
  // Starts a thread. The box must outlive this.
  NoticeCourier(const BallotBox& box, CourierSettings settings, Deliver deliver);
  NoticeCourier(const NoticeCourier&) = delete;
  NoticeCourier& operator=(const NoticeCourier&) = delete;
  // Ends the thread after the delivery that is under way. What waits stays in the store. If the
  // process ends between a delivery and the note of it, the votes are passed on a second time.
  ~NoticeCourier();

  struct Counters {
    std::uint64_t delivered = 0;
    std::uint64_t failures = 0;  // deliveries that will be repeated
  };
  [[nodiscard]] Counters counters() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace urna::ballotbox
