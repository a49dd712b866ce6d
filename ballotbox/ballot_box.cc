// SPDX-License-Identifier: EUPL-1.2
#include "ballotbox/ballot_box.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "ballotbox/board_view.h"
#include "ballotbox/notice_courier.h"
#include "ballotbox/tables.h"
#include "base/bytes.h"
#include "election/ballot.h"
#include "election/notice_ticket.h"
#include "election/record.h"

namespace urna::ballotbox {
namespace {

// A clock of the registrar's may be ahead of this one's by so much.
constexpr std::uint64_t hours_ahead_max = 1;
// How long a commit whose end is unknown is asked after before the voters are told so.
constexpr auto doubt_max = std::chrono::seconds(15);
constexpr auto retry_pause = std::chrono::milliseconds(200);

Refusal refusal(RefusalKind kind, Error error) { return {kind, std::move(error)}; }

struct Task {
  std::string entry;
  std::string ticket;
  election::EntryKind kind = election::EntryKind::ballot;
  Answer answer;
  // Filled on the way.
  std::string sealed_reference;
  std::optional<election::Ballot> ballot;
};

// A queue of tasks between threads.
class Queue {
 public:
  void push(Task task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    arrived_.notify_one();
  }
  // Up to `most` tasks, waiting for one; empty when the time is over or the queue is closed and
  // empty.
  std::vector<Task> take(std::size_t most, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, wait, [&] { return closed_ || !tasks_.empty(); });
    std::vector<Task> taken;
    while (!tasks_.empty() && taken.size() < most) {
      taken.push_back(std::move(tasks_.front()));
      tasks_.pop_front();
    }
    return taken;
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }
  [[nodiscard]] bool finished() {
    const std::lock_guard lock(mutex_);
    return closed_ && tasks_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task> tasks_;
  bool closed_ = false;
};

bool may_be_submitted(election::EntryKind kind) {
  using election::EntryKind;
  switch (kind) {
    case EntryKind::audited:
    case EntryKind::freeze:
    case EntryKind::annulment:
    case EntryKind::upholding:
    case EntryKind::roll_addition:
    case EntryKind::paper_mark:
    case EntryKind::extension:
    case EntryKind::closing:
    case EntryKind::issuance:
    case EntryKind::paper_batch:
      return true;
    default:
      return false;
  }
}

// After these the checkpoint is kept for ever.
bool is_milestone(election::EntryKind kind) {
  return kind == election::EntryKind::opening || kind == election::EntryKind::closing;
}

}  // namespace

class BallotBox::Machine {
 public:
  Machine(std::unique_ptr<RecordStore> store, const board::LogSecretKey& key, Settings settings,
          BoardView view, std::string note)
      : store_(std::move(store)),
        key_(key),
        settings_(std::move(settings)),
        view_(std::move(view)),
        published_(view_->size()),
        published_ballots_(view_->state().ballots()),
        note_(std::move(note)),
        edition_(view_->state().edition()),
        registrar_key_(view_->state().manifest().registrar),
        registrar_(group::Element::decode(registrar_key_).value()) {
    const election::Manifest& manifest = view_->state().manifest();
    opens_ = settings_.opens.value_or(manifest.opens);
    remember_end();
    for (const election::Witness& witness : manifest.board.witnesses) {
      witnesses_.push_back({witness.name, witness.key});
    }
    witnesses_asked_ = manifest.board.cosignatures;
    remember_joint_key();
    // The record may have come with cosignatures.
    (void)show_cosigned(note_).ok();
    recorder_ = std::thread([this] { record_rounds(); });
    for (unsigned k = 0; k < std::max(settings_.checking_threads, 1U); ++k) {
      checkers_.emplace_back([this] { check_batches(); });
    }
  }
  ~Machine() { stop(); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void accept(std::string ballot, std::string ticket, Answer answer) {
    Task task;
    task.entry = std::move(ballot);
    task.ticket = std::move(ticket);
    task.answer = std::move(answer);
    const std::uint64_t now = settings_.clock();
    if (now < opens_ || now >= closes_) {
      return refuse(task, RefusalKind::not_now,
                    {ErrorCode::conflict,
                     now < opens_ ? "voting has not begun" : "voting has ended",
                     {},
                     "see the calendar of the edition"});
    }
    enqueue(std::move(task), intake_);
  }

  void submit(std::string entry, Answer answer) {
    Task task;
    task.entry = std::move(entry);
    task.answer = std::move(answer);
    const Result<election::Entry> decoded = election::decode_entry(task.entry);
    if (!decoded) return refuse(task, RefusalKind::malformed, decoded.error());
    task.kind = election::kind_of(*decoded);
    if (!may_be_submitted(task.kind)) {
      return refuse(task, RefusalKind::malformed,
                    {ErrorCode::usage, "entries of this kind are not taken here", {}, {}});
    }
    enqueue(std::move(task), verified_);
  }

  [[nodiscard]] Overview overview() const {
    const std::uint64_t now = settings_.clock();
    const std::shared_lock lock(view_mutex_);
    Overview overview;
    overview.size = published_;
    overview.ballots = published_ballots_;
    overview.checkpoint = note_;
    overview.cosigned_size = cosigned_.size;
    overview.cosignatures = cosigned_.signatures;
    overview.opens = opens_;
    overview.closes = closes_;
    if (!view_) return overview;
    const election::BoardState& state = view_->state();
    overview.extensions.assign(state.extensions().begin(), state.extensions().end());
    overview.edition = state.edition();
    overview.phase = state.phase();
    overview.accepting =
        state.phase() == election::Phase::voting && now >= opens_ && now < closes_ && writable_;
    if (state.phase() >= election::Phase::roll) {
      overview.joint_key = std::string(view_of(state.joint_key_bytes()));
    }
    return overview;
  }

  [[nodiscard]] Counters counters() const {
    Counters counters = counters_of();
    counters.waiting = waiting_;
    counters.writable = writable_;
    return counters;
  }

  [[nodiscard]] election::BoardState::NextBallot next_ballot(const election::Pseudonym& pseudonym,
                                                             election::PoolNumber pool) const {
    const std::shared_lock lock(view_mutex_);
    return view_ ? view_->state().next_ballot(pseudonym, pool) : election::BoardState::NextBallot{};
  }

  [[nodiscard]] std::uint64_t pools() const {
    const std::shared_lock lock(view_mutex_);
    return view_ ? view_->state().manifest().pools.size() : 0;
  }

  [[nodiscard]] std::optional<board::Receipt> receipt(const election::EntryHash& entry) const {
    const std::shared_lock lock(view_mutex_);
    if (!view_) return std::nullopt;
    const std::optional<std::uint64_t> index = view_->find(entry.octets);
    if (!index || *index >= published_) return std::nullopt;
    if (*index < cosigned_.size && cosigned_.size <= published_) {
      return view_->receipt(*index, cosigned_.size, cosigned_.note);
    }
    return view_->receipt(*index, published_, note_);
  }

  [[nodiscard]] Result<std::optional<std::string>> file(std::string_view path) const {
    if (path == "checkpoint") {
      const std::shared_lock lock(view_mutex_);
      return std::optional(cosigned_.note.empty() ? note_ : cosigned_.note);
    }
    if (!path.starts_with("tile/")) return store_->file(path);
    const Result<board::TilePlace> place = board::TilePlace::parse(path);
    if (!place) return std::optional<std::string>();
    std::uint64_t size = 0;
    {
      const std::shared_lock lock(view_mutex_);
      size = published_;
      if (place->level) {
        return view_ ? view_->hash_tile(*place, size) : std::optional<std::string>();
      }
    }
    return bundle(*place, size);
  }

  [[nodiscard]] std::string newest_note() const {
    const std::shared_lock lock(view_mutex_);
    return note_;
  }

  [[nodiscard]] Result<board::MerkleProof> consistency_proof(std::uint64_t old_size,
                                                             std::uint64_t size) const {
    const std::shared_lock lock(view_mutex_);
    if (!view_ || old_size > size || size > published_) {
      return Error{ErrorCode::usage, "there are not so many entries"};
    }
    return view_->consistency_proof(old_size, size);
  }

  Status show_cosigned(std::string note) {
    if (witnesses_asked_ == 0) return ok_status();
    const Result<board::VerifiedCheckpoint> verified =
        board::verify_checkpoint(note, key_.verifier_key(), witnesses_, witnesses_asked_);
    if (!verified) return verified.error();
    const board::Checkpoint& checkpoint = verified->checkpoint;
    const std::unique_lock lock(view_mutex_);
    if (!view_ || checkpoint.size > published_ || checkpoint.size < cosigned_.size ||
        view_->root(checkpoint.size) != checkpoint.root) {
      return Error{ErrorCode::conflict, "the checkpoint is older than the one shown, or not of it"};
    }
    cosigned_ = {checkpoint.size, verified->cosignatures.size(), std::move(note)};
    cosigned_is_new_ = true;
    return ok_status();
  }

  [[nodiscard]] bool look(const std::function<void(const election::BoardState&)>& at) const {
    const std::shared_lock lock(view_mutex_);
    if (!view_ || view_->size() != published_) return false;
    at(view_->state());
    return true;
  }

  [[nodiscard]] Result<std::vector<PendingNotice>> notices(std::size_t most) const {
    return store_->notices(most);
  }
  [[nodiscard]] Status forget_notices(const std::vector<std::int64_t>& ids) const {
    return store_->forget_notices(ids);
  }
  [[nodiscard]] Result<std::uint64_t> delete_what_is_due(
      const protection::EditionDates& dates) const {
    return protection::delete_due(
        tables, dates, settings_.clock(),
        [&](const protection::Deletion& deletion) { return store_->apply(deletion); });
  }

  void stop() {
    stopping_ = true;
    intake_.close();
    for (std::thread& checker : checkers_) {
      if (checker.joinable()) checker.join();
    }
    verified_.close();
    if (recorder_.joinable()) recorder_.join();
  }

 private:
  // ---- Taking and answering

  void enqueue(Task task, Queue& queue) {
    if (stopping_ || !writable_) {
      return refuse(
          task, RefusalKind::unavailable,
          {ErrorCode::io, "nothing can be recorded at the moment", {}, "try again later"});
    }
    if (waiting_.fetch_add(1) >= settings_.waiting_max) {
      waiting_.fetch_sub(1);
      return refuse(task, RefusalKind::busy,
                    {ErrorCode::limit, "too many ballots arrive at once", {}, "try again soon"});
    }
    queue.push(std::move(task));
  }

  void refuse(Task& task, RefusalKind kind, Error error) {
    switch (kind) {
      case RefusalKind::malformed:
        ++malformed_;
        break;
      case RefusalKind::conflict:
        ++conflict_;
        break;
      case RefusalKind::not_now:
        ++not_now_;
        break;
      case RefusalKind::busy:
        ++busy_;
        break;
      case RefusalKind::unavailable:
        ++unavailable_;
        break;
    }
    task.answer(refusal(kind, std::move(error)));
  }
  // The same for a task that was waiting.
  void finish_refused(Task& task, RefusalKind kind, Error error) {
    waiting_.fetch_sub(1);
    refuse(task, kind, std::move(error));
  }
  void finish_recorded(Task& task, Acknowledgement acknowledgement) {
    waiting_.fetch_sub(1);
    ++(acknowledgement.recorded_before ? repeated_ : recorded_);
    task.answer(std::move(acknowledgement));
  }

  // ---- Checking

  void check_batches() {
    while (!intake_.finished()) {
      std::vector<Task> tasks = intake_.take(settings_.batch_max, std::chrono::milliseconds(500));
      std::vector<Task> decoded;
      for (Task& task : tasks) {
        if (decode(task)) decoded.push_back(std::move(task));
      }
      check(decoded);
    }
  }

  bool decode(Task& task) {
    Result<election::Entry> entry = election::decode_entry(task.entry);
    auto* ballot = entry ? std::get_if<election::Ballot>(&*entry) : nullptr;
    if (ballot == nullptr || ballot->proof.size() != ballot->ciphertext.size()) {
      finish_refused(task, RefusalKind::malformed,
                     entry ? Error{ErrorCode::malformed, "this is no ballot"} : entry.error());
      return false;
    }
    if (ballot->certificate.hour > settings_.clock() / 3600 + hours_ahead_max) {
      finish_refused(task, RefusalKind::malformed,
                     {ErrorCode::malformed, "its certificate is of a time to come"});
      return false;
    }
    if (settings_.tickets_required) {
      const auto ticket = election::decode_notice_ticket(task.ticket);
      if (!ticket) {
        finish_refused(task, RefusalKind::malformed,
                       {ErrorCode::malformed,
                        "the notice ticket that came with the certificate is missing",
                        {},
                        "send it in the header Urna-Notice"});
        return false;
      }
      task.sealed_reference = ticket->sealed;
    }
    task.ballot = std::move(*ballot);
    return true;
  }

  // The trustees' key, also while the store is lost; zeros, which no proof holds under, before
  // there is one.
  [[nodiscard]] group::ElementBytes joint_key() const {
    const std::shared_lock lock(view_mutex_);
    return joint_key_;
  }

  // Whether all of these hold.
  bool hold(std::span<Task> tasks) const {
    proof::Batch batch;
    const group::ElementBytes joint = joint_key();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const election::Ballot& ballot = *tasks[i].ballot;
      const election::Certificate& certificate = ballot.certificate;
      batch.subject(i);
      if (!proof::check_signature(batch, registrar_, registrar_key_,
                                  written_transcript(certificate, edition_),
                                  certificate.signature) ||
          !election::check_ballot_proofs(batch, ballot, joint)) {
        return false;
      }
      if (settings_.tickets_required) {
        const auto ticket = election::decode_notice_ticket(tasks[i].ticket);
        if (!ticket || !election::check_notice_ticket(batch, *ticket, edition_, certificate,
                                                      registrar_, registrar_key_)) {
          return false;
        }
      }
    }
    return !batch.verify();
  }

