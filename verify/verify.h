// SPDX-License-Identifier: EUPL-1.2
// The verifier: from a published record to a verdict (docs/protocol.md section 14).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "board/checkpoint.h"
#include "election/result.h"
#include "election/types.h"

namespace urna::verify {

// The steps of section 14, in the order in which they are reported.
enum class Step : std::uint8_t {
  log,
  manifest,
  ceremony,
  roll,
  ballots,
  counted,
  mix,
  decryption,
  result,
  files,
};
// "log", "manifest", …
[[nodiscard]] std::string_view name_of(Step step);
// What has been shown once the step is passed, and what it means if it fails: one sentence each.
[[nodiscard]] std::string_view shows(Step step);
[[nodiscard]] std::string_view failure_means(Step step);

// The first thing wrong.
struct Finding {
  Step step = Step::log;
  std::string where;  // "entry 17 (ballot)" or a file of the record
  std::string what;   // one sentence without a full stop
};

struct FundedProject {
  std::string id;
  std::string name;
  Money cost;
};

struct PoolSummary {
  std::string id;
  std::string title;
  std::uint64_t cast = 0;     // ballots on the board
  std::uint64_t counted = 0;  // of these, and votes on paper
  std::uint64_t on_paper = 0;
  bool withheld = false;  // too few to be opened; the rest is then empty
  std::vector<std::string> mixed_by;
  std::vector<std::string> decrypted_by;
  std::uint64_t valid = 0;  // blank ones included
  std::uint64_t blank = 0;
  std::vector<election::InvalidBallot> invalid;
  std::vector<FundedProject> funded;  // in the order of the rule
  Money cost;
  Money money;
};

struct Summary {
  std::string edition;
  std::string title;
  election::EditionHash manifest;
  std::uint64_t entries = 0;
  std::uint64_t roll = 0;
  std::uint64_t ballots = 0;
  std::uint64_t certificates = 0;
  std::uint64_t annulled = 0;
  std::uint64_t upheld = 0;                     // after they had been frozen
  std::uint64_t restored = 0;                   // on appeal, after they had been annulled
  std::vector<election::Extension> extensions;  // of the voting, in order
  std::vector<board::Cosignature> cosignatures;
  std::vector<PoolSummary> pools;
};

struct Verdict {
  std::optional<Finding> refused;  // accepted iff there is none
  Summary summary;                 // as far as the steps passed reach
  // Seconds spent in each step, for people who wait and for measurements.
  std::vector<std::pair<Step, double>> seconds;
};

struct VerifyOptions {
  unsigned threads = 1;
  std::optional<election::EditionHash> manifest;  // which edition it must be
  // Called when a step begins, and now and then within it with the share done, 0 … 1.
  std::function<void(Step, double)> progress = [](Step, double) {};
};

// Verifies all of the record in the folder. Every deviation, in whatever file, is a refusal; an
// error is what prevents the verification: not_found (no such folder), io (the disk), not the
// record.
[[nodiscard]] Result<Verdict> verify_record(const std::string& directory,
                                            const VerifyOptions& options);

}  // namespace urna::verify
