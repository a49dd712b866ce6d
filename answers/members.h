// SPDX-License-Identifier: EUPL-1.2
// Members of JSON that the program wrote itself.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

namespace urna::answers {

// Empty if there is none, or no text.
[[nodiscard]] inline std::string text_in(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace urna::answers
