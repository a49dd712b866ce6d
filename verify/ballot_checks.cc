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
// Enough while a thread has nothing to do.
constexpr std::size_t bytes_in_small_group = bytes_in_group / 8;
// Fewer are verified together faster than apart.
constexpr std::size_t shared_ballots_min = 512;

}  // namespace

BallotChecks::BallotChecks(election::BoardState& state, unsigned threads, std::uint64_t entries)
    : state_(state), entries_left_(entries) {
  for (unsigned t = 1; t < threads; ++t) helpers_.emplace_back([this] { run(); });
}

BallotChecks::~BallotChecks() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
}

void BallotChecks::check(Group& group, proof::Batch& batch) {
  for (const election::OwedProofs& owed : group) state_.add_proofs(owed, batch);
  const std::optional<std::uint64_t> subject = batch.verify();
  if (!subject) return;
  const auto found = std::ranges::find(
      group, *subject, [](const election::OwedProofs& owed) { return owed.index.value; });
  const std::lock_guard lock(mutex_);
  if (found != group.end() && (!wrong_ || found->index < wrong_->index)) wrong_ = std::move(*found);
}

void BallotChecks::run() {
  proof::Batch batch;
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    hungry_ = idle_ > waiting_.size();
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    Group group = take();
    lock.unlock();
    check(group, batch);
    lock.lock();
    checked_.push_back(std::move(group));
  }
}

BallotChecks::Group BallotChecks::take() {
  Group group = std::move(waiting_.front());
  waiting_.pop_front();
  hungry_ = idle_ > waiting_.size();
  return group;
}

// Ballots are freed by the thread that made them, which then finds their memory close at hand.
BallotChecks::Group BallotChecks::next_group() {
  Group group;
  {
    const std::lock_guard lock(mutex_);
    if (checked_.empty()) return group;
    group = std::move(checked_.back());
    checked_.pop_back();
  }
  group.clear();
  return group;
}

void BallotChecks::hand_over(Group group) {
  bool own = helpers_.empty();
  if (!own) {
    const std::lock_guard lock(mutex_);
    own = waiting_.size() >= helpers_.size();
    waiting_.push_back(std::move(group));
    hungry_ = idle_ > waiting_.size();
    if (own) group = take();
  }
  if (!own) {
    changed_.notify_one();
    return;
  }
  check(group, batch_);
  const std::lock_guard lock(mutex_);
  checked_.push_back(std::move(group));
}

std::size_t BallotChecks::bytes_due() const {
  if (hungry_) return bytes_in_small_group;
  if (entries_left_ == 0 || helpers_.empty()) return bytes_in_group;
  // A half of what each thread has left to do, the entries to come being like those of the group.
  const std::size_t each = bytes_ / std::max<std::size_t>(group_.size(), 1);
  const std::uint64_t left = entries_left_ * each / (2 * (helpers_.size() + 1));
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(left, bytes_in_small_group, bytes_in_group));
}

Status BallotChecks::apply(const election::EntryBytes& entry) {
  const std::size_t before = group_.size();
  if (Status applied = state_.apply(entry, group_); !applied) return applied;
  if (group_.size() > before) bytes_ += entry.bytes().size();
  if (entries_left_ > 0) --entries_left_;
  if (bytes_ >= bytes_due()) {
    hand_over(std::exchange(group_, next_group()));
    bytes_ = 0;
  }
  return ok_status();
}

std::optional<Error> BallotChecks::finish() {
  // The last group is shared out in small parts, so that no thread ends long before another.
  Group last = std::exchange(group_, Group());
  const std::size_t parts_max = helpers_.empty() ? 1 : 4 * (helpers_.size() + 1);
  const std::size_t parts = std::clamp<std::size_t>(last.size() / shared_ballots_min, 1, parts_max);
  const std::size_t part = last.size() / parts + 1;
  std::unique_lock lock(mutex_);
  for (auto from = last.begin(); from != last.end();) {
    const auto to =
        from + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(part), last.end() - from);
    waiting_.emplace_back(std::make_move_iterator(from), std::make_move_iterator(to));
    from = to;
  }
  ended_ = true;
  changed_.notify_all();
  while (!waiting_.empty()) {
    Group group = take();
    lock.unlock();
    check(group, batch_);
    lock.lock();
  }
  lock.unlock();
  helpers_.clear();  // waits for them
  if (!wrong_) return std::nullopt;
  return state_.explain(*wrong_);
}

}  // namespace urna::verify
