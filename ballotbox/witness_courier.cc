// SPDX-License-Identifier: EUPL-1.2
#include "ballotbox/witness_courier.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace urna::ballotbox {

class WitnessCourier::Machine {
 public:
  Machine(BallotBox& box, std::vector<AskedWitness> witnesses, std::chrono::milliseconds every)
      : box_(box), every_(every) {
    for (AskedWitness& witness : witnesses) witnesses_.push_back({std::move(witness), 0, {}});
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

  [[nodiscard]] Counters counters() const { return {asked_, cosigned_, failures_, refusals_}; }

 private:
  struct Asked {
    AskedWitness witness;
    std::uint64_t remembered = 0;           // of the board, by the witness
    std::optional<board::Checkpoint> done;  // that it cosigned last
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      woken_.wait_for(lock, every_, [&] { return stopping_; });
      if (stopping_) return;
      lock.unlock();
      ask_all();
      lock.lock();
    }
  }

  void ask_all() {
    const std::string note = box_.newest_note();
    Result<board::UnverifiedNote> newest = board::UnverifiedNote::parse(note);
    if (!newest) return;
    // Those that cosigned this checkpoint in an earlier round keep their signatures from then.
    if (!gathering_ || gathering_->checkpoint != newest->checkpoint) gathering_ = *newest;
    std::vector<std::optional<board::NoteSignature>> signatures(witnesses_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < witnesses_.size(); ++i) {
      if (witnesses_[i].done == newest->checkpoint) continue;
      threads.emplace_back([&, i] { signatures[i] = ask(witnesses_[i], note); });
    }
    for (std::thread& thread : threads) thread.join();
    bool news = false;
    for (std::optional<board::NoteSignature>& signature : signatures) {
      if (signature) news = gathering_->add(std::move(*signature)).ok() || news;
    }
    // Too few cosignatures is the one refusal here; then the next round asks those missing again.
    if (news) (void)box_.show_cosigned(gathering_->to_string()).ok();
  }

  std::optional<board::NoteSignature> ask(Asked& asked, const std::string& note) {
    ++asked_;
    const board::Checkpoint checkpoint = board::UnverifiedNote::parse(note).value().checkpoint;
    Result<board::NoteSignature> signature = board::ask_witness(
        note, asked.witness.key, asked.remembered,
        [&](std::uint64_t old_size) { return box_.consistency_proof(old_size, checkpoint.size); },
        asked.witness.send);
    if (signature) {
      ++cosigned_;
      asked.done = checkpoint;
      return std::move(*signature);
    }
    ++failures_;
    if (signature.error().code != ErrorCode::io) ++refusals_;
    return std::nullopt;
  }

  BallotBox& box_;
  std::chrono::milliseconds every_;
  std::vector<Asked> witnesses_;
  std::optional<board::UnverifiedNote> gathering_;  // signatures under one checkpoint
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> asked_ = 0, cosigned_ = 0, failures_ = 0, refusals_ = 0;
  std::thread thread_;
};

WitnessCourier::WitnessCourier(BallotBox& box, std::vector<AskedWitness> witnesses,
                               std::chrono::milliseconds every)
    : machine_(std::make_unique<Machine>(box, std::move(witnesses), every)) {}
WitnessCourier::~WitnessCourier() = default;
WitnessCourier::Counters WitnessCourier::counters() const { return machine_->counters(); }

}  // namespace urna::ballotbox
