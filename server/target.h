// SPDX-License-Identifier: EUPL-1.2
// The target of a request, from its bytes to decoded segments and fields: strict, so that nothing
// can be read in two ways.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace urna::server {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t max_target_bytes = 4096;
constexpr std::size_t max_segments = 16;
constexpr std::size_t max_query_fields = 32;

struct Target {
  // What stood between the slashes, decoded: UTF-8 without control characters, slashes or
  // backslashes, and never "." or "..". "/" has one empty segment, "/a/" a last one that is empty.
  std::vector<std::string> segments;
  Fields query;  // names occur once
};

// Reads an origin-form target (RFC 9112 section 3.2.1) with an optional query of fields
// (application/x-www-form-urlencoded: "+" is a blank). Error: malformed, without quoting the input,
// for every other form, a "%" without two hexadecimal digits, a field given twice; limit, if it
// exceeds one of the bounds above.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

// The fields of a form body or of a query, at most `max_fields`. Errors as above.
[[nodiscard]] Result<Fields> parse_fields(std::string_view text, std::size_t max_fields);

}  // namespace urna::server
