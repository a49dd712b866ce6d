// SPDX-License-Identifier: EUPL-1.2
// Reading the JSON object of a request, strictly: known members of one kind each, nothing else.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::api {

// The members of a flat JSON object whose values are all text; may hold personal data and codes.
using TextMembers = std::map<std::string, std::string, std::less<>>;

// A member that may be longer than others, and of several lines if so said.
struct LongMember {
  std::string_view name = {};
  std::size_t bytes_max = 0;
  bool lines = true;
};

// Reads `body`. Members that are not listed, twice there, not text, longer than 256 bytes or that
// hold control characters are refused. Error: malformed, `place.field` naming the member if it is a
// listed one; no message holds a value.
[[nodiscard]] Result<TextMembers> read_text_members(std::string_view body,
                                                    std::initializer_list<std::string_view> known,
                                                    std::initializer_list<LongMember> longer = {});

// The value of a member, "" if it is not there.
[[nodiscard]] std::string_view text_of(const TextMembers& members, std::string_view name);

}  // namespace urna::api