  // Verifies by halves, so that few wrong ballots among many cost little more than none.
  void check(std::span<Task> tasks) {
    if (tasks.empty()) return;
    if (settings_.unchecked || hold(tasks)) {
      for (Task& task : tasks) verified_.push(std::move(task));
      return;
    }
    if (tasks.size() == 1) {
      Task& task = tasks.front();
      return finish_refused(
          task, RefusalKind::malformed,
          {ErrorCode::malformed,
           "a signature or proof of the ballot, its certificate or its ticket does not hold"});
    }
    check(tasks.first(tasks.size() / 2));
    check(tasks.subspan(tasks.size() / 2));
  }

  // ---- Recording

  void record_rounds() {
    const std::chrono::milliseconds idle(settings_.follow_every_ms);
    while (!verified_.finished()) {
      keep_cosigned();
      std::vector<Task> tasks = verified_.take(settings_.waiting_max, idle);
      if (tasks.empty()) {
        follow_others();
        continue;
      }
      // What is not a ballot has a round of its own.
      auto begin = tasks.begin();
      while (begin != tasks.end()) {
        const bool ballots = begin->kind == election::EntryKind::ballot;
        auto end = begin + 1;
        while (ballots && end != tasks.end() && end->kind == election::EntryKind::ballot) ++end;
        record({begin, end});
        begin = end;
      }
    }
  }

