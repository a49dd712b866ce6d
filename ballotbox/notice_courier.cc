// SPDX-License-Identifier: EUPL-1.2
#include "ballotbox/notice_courier.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <sodium/randombytes.h>
#include <thread>
#include <utility>

#include "base/bytes.h"

namespace urna::ballotbox {
namespace {

constexpr std::size_t pool_bytes = 2;

}  // namespace

std::string encode(const RecordedVote& vote) {
  std::string bytes;
  append_big_endian(bytes, vote.pool.value, pool_bytes);
  return bytes + vote.sealed;
}

class NoticeCourier::Machine {
 public:
  Machine(const BallotBox& box, CourierSettings settings, Deliver deliver)
      : box_(box), settings_(settings), deliver_(std::move(deliver)) {
    thread_ = std::thread([this] { run(); });
  }
  ~Machine() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    woken_.notify_all();
    thread_.join();
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  [[nodiscard]] Counters counters() const { return {delivered_, failures_}; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  void run() {
    std::optional<Time> waiting_since;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      woken_.wait_for(lock, settings_.look_every, [&] { return stopping_; });
      if (stopping_) return;
      lock.unlock();
      look(waiting_since);
      lock.lock();
    }
  }

  void look(std::optional<Time>& waiting_since) {
    if (batch_.votes.empty() && !collect(waiting_since)) return;
    if (!deliver_(batch_) || !box_.forget_notices(ids_)) {
      ++failures_;
      return;
    }
    delivered_ += ids_.size();
    batch_ = {};
    ids_.clear();
    waiting_since.reset();
  }

  // Makes the next batch, if its time has come.
  bool collect(std::optional<Time>& waiting_since) {
    const Result<std::vector<PendingNotice>> waiting = box_.notices(settings_.batch_most);
    if (!waiting || waiting->empty()) {
      waiting_since.reset();
      return false;
    }
    const Time now = std::chrono::steady_clock::now();
    if (!waiting_since) waiting_since = now;
    if (waiting->size() < settings_.batch_least && now - *waiting_since < settings_.wait_most) {
      return false;
    }
    // Ids are random, so the batch comes in a random order.
    randombytes_buf(batch_.name.data(), batch_.name.size());
    for (const PendingNotice& notice : *waiting) {
      if (notice.sealed.size() > pool_bytes) {
        const auto pool = static_cast<std::uint16_t>(
            big_endian(std::string_view(notice.sealed).substr(0, pool_bytes)));
        batch_.votes.push_back({notice.sealed.substr(pool_bytes), {pool}});
      }
      ids_.push_back(notice.id);
    }
    return true;
  }

  const BallotBox& box_;
  CourierSettings settings_;
  Deliver deliver_;
  NoticeBatch batch_;  // on its way; empty if none is
  std::vector<std::int64_t> ids_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> delivered_ = 0, failures_ = 0;
  std::thread thread_;
};

NoticeCourier::NoticeCourier(const BallotBox& box, CourierSettings settings, Deliver deliver)
    : machine_(std::make_unique<Machine>(box, settings, std::move(deliver))) {}
NoticeCourier::~NoticeCourier() = default;
NoticeCourier::Counters NoticeCourier::counters() const { return machine_->counters(); }

}  // namespace urna::ballotbox
