// SPDX-License-Identifier: EUPL-1.2
// What the ballot box asks of a database: the record of one edition, and nothing that tells who
// anybody is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protection/retention.h"

namespace urna::ballotbox {

// A file of the record (docs/protocol.md section 14) by its path within it.
struct RecordFile {
  std::string path;
  std::string bytes;
};

// What is added at once, whole or not at all.
struct Round {
  std::vector<std::string> entries;  // of the board, in order
  std::string checkpoint;            // the note of the log with these entries
  std::vector<RecordFile> files;     // replace those of the same path
  std::vector<std::string> notices;  // to be passed on: encode(RecordedVote)

  [[nodiscard]] bool empty() const {
    return entries.empty() && checkpoint.empty() && files.empty() && notices.empty();
  }
};

enum class Ending : std::uint8_t {
  committed,  // durable
  undone,     // nothing of it is there
  unknown,    // the connection broke while it was being committed: read what is there
};

struct RoundResult {
  Ending ending = Ending::undone;
  std::optional<Error> error;  // present unless committed
  // Whether this store can be used again without being opened anew.
  bool usable = true;
};

// A recorded vote to be passed on to the registrar.
struct PendingNotice {
  std::int64_t id = 0;  // random: the order of ids says nothing of the order of ballots
  std::string sealed;
};

// The database is the log: a round is one transaction that holds new entries and the checkpoint
// over them. Several processes may share one; rounds exclude each other. Entries are never changed.
//
// append() is called by one thread, the rest by any number of others at the same time. Errors of
// all: io (the database cannot be reached or refuses).
class RecordStore {
 public:
  virtual ~RecordStore() = default;

  // Must not call the store.
  using Visit = std::function<Status(std::uint64_t index, std::string_view entry)>;
  // May read from the store, as it was before the round.
  using Decide = std::function<Result<Round>()>;

  // Waits until no other process is in a round; hands all entries from number `known` on to
  // `follow` in order, which are those that others have added; asks `decide` what to add, and makes
  // that durable. An error of either undoes the round and is passed on. An empty round is none.
  [[nodiscard]] virtual RoundResult append(std::uint64_t known, const Visit& follow,
                                           const Decide& decide) = 0;

  // The entries from `first` on in order, at most `count`, as of one moment. Errors of `visit` are
  // passed on.
  [[nodiscard]] virtual Status read(std::uint64_t first, std::uint64_t count,
                                    const Visit& visit) = 0;
  // How many entries there are, and the note over them; 0 and "" before the first round.
  struct Head {
    std::uint64_t size = 0;
    std::string checkpoint;
  };
  [[nodiscard]] virtual Result<Head> head() = 0;
  [[nodiscard]] virtual Result<std::optional<std::string>> file(std::string_view path) = 0;
  [[nodiscard]] virtual Result<std::vector<std::string>> paths() = 0;

  // Up to so many notices, in no order that says anything; and forgetting those that were taken.
  [[nodiscard]] virtual Result<std::vector<PendingNotice>> notices(std::size_t most) = 0;
  [[nodiscard]] virtual Status forget_notices(const std::vector<std::int64_t>& ids) = 0;

  // Deletes what is due. How many rows went.
  [[nodiscard]] virtual Result<std::uint64_t> apply(const protection::Deletion& deletion) = 0;
};

}  // namespace urna::ballotbox
