// SPDX-License-Identifier: EUPL-1.2
// The fields of the Pabulib format: which exist, in which order, and what their values may be.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "count/pabulib/scanner.h"

namespace urna::count::pabulib::check {

enum class Domain {
  text,
  list,        // items separated by ','; the meaning of `vote` is checked elsewhere
  count,       // a whole number >= 0
  integer,     // a whole number
  money,       // decimal number >= 0 with at most two decimals
  coordinate,  // decimal number, degrees
  points,      // list of numbers
  country,
  language,
  currency,
  date,
  vote_type,
  rule,
  flag,  // 1 or not there
  comment,
  selected,  // 0, 1, 2 or 3
  age,
  sex,
  voting_method,
};

struct FieldSpec {
  std::string_view name;
  Domain domain = Domain::text;
  bool required = false;
  bool may_be_empty = false;  // the field may be there without a value
};

// The fields of a section in the order in which Pabulib wants them.
[[nodiscard]] std::span<const FieldSpec> schema(Section section);

// Position in schema(section), or nullopt for a field unknown to Pabulib. Names are case-sensitive.
[[nodiscard]] std::optional<std::size_t> find_field(Section section, std::string_view name);

// "META", "PROJECTS" or "VOTES".
[[nodiscard]] std::string_view section_name(Section section);

}  // namespace urna::count::pabulib::check
