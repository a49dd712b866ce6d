// SPDX-License-Identifier: EUPL-1.2
// What a ballot of a pool may hold, and how its content is laid out in bits (docs/protocol.md
// sections 6.1 and 6.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/money.h"
#include "base/result.h"

namespace urna::election {

enum class BallotForm : std::uint8_t {
  approval,  // a set of projects
  ranking,   // projects in order of preference
  points,    // points given to projects
};

struct PointLimits {
  std::uint32_t each_least = 1, each_most = 1;  // to one project that is given any
  std::uint32_t sum_least = 0, sum_most = 0;    // of a ballot
  friend bool operator==(const PointLimits&, const PointLimits&) = default;
};

struct BallotRule {
  BallotForm form = BallotForm::approval;
  std::uint16_t fewest = 1, most = 1;  // projects on a ballot that is not blank
  std::optional<PointLimits> points;   // present iff the form is points
  std::optional<Money> knapsack;       // the most that the projects named may cost together
  bool blank_valid = false;
  friend bool operator==(const BallotRule&, const BallotRule&) = default;
};

inline constexpr std::uint32_t points_each_max = 1'000'000;
inline constexpr std::uint32_t points_sum_max = 1'000'000'000;
inline constexpr std::size_t element_data_bytes = 29;  // of the content in one group element

enum class Layout : std::uint8_t {
  mask,    // approval: one bit for each project
  list,    // approval, ranking: numbers
  vector,  // points: a number for each project
  pairs,   // points: project and points
};

// How the contents of a pool are written.
struct BallotLayout {
  Layout layout = Layout::mask;
  std::size_t projects = 0;      // P
  std::size_t places = 0;        // L, for list and pairs
  unsigned number_bits = 0;      // bits(P), for list and pairs
  unsigned point_bits = 0;       // bits(M), for vector and pairs
  std::size_t content_bits = 0;  // of a ballot
  std::size_t width = 1;         // elements of a ballot, w

  [[nodiscard]] std::size_t bytes() const { return element_data_bytes * width; }
};

// The layout with fewer bits, in a tie the first of the section's table. Errors: malformed (the
// rule contradicts itself or the number of projects), limit (more than width_max elements).
[[nodiscard]] Result<BallotLayout> layout_of(const BallotRule& rule, std::size_t projects);

}  // namespace urna::election
