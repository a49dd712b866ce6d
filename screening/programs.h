// SPDX-License-Identifier: EUPL-1.2
// Programs of the system that read what this one cannot: pdftotext and its kin, tesseract.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace urna::screening {

// A folder for the reader of one file, for its owner alone; removed with all that is in it.
class ReadingRoom {
 public:
  [[nodiscard]] static Result<ReadingRoom> make();
  ReadingRoom(ReadingRoom&& other) noexcept;
  ReadingRoom& operator=(ReadingRoom&&) = delete;
  ReadingRoom(const ReadingRoom&) = delete;
  ReadingRoom& operator=(const ReadingRoom&) = delete;
  ~ReadingRoom();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit ReadingRoom(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct ProgramRun {
  int status = 0;  // as it exited; -1: it was stopped
  std::string output;
};

// Runs words[0], found by PATH, without a shell and without input, for at most so many seconds, and
// gives what it wrote to its standard output. Errors: not_found (there is no such program), limit
// (it was too slow or wrote too much), io.
[[nodiscard]] Result<ProgramRun> run_program(const ReadingRoom& room,
                                             const std::vector<std::string>& words,
                                             std::uint32_t seconds_max, std::size_t output_max);

}  // namespace urna::screening