  [[nodiscard]] bool is_cosigned(std::string_view note) const {
    return board::verify_checkpoint(note, key_.verifier_key(), witnesses_, witnesses_asked_).ok();
  }

  // Puts cosignatures into the store: under the newest checkpoint, if nothing has been added since,
  // and under the copy of a milestone's that is kept for ever.
  void keep_cosigned() {
    if (!cosigned_is_new_.exchange(false) || !view_) return;
    std::string note;
    RecordFile kept;
    {
      const std::shared_lock lock(view_mutex_);
      note = cosigned_.note;
      kept = {election::checkpoint_path(cosigned_.size), note};
    }
    const Result<std::optional<std::string>> there = store_->file(kept.path);
    const bool milestone = there && *there && !is_cosigned(**there);
    if (!milestone && is_cosigned(note_)) return;
    const RoundResult result = store_->append(
        view_->size(), [&](std::uint64_t, std::string_view entry) { return follow(entry); },
        [&]() -> Result<Round> {
          const Result<RecordStore::Head> head = store_->head();
          if (!head) return head.error();
          Round round;
          if (milestone) round.files.push_back(kept);
          round.checkpoint = head->checkpoint;
          const std::string_view text = std::string_view(note).substr(0, note.find("\n\n") + 1);
          if (head->checkpoint.starts_with(text) && !is_cosigned(head->checkpoint)) {
            round.checkpoint = note;
          } else if (!milestone) {
            return Round();
          }
          return round;
        });
    if (result.ending == Ending::committed) return follow_others();
    cosigned_is_new_ = true;
    drop_view();
    if (!result.usable) {
      store_failed_ = true;
      writable_ = false;
    }
  }

