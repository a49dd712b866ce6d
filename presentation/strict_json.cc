// SPDX-License-Identifier: EUPL-1.2
#include "presentation/strict_json.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace urna::presentation {
namespace {

namespace json = boost::json;

// A name that an object of this text has twice. Precondition: the text is JSON.
std::optional<std::string> find_name_twice(std::string_view text) {
  std::vector<std::set<std::string>> levels;  // of objects and arrays that are open
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{' || c == '[') levels.emplace_back();
    if (c == '}' || c == ']') levels.pop_back();
    if (c != '"') continue;
    const std::size_t begin = i++;
    while (text[i] != '"') i += text[i] == '\\' ? 2U : 1U;
    const std::size_t after = text.find_first_not_of(" \t\r\n", i + 1);
    if (after == std::string_view::npos || text[after] != ':') continue;
    const json::value name = json::parse(json::string_view(text.data() + begin, i + 1 - begin));
    if (!levels.back().emplace(name.get_string()).second) return std::string(name.get_string());
  }
  return std::nullopt;
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view text, std::size_t depth_max) {
  json::error_code failure;
  json::parse_options options;
  options.max_depth = depth_max;
  json::value root = json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
  if (failure) {
    return Error{ErrorCode::malformed,
                 "not JSON: " + failure.message(),
                 {},
                 "check commas, quotation marks and brackets"};
  }
  if (const auto twice = find_name_twice(text)) {
    return Error{ErrorCode::malformed, "the field \"" + *twice + "\" stands twice in one object"};
  }
  return root;
}

}  // namespace urna::presentation
