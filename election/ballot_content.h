// SPDX-License-Identifier: EUPL-1.2
// What a ballot says, its check against the rule, and its bits (docs/protocol.md
// sections 6.2, 6.4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "election/ballot_rule.h"
#include "election/types.h"

namespace urna::election {

// Projects ascending (approval, points) or most preferred first (ranking); for points, parallel to
// the projects, each at least 1. Blank without projects.
struct BallotContent {
  std::vector<ProjectNumber> projects;
  std::vector<std::uint32_t> points;

  [[nodiscard]] bool blank() const { return projects.empty(); }
  friend bool operator==(const BallotContent&, const BallotContent&) = default;
};

// The first reason that applies makes a ballot invalid; the numbers are those of the record.
enum class InvalidReason : std::uint8_t {
  encoding = 1,
  counter = 2,
  padding = 3,
  project = 4,
  order = 5,
  blank = 6,
  length = 7,
  points = 8,
  sum = 9,
  cost = 10,
};
inline constexpr std::uint8_t invalid_reasons = 10;
// The name in the section's table, and what it means in English.
[[nodiscard]] std::string_view name_of(InvalidReason reason);
[[nodiscard]] std::string_view meaning_of(InvalidReason reason);

// The rule of a pool with what checking a content against it takes. Built once for a pool.
struct BallotTerms {
  BallotRule rule;
  BallotLayout layout;
  std::vector<Money> costs;  // of project number i at i - 1

  // Errors: those of layout_of().
  [[nodiscard]] static Result<BallotTerms> of(const BallotRule& rule, std::vector<Money> costs);
};

// The first of the reasons 4 to 10 for which the content is not valid; nullopt for a valid one.
[[nodiscard]] std::optional<InvalidReason> check_content(const BallotTerms& terms,
                                                         const BallotContent& content);

// The content as layout.bytes() bytes. Error: malformed iff the layout cannot express it: a project
// out of order, unknown or named twice, too many for its list, zero points or too many for its
// bits. That it is valid otherwise is not asked.
[[nodiscard]] Result<std::string> pack_ballot(const BallotTerms& terms,
                                              const BallotContent& content);

using ContentReading = std::variant<BallotContent, InvalidReason>;

// The content of layout.bytes() bytes, or the first of the reasons padding, project and order that
// applies. The inverse of pack_ballot(). Precondition (else the program stops): that length.
[[nodiscard]] ContentReading unpack_ballot(const BallotTerms& terms, std::string_view bytes);

}  // namespace urna::election