  // Whether the witnesses must see the board as it is before anything is added: right after the
  // closing, whose checkpoint is kept for ever with their signatures.
  [[nodiscard]] bool awaits_witnesses() const {
    return witnesses_asked_ != 0 && view_->state().phase() == election::Phase::issuance &&
           cosigned_.size < view_->size();
  }

  // How a task left its round, if it did.
  struct Taken {
    std::optional<std::uint64_t> index;
    bool before = false;
    std::optional<Error> refused;
    RefusalKind kind = RefusalKind::conflict;
  };

  void record(std::span<Task> tasks) {
    const auto give_up = std::chrono::steady_clock::now() + doubt_max;
    bool doubt = false;
    while (true) {
      std::vector<Taken> taken(tasks.size());
      std::uint64_t size = 0;
      std::string note;
      if (!view_ && !reload()) {
        if (std::chrono::steady_clock::now() < give_up && !store_failed_) {
          std::this_thread::sleep_for(retry_pause);
          continue;
        }
        return give_back(tasks, doubt);
      }
      const RoundResult result = store_->append(
          view_->size(), [&](std::uint64_t, std::string_view entry) { return follow(entry); },
          [&] { return decide(tasks, taken, size, note); });
      if (result.ending == Ending::committed) {
        // Without a note nothing was added, but entries of others were followed perhaps.
        if (!note.empty()) {
          publish(size, std::move(note));
        } else {
          follow_others();
        }
        return answer(tasks, taken);
      }
      doubt = doubt || result.ending == Ending::unknown;
      // The view is ahead of the store, or may be behind it.
      drop_view();
      if (!result.usable) {
        store_failed_ = true;
        writable_ = false;
        return give_back(tasks, doubt);
      }
      if (std::chrono::steady_clock::now() >= give_up) return give_back(tasks, doubt);
      std::this_thread::sleep_for(retry_pause);
    }
  }

