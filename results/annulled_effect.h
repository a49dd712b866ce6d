// SPDX-License-Identifier: EUPL-1.2
// What ballots that were annulled could have changed, as far as anybody can know without their
// content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "results/counted_pool.h"

namespace urna::results {

// A project whose result annulled ballots could have changed.
struct ProjectAtStake {
  std::string id, name;
  bool won = false;
  std::uint64_t at_least = 1;            // with fewer ballots changed it surely keeps its result
  std::optional<std::uint64_t> at_most;  // with so many it can be changed
};

// Of a pool that was counted: so many ballots by which it would differ, against its margins. Those
// before are of the pool with that many blank ballots more: what the annulled ones said is what
// changing these would say.
struct AnnulledEffect {
  std::uint64_t valid = 0;
  std::uint64_t differing = 0;
  std::optional<std::uint64_t> margin_now;  // the smallest of all projects; none: nothing changes
  std::optional<std::uint64_t> margin_before;  // the same before the annulments
  bool same_winners = true;                    // with the blank ones
  std::vector<ProjectAtStake> at_stake;        // none: the annulled could not have changed anything
};

// Counts the pool once more unless nothing differs. Errors: those of count_with_blanks().
[[nodiscard]] Result<AnnulledEffect> annulled_effect(const election::Manifest& manifest,
                                                     const election::PoolResult& entry,
                                                     const CountedPool& counted,
                                                     std::uint64_t differing);

}  // namespace urna::results
