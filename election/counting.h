// SPDX-License-Identifier: EUPL-1.2
// From the words of a pool's counting rule to its winners (docs/protocol.md section 13).
//
//   declared                what META says; no options
//   greedy                  rank: votes, points, votes-per-cost, points-per-cost;
//                           threshold: a number of votes or points; stop: true;
//                           conflict: ID,ID,…  (may stand several times)
//   equal-shares            satisfaction: cost, cardinality, score;
//                           completion: none, add1, utilitarian, add1+utilitarian, comparison;
//                           filter: true
//
// An option that is left out has the default of `urna count`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/sha256.h"
#include "count/instance.h"
#include "count/tie_order.h"
#include "election/manifest.h"
#include "election/types.h"

namespace urna::election {

struct PoolCount {
  std::vector<ProjectNumber> winners;  // in the order of the rule
  Money cost;                          // of the winners
};

// Whether the words make sense for these projects and ballots. Errors: malformed, unsupported.
[[nodiscard]] Status check_counting(const CountingRule& counting, const count::Instance& instance);

// Counts. The tie seed matters for draw only. Errors: those of check_counting() and of the rule
// (limit, unsupported).
[[nodiscard]] Result<PoolCount> count_pool(const CountingRule& counting,
                                           const count::Instance& instance, count::TieKind ties,
                                           const Sha256Digest& tie_seed);

}  // namespace urna::election
