// SPDX-License-Identifier: EUPL-1.2
// JSON from other services: objects of bounded size and depth, and their members by type.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace urna::adapters {

// The object that the text is; UTF-8, at most `bytes_max` bytes and 16 levels deep. Of two members
// of one name the last is kept (RFC 8259 section 4 leaves it open, RFC 7519 section 4 allows it).
// Error: malformed or limit, naming `what`, with none of the text.
[[nodiscard]] inline Result<boost::json::object> parse_json_object(std::string_view text,
                                                                   std::size_t bytes_max,
                                                                   std::string_view what) {
  if (text.size() > bytes_max) {
    return Error{ErrorCode::limit,
                 std::string(what) + " is larger than " + std::to_string(bytes_max) + " bytes"};
  }
  boost::json::parse_options options;
  options.max_depth = 16;
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  if (error || !value.is_object())
    return Error{ErrorCode::malformed, std::string(what) + " is not a JSON object"};
  return std::move(value.as_object());
}

// The member if it is there and a string of at most `bytes_max` bytes; the view lives as long as
// the object.
[[nodiscard]] inline std::optional<std::string_view> text_member(const boost::json::object& object,
                                                                 std::string_view name,
                                                                 std::size_t bytes_max) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string() || value->get_string().size() > bytes_max)
    return std::nullopt;
  return std::string_view(value->get_string());
}

// The member if it is there and a whole number of 0 to 2^53, written without fraction or exponent.
[[nodiscard]] inline std::optional<std::int64_t> number_member(const boost::json::object& object,
                                                               std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  const std::int64_t number = value->get_int64();
  if (number < 0 || number > (std::int64_t{1} << 53U)) return std::nullopt;
  return number;
}

// Whether the member is an array that holds this string.
[[nodiscard]] inline bool list_member_holds(const boost::json::object& object,
                                            std::string_view name, std::string_view text) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return false;
  for (const boost::json::value& item : value->get_array())
    if (item.is_string() && std::string_view(item.get_string()) == text) return true;
  return false;
}

}  // namespace urna::adapters
