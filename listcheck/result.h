// SPDX-License-Identifier: EUPL-1.2
// What may be told of a list check: how many of a list were voted for, when and how strongly
// identified, against what the turnout leads one to expect; and nothing that is about fewer than
// ten people.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "listcheck/question.h"

namespace urna::listcheck {

// A part of those voted for: at least people_least of them.
struct ResultPart {
  std::uint8_t level_least = 0, level_most = 0;
  std::uint64_t from_hour = 0, to_hour = 0;  // both included
  std::uint64_t voted = 0;                   // of the whole roll
  std::uint64_t voted_for = 0;               // of the list
};

// Why a number is not shown.
enum class Hidden : std::uint8_t {
  nothing,           // all is shown
  too_few_on_roll,   // fewer than people_least of the list may vote: nothing at all is shown
  few_voted_for,     // fewer than people_least were voted for
  nearly_all_voted,  // fewer than people_least were not
};

struct ListResult {
  Hidden hidden = Hidden::nothing;
  std::uint64_t list = 0;   // people on it, as the unit knows
  std::uint64_t roll = 0;   // people who may vote
  std::uint64_t voted = 0;  // of the roll
  // Unless so few of the list may not vote that it would be about them.
  std::optional<std::uint64_t> on_roll;
  // Of `nothing` only: how many were voted for, what the turnout leads one to expect, how probable
  // it is that chance gives as many (hypergeometric: as if the list were drawn from the roll;
  // rounded up to one digit, and to the next thousandfold if on_roll is not shown), and the parts.
  std::uint64_t voted_for = 0;
  double expected = 0;
  double p_value = 1;
  std::vector<ResultPart> parts;
};

// `matches` are those of count_matches(), in the order of the labels. Errors: conflict (another
// number of classes; more of the list on the roll than it has people: an element twice).
[[nodiscard]] Result<ListResult> make_result(const Question& question,
                                             std::span<const std::uint64_t> matches,
                                             std::uint64_t list);

// A sentence for people, "pl" or "en".
[[nodiscard]] std::string sentence(const ListResult& result, bool polish);

// JSON of what is shown: docs/listcheck.md.
[[nodiscard]] std::string to_json(const ListResult& result, const std::string& unit,
                                  const std::string& mandate, std::uint64_t time);

// What the unit gives to everybody on its list, whether or not anybody voted in their name: how
// they find out by themselves. Plain text in Polish and English.
[[nodiscard]] std::string leaflet(const std::string& unit, const std::string& site);

}  // namespace urna::listcheck
