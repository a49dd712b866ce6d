// SPDX-License-Identifier: EUPL-1.2
#include "results/numbers.h"

namespace urna::results {

using election::BoardState;
using election::Manifest;
using election::PoolNumber;

EditionNumbers numbers_of(const BoardState& state) {
  const Manifest& manifest = state.manifest();
  EditionNumbers numbers;
  numbers.edition = state.edition();
  numbers.entries = state.size();
  numbers.opened = state.opening_time();
  numbers.closed = state.closing_time();
  numbers.entitled = state.entitled();
  numbers.certificates = state.certificates_issued();
  numbers.ballots = state.ballots();
  numbers.complete = state.complete();

  numbers.pools.resize(manifest.pools.size());
  for (std::size_t i = 0; i < state.ballots(); ++i) {
    const election::CastBallot& ballot = state.ballot(i);
    PoolNumbers& pool = numbers.pools[ballot.pool.value];
    ++pool.cast;
    if (ballot.annulled) ++pool.annulled;
  }
  std::vector<bool> voted(numbers.entitled, false);
  for (std::size_t p = 0; p < manifest.pools.size(); ++p) {
    PoolNumbers& pool = numbers.pools[p];
    pool.number = {static_cast<std::uint16_t>(p)};
    for (const std::uint32_t position : state.counted(pool.number)) {
      const election::CastBallot& ballot = state.ballot(position);
      ++pool.counted;
      if (ballot.level >= 2 && ballot.level < 2 + levels) ++pool.by_level[ballot.level - 2U];
      if (!voted[ballot.person]) ++numbers.voters;
      voted[ballot.person] = true;
    }
    pool.superseded = pool.cast - pool.annulled - pool.counted;
    // In person at a point, as level 4 is.
    pool.paper = state.paper_ballots(pool.number);
    pool.counted += pool.paper;
    pool.by_level.back() += pool.paper;
    const election::PoolProgress& progress = state.progress(pool.number);
    pool.withheld = progress.withheld;
    pool.result = progress.result;
    for (const election::Mix& mix : progress.mixes)
      pool.mixed_by.push_back(manifest.trustee(mix.trustee).name);
    for (std::size_t i = 0; i < progress.decryptions.size() && i < manifest.threshold; ++i)
      pool.decrypted_by.push_back(manifest.trustee(progress.decryptions[i].trustee).name);
  }
  // Nobody knows whose card lies in a box: whoever was given one has taken part.
  for (const election::VotesOnPaper& mark : state.paper().voters()) {
    if (!voted[mark.person]) ++numbers.voters;
    voted[mark.person] = true;
  }
  return numbers;
}

}  // namespace urna::results
