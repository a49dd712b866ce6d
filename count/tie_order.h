// SPDX-License-Identifier: EUPL-1.2
// Ties: a strict order on projects fixed before the count, and the record of every tie it resolved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "count/instance.h"
#include "count/tally.h"

namespace urna::count {

enum class TieKind {
  id,         // project id, compared as bytes
  file,       // order of the file
  cost,       // cheaper first, then more votes, then id
  cost_desc,  // dearer first, then more votes, then id
  votes,      // more votes first, then cheaper, then id
  draw,       // committed public draw
};

struct TiePolicy {
  TieKind kind = TieKind::id;
  std::string seed;  // for draw only
};

// Reads "id", "file", "cost", "cost-desc", "votes" or "draw:SEED" (SEED: 1 to 256 bytes without
// control characters). Error: usage.
[[nodiscard]] Result<TiePolicy> parse_tie_policy(std::string_view text);
[[nodiscard]] std::string to_string(const TiePolicy& policy);

// The lot of a project: SHA-256 of the UTF-8 text
//   "urna tie draw v1\n" SEED "\n" ID
// as 64 lower-case hexadecimal digits. The lowest lot wins. Anyone can repeat it:
//   printf 'urna tie draw v1\n%s\n%s' "$SEED" "$ID" | sha256sum
[[nodiscard]] std::string draw_lot(std::string_view seed, std::string_view project_id);

// The commitment published before the vote: SHA-256 of "urna tie seed v1\n" SEED, in hexadecimal.
[[nodiscard]] std::string draw_commitment(std::string_view seed);

// A strict total order: the smaller rank is preferred wherever a rule meets a tie.
class TieOrder {
 public:
  // O(m log m) for m projects.
  TieOrder(const Instance& instance, const Tally& tally, const TiePolicy& policy);

  // 0 … m-1, all different.
  [[nodiscard]] std::uint32_t rank(ProjectIndex p) const { return rank_[p]; }
  [[nodiscard]] bool prefers(ProjectIndex a, ProjectIndex b) const { return rank_[a] < rank_[b]; }
  [[nodiscard]] const TiePolicy& policy() const { return policy_; }

 private:
  PerProject<std::uint32_t> rank_;
  TiePolicy policy_;
};

// Where a tie was met.
enum class TieCriterion {
  votes,    // equal votes in a ranking
  points,   // equal points in a ranking
  density,  // equal votes or points per unit of money
  price,    // equal price per unit of satisfaction (Equal Shares)
  load,     // equal new maximum load (Phragmen)
  welfare,  // several sets of projects reach the greatest welfare
};

// Several projects were equal and the tie order chose one of them (for a ranking: their order).
struct TieEvent {
  TieCriterion criterion = TieCriterion::votes;
  std::uint32_t round = 0;             // 1 … for rules with rounds; 0 for a ranking
  std::vector<ProjectIndex> projects;  // in the order that the tie was resolved to, best first
  bool decisive = false;               // another resolution would have funded other projects
};

}  // namespace urna::count