  Status follow(std::string_view entry) {
    const std::unique_lock lock(view_mutex_);
    return view_->take(entry);
  }

  Result<Round> decide(std::span<Task> tasks, std::vector<Taken>& taken, std::uint64_t& size,
                       std::string& note) {
    Round round;
    bool milestone = false;
    const std::unique_lock lock(view_mutex_);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      Task& task = tasks[i];
      const Sha256Digest leaf = board::leaf_hash(task.entry);
      if (const auto index = view_->find(leaf)) {
        taken[i] = {*index, true, std::nullopt};
        continue;
      }
      const std::uint64_t index = view_->size();
      if (awaits_witnesses()) {
        taken[i].refused = Error{ErrorCode::limit,
                                 "the witnesses have not cosigned the board yet",
                                 {},
                                 "try again soon"};
        taken[i].kind = RefusalKind::busy;
        continue;
      }
      if (task.kind == election::EntryKind::extension && settings_.clock() >= closes_) {
        taken[i].refused = Error{
            ErrorCode::conflict, "the voting has ended by the clock of the ballot box", {}, ""};
        taken[i].kind = RefusalKind::not_now;
        continue;
      }
      if (Status applied = view_->take(task.entry); !applied) {
        taken[i].refused = std::move(applied).error();
        // Nothing that the voter could do would make it follow.
        if (task.kind == election::EntryKind::ballot &&
            view_->state().phase() != election::Phase::voting) {
          taken[i].kind = RefusalKind::not_now;
        }
        continue;
      }
      taken[i].index = index;
      milestone = milestone || is_milestone(task.kind);
      round.entries.push_back(task.entry);
      if (!task.sealed_reference.empty()) {
        round.notices.push_back(encode(RecordedVote{task.sealed_reference, task.ballot->pool}));
      }
    }
    size = view_->size();
    if (round.entries.empty()) return round;
    const Result<std::string> signed_note =
        board::sign_checkpoint({key_.verifier_key().name, size, view_->root(size)}, key_);
    if (!signed_note) return signed_note.error();
    note = *signed_note;
    round.checkpoint = note;
    if (milestone) round.files.push_back({election::checkpoint_path(size), note});
    return round;
  }

  // Precondition of both: there is a view, and nobody else looks at this.
  void remember_end() {
    const election::BoardState& state = view_->state();
    // A setting holds until the officials decide otherwise.
    closes_ = state.extensions().empty() ? settings_.closes.value_or(state.term().closes)
                                         : state.term().closes;
  }
  void remember_joint_key() {
    if (view_->state().phase() >= election::Phase::roll) {
      joint_key_ = view_->state().joint_key_bytes();
    }
  }

