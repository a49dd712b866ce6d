// SPDX-License-Identifier: EUPL-1.2
#include "cmd/progress.h"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace urna::cmd {

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1),
      last_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (shown_ && terminal_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(std::string_view what, double share) {
  const auto now = std::chrono::steady_clock::now();
  if (quiet_ || now - last_ < std::chrono::seconds(1)) return;
  last_ = now;
  shown_ = true;
  fmt::print(stderr, "{}{}: {:.0f} %{}", terminal_ ? "\r\x1b[K" : "", what, 100 * share,
             terminal_ ? "" : "\n");
  (void)std::fflush(stderr);  // a progress line that is lost is no error
}

}  // namespace urna::cmd
