// SPDX-License-Identifier: EUPL-1.2
// A record held in memory as entries and files, to be changed and written again with all its
// hashes and signatures of the board in order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/cast.h"

namespace urna::rehearsal {

struct RecordCopy {
  std::vector<std::string> entries;
  // roll.cbor, mix/…, decryption/…, plaintexts/…, result/… by path; not the log's own files.
  std::map<std::string, std::string> files;
};

// Reads a record of moderate size. Errors: those of board::LogReader; io.
[[nodiscard]] Result<RecordCopy> read_record(const std::string& directory);

// Writes the record to a new folder: log, checkpoint cosigned by all witnesses, kept checkpoints
// after `opening` and `closing`. What the entries say is not asked. Errors: io, conflict.
[[nodiscard]] Status write_record(const RecordCopy& copy, const Cast& cast,
                                  const std::string& directory);

}  // namespace urna::rehearsal