  // Makes the view visible up to this size, under this note.
  void publish(std::uint64_t size, std::string note) {
    const std::unique_lock lock(view_mutex_);
    remember_joint_key();
    remember_end();
    published_ = size;
    published_ballots_ = view_->state().ballots();
    note_ = std::move(note);
    ++rounds_;
  }

  void answer(std::span<Task> tasks, std::vector<Taken>& taken) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      if (taken[i].refused) {
        finish_refused(tasks[i], taken[i].kind, std::move(*taken[i].refused));
        continue;
      }
      Acknowledgement acknowledgement;
      acknowledgement.index = *taken[i].index;
      acknowledgement.recorded_before = taken[i].before;
      bool visible = false;
      {
        const std::shared_lock lock(view_mutex_);
        visible = view_ && *taken[i].index < published_;
        if (visible) acknowledgement.receipt = view_->receipt(*taken[i].index, published_, note_);
      }
      if (visible) {
        finish_recorded(tasks[i], std::move(acknowledgement));
      } else {
        // Recorded by another process a moment ago, whose checkpoint has not been read yet.
        finish_refused(tasks[i], RefusalKind::busy,
                       {ErrorCode::limit, "it is being recorded", {}, "try again soon"});
      }
    }
  }

  void give_back(std::span<Task> tasks, bool doubt) {
    for (Task& task : tasks) {
      finish_refused(
          task, RefusalKind::unavailable,
          {ErrorCode::io,
           doubt ? "the store was lost while the ballot was being recorded, and it is not "
                   "known whether it was"
                 : "the store cannot be written; nothing was recorded",
           {},
           "send the same ballot again later: it is recorded once"});
    }
  }

  // Reads what other processes have recorded, until the view is what the store holds.
  void follow_others() {
    if (!view_ && !reload()) return;
    constexpr int attempts_max = 10;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      const Result<RecordStore::Head> head = store_->head();
      if (!head) return;
      if (head->size == view_->size()) {
        // Also a checkpoint of the same entries with more cosignatures.
        if (head->size != published_ || head->checkpoint != note_) {
          publish(head->size, head->checkpoint);
          (void)show_cosigned(head->checkpoint).ok();
        }
        return;
      }
      const std::uint64_t known = view_->size();
      const Status read =
          head->size < known
              ? Status(Error{ErrorCode::conflict, "the store has become shorter"})
              : store_->read(known, head->size - known,
                             [&](std::uint64_t, std::string_view entry) { return follow(entry); });
      if (!read) return drop_view();
    }
  }

  void drop_view() {
    const std::unique_lock lock(view_mutex_);
    view_.reset();
  }

  bool reload() {
    Result<BoardView> view = BoardView::load(*store_, key_.verifier_key());
    const Result<RecordStore::Head> head = store_->head();
    if (!view || !head || head->size != view->size()) return false;
    const std::unique_lock lock(view_mutex_);
    view_.emplace(std::move(*view));
    remember_joint_key();
    remember_end();
    published_ = head->size;
    published_ballots_ = view_->state().ballots();
    note_ = head->checkpoint;
    return true;
  }

  // ---- Showing

  [[nodiscard]] Result<std::optional<std::string>> bundle(const board::TilePlace& place,
                                                          std::uint64_t size) const {
    if (place.width > board::width_in_tree(std::nullopt, place.index, size)) {
      return std::optional<std::string>();
    }
    std::string bytes;
    std::uint32_t count = 0;
    const Status read = store_->read(place.index * board::tile_width, place.width,
                                     [&](std::uint64_t, std::string_view entry) {
                                       ++count;
                                       return board::append_to_bundle(bytes, entry);
                                     });
    if (!read) return read.error();
    if (count != place.width) {
      return Error{ErrorCode::conflict, "entries are missing in the store", {}, {}};
    }
    return std::optional(std::move(bytes));
  }

  [[nodiscard]] Counters counters_of() const {
    Counters counters;
    counters.recorded = recorded_;
    counters.repeated = repeated_;
    counters.refused_malformed = malformed_;
    counters.refused_conflict = conflict_;
    counters.refused_not_now = not_now_;
    counters.refused_busy = busy_;
    counters.refused_unavailable = unavailable_;
    counters.rounds = rounds_;
    return counters;
  }

  std::unique_ptr<RecordStore> store_;
  board::LogSecretKey key_;
  Settings settings_;
  std::uint64_t opens_ = 0;
  std::atomic<std::uint64_t> closes_ = 0;  // of what is durable

  // Grown by the recording thread only, which reads it without the lock; nothing in between a loss
  // of the store and its return.
  mutable std::shared_mutex view_mutex_;
  std::optional<BoardView> view_;
  std::uint64_t published_ = 0;  // entries that are durable, as is the note over them
  std::uint64_t published_ballots_ = 0;
  std::string note_;
  // The newest checkpoint with the cosignatures that the manifest asks for.
  struct Cosigned {
    std::uint64_t size = 0;
    std::size_t signatures = 0;
    std::string note;
  } cosigned_;
  std::atomic<bool> cosigned_is_new_ = false;
  std::vector<board::WitnessKey> witnesses_;
  std::size_t witnesses_asked_ = 0;
  election::EditionHash edition_;
  group::ElementBytes joint_key_{};
  group::ElementBytes registrar_key_;
  group::Element registrar_;

  Queue intake_;
  Queue verified_;
  std::atomic<std::size_t> waiting_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> writable_ = true;
  bool store_failed_ = false;  // of no further use; recording thread only
  std::atomic<std::uint64_t> recorded_ = 0, repeated_ = 0, malformed_ = 0, conflict_ = 0,
                             not_now_ = 0, busy_ = 0, unavailable_ = 0, rounds_ = 0;
  std::thread recorder_;
  std::vector<std::thread> checkers_;
};

