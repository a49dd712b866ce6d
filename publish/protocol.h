// SPDX-License-Identifier: EUPL-1.2
// The protocol of a vote: what a commission signs, from the record and nothing else.
#pragma once

#include <string>
#include <vector>

#include "publish/document.h"
#include "results/edition_data.h"

namespace urna::publish {

// Of the newest checkpoint.
struct CheckpointFacts {
  std::uint64_t size = 0;
  std::string root;                    // hexadecimal
  std::vector<std::string> witnesses;  // names of those who cosigned it
};

// Precondition: the edition is complete.
[[nodiscard]] Document protocol_of(const results::EditionData& data,
                                   const CheckpointFacts& checkpoint, report::Language language);

}  // namespace urna::publish
