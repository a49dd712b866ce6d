// SPDX-License-Identifier: EUPL-1.2
// The record of every frozen edition, led from its manifest to the announced result.
//
// What is to be done follows from what is there: the record in its folder, the files handed in, the
// proposals that two have signed, and what the ballot box shows. advance() looks at these and does
// the next step as often as there is one; each step is whole or not done, and done twice it is done
// once. So nothing has to be remembered about a step under way: after a crash, or when the ballot
// box was not to be reached, looking again is all it takes.
//
// Files in the folder of an edition: `record/`, the record; `inbox/`, what was handed in and still
// waits; `fates.json`, what has become of the rest; during the closing also `pulled/` and
// `opened/`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/drafts.h"
#include "desk/office.h"
#include "desk/snapshot.h"
#include "desk/statements.h"

namespace urna::desk {

// A file that was handed in.
struct HandedIn {
  std::string name;
  std::string fate;    // added, known, waiting, refused
  std::string what;    // e.g. "mix of pool 0, round 1"
  std::string reason;  // why it waits or was refused
};

struct WorkView {
  bool running = false;
  std::string doing;            // what is done now, or was done last
  std::optional<Error> failed;  // why the last step was not done
  std::uint64_t failed_at = 0;
  std::optional<BallotBoxPort::View> box;  // as it was seen last
};

class Works {
 public:
  // Starts a thread, which first looks at all frozen editions. The office and the setting outlive
  // this. Error: io (the folder cannot be made).
  [[nodiscard]] static Result<std::unique_ptr<Works>> start(const Office& office,
                                                            const Setting& setting,
                                                            std::string folder, unsigned threads);
  Works(const Works&) = delete;
  Works& operator=(const Works&) = delete;
  // Waits for the step under way.
  ~Works();

  // Looks at the edition soon.
  void wake(std::string_view edition);

  // As of the last step; nothing while the record is not begun.
  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot(std::string_view edition) const;
  [[nodiscard]] WorkView work(std::string_view edition) const;

  // Takes a file of a trustee, a witness or the registrar: .entry with its .cbor, .checkpoint,
  // roll.cbor. The names are those that the programs give. Errors: malformed (the name, or an
  // .entry that is none), limit, usage, not_found (no such frozen edition), io.
  [[nodiscard]] Status hand_in(const Official& actor, std::string_view edition,
                               std::string_view name, std::string_view bytes);
  [[nodiscard]] std::vector<HandedIn> handed_in(std::string_view edition) const;

  // The ballots of these entries, as the ballot box shows them while people vote, and from the
  // closing on as the record has them. Errors: malformed (no ballot, named twice, or more than
  // most), not_found, conflict (not while votes can be annulled), io.
  [[nodiscard]] Result<std::vector<BallotOnBoard>> find_ballots(
      const EditionRow& edition, const std::vector<std::uint64_t>& indices, std::size_t most) const;
  // What is in force on the board, as seen last.
  [[nodiscard]] election::VotingTerm term(std::string_view edition) const;

  // Ends the time for annulments: the list of counted ballots is made. Errors: usage, conflict (not
  // due, a decision about a ballot waits for a signature, or a ballot is frozen).
  [[nodiscard]] Status end_annulments(const Official& actor, std::string_view edition);

  // The folder of the record, for downloads; its files are replaced, never changed.
  [[nodiscard]] std::string record_folder(std::string_view edition) const;

 private:
  class Machine;
  explicit Works(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

inline constexpr std::size_t handed_in_bytes_max = std::size_t{192} << 20U;

}  // namespace urna::desk
