// SPDX-License-Identifier: EUPL-1.2
#include "election/result.h"

#include <variant>
#include <vector>

#include "election/counting.h"
#include "election/plaintext.h"
#include "election/published.h"

namespace urna::election {

Result<DerivedResult> derive_result(const Manifest& manifest, const EditionHash& edition,
                                    PoolNumber pool, const BallotTerms& terms,
                                    std::string_view plaintexts, const Sha256Digest& tie_seed) {
  const Pool& rules = manifest.pools[pool.value];
  DerivedResult derived;
  derived.entry.edition = edition;
  derived.entry.pool = pool;
  derived.entry.tie_seed = tie_seed;
  derived.entry.plaintexts = sha256(plaintexts);

  std::vector<PublishedBallot> valid;
  std::uint64_t position = 0;
  for (ContentReading& reading : read_plaintexts(terms, plaintexts)) {
    ++position;
    if (const auto* reason = std::get_if<InvalidReason>(&reading)) {
      derived.invalid.push_back({position, *reason});
      ++derived.entry.invalid[static_cast<std::size_t>(*reason) - 1];
      continue;
    }
    auto& content = std::get<BallotContent>(reading);
    derived.entry.blank += content.blank() ? 1U : 0U;
    valid.push_back({position, std::move(content)});
  }
  derived.entry.valid = valid.size();
  derived.published = published_file(rules, valid);
  derived.entry.published = sha256(derived.published);

  Result<count::Instance> instance = read_published(derived.published);
  if (!instance) return std::move(instance).error();
  Result<PoolCount> outcome = count_pool(rules.counting, *instance, manifest.ties, tie_seed);
  if (!outcome) return std::move(outcome).error();
  derived.entry.winners = std::move(outcome->winners);
  derived.entry.cost = outcome->cost;
  return derived;
}

}  // namespace urna::election