BallotBox::BallotBox(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
BallotBox::~BallotBox() = default;

Result<std::unique_ptr<BallotBox>> BallotBox::open(std::unique_ptr<RecordStore> store,
                                                   const board::LogSecretKey& key,
                                                   Settings settings) {
  Result<BoardView> view = BoardView::load(*store, key.verifier_key());
  if (!view) return std::move(view).error();
  const election::BoardKeys& keys = view->state().manifest().board;
  if (keys.origin != key.verifier_key().name || keys.key != key.verifier_key().public_key) {
    return Error{ErrorCode::usage,
                 "the key is not the board's key of the manifest",
                 {},
                 "give the key that was made for " + keys.origin};
  }
  const Result<RecordStore::Head> head = store->head();
  if (!head) return head.error();
  return std::unique_ptr<BallotBox>(new BallotBox(std::make_unique<Machine>(
      std::move(store), key, std::move(settings), std::move(*view), head->checkpoint)));
}

void BallotBox::accept(std::string ballot, std::string ticket, Answer answer) {
  machine_->accept(std::move(ballot), std::move(ticket), std::move(answer));
}
void BallotBox::submit(std::string entry, Answer answer) {
  machine_->submit(std::move(entry), std::move(answer));
}
Overview BallotBox::overview() const { return machine_->overview(); }
Counters BallotBox::counters() const { return machine_->counters(); }
election::BoardState::NextBallot BallotBox::next_ballot(const election::Pseudonym& pseudonym,
                                                        election::PoolNumber pool) const {
  return machine_->next_ballot(pseudonym, pool);
}
std::uint64_t BallotBox::pools() const { return machine_->pools(); }
std::optional<board::Receipt> BallotBox::receipt(const election::EntryHash& entry) const {
  return machine_->receipt(entry);
}
Result<std::optional<std::string>> BallotBox::file(std::string_view path) const {
  return machine_->file(path);
}
std::string BallotBox::newest_note() const { return machine_->newest_note(); }
Result<board::MerkleProof> BallotBox::consistency_proof(std::uint64_t old_size,
                                                        std::uint64_t size) const {
  return machine_->consistency_proof(old_size, size);
}
Status BallotBox::show_cosigned(std::string note) {
  return machine_->show_cosigned(std::move(note));
}
bool BallotBox::look(const std::function<void(const election::BoardState&)>& at) const {
  return machine_->look(at);
}
Result<std::vector<PendingNotice>> BallotBox::notices(std::size_t most) const {
  return machine_->notices(most);
}
Status BallotBox::forget_notices(const std::vector<std::int64_t>& ids) const {
  return machine_->forget_notices(ids);
}
Result<std::uint64_t> BallotBox::delete_what_is_due(const protection::EditionDates& dates) const {
  return machine_->delete_what_is_due(dates);
}
void BallotBox::stop() { machine_->stop(); }

}  // namespace urna::ballotbox
