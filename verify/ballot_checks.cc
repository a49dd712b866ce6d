// SPDX-License-Identifier: EUPL-1.2
#include "verify/ballot_checks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "proof/batch.h"

namespace urna::verify {
namespace {

// Large enough for the sums to be cheap, small enough to be held in memory by every thread: about
// 6000 ballots of one element.
constexpr std::size_t bytes_in_group = std::size_t{4} << 20U;
// Fewer are verified together faster than apart.
constexpr std::size_t shared_ballots_min = 1024;

}  // namespace

BallotChecks::BallotChecks(election::BoardState& state, unsigned threads)
    : state_(state), threads_(threads) {}

BallotChecks::Wrong BallotChecks::first_wrong(const election::BoardState& state, Group group) {
  proof::Batch batch;
  for (const election::OwedProofs& owed : group) state.add_proofs(owed, batch);
  const std::optional<std::uint64_t> subject = batch.verify();
  if (!subject) return std::nullopt;
  for (election::OwedProofs& owed : group) {
    if (owed.index.value == *subject) return std::move(owed);
  }
  return std::nullopt;
}

void BallotChecks::finish_oldest() {
  Wrong found = running_.front().get();
  running_.pop_front();
  if (!wrong_) wrong_ = std::move(found);
}

void BallotChecks::begin_group() {
  while (!running_.empty() && running_.size() >= threads_) finish_oldest();
  const auto launch = threads_ > 1 ? std::launch::async : std::launch::deferred;
  running_.push_back(std::async(launch, &BallotChecks::first_wrong, std::cref(state_),
                                std::exchange(group_, Group())));
  bytes_ = 0;
}

Status BallotChecks::apply(std::string_view entry) {
  const std::size_t before = group_.size();
  if (Status applied = state_.apply(entry, group_); !applied) return applied;
  if (group_.size() > before) bytes_ += entry.size();
  if (bytes_ >= bytes_in_group) begin_group();
  return ok_status();
}

std::optional<Error> BallotChecks::finish() {
  // The last group is shared out, so that no thread ends long before another.
  Group last = std::exchange(group_, Group());
  const std::size_t parts = last.size() < shared_ballots_min ? 1 : std::max(threads_, 1U);
  const std::size_t part = last.size() / parts + 1;
  for (std::size_t begin = 0; begin < last.size(); begin += part) {
    const auto first = last.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto size = static_cast<std::ptrdiff_t>(std::min(part, last.size() - begin));
    group_.assign(std::make_move_iterator(first), std::make_move_iterator(first + size));
    begin_group();
  }
  while (!running_.empty()) finish_oldest();
  if (!wrong_) return std::nullopt;
  return state_.explain(*wrong_);
}

}  // namespace urna::verify
