// SPDX-License-Identifier: EUPL-1.2
// The valid ballots of a pool as a Pabulib file (docs/protocol.md section 13).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "count/instance.h"
#include "election/ballot_content.h"
#include "election/manifest.h"

namespace urna::election {

struct PublishedBallot {
  std::uint64_t position = 1;  // in the last list, from 1
  BallotContent content;
};

// result/POOL.pb. Precondition: valid contents of this pool.
[[nodiscard]] std::string published_file(const Pool& pool,
                                         std::span<const PublishedBallot> ballots);

// The same in parts: what stands before the ballots, given their number; and a row, which is the
// position and then this, the same for all ballots of one content.
[[nodiscard]] std::string published_head(const Pool& pool, std::uint64_t ballots);
[[nodiscard]] std::string published_cells(const Pool& pool, const BallotContent& content);

// Reads it back for counting. Errors: those of the Pabulib reader.
[[nodiscard]] Result<count::Instance> read_published(std::string_view file);

// Whether the pool's file without ballots reads back as the same projects, costs, money and META,
// of a vote type that fits the form of its ballots: nothing in a text can open a section or split a
// row, and the pool's counting rule can be read. Errors: malformed, unsupported.
[[nodiscard]] Status check_published(const Pool& pool);

}  // namespace urna::election
