// SPDX-License-Identifier: EUPL-1.2
// Answers that are files in all but name: pages, tiles, records. Not sent again to who has them
// (If-None-Match), and in part to who asks for a part (Range).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "server/http.h"

namespace urna::server {

// How long others may keep a copy; values of Cache-Control.
namespace cache {
inline constexpr std::string_view never = "no-store";
inline constexpr std::string_view ask_first = "no-cache";  // with the entity tag
inline constexpr std::string_view for_ever = "public, max-age=31536000, immutable";
inline constexpr std::string_view for_a_minute = "public, max-age=60";
}  // namespace cache

struct Content {
  std::string media_type = "application/octet-stream";
  std::variant<std::string, BodySource> body = {};
  // Differs whenever the bytes do; printable ASCII without quotes; empty: none.
  std::string entity_tag = {};
  std::string cache_control{cache::ask_first};
  // Of pages; others keep the policy that forbids everything.
  std::string content_security_policy{api_content_security_policy};
};

// The reply to a GET of this content: 304 if the client has it (RFC 9110 section 13.1.2), 206 with
// one range of bytes if it asks for one (section 14.2; If-Range is respected), 416 if the range
// starts behind the end, and otherwise all of it. Several ranges are answered with everything.
[[nodiscard]] Reply content_reply(const Request& request, Content content);

}  // namespace urna::server
