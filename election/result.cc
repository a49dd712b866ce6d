// SPDX-License-Identifier: EUPL-1.2
#include "election/result.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/parallel.h"
#include "election/counting.h"
#include "election/distinct.h"
#include "election/plaintext.h"
#include "election/published.h"

namespace urna::election {

namespace {

// Ballots that are read together.
constexpr std::size_t block_ballots = 16'384;

// What some ballots contribute.
struct Part {
  std::string rows;  // of the published file
  std::vector<InvalidBallot> invalid;
  std::uint64_t valid = 0;
  std::uint64_t blank = 0;
};

// What a ballot of one content contributes.
struct Reading {
  std::optional<InvalidReason> invalid;
  bool blank = false;
  std::string cells;  // of its row
};

// Each of the different contents is read once.
Part read_part(const Pool& rules, const BallotTerms& terms, std::string_view plaintexts,
               std::uint64_t position) {
  const DistinctItems distinct =
      distinct_items(plaintexts, sizeof(group::ElementBytes) * terms.layout.width);
  std::vector<Reading> readings;
  for (const ContentReading& read : read_plaintexts(terms, distinct.packed)) {
    if (const auto* reason = std::get_if<InvalidReason>(&read)) {
      readings.push_back({*reason, false, {}});
    } else {
      const auto& content = std::get<BallotContent>(read);
      readings.push_back({std::nullopt, content.blank(), published_cells(rules, content)});
    }
  }
  Part part;
  for (const std::uint32_t number : distinct.which) {
    ++position;
    const Reading& reading = readings[number];
    if (reading.invalid) {
      part.invalid.push_back({position, *reading.invalid});
      continue;
    }
    ++part.valid;
    part.blank += reading.blank ? 1U : 0U;
    part.rows += std::to_string(position);
    part.rows += reading.cells;
  }
  return part;
}

}  // namespace

Result<DerivedResult> derive_result(const Manifest& manifest, const EditionHash& edition,
                                    PoolNumber pool, const BallotTerms& terms,
                                    std::string_view plaintexts, const Sha256Digest& tie_seed,
                                    unsigned threads) {
  const Pool& rules = manifest.pools[pool.value];
  DerivedResult derived;
  derived.entry.edition = edition;
  derived.entry.pool = pool;
  derived.entry.tie_seed = tie_seed;
  derived.entry.plaintexts = sha256(plaintexts);

  const std::size_t bytes = sizeof(group::ElementBytes) * terms.layout.width * block_ballots;
  std::vector<Part> parts((plaintexts.size() + bytes - 1) / bytes);
  for_each_piece(parts.size(), threads, [&](std::size_t p) {
    parts[p] = read_part(rules, terms, plaintexts.substr(p * bytes, bytes), p * block_ballots);
  });
  for (const Part& part : parts) {
    derived.entry.valid += part.valid;
    derived.entry.blank += part.blank;
    for (const InvalidBallot& ballot : part.invalid) {
      derived.invalid.push_back(ballot);
      ++derived.entry.invalid[static_cast<std::size_t>(ballot.reason) - 1];
    }
  }
  derived.published = published_head(rules, derived.entry.valid);
  for (Part& part : parts) {
    derived.published += part.rows;
    part = {};
  }
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
