// SPDX-License-Identifier: EUPL-1.2
// False records, each wrong in one respect and otherwise in order, to test verifiers with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/cast.h"

namespace urna::rehearsal {

// What was written.
struct MutantRecord {
  std::string name;         // its folder
  unsigned item = 0;        // what kind of deceit, by the list in docs/protocol.md; 0: a control
  std::string description;  // one sentence
  std::string step;         // in which it must be refused, or several parted by |; empty: accepted
};

struct MutantReport {
  std::vector<MutantRecord> written;
  std::vector<std::string> left_out;  // with the reason: what the record gives no occasion for
};

// Makes every false record that the true one gives occasion for, each in a folder of its own below
// `out`, with the secrets of all who took part; and controls, which were made the same way but
// honestly and must be accepted. Also writes out/mutants.json. The true record should hold a pool
// of width 2 or more, one that is withheld, and incidents of every kind. Errors: those of reading
// the record; io; malformed (the record or the secrets do not belong together).
[[nodiscard]] Result<MutantReport> make_mutants(
    const std::string& record, const Cast& cast, const std::string& out,
    const std::function<void(const std::string&, double)>& progress);

}  // namespace urna::rehearsal
