// SPDX-License-Identifier: EUPL-1.2
// A pool of an edition, and the contents of its ballots, from a published Pabulib file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "election/ballot_content.h"
#include "election/manifest.h"

namespace urna::election {

struct RepeatedContent {
  BallotContent content;
  std::uint32_t count = 0;  // voters who cast it
};

struct ImportedPool {
  Pool pool;
  std::vector<RepeatedContent> contents;  // all valid under the pool's ballot rule
  std::uint64_t ballots = 0;              // of the file
  std::uint64_t inexpressible = 0;        // ballots left out: a project named twice, points below 1
  std::vector<std::string> notes;         // limits widened, texts changed; English
};

// Approval and choose-1 become approval, ordinal becomes ranking, cumulative and scoring become
// points. Limits come from META; where real ballots break one it is widened, and a note says so.
// The counting rule is `declared` where the file declares a rule that can be counted, else `greedy`
// with its defaults. Errors: unsupported (an id that an edition cannot hold, a ballot wider than
// width_max elements), limit.
[[nodiscard]] Result<ImportedPool> import_pool(const count::Instance& instance, std::string id);

}  // namespace urna::election
