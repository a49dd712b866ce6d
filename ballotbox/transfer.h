// SPDX-License-Identifier: EUPL-1.2
// A record between a folder, where the ceremony and the tally work on it, and the store of a ballot
// box, where it is voted on and shown.
#pragma once

#include <cstdint>
#include <string>

#include "ballotbox/record_store.h"
#include "base/result.h"
#include "board/checkpoint.h"

namespace urna::ballotbox {

struct TransferReport {
  std::uint64_t entries = 0;  // new ones
  std::uint64_t files = 0;    // of the record, new or changed
  std::uint64_t size = 0;     // entries in all
};

// Adds what the record in this folder has beyond the store: entries, files and the newest
// checkpoint, in one round. Every entry is checked against those before it; what the files prove is
// for verifiers. Doing it again changes nothing. Errors: those of board::LogReader and BoardState;
// conflict (the folder and the store have different histories, or the store is further); those of
// the store.
[[nodiscard]] Result<TransferReport> import_record(const std::string& directory,
                                                   RecordStore& store);

// Writes the record in the store to a new folder, as RecordWriter leaves it. The key is the
// board's. Errors: those of board::LogWriter and the store; not_found (the store is empty).
[[nodiscard]] Result<TransferReport> export_record(RecordStore& store, const std::string& directory,
                                                   const board::LogSecretKey& key);

}  // namespace urna::ballotbox
