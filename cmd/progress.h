// SPDX-License-Identifier: EUPL-1.2
// A line on standard error for work that takes longer than a second.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace urna::cmd {

// Shows what is being done and how much of it is done, at most once a second. Cleared from a
// terminal at the end of its life.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  // `share` is 0 … 1.
  void show(std::string_view what, double share);

 private:
  bool quiet_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace urna::cmd
