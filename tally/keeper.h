// SPDX-License-Identifier: EUPL-1.2
// The work of who keeps the board, but for the voting itself: the record is led from phase to phase
// (docs/protocol.md section 7). What others hand over is received by receiving.h.
//
// A function either publishes one checkpoint that covers all it has added, or none. What stops
// between leaves at most files that no entry names; open_record() removes them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "board/checkpoint.h"
#include "election/record.h"
#include "proof/signature.h"
#include "tally/record_view.h"

namespace urna::tally {

// Begins the record of a manifest, unless the folder holds it already; whether it was begun now.
// Errors: conflict (the folder holds something else), and those of RecordWriter::create().
[[nodiscard]] Result<bool> begin_record(const std::string& directory, std::string_view manifest,
                                        const board::LogSecretKey& key);

// Opens a record for adding. Errors: those of RecordWriter::open().
[[nodiscard]] Result<election::RecordWriter> open_record(const std::string& directory,
                                                         const board::LogSecretKey& key);

// Two officials with their numbers.
// Finds the official of a key in the manifest. Error: conflict (it is no official's).
[[nodiscard]] Result<election::OfficialNumber> find_official(const election::Manifest& manifest,
                                                             const proof::SigningKey& key);

struct OfficialPair {
  election::OfficialNumber first, second;  // first < second
  proof::SigningKey first_key, second_key;
};
// Finds the officials of two keys in the manifest. Error: conflict (a key is no official's, or both
// are the same one's).
[[nodiscard]] Result<OfficialPair> find_officials(const election::Manifest& manifest,
                                                  const proof::SigningKey& one,
                                                  const proof::SigningKey& other);

// The entries of phases 5, 6, 8. Each returns whether it was added now: false if the record is
// further already. Errors: conflict (what comes before is missing; another key), malformed, io.
[[nodiscard]] Result<bool> add_roll(election::RecordWriter& record, std::string_view roll_file,
                                    const proof::SigningKey& registrar);
[[nodiscard]] Result<bool> open_voting(election::RecordWriter& record,
                                       const OfficialPair& officials, std::uint64_t time);
[[nodiscard]] Result<bool> close_voting(election::RecordWriter& record,
                                        const OfficialPair& officials, std::uint64_t time);
// Phase 9: how many certificates the registrar has issued.
[[nodiscard]] Result<bool> add_issuance(election::RecordWriter& record, std::uint64_t certificates,
                                        const proof::SigningKey& registrar);
// Phase 11, and `withheld` for the pools that are not opened. No annulment is possible after it.
[[nodiscard]] Result<bool> add_counted(election::RecordWriter& record);

// A pool whose result was added now.
struct AnnouncedPool {
  election::PoolNumber pool;
  election::PoolResult result;
};
// Opens every pool that enough trustees have decrypted and that has no result: everything is
// verified again, the first t shares are combined, the ballots read, published and counted.
// Errors: malformed, not_found, conflict (as verified_list(); wrong shares, naming the trustee),
// and those of the count.
[[nodiscard]] Result<std::vector<AnnouncedPool>> add_results(election::RecordWriter& record,
                                                             const Work& work);

// What a record waits for.
struct Awaited {
  std::string what;  // e.g. "a round of mixing of pool 0 (north)"
  std::string from;  // e.g. "any of trustee 1 (Anna), trustee 3 (Celina)"
  std::string how;   // the command, e.g. "urna trustee mix"
};
// What comes next. Empty: the record is complete.
[[nodiscard]] std::vector<Awaited> awaited(const election::BoardState& state);

// The phase in words, e.g. "waiting for the trustees' commitments".
[[nodiscard]] std::string describe_phase(const election::BoardState& state);

}  // namespace urna::tally
