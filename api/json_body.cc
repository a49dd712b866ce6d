// SPDX-License-Identifier: EUPL-1.2
#include "api/json_body.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/bytes.h"

namespace urna::api {
namespace {

constexpr std::size_t member_bytes_max = 256;

Error malformed(std::string message, std::string_view field = {}) {
  Error error{ErrorCode::malformed, std::move(message)};
  error.place.field = field;
  return error;
}

}  // namespace

Result<TextMembers> read_text_members(std::string_view body,
                                      std::initializer_list<std::string_view> known,
                                      std::initializer_list<LongMember> longer) {
  namespace json = boost::json;
  json::error_code failure;
  json::parse_options options;
  options.max_depth = 2;
  const json::value value = json::parse(body, failure, {}, options);
  if (failure || !value.is_object()) return malformed("the body is not a JSON object");
  TextMembers members;
  for (const auto& [name, member] : value.get_object()) {
    const auto found = std::ranges::find(known, std::string_view(name));
    if (found == known.end()) return malformed("the body has a member that is not known");
    if (!member.is_string()) return malformed("a member is not text", *found);
    const std::string_view text = member.get_string();
    const auto* const long_one = std::ranges::find(longer, *found, &LongMember::name);
    const bool is_longer = long_one != longer.end();
    const bool lines = is_longer && long_one->lines;
    const bool control = std::ranges::any_of(text, [lines](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && !(lines && c == '\n')) || byte == 0x7f;
    });
    const std::size_t most = is_longer ? long_one->bytes_max : member_bytes_max;
    if (text.size() > most || control || !is_utf8(text)) {
      return malformed("a member is too long or holds control characters", *found);
    }
    members.emplace(*found, text);
  }
  return members;
}

std::string_view text_of(const TextMembers& members, std::string_view name) {
  const auto found = members.find(name);
  return found == members.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace urna::api
