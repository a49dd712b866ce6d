// SPDX-License-Identifier: EUPL-1.2
// The ballot box: takes ballots from many at once, verifies them in batches, records them in
// rounds, and answers with receipts once they are durable.
//
// The way of a ballot: accept() puts it into a queue; a checking thread takes what waits there and
// verifies proofs, signatures and tickets by one sum; the recording thread takes what was verified,
// asks the board whether it may follow, and commits all that may as one round with a new signed
// checkpoint; then each voter is answered with a receipt under that checkpoint. So the cost of a
// commit is shared by all who wait for it, and nothing is acknowledged that could be lost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ballotbox/record_store.h"
#include "base/result.h"
#include "board/checkpoint.h"
#include "board/merkle.h"
#include "board/receipt.h"
#include "election/board_state.h"
#include "election/types.h"

namespace urna::ballotbox {

// Seconds since 1970. Called from several threads.
using Clock = std::function<std::uint64_t()>;

struct Settings {
  // Ballots that may wait, verified or not; more are told to come again.
  std::size_t waiting_max = 8'192;
  // Ballots that are verified by one sum.
  std::size_t batch_max = 512;
  unsigned checking_threads = 1;
  // Whether each ballot must come with a notice ticket.
  bool tickets_required = true;
  // Unix seconds in which ballots are taken; by default what the manifest announces. An extension
  // on the board goes before `closes`.
  std::optional<std::uint64_t> opens;
  std::optional<std::uint64_t> closes;
  // How often what other processes have recorded is read while nothing is recorded here.
  std::uint32_t follow_every_ms = 250;
  // For measurements only: verify no proof, signature or ticket.
  bool unchecked = false;
  Clock clock;  // must be set
};

struct Acknowledgement {
  std::uint64_t index = 0;       // of the entry on the board
  board::Receipt receipt;        // under the checkpoint that first held it, or a later one
  bool recorded_before = false;  // the same bytes had been recorded already: a repetition
};

enum class RefusalKind : std::uint8_t {
  malformed,    // the bytes are no ballot, or a proof, signature or ticket does not hold
  conflict,     // the board does not allow it to follow; the voter should look at the board again
  not_now,      // voting is not open
  busy,         // more wait than there is room for: come again
  unavailable,  // the store cannot be written
};

struct Refusal {
  RefusalKind kind = RefusalKind::malformed;
  Error error;
};

using Outcome = std::variant<Acknowledgement, Refusal>;
using Answer = std::function<void(Outcome)>;

// What is public about the election now.
struct Overview {
  election::EditionHash edition;
  election::Phase phase = election::Phase::dealing_commitments;
  bool accepting = false;           // ballots, at this moment
  std::uint64_t size = 0;           // entries that are durable
  std::uint64_t ballots = 0;        // of these, superseded ones included
  std::string checkpoint;           // the newest note
  std::uint64_t cosigned_size = 0;  // of the newest checkpoint that enough witnesses cosigned
  std::size_t cosignatures = 0;     // under that
  std::uint64_t opens = 0;          // Unix seconds
  std::uint64_t closes = 0;         // the end in force
  std::vector<election::Extension> extensions;  // on the board, in order
  std::string joint_key;                        // 32 bytes; empty before the key ceremony has ended
};

// Numbers since the start, for who watches the service.
struct Counters {
  std::uint64_t waiting = 0;
  std::uint64_t recorded = 0;
  std::uint64_t repeated = 0;
  std::uint64_t refused_malformed = 0;
  std::uint64_t refused_conflict = 0;
  std::uint64_t refused_not_now = 0;
  std::uint64_t refused_busy = 0;
  std::uint64_t refused_unavailable = 0;
  std::uint64_t rounds = 0;
  bool writable = true;
};

class BallotBox {
 public:
  // Reads the record in the store and starts the threads. The key is the board's. Errors: those of
  // BoardView::load(); usage (not the manifest's key).
  [[nodiscard]] static Result<std::unique_ptr<BallotBox>> open(std::unique_ptr<RecordStore> store,
                                                               const board::LogSecretKey& key,
                                                               Settings settings);
  BallotBox(const BallotBox&) = delete;
  BallotBox& operator=(const BallotBox&) = delete;
  // As stop().
  ~BallotBox();

  // Takes the bytes of a `ballot` entry and of its notice ticket (empty if none is required). The
  // answer is given exactly once, perhaps before this returns, else from a thread of the box, where
  // it must not wait for anything. Sending the same bytes again is safe: they are recorded once.
  void accept(std::string ballot, std::string ticket, Answer answer);

  // The same for an entry of another kind that may stand on the board from the opening to phase 10:
  // audited, freeze, annulment, upholding, roll-addition, paper-mark, extension, closing, issuance,
  // paper-batch. Others are
  // refused as malformed, an extension also when the voting has ended by the clock.
  void submit(std::string entry, Answer answer);

  // All of the following may be called from any thread and see only what is durable.
  [[nodiscard]] Overview overview() const;
  [[nodiscard]] Counters counters() const;
  // What this person's next ballot in the pool must carry; an unknown pseudonym has the same answer
  // as one without ballots. Precondition: a pool of the manifest.
  [[nodiscard]] election::BoardState::NextBallot next_ballot(const election::Pseudonym& pseudonym,
                                                             election::PoolNumber pool) const;
  [[nodiscard]] std::uint64_t pools() const;
  // The receipt of the entry with this hash, under the newest checkpoint that enough witnesses
  // cosigned if that holds it, else under the newest of all; nullopt if there is no such entry.
  [[nodiscard]] std::optional<board::Receipt> receipt(const election::EntryHash& entry) const;
  // The file of the record (docs/protocol.md section 14) as of now; nullopt if there is none so.
  // "checkpoint" is the newest one that enough witnesses cosigned, as soon as there is one.
  // Errors: those of the store.
  [[nodiscard]] Result<std::optional<std::string>> file(std::string_view path) const;

  // What witnesses are shown: the newest note of the log, and proofs up to its size. Error: usage
  // unless old_size <= size <= the number of durable entries.
  [[nodiscard]] std::string newest_note() const;
  [[nodiscard]] Result<board::MerkleProof> consistency_proof(std::uint64_t old_size,
                                                             std::uint64_t size) const;
  // Shows this note, which bears the log's signature, if the witnesses that the manifest asks for
  // have cosigned it and it is not older than the one shown. Errors: those of verify_checkpoint();
  // conflict (it is older, or not of this history).
  [[nodiscard]] Status show_cosigned(std::string note);

  // Shows what the board says, as far as it is durable, to a function that neither waits nor calls
  // the box. False, and nothing is shown, while the store is lost or entries are being made
  // durable.
  [[nodiscard]] bool look(const std::function<void(const election::BoardState&)>& at) const;

  // Notices to be passed on to the registrar, see RecordStore.
  [[nodiscard]] Result<std::vector<PendingNotice>> notices(std::size_t most) const;
  [[nodiscard]] Status forget_notices(const std::vector<std::int64_t>& ids) const;
  // Deletes what the declaration says must go by now (ballotbox/tables.h): notices that nobody
  // took. The record is public and stays. How many rows went. Errors: those of the store.
  [[nodiscard]] Result<std::uint64_t> delete_what_is_due(
      const protection::EditionDates& dates) const;

  // Takes no more, records what was taken, and ends the threads.
  void stop();

 private:
  class Machine;
  explicit BallotBox(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace urna::ballotbox
