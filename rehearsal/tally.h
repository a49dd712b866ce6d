// SPDX-License-Identifier: EUPL-1.2
// The tally of a pool by trustees who are all here: rounds of mixing, shares, result.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/ballot_content.h"
#include "election/decrypting.h"
#include "election/manifest.h"
#include "election/mixing.h"
#include "group/element.h"
#include "rehearsal/cast.h"

namespace urna::rehearsal {

// What the trustees work on.
struct TallyPool {
  const election::Manifest& manifest;
  election::EditionHash edition;
  election::PoolNumber pool;
  const election::BallotTerms& terms;
  group::Element joint_key;
  std::span<const group::Element> verification_keys;
};

// How mixes and shares are made; a forger puts in other ways.
struct TallyMethods {
  std::function<Result<election::MadeMix>(const election::MixRound&, const election::MixInput&,
                                          const proof::SigningKey&)>
      mix = election::make_mix;
  std::function<Result<election::MadeShares>(const election::MixedList&, election::TrusteeNumber,
                                             const group::SecretScalar&, const group::Element&,
                                             const proof::SigningKey&)>
      shares = election::make_shares;
};

// Entries in order, and the files they name by path.
struct TallyOutput {
  std::vector<std::string> entries;
  std::map<std::string, std::string> files;
  Sha256Digest tie_seed{};
};

// Mixes the packed list once by each of `mixers`, decrypts by each of `decrypters` (ascending; the
// threshold or more) and derives the result. Trustees are numbered from 1. Errors: malformed (the
// list holds something that is no element), those of the count.
[[nodiscard]] Result<TallyOutput> tally_pool(const TallyPool& pool, std::string list,
                                             const Cast& cast, std::span<const unsigned> mixers,
                                             std::span<const unsigned> decrypters,
                                             const TallyMethods& methods = {});

}  // namespace urna::rehearsal
