// SPDX-License-Identifier: EUPL-1.2
// Every way to falsify a record that the verifiers are tested with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rehearsal/forge.h"

namespace urna::rehearsal {

struct Deceit {
  std::string name;
  unsigned item = 0;
  std::string step;         // in which it must be refused; several, parted by |, where it depends
                            // on what a verifier looks at first; empty for a control
  std::string description;  // one sentence, plain ASCII without quotation marks
  // Changes the copy; false if this record gives no occasion.
  std::function<Result<bool>(Forge&)> commit;
  // What is done to the written folder afterwards, if anything.
  std::function<Status(Forge&, const std::string& directory)> on_disk = {};
};

[[nodiscard]] std::vector<Deceit> ballot_deceits();
[[nodiscard]] std::vector<Deceit> contest_deceits();
[[nodiscard]] std::vector<Deceit> paper_deceits();
[[nodiscard]] std::vector<Deceit> tally_deceits();
[[nodiscard]] std::vector<Deceit> board_deceits();
// All of them, and the controls.
[[nodiscard]] std::vector<Deceit> all_deceits();

}  // namespace urna::rehearsal
